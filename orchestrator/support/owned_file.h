// Files that say whether somebody still works with what they stand for.
//
// Neither a name nor the number of a process can say so: a user may have given the name, and the
// process may live in another container or on another machine. An owned file says in its text that
// it is killify's, and whoever made it holds the kernel's lock on it until it is removed or the
// process ends. It comes into being whole and locked. So one with that text that can be locked is
// one whose owner is gone, at whatever moment that happened.
#pragma once

#include "support/descriptor.h"

#include <filesystem>
#include <optional>

namespace killify {

// The file is removed with the object.
class OwnedFile {
 public:
  // None with errno where it cannot be made: EEXIST where something is there.
  [[nodiscard]] static std::optional<OwnedFile> make(const std::filesystem::path& path);
  // The owned file at `path` if its owner is gone. None for all that is not such a file.
  [[nodiscard]] static std::optional<OwnedFile> take_over(const std::filesystem::path& path);

  OwnedFile(OwnedFile&& other) noexcept;
  OwnedFile& operator=(OwnedFile&& other) noexcept;
  OwnedFile(const OwnedFile&) = delete;
  OwnedFile& operator=(const OwnedFile&) = delete;
  ~OwnedFile();
  [[nodiscard]] const FileDescriptor& file() const { return file_; }

 private:
  OwnedFile(std::filesystem::path path, FileDescriptor file)
      : path_(std::move(path)), file_(std::move(file)) {}
  std::filesystem::path path_;
  FileDescriptor file_;
};

}  // namespace killify
