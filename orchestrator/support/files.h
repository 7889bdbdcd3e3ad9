// Files that are whole or absent: temp + rename, temporary directories, locks between processes.
#pragma once

#include "support/descriptor.h"
#include "support/error.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace killify {

// The whole file. The error names the path.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path);

// Writes beside `path` and renames over it; parent directories are made. On any failure (also a
// full disk) the old file is untouched and no temporary file is left.
[[nodiscard]] Status write_file_atomic(const std::filesystem::path& path, std::string_view bytes);

// A directory that is removed with all that is in it when the object goes.
class TempDir {
 public:
  // Made below `parent` (the system's temporary directory when empty).
  [[nodiscard]] static Result<TempDir> make(const std::filesystem::path& parent = {});
  TempDir(TempDir&& other) noexcept;
  TempDir& operator=(TempDir&& other) noexcept;
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  // Gives the directory up: it stays on disk.
  std::filesystem::path release();

 private:
  explicit TempDir(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

// An exclusive lock on `path` (made when missing) that the kernel drops when the process dies.
class FileLock {
 public:
  // Waits until the lock is free; an interruption while waiting is an error.
  [[nodiscard]] static Result<FileLock> wait(const std::filesystem::path& path);

 private:
  explicit FileLock(FileDescriptor file) : file_(std::move(file)) {}
  FileDescriptor file_;
};

// Removes what an earlier run that was killed left below `parent`: entries made by TempDir whose
// process is gone.
void remove_stale_temporaries(const std::filesystem::path& parent);

}  // namespace killify
