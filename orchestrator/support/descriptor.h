// Open files by number.
#pragma once

#include <string_view>
#include <utility>

namespace killify {

// A descriptor that closes itself.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd = -1) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() { close(); }

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool valid() const { return fd_ >= 0; }
  // False with errno where what was written turns out to be lost.
  bool close();

 private:
  int fd_;
};

// All of `bytes`, or errno says why not.
[[nodiscard]] bool write_all(int fd, std::string_view bytes);

}  // namespace killify
