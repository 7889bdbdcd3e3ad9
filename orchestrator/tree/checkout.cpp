#include "tree/checkout.h"

#include "support/parallel.h"
#include "tree/disk_file.h"
#include "tree/git_handle.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

// The index is what makes this safe to interrupt. It always names every file that killify may have
// put there: before a file is added to the directory, an index that lists it (with no stat data,
// "look for yourself") is written. After a kill at any moment the next run therefore finds each
// file either unchanged since the index, or different from it and then compares contents, and it
// removes what an interrupted run added and the new commit does not have.

namespace killify {

namespace fs = std::filesystem;

namespace {

// The directories below the work tree, each looked at once: what is reached through them is inside
// the work tree, and not behind a symlink that something put there.
class Directories {
 public:
  explicit Directories(int root) : root_(root) {}

  [[nodiscard]] bool reaches(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return true;
    const std::string parent = path.substr(0, slash);
    if (real_.contains(parent)) return true;
    if (!reaches(parent)) return false;
    struct stat found {};
    if (::fstatat(root_, parent.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISDIR(found.st_mode))
      return false;
    real_.insert(parent);
    return true;
  }

  // Makes the directories above `path`; a file in the way is removed.
  [[nodiscard]] Status make_for(const std::string& path) {
    if (reaches(path)) return {};
    const std::string parent = path.substr(0, path.rfind('/'));
    KILLIFY_CHECK(make_for(parent));
    if (::unlinkat(root_, parent.c_str(), 0) != 0 && errno != ENOENT)
      return system_failure(parent, "cannot replace the file by a directory");
    if (::mkdirat(root_, parent.c_str(), 0777) != 0)
      return system_failure(parent, "cannot make the directory");
    real_.insert(parent);
    return {};
  }

  // Removes a file, and the directories that it leaves empty.
  [[nodiscard]] Status remove(std::string path) {
    if (!reaches(path)) return {};
    if (::unlinkat(root_, path.c_str(), 0) != 0 && errno != ENOENT && errno != EISDIR)
      return system_failure(path, "cannot remove the file");
    for (std::size_t slash = path.rfind('/'); slash != std::string::npos; slash = path.rfind('/')) {
      path.resize(slash);
      if (::unlinkat(root_, path.c_str(), AT_REMOVEDIR) != 0) break;
      real_.erase(path);
    }
    return {};
  }

 private:
  int root_;
  std::unordered_set<std::string> real_;
};

class Checkout {
 public:
  Checkout(const Repository& repository, const Snapshot& snapshot, fs::path directory,
           fs::path index)
      : repository_(repository),
        snapshot_(snapshot),
        directory_(std::move(directory)),
        index_path_(std::move(index)) {}

  Status run() {
    KILLIFY_CHECK(open());
    std::vector<std::string> surplus;
    bool added = false;
    KILLIFY_CHECK(compare(surplus, added));
    Directories directories(root_.get());
    for (const std::string& path : surplus) KILLIFY_CHECK(directories.remove(path));
    if (added) KILLIFY_CHECK(write_index(index_path_, entries_));
    std::vector<std::size_t> doubtful;
    for (std::size_t i = 0; i < entries_.size(); ++i)
      if (!is_known_good(i, directories)) doubtful.push_back(i);
    for (const std::size_t i : doubtful)
      KILLIFY_CHECK(directories.make_for(snapshot_.entries[i].path));
    const unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
    KILLIFY_CHECK(parallel_for(doubtful.size(), jobs,
                               [&](std::size_t i) { return make_right(doubtful[i]); }));
    if (doubtful.empty() && surplus.empty()) return {};
    return write_index(index_path_, entries_);
  }

 private:
  // With the index gone, nothing says which files were ours: begin anew.
  Status open() {
    std::error_code error;
    fs::remove(index_path_.string() + ".lock", error);  // of a run that was killed
    struct stat found {};
    const bool there = ::lstat(index_path_.c_str(), &found) == 0;
    written_ = {static_cast<std::int32_t>(found.st_mtim.tv_sec),
                static_cast<std::uint32_t>(found.st_mtim.tv_nsec)};
    if (!there || git_index_open(receive(index_), index_path_.c_str()) != 0) {
      fs::remove_all(directory_, error);
      if (!error) fs::remove(index_path_, error);
      if (error)
        return fail("{}: cannot clear the work tree: {}", directory_.string(), error.message());
      if (git_index_open(receive(index_), index_path_.c_str()) != 0)
        return fail("{}: cannot make the index: {}", index_path_.string(), git_message());
    }
    fs::create_directories(directory_, error);
    if (error) return fail("{}: cannot make it: {}", directory_.string(), error.message());
    KILLIFY_TRY(root_, open_directory(directory_));
    return {};
  }

  // Walks the snapshot and the index side by side; both are sorted by path.
  Status compare(std::vector<std::string>& surplus, bool& added) {
    const std::size_t count = git_index_entrycount(index_.get());
    std::size_t at = 0;
    for (const TreeEntry& wanted : snapshot_.entries) {
      const git_index_entry* known = nullptr;
      for (; at < count; ++at) {
        known = git_index_get_byindex(index_.get(), at);
        if (known->path >= wanted.path) break;
        surplus.emplace_back(known->path);
      }
      git_index_entry entry{};
      if (at < count && known->path == wanted.path) {
        entry = *known;
        ++at;
      } else {
        added = true;
        entry.mode = wanted.mode;
        KILLIFY_TRY(entry.id, parse_oid(wanted.blob));
      }
      entry.path = wanted.path.c_str();
      entries_.push_back(entry);
    }
    for (; at < count; ++at) surplus.emplace_back(git_index_get_byindex(index_.get(), at)->path);
    return {};
  }

  // By its stat data alone. A file changed in the same instant in which the index was written could
  // have the stat data that the index says, so such an entry is not believed.
  bool is_known_good(std::size_t i, Directories& directories) {
    const TreeEntry& wanted = snapshot_.entries[i];
    const git_index_entry& known = entries_[i];
    if (known.mode != wanted.mode || oid_text(known.id) != wanted.blob) return false;
    if (std::pair(known.mtime.seconds, known.mtime.nanoseconds) >=
        std::pair(written_.seconds, written_.nanoseconds))
      return false;
    struct stat found {};
    return directories.reaches(wanted.path) &&
           ::fstatat(root_.get(), wanted.path.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0 &&
           same_stat(found, known);
  }

  // Looks at the contents and writes the file if they differ.
  Status make_right(std::size_t i) {
    const TreeEntry& wanted = snapshot_.entries[i];
    git_index_entry& entry = entries_[i];
    KILLIFY_TRY(entry.id, parse_oid(wanted.blob));
    struct stat found {};
    if (::fstatat(root_.get(), wanted.path.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0) {
      KILLIFY_TRY(const bool right, has_contents(found, wanted, entry.id));
      if (right) return settle_mode(wanted, entry);
      std::error_code error;
      fs::remove_all(directory_ / wanted.path, error);
      if (error) return fail("{}: cannot replace it: {}", wanted.path, error.message());
    }
    KILLIFY_TRY(const std::string contents, repository_.read_blob(wanted.blob));
    return create_file(root_.get(), wanted.path, wanted.mode, contents, entry);
  }

  Result<bool> has_contents(const struct stat& found, const TreeEntry& wanted,
                            const git_oid& id) const {
    const bool link = wanted.mode == kSymlinkMode;
    if (link ? !S_ISLNK(found.st_mode) : !S_ISREG(found.st_mode)) return false;
    KILLIFY_TRY(const std::string contents, read_file_at(root_.get(), wanted.path));
    git_oid there{};
    if (git_odb_hash(&there, contents.data(), contents.size(), GIT_OBJECT_BLOB) != 0)
      return fail("{}: cannot hash it: {}", wanted.path, git_message());
    return git_oid_equal(&there, &id) != 0;
  }

  Status settle_mode(const TreeEntry& wanted, git_index_entry& entry) const {
    struct stat found {};
    if (::fstatat(root_.get(), wanted.path.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0)
      return system_failure(wanted.path, "cannot look at the file");
    const bool executable = wanted.mode == kExecutableMode;
    if (wanted.mode != kSymlinkMode && ((found.st_mode & S_IXUSR) != 0) != executable) {
      const mode_t permissions = executable ? 0755 : 0644;
      if (::fchmodat(root_.get(), wanted.path.c_str(), permissions, 0) != 0 ||
          ::fstatat(root_.get(), wanted.path.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0)
        return system_failure(wanted.path, "cannot set the permissions");
    }
    entry.mode = wanted.mode;
    note_stat(found, entry);
    return {};
  }

  const Repository& repository_;
  const Snapshot& snapshot_;
  fs::path directory_;
  fs::path index_path_;
  FileDescriptor root_;
  GitIndex index_;
  git_index_time written_{};              // when the index was
  std::vector<git_index_entry> entries_;  // of the snapshot's files, in its order
};

}  // namespace

Status check_out_files(const Repository& repository, const Snapshot& snapshot,
                       const fs::path& directory, const fs::path& index) {
  return Checkout(repository, snapshot, directory, index).run();
}

}  // namespace killify
