#include "support/files.h"

#include "support/interrupt.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <optional>
#include <system_error>
#include <utility>

namespace killify {
namespace fs = std::filesystem;
namespace {

// Names of everything temporary: "killify-PID-...", hidden with a dot where it lies beside a file.
// The pid tells whether somebody still works with it.
constexpr std::string_view kPrefix = "killify-";

std::optional<pid_t> owner_of_temporary(std::string_view name) {
  if (name.starts_with('.')) name.remove_prefix(1);
  if (!name.starts_with(kPrefix)) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  pid_t pid = 0;
  const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), pid);
  if (problem != std::errc() || pid <= 0 || end == name.data() + name.size() || *end != '-')
    return std::nullopt;
  return pid;
}

Status make_directories(const fs::path& directory) {
  std::error_code problem;
  fs::create_directories(directory, problem);
  if (problem)
    return fail("{}: cannot make this directory: {}", directory.string(), problem.message());
  return {};
}

// A new file in `directory`, or none and errno. Not mkstemp(): that gives 0600 whatever the umask.
FileDescriptor open_temporary(const fs::path& directory, fs::path& path) {
  static std::atomic<unsigned> counter{0};
  int fd = -1;
  do {
    path = directory / fmt::format(".{}{}-{}", kPrefix, getpid(), counter++);
    fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (fd < 0 && (errno == EEXIST || errno == EINTR));
  return FileDescriptor(fd);
}

}  // namespace

Result<std::string> read_file(const fs::path& path) {
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return fail("{}: cannot read: {}", path.string(), errno_text(errno));
  std::string bytes;
  struct stat status = {};
  if (fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode))
    bytes.reserve(static_cast<std::size_t>(status.st_size));
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
  fs::path temporary;
  FileDescriptor file = open_temporary(directory, temporary);
  if (!file.valid()) return fail("{}: cannot write: {}", path.string(), errno_text(errno));
  // A network file system or a quota may report the full disk only when the file is closed.
  if (write_all(file.get(), bytes) && file.close() && rename(temporary.c_str(), path.c_str()) == 0)
    return {};
  const int problem = errno;
  unlink(temporary.c_str());
  return fail("{}: cannot write: {}", path.string(), errno_text(problem));
}

Result<TempDir> TempDir::make(const fs::path& parent) {
  std::error_code problem;
  const fs::path above = parent.empty() ? fs::temp_directory_path(problem) : parent;
  if (problem) return fail("no directory for temporary files: {}; set TMPDIR", problem.message());
  KILLIFY_CHECK(make_directories(above));
  std::string name = (above / fmt::format("{}{}-XXXXXX", kPrefix, getpid())).string();
  if (mkdtemp(name.data()) == nullptr)
    return fail("{}: cannot make a temporary directory: {}", above.string(), errno_text(errno));
  return TempDir(fs::path(name));
}

TempDir::TempDir(TempDir&& other) noexcept : path_(other.release()) {}

TempDir& TempDir::operator=(TempDir&& other) noexcept {
  path_.swap(other.path_);
  return *this;
}

TempDir::~TempDir() {
  if (path_.empty()) return;
  std::error_code ignored;  // nothing can be done here; the next run's clean-up tries again
  fs::remove_all(path_, ignored);
}

fs::path TempDir::release() {
  return std::exchange(path_, {});
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

void remove_stale_temporaries(const fs::path& parent) {
  std::error_code unreadable;
  for (fs::directory_iterator entry(parent, unreadable), end; !unreadable && entry != end;
       entry.increment(unreadable)) {
    const auto pid = owner_of_temporary(entry->path().filename().string());
    if (!pid || kill(*pid, 0) == 0 || errno != ESRCH) continue;
    std::error_code ignored;  // what cannot be removed is tried again by the next run
    fs::remove_all(entry->path(), ignored);
  }
}

}  // namespace killify
