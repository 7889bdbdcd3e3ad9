// What `killify import` reads: an archive or a directory, one file at a time. For tree/ only.
#pragma once

#include "support/error.h"

#include <filesystem>
#include <memory>
#include <string>

namespace killify {

struct SourceEntry {
  enum class Kind { kDirectory, kFile, kSymlink, kHardLink };
  Kind kind = Kind::kFile;
  std::string path;  // as the source has it: not to be trusted
  bool executable = false;
  std::string contents;  // of a file; the target of a link
};

class Source {
 public:
  virtual ~Source() = default;
  // The next entry, or false at the end.
  [[nodiscard]] virtual Result<bool> next(SourceEntry& entry) = 0;
  // How far it is, and how far it goes, in units of its own.
  [[nodiscard]] virtual std::size_t done() const = 0;
  [[nodiscard]] virtual std::size_t total() const = 0;
};

// A tar or zip archive, compressed in any of the usual ways.
[[nodiscard]] Result<std::unique_ptr<Source>> open_archive(const std::filesystem::path& path);
// A directory without its .git.
[[nodiscard]] Result<std::unique_ptr<Source>> open_source_directory(
    const std::filesystem::path& path);

}  // namespace killify
