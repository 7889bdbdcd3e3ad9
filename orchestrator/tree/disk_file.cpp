#include "tree/disk_file.h"

#include "tree/git_handle.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace killify {

Result<FileDescriptor> open_directory(const std::filesystem::path& path) {
  FileDescriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory.valid()) return system_failure(path.string(), "cannot open the directory");
  return directory;
}

tl::unexpected<Error> system_failure(std::string_view path, std::string_view action) {
  const int error = errno;
  std::string_view remedy;
  if (error == ENOSPC || error == EDQUOT || error == EFBIG)
    remedy = "; free some space, or work on another disk";
  else if (error == EACCES || error == EPERM || error == EROFS)
    remedy = "; check its permissions";
  return fail("{}: {}: {}{}", path, action, errno_text(error), remedy);
}

Status create_file(int root, const std::string& path, std::uint32_t mode, std::string_view bytes,
                   git_index_entry& entry) {
  struct stat made {};
  if (mode == kSymlinkMode) {
    const std::string target(bytes);
    if (::symlinkat(target.c_str(), root, path.c_str()) != 0 ||
        ::fstatat(root, path.c_str(), &made, AT_SYMLINK_NOFOLLOW) != 0)
      return system_failure(path, "cannot make the symbolic link");
  } else {
    const mode_t permissions = mode == kExecutableMode ? 0777 : 0666;  // less the umask
    const FileDescriptor file(::openat(
        root, path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, permissions));
    if (!file.valid() || !write_all(file.get(), bytes) || ::fstat(file.get(), &made) != 0)
      return system_failure(path, "cannot write the file");
  }
  entry.mode = mode;
  note_stat(made, entry);
  return {};
}

Result<std::string> read_file_at(int root, const std::string& path) {
  struct stat found {};
  if (::fstatat(root, path.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0)
    return system_failure(path, "cannot read");
  if (S_ISLNK(found.st_mode)) {
    std::string target(4096, '\0');  // PATH_MAX, the longest target there is
    const ssize_t length = ::readlinkat(root, path.c_str(), target.data(), target.size());
    if (length < 0) return system_failure(path, "cannot read the symbolic link");
    target.resize(static_cast<std::size_t>(length));
    return target;
  }
  const FileDescriptor file(::openat(root, path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!file.valid()) return system_failure(path, "cannot open the file");
  std::string bytes(static_cast<std::size_t>(found.st_size), '\0');
  std::size_t filled = 0;
  for (;;) {
    if (filled == bytes.size()) bytes.resize(bytes.size() + 4096);  // it grew, or this is its end
    const ssize_t got = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_failure(path, "cannot read the file");
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

void note_stat(const struct stat& stat, git_index_entry& entry) {
  entry.ctime = {static_cast<std::int32_t>(stat.st_ctim.tv_sec),
                 static_cast<std::uint32_t>(stat.st_ctim.tv_nsec)};
  entry.mtime = {static_cast<std::int32_t>(stat.st_mtim.tv_sec),
                 static_cast<std::uint32_t>(stat.st_mtim.tv_nsec)};
  entry.dev = static_cast<std::uint32_t>(stat.st_dev);
  entry.ino = static_cast<std::uint32_t>(stat.st_ino);
  entry.uid = stat.st_uid;
  entry.gid = stat.st_gid;
  entry.file_size = static_cast<std::uint32_t>(stat.st_size);
}

bool same_stat(const struct stat& stat, const git_index_entry& entry) {
  git_index_entry now{};
  note_stat(stat, now);
  const auto same_time = [](const git_index_time& a, const git_index_time& b) {
    return a.seconds == b.seconds && a.nanoseconds == b.nanoseconds;
  };
  const bool same_kind =
      S_ISLNK(stat.st_mode) ? entry.mode == kSymlinkMode
      : S_ISREG(stat.st_mode)
          ? entry.mode == ((stat.st_mode & S_IXUSR) != 0 ? kExecutableMode : kRegularMode)
          : false;
  return same_kind && same_time(now.ctime, entry.ctime) && same_time(now.mtime, entry.mtime) &&
         now.ino == entry.ino && now.file_size == entry.file_size;
}

Status write_index(const std::filesystem::path& path, const std::vector<git_index_entry>& entries) {
  start_libgit2();
  GitIndex index;
  bool good =
      git_index_open(receive(index), path.c_str()) == 0 && git_index_clear(index.get()) == 0;
  for (auto entry = entries.begin(); good && entry != entries.end(); ++entry)
    good = git_index_add(index.get(), &*entry) == 0;
  if (!good || git_index_write(index.get()) != 0)
    return fail("{}: cannot write the index: {}", path.string(), git_message());
  return {};
}

}  // namespace killify
