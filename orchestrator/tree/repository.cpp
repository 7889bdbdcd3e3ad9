#include "tree/repository.h"

#include "support/process.h"
#include "support/text.h"
#include "tree/git_handle.h"
#include "tree/identity.h"
#include "tree/promised.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace killify {

namespace fs = std::filesystem;

namespace {

fs::path directory(const char* text) {
  if (text == nullptr) return {};
  std::string_view path = text;
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return path;
}

CommitInfo commit_info(const git_commit* commit) {
  CommitInfo info;
  info.oid = oid_text(*git_commit_id(commit));
  info.tree = oid_text(*git_commit_tree_id(commit));
  for (unsigned i = 0; i < git_commit_parentcount(commit); ++i)
    info.parents.push_back(oid_text(*git_commit_parent_id(commit, i)));
  info.message = git_commit_message(commit);
  info.subject = info.message.substr(0, info.message.find('\n'));
  const git_signature* author = git_commit_author(commit);
  info.author = {author->name, author->email, author->when.time, author->when.offset};
  return info;
}

// Appends the files below `id`. git sorts the entries of a tree as if a directory's name ended in
// '/', so this order is that of the full paths.
Status list_tree(const Repository::Handle& handle, const git_oid* id, std::string& path,
                 std::vector<TreeEntry>& entries) {
  GitTree tree;
  if (git_tree_lookup(receive(tree), handle.get(), id) != 0)
    return fail("{}: cannot read the directory '{}': {}; check it with 'git fsck'", handle.name(),
                path, git_message());
  const std::size_t length = path.size();
  for (std::size_t i = 0, n = git_tree_entrycount(tree.get()); i < n; ++i) {
    const git_tree_entry* entry = git_tree_entry_byindex(tree.get(), i);
    path += git_tree_entry_name(entry);
    switch (git_tree_entry_type(entry)) {
      case GIT_OBJECT_TREE:
        path += '/';
        KILLIFY_CHECK(list_tree(handle, git_tree_entry_id(entry), path, entries));
        break;
      case GIT_OBJECT_BLOB:
        entries.push_back({path, oid_text(*git_tree_entry_id(entry)),
                           static_cast<std::uint32_t>(git_tree_entry_filemode(entry))});
        break;
      default:  // a submodule has no files of its own here
        break;
    }
    path.resize(length);
  }
  return {};
}

// The repository at `path` or above it, as git's safe.directory names it: the work tree, or a bare
// repository itself. Empty when there is none.
fs::path top_of_repository(const fs::path& path) {
  std::error_code error;
  fs::path at = fs::weakly_canonical(fs::absolute(path, error), error);
  for (; at != at.root_path(); at = at.parent_path())
    if (fs::exists(at / ".git", error) ||
        (fs::exists(at / "HEAD", error) && fs::exists(at / "objects", error)))
      return at.filename() == ".git" ? at.parent_path() : at;
  return {};
}

// libgit2 also calls such a repository "not found", where there is no configuration to allow it.
bool is_of_another_user(const fs::path& repository) {
  struct stat status {};
  return !repository.empty() && ::stat(repository.c_str(), &status) == 0 &&
         status.st_uid != ::geteuid();
}

Result<GitTree> tree_of(const Repository::Handle& handle, const git_commit* commit) {
  GitTree tree;
  if (git_commit_tree(receive(tree), commit) != 0)
    return fail("{}: cannot read the files of commit {}: {}; check it with 'git fsck'",
                handle.name(), oid_text(*git_commit_id(commit)), git_message());
  return tree;
}

bool same_entry(const git_tree* a, const git_tree* b, const std::string& path) {
  GitTreeEntry in_a;
  GitTreeEntry in_b;
  const bool found_a = git_tree_entry_bypath(receive(in_a), a, path.c_str()) == 0;
  const bool found_b = git_tree_entry_bypath(receive(in_b), b, path.c_str()) == 0;
  if (!found_a || !found_b) return found_a == found_b;
  return git_oid_equal(git_tree_entry_id(in_a.get()), git_tree_entry_id(in_b.get())) != 0;
}

// The value of a line "NAME = value" of a Makefile.
std::optional<std::string_view> assigned(const std::vector<std::string>& lines,
                                         std::string_view name) {
  for (std::string_view line : lines) {
    if (!line.starts_with(name)) continue;
    line = trim(line.substr(name.size()));
    if (!line.starts_with('=')) continue;
    line.remove_prefix(1);
    return trim(line.substr(0, line.find('#')));
  }
  return std::nullopt;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

const TreeEntry* Snapshot::find(std::string_view path) const {
  const auto at = std::lower_bound(
      entries.begin(), entries.end(), path,
      [](const TreeEntry& entry, std::string_view wanted) { return entry.path < wanted; });
  return at != entries.end() && at->path == path ? &*at : nullptr;
}

std::vector<const TreeEntry*> Snapshot::under(std::string_view directory) const {
  while (directory.ends_with('/')) directory.remove_suffix(1);
  std::vector<const TreeEntry*> found;
  if (directory.empty() || directory == ".") {
    for (const TreeEntry& entry : entries) found.push_back(&entry);
    return found;
  }
  if (const TreeEntry* file = find(directory)) return {file};
  const std::string prefix = std::string(directory) + '/';
  auto at = std::lower_bound(
      entries.begin(), entries.end(), prefix,
      [](const TreeEntry& entry, const std::string& wanted) { return entry.path < wanted; });
  for (; at != entries.end() && at->path.starts_with(prefix); ++at) found.push_back(&*at);
  return found;
}

bool Snapshot::has_directory(std::string_view directory) const {
  const std::vector<const TreeEntry*> found = under(directory);
  while (directory.ends_with('/')) directory.remove_suffix(1);
  return !found.empty() && found.front()->path != directory;
}

Repository::Repository(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
Repository::Repository(Repository&&) noexcept = default;
Repository& Repository::operator=(Repository&&) noexcept = default;
Repository::~Repository() = default;

Result<Repository> Repository::open(const fs::path& path, Find find) {
  start_libgit2();
  std::error_code error;
  auto handle = std::make_unique<Handle>();
  const unsigned flags =
      find == Find::kHere ? GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_NO_DOTGIT : 0U;
  const int code =
      git_repository_open_ext(receive(handle->repository), path.c_str(), flags, nullptr);
  const fs::path top = code != 0 ? top_of_repository(path) : fs::path();
  if (code == GIT_EOWNER || (code == GIT_ENOTFOUND && is_of_another_user(top)))
    return fail(
        "{}: the repository belongs to another user; allow it with: {}", top.string(),
        shell_quoted({"git", "config", "--global", "--add", "safe.directory", top.string()}));
  if (code == GIT_ENOTFOUND)
    return fail("{}: no git repository here or above it; make one with: killify import {} DEST",
                path.string(), fs::exists(path / "MAINTAINERS", error) ? path.string() : "SOURCE");
  if (code != 0 || git_repository_odb(receive(handle->odb), handle->get()) != 0)
    return fail("{}: cannot open the git repository: {}", path.string(), git_message());
  return Repository(std::move(handle));
}

fs::path Repository::git_dir() const {
  return directory(git_repository_path(handle_->get()));
}
fs::path Repository::work_tree() const {
  return directory(git_repository_workdir(handle_->get()));
}
fs::path Repository::common_dir() const {
  return directory(git_repository_commondir(handle_->get()));
}

Result<CommitInfo> Repository::commit(std::string_view revision) const {
  const std::string name(revision);
  GitObject object;
  GitObject commit;
  if (git_revparse_single(receive(object), handle_->get(), name.c_str()) != 0)
    return fail("{}: no revision '{}': {}; 'git log' and 'git branch -a' list what there is",
                handle_->name(), name, git_message());
  if (git_object_peel(receive(commit), object.get(), GIT_OBJECT_COMMIT) != 0)
    return fail("{}: '{}' is no commit; give a commit, a branch or a tag", handle_->name(), name);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libgit2's way from object to
  // commit
  return commit_info(reinterpret_cast<const git_commit*>(commit.get()));
}

Result<std::vector<CommitInfo>> Repository::range(std::string_view base,
                                                  std::string_view tip) const {
  if (const std::size_t dots = tip.find(".."); dots != std::string_view::npos) {
    base = dots == 0 ? "HEAD" : tip.substr(0, dots);
    tip = dots + 2 == tip.size() ? "HEAD" : tip.substr(dots + 2);
  }
  KILLIFY_TRY(const CommitInfo from, commit(base));
  KILLIFY_TRY(CommitInfo at, commit(tip));
  KILLIFY_TRY(const git_oid from_id, parse_oid(from.oid));
  KILLIFY_TRY(const git_oid tip_id, parse_oid(at.oid));
  // Where history is missing (a shallow clone) there is no merge base to be found, and the base
  // itself is where the walk ends.
  git_oid fork{};
  const bool forked = git_merge_base(&fork, handle_->get(), &from_id, &tip_id) == 0;
  const Oid stop = forked ? oid_text(fork) : from.oid;

  std::vector<CommitInfo> commits;
  while (at.oid != stop) {
    if (at.parents.empty())
      return fail("{}: '{}' does not descend from '{}'; give a range A..B where it does",
                  handle_->name(), tip, base);
    if (at.parents.size() > 1)
      return fail("{}: {} ({}) is a merge commit; give a range without merges, or rebase it",
                  handle_->name(), at.oid.substr(0, 12), at.subject);
    const Oid parent = at.parents.front();
    commits.push_back(std::move(at));
    KILLIFY_TRY(at, commit(parent));
  }
  std::reverse(commits.begin(), commits.end());
  return commits;
}

Result<Snapshot> Repository::snapshot(std::string_view revision) const {
  KILLIFY_TRY(const CommitInfo info, commit(revision));
  KILLIFY_TRY(const git_oid tree, parse_oid(info.tree));
  Snapshot snapshot{info.oid, info.tree, {}, {}};
  std::string path;
  KILLIFY_CHECK(list_tree(*handle_, &tree, path, snapshot.entries));
  return snapshot;
}

Result<std::string> Repository::read_blob(const Oid& blob) const {
  KILLIFY_TRY(const git_oid id, parse_oid(blob));
  GitOdbObject object;
  if (const int code = git_odb_read(receive(object), handle_->odb.get(), &id); code != 0) {
    const auto remote = code == GIT_ENOTFOUND ? promisor(*this) : std::nullopt;
    if (remote) return tl::unexpected<Error>(lacking(*this, "blob " + blob, *remote));
    return fail("{}: cannot read blob {}: {}; check it with 'git fsck'", handle_->name(), blob,
                git_message());
  }
  if (git_odb_object_type(object.get()) != GIT_OBJECT_BLOB)
    return fail("{}: {} is no file's contents", handle_->name(), blob);
  return std::string(static_cast<const char*>(git_odb_object_data(object.get())),
                     git_odb_object_size(object.get()));
}

// A commit against its first parent.
struct Repository::Difference {
  GitDiff diff;
};

Result<Repository::Difference> Repository::difference(const Oid& oid) const {
  KILLIFY_TRY(const GitCommit commit, find_commit(*this, oid));
  KILLIFY_TRY(const GitTree after, tree_of(*handle_, commit.get()));
  GitTree before;
  if (git_commit_parentcount(commit.get()) > 0) {
    KILLIFY_TRY(const GitCommit parent,
                find_commit(*this, oid_text(*git_commit_parent_id(commit.get(), 0))));
    KILLIFY_TRY(before, tree_of(*handle_, parent.get()));
  }
  Difference found;
  if (git_diff_tree_to_tree(receive(found.diff), handle_->get(), before.get(), after.get(),
                            nullptr) != 0)
    return fail("{}: cannot compare commit {} with its parent: {}", handle_->name(), oid,
                git_message());
  return found;
}

Result<std::vector<std::string>> Repository::changed_paths(const Oid& oid) const {
  KILLIFY_TRY(const Difference found, difference(oid));
  std::vector<std::string> paths;
  for (std::size_t i = 0, n = git_diff_num_deltas(found.diff.get()); i < n; ++i)
    paths.emplace_back(git_diff_get_delta(found.diff.get(), i)->new_file.path);
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  return paths;
}

Result<std::string> Repository::patch(const Oid& oid) const {
  KILLIFY_TRY(const Difference found, difference(oid));
  git_buf buffer = GIT_BUF_INIT;
  if (git_diff_to_buf(&buffer, found.diff.get(), GIT_DIFF_FORMAT_PATCH) != 0)
    return fail("{}: cannot write commit {} as a patch: {}", handle_->name(), oid, git_message());
  std::string text(buffer.ptr, buffer.size);
  git_buf_dispose(&buffer);
  return text;
}

Result<std::vector<std::string>> Repository::subjects_touching(
    const std::vector<std::string>& paths, std::size_t limit) const {
  // A driver nobody touched for so long has no current prefix, and the kernel's whole history
  // (a million commits) would take minutes.
  constexpr std::size_t kFarEnough = 20000;
  GitRevwalk walk;
  if (git_revwalk_new(receive(walk), handle_->get()) != 0 ||
      git_revwalk_sorting(walk.get(), GIT_SORT_TIME) != 0)
    return fail("{}: cannot read the history: {}", handle_->name(), git_message());
  std::vector<std::string> subjects;
  if (git_revwalk_push_head(walk.get()) != 0) return subjects;  // no commit yet

  git_oid id{};
  for (std::size_t seen = 0; subjects.size() < limit && seen < kFarEnough; ++seen) {
    // The end, or the edge of a shallow clone.
    if (git_revwalk_next(&id, walk.get()) != 0) break;
    KILLIFY_TRY(const GitCommit commit, find_commit(*this, oid_text(id)));
    if (git_commit_parentcount(commit.get()) != 1) continue;
    GitCommit parent;
    if (git_commit_parent(receive(parent), commit.get(), 0) != 0) break;
    KILLIFY_TRY(const GitTree after, tree_of(*handle_, commit.get()));
    KILLIFY_TRY(const GitTree before, tree_of(*handle_, parent.get()));
    const bool touches = std::any_of(paths.begin(), paths.end(), [&](const std::string& path) {
      return !same_entry(before.get(), after.get(), path);
    });
    if (touches) subjects.push_back(commit_info(commit.get()).subject);
  }
  return subjects;
}

Result<Signature> Repository::identity() const {
  GitConfig config;
  GitConfig snapshot;
  if (git_repository_config(receive(config), handle_->get()) != 0 ||
      git_config_snapshot(receive(snapshot), config.get()) != 0)
    return fail("{}: cannot read git's configuration: {}", handle_->name(), git_message());
  const auto value = [&](const char* key) -> std::string {
    const char* text = nullptr;
    if (git_config_get_string(&text, snapshot.get(), key) != 0) return {};
    return as_git_writes(text);
  };
  Signature who{value("user.name"), value("user.email"), 0, 0};
  if (who.name.empty())
    return fail("git has no name for you; set it with 'git config --global user.name \"...\"'");
  if (who.email.empty())
    return fail("git has no address for you; set it with 'git config --global user.email \"...\"'");
  return who;
}

Result<std::string> kernel_version(std::string_view makefile) {
  const std::vector<std::string> lines = split_lines(makefile);
  const auto version = assigned(lines, "VERSION");
  const auto patchlevel = assigned(lines, "PATCHLEVEL");
  const auto sublevel = assigned(lines, "SUBLEVEL");
  const auto extra = assigned(lines, "EXTRAVERSION");
  if (!version || !is_number(*version) || !patchlevel || !is_number(*patchlevel))
    return fail("Makefile: no VERSION and PATCHLEVEL, so this is no kernel tree");
  std::string text = fmt::format("{}.{}", *version, *patchlevel);
  if (sublevel && !sublevel->empty()) text += fmt::format(".{}", *sublevel);
  if (extra) text += *extra;
  return text;
}

}  // namespace killify
