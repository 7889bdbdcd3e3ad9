// A git repository that holds a kernel tree: reading it. All of libgit2 lives in tree/.
#pragma once

#include "support/error.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

using Oid = std::string;  // 40 hexadecimal digits

// One file of a snapshot.
struct TreeEntry {
  std::string path;  // relative to the tree, '/' separated
  Oid blob;
  std::uint32_t mode = 0;  // 0100644, 0100755 or 0120000
};

// The files of one commit, sorted by path (bytewise). A plain value: it keeps no handle.
struct Snapshot {
  Oid commit;
  Oid tree;
  std::vector<TreeEntry> entries;
  std::vector<std::string> lacking;  // paths that are not here, of a partial clone (promised.h)

  // nullptr if there is no such file.
  [[nodiscard]] const TreeEntry* find(std::string_view path) const;
  // The entries at or below a directory ("" is all), or the one file of that name.
  [[nodiscard]] std::vector<const TreeEntry*> under(std::string_view directory) const;
  [[nodiscard]] bool has_directory(std::string_view directory) const;
};

// Who commits, and when (seconds since the epoch, offset from UTC in minutes).
struct Signature {
  std::string name;
  std::string email;
  std::int64_t time = 0;
  int offset_minutes = 0;
};

struct CommitInfo {
  Oid oid;
  Oid tree;
  std::vector<Oid> parents;
  std::string subject;  // the first line
  std::string message;  // all of it
  Signature author;
};

// A repository opened for reading. Reads of blobs may come from several threads.
class Repository {
 public:
  enum class Find { kHereOrAbove, kHere };
  // The repository whose work tree or git directory is at `path` (or above it). kHere: `path` is
  // the git directory itself.
  [[nodiscard]] static Result<Repository> open(const std::filesystem::path& path,
                                               Find find = Find::kHereOrAbove);
  Repository(Repository&&) noexcept;
  Repository& operator=(Repository&&) noexcept;
  ~Repository();

  [[nodiscard]] std::filesystem::path git_dir() const;
  // Empty for a bare repository.
  [[nodiscard]] std::filesystem::path work_tree() const;
  // Where objects/ is (differs from git_dir() in a linked worktree).
  [[nodiscard]] std::filesystem::path common_dir() const;

  // A revision as git writes it ("HEAD", "v6.1", "abc123") to the commit it names.
  [[nodiscard]] Result<CommitInfo> commit(std::string_view revision) const;
  // The commits after `base` up to `tip`, oldest first. A `tip` that is a range "A..B" overrides
  // `base`. Where `base` moved on since, the commits start where the two parted. Merge commits are
  // an error.
  [[nodiscard]] Result<std::vector<CommitInfo>> range(std::string_view base,
                                                      std::string_view tip) const;
  [[nodiscard]] Result<Snapshot> snapshot(std::string_view revision) const;
  [[nodiscard]] Result<std::string> read_blob(const Oid& blob) const;
  // What a commit changed against its first parent: paths, sorted.
  [[nodiscard]] Result<std::vector<std::string>> changed_paths(const Oid& commit) const;
  // The same as a unified diff, as git writes it.
  [[nodiscard]] Result<std::string> patch(const Oid& commit) const;
  // Subjects of the latest commits, at most `limit`, that touched one of `paths`: votes for a
  // subject prefix. Empty when the history is one base commit.
  [[nodiscard]] Result<std::vector<std::string>> subjects_touching(
      const std::vector<std::string>& paths, std::size_t limit) const;
  // user.name and user.email as git resolves them; an error that says what to set otherwise. The
  // time is 0.
  [[nodiscard]] Result<Signature> identity() const;

  struct Handle;  // libgit2's; for tree/ only
  [[nodiscard]] Handle& handle() const { return *handle_; }

 private:
  struct Difference;
  [[nodiscard]] Result<Difference> difference(const Oid& commit) const;
  explicit Repository(std::unique_ptr<Handle> handle);
  std::unique_ptr<Handle> handle_;
};

// VERSION.PATCHLEVEL.SUBLEVELEXTRAVERSION from the text of the top Makefile ("6.1.192"); an error
// if the text is not that of a kernel's Makefile.
[[nodiscard]] Result<std::string> kernel_version(std::string_view makefile);

}  // namespace killify
