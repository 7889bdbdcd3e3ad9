#include "support/owned_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <tuple>
#include <utility>

namespace killify {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kText =
    "A killify works with this. Where no killify runs, it may be removed.\n";
constexpr mode_t kMode = 0666;

// Where the file system knows no locks, nobody can take the file over either.
void lock(const FileDescriptor& file) {
  std::ignore = flock(file.get(), LOCK_EX | LOCK_NB);
}

// A file without a name first, so that the name never stands for less than the whole.
FileDescriptor make_whole(const fs::path& path) {
  const fs::path directory = path.has_parent_path() ? path.parent_path() : fs::path(".");
  FileDescriptor file(open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, kMode));
  if (!file.valid() || !write_all(file.get(), kText)) return FileDescriptor();
  lock(file);
  const std::string self = fmt::format("/proc/self/fd/{}", file.get());
  if (linkat(AT_FDCWD, self.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) != 0)
    return FileDescriptor();
  return file;
}

// For a file system that has no files without a name. A kill between the steps leaves an empty
// file, which nobody takes for ours.
FileDescriptor make_in_steps(const fs::path& path) {
  FileDescriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kMode));
  if (!file.valid()) return file;
  lock(file);
  if (write_all(file.get(), kText)) return file;
  const int problem = errno;
  unlink(path.c_str());
  errno = problem;
  return FileDescriptor();
}

bool is_regular(const FileDescriptor& file, struct stat& status) {
  return fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode);
}

bool has_our_text(const FileDescriptor& file) {
  std::array<char, kText.size() + 1> buffer{};
  const ssize_t count = pread(file.get(), buffer.data(), buffer.size(), 0);
  return count == static_cast<ssize_t>(kText.size()) &&
         std::string_view(buffer.data(), kText.size()) == kText;
}

}  // namespace

std::optional<OwnedFile> OwnedFile::make(const fs::path& path) {
  FileDescriptor file = make_whole(path);
  if (!file.valid() && errno != EEXIST) file = make_in_steps(path);
  if (!file.valid()) return std::nullopt;
  return OwnedFile(path, std::move(file));
}

std::optional<OwnedFile> OwnedFile::take_over(const fs::path& path) {
  FileDescriptor file(open(path.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat opened {};
  struct stat named {};
  if (!file.valid() || !is_regular(file, opened) || !has_our_text(file) ||
      flock(file.get(), LOCK_EX | LOCK_NB) != 0)
    return std::nullopt;
  // The owner may have removed it meanwhile, and another have made one of that name.
  if (lstat(path.c_str(), &named) != 0 || named.st_dev != opened.st_dev ||
      named.st_ino != opened.st_ino)
    return std::nullopt;
  return OwnedFile(path, std::move(file));
}

OwnedFile::OwnedFile(OwnedFile&& other) noexcept
    : path_(std::exchange(other.path_, {})), file_(std::move(other.file_)) {}

OwnedFile& OwnedFile::operator=(OwnedFile&& other) noexcept {
  path_.swap(other.path_);
  std::swap(file_, other.file_);
  return *this;
}

OwnedFile::~OwnedFile() {
  if (!path_.empty()) unlink(path_.c_str());
}

}  // namespace killify
