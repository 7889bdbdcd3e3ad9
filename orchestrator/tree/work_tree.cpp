#include "tree/work_tree.h"

#include "support/files.h"
#include "tree/disk_file.h"
#include "tree/git_handle.h"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace killify {
namespace fs = std::filesystem;
namespace {

// The stat data that git noted says that a file is as it was; where it says otherwise, its contents
// do.
bool is_changed(const fs::path& file, const git_index_entry& entry, std::size_t& doubtful) {
  struct stat found {};
  if (::lstat(file.c_str(), &found) != 0) return errno == ENOENT || errno == ENOTDIR;
  if (same_stat(found, entry)) return false;
  constexpr std::size_t kEnough =
      2000;  // a copied tree has them all: only git should read it whole
  if (++doubtful > kEnough) return false;
  std::error_code error;
  std::string contents;
  if (S_ISLNK(found.st_mode)) {
    contents = fs::read_symlink(file, error).string();
  } else {
    auto text = read_file(file);
    if (!text) return true;
    contents = std::move(*text);
  }
  git_oid there{};
  return git_odb_hash(&there, contents.data(), contents.size(), GIT_OBJECT_BLOB) != 0 ||
         git_oid_equal(&there, &entry.id) == 0;
}

}  // namespace

std::string changed_file(const Repository& repository, const Snapshot& head) {
  const fs::path root = repository.work_tree();
  GitIndex index;
  if (root.empty() || git_index_open(receive(index), (repository.git_dir() / "index").c_str()) != 0)
    return {};
  const std::size_t count = git_index_entrycount(index.get());
  if (count == 0) return {};  // nothing was checked out
  std::size_t at = 0;
  for (const TreeEntry& wanted : head.entries) {
    const git_index_entry* entry = at < count ? git_index_get_byindex(index.get(), at) : nullptr;
    while (entry != nullptr && entry->mode == GIT_FILEMODE_COMMIT)  // a submodule, not ours
      entry = ++at < count ? git_index_get_byindex(index.get(), at) : nullptr;
    if (entry == nullptr || wanted.path != entry->path) return wanted.path;
    if (oid_text(entry->id) != wanted.blob || entry->mode != wanted.mode) return wanted.path;
    ++at;
  }
  if (at < count) return git_index_get_byindex(index.get(), at)->path;
  std::size_t doubtful = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const git_index_entry* entry = git_index_get_byindex(index.get(), i);
    const bool absent = (entry->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE) != 0;
    if (!absent && entry->mode != GIT_FILEMODE_COMMIT &&
        is_changed(root / entry->path, *entry, doubtful))
      return entry->path;
  }
  return {};
}

}  // namespace killify
