#include "support/files.h"

#include "support/interrupt.h"
#include "support/temp_dir.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace killify {
namespace fs = std::filesystem;
namespace {

Status make_directories(const fs::path& directory) {
  std::error_code problem;
  fs::create_directories(directory, problem);
  if (problem)
    return fail("{}: cannot make this directory: {}", directory.string(), problem.message());
  return {};
}

}  // namespace

Result<std::string> read_file(const fs::path& path) {
  // A shell's <(...) is a pipe in /dev; anywhere else one would be waited for without end.
  const bool in_dev = path.native().starts_with("/dev/") || path.native().starts_with("/proc/");
  const int mode = O_RDONLY | O_CLOEXEC | (in_dev ? 0 : O_NONBLOCK);
  const FileDescriptor file(open(path.c_str(), mode));
  if (!file.valid()) return fail("{}: cannot read: {}", path.string(), errno_text(errno));
  std::string bytes;
  struct stat status = {};
  if (fstat(file.get(), &status) != 0)
    return fail("{}: cannot read: {}", path.string(), errno_text(errno));
  if (!in_dev && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
    return fail("{}: is no regular file", path.string());
  if (S_ISREG(status.st_mode)) bytes.reserve(static_cast<std::size_t>(status.st_size));
  std::array<char, 65536> buffer{};
  ssize_t count = 0;
  while ((count = read(file.get(), buffer.data(), buffer.size())) != 0) {
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail("{}: cannot read: {}", path.string(), errno_text(errno));
    bytes.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return bytes;
}

Status write_file_atomic(const fs::path& path, std::string_view bytes) {
  const fs::path directory = path.has_parent_path() ? path.parent_path() : fs::path(".");
  KILLIFY_CHECK(make_directories(directory));
  KILLIFY_TRY(const TempDir temporary, TempDir::make(directory));
  const fs::path made = temporary.path() / "file";
  FileDescriptor file(open(made.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  // A network file system or a quota may report the full disk only when the file is closed.
  if (file.valid() && write_all(file.get(), bytes) && file.close() &&
      rename(made.c_str(), path.c_str()) == 0)
    return {};
  return fail("{}: cannot write: {}", path.string(), errno_text(errno));
}

Result<FileLock> FileLock::wait(const fs::path& path) {
  if (path.has_parent_path()) KILLIFY_CHECK(make_directories(path.parent_path()));
  FileDescriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!file.valid())
    return fail("{}: cannot open this lock file: {}", path.string(), errno_text(errno));
  while (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR)
      return fail("{}: cannot lock: {}", path.string(), errno_text(errno));
    if (interrupted()) return tl::unexpected<Error>(interrupted_error());
    // Not a blocking flock(): the signal may be delivered to another thread, and would not end it.
    constexpr int kRetryMilliseconds = 50;
    pollfd wake = {interrupt_fd(), POLLIN, 0};
    poll(&wake, 1, kRetryMilliseconds);
  }
  return FileLock(std::move(file));
}

}  // namespace killify
