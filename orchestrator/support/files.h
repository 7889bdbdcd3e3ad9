// Files that are whole or absent: temp + rename, and locks between processes.
#pragma once

#include "support/descriptor.h"
#include "support/error.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace killify {

// The whole file. The error names the path.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path);

// Writes into a TempDir beside `path` and renames over it; parent directories are made. On any
// failure (also a full disk) the old file is untouched and no temporary file is left.
[[nodiscard]] Status write_file_atomic(const std::filesystem::path& path, std::string_view bytes);

// An exclusive lock on `path` (made when missing) that the kernel drops when the process dies.
class FileLock {
 public:
  // Waits until the lock is free; an interruption while waiting is an error.
  [[nodiscard]] static Result<FileLock> wait(const std::filesystem::path& path);

 private:
  explicit FileLock(FileDescriptor file) : file_(std::move(file)) {}
  FileDescriptor file_;
};

}  // namespace killify
