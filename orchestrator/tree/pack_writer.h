// Writes git objects into a packfile with its index, many at a time and from several threads. For
// tree/ only.
#pragma once

#include "support/error.h"
#include "tree/disk_file.h"

#include <git2.h>
#include <zlib.h>

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// The name that git gives an object.
[[nodiscard]] git_oid object_id(git_object_t type, std::string_view bytes);

// Compresses one object after the other; each thread has its own.
class Deflater {
 public:
  Deflater();
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  ~Deflater();
  // Valid until the next call.
  [[nodiscard]] std::string_view deflate(std::string_view bytes);

 private:
  z_stream stream_{};
  std::string out_;
};

class PackWriter {
 public:
  // `pack` is made; it must not be there.
  [[nodiscard]] static Result<PackWriter> make(const std::filesystem::path& pack);

  // Adds an object unless it is in the pack (or another thread is adding it). Several threads may
  // call it, each with its own `deflater`.
  [[nodiscard]] Status add(git_object_t type, const git_oid& id, std::string_view bytes,
                           Deflater& deflater);
  // Hashes and adds.
  [[nodiscard]] Result<git_oid> add(git_object_t type, std::string_view bytes, Deflater& deflater);

  // Completes the pack and puts it with its index into `directory` (a repository's objects/pack).
  [[nodiscard]] Status finish(const std::filesystem::path& directory);
  // The same, as `stem`.pack and `stem`.idx: git goes by their names only.
  [[nodiscard]] Status finish_as(const std::filesystem::path& stem);

 private:
  struct Object {
    git_oid id;
    std::uint32_t crc;
    std::uint64_t offset;
  };
  struct OidLess {
    bool operator()(const git_oid& a, const git_oid& b) const { return git_oid_cmp(&a, &b) < 0; }
  };

  PackWriter(std::filesystem::path pack, FileDescriptor file)
      : pack_(std::move(pack)), file_(std::move(file)), mutex_(std::make_unique<std::mutex>()) {}
  [[nodiscard]] Status seal();
  [[nodiscard]] Status put(const std::filesystem::path& stem) const;
  [[nodiscard]] std::string index() const;
  [[nodiscard]] tl::unexpected<Error> write_failure() const;

  std::filesystem::path pack_;
  FileDescriptor file_;
  std::unique_ptr<std::mutex> mutex_;  // guards what follows and the order of the file
  std::set<git_oid, OidLess> claimed_;
  std::vector<Object> objects_;
  std::uint64_t end_ = 0;
  std::string trailer_;
};

}  // namespace killify
