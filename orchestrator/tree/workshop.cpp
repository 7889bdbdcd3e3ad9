#include "tree/workshop.h"

#include "support/digest.h"
#include "support/files.h"
#include "support/temp_dir.h"
#include "support/text.h"
#include "tree/checkout.h"
#include "tree/git_handle.h"
#include "tree/parcel.h"
#include "tree/publish.h"

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

namespace killify {

namespace fs = std::filesystem;

struct Workshop::State {
  Repository repository;
  GitOdb own;  // what it does not borrow
  fs::path root;
  fs::path user_git_dir;

  [[nodiscard]] fs::path lock() const { return root / "lock"; }
};

namespace {

// Adds `objects` and the object directories that it borrows from in turn. libgit2 would follow them
// by itself, but not where one that is borrowed from names the next by a relative path.
Status add_object_directories(const fs::path& objects, std::vector<fs::path>& found) {
  if (std::find(found.begin(), found.end(), objects) != found.end()) return {};
  if (objects.native().find('\n') != std::string::npos)
    return fail("{}: git cannot borrow objects from a path with a line break; move the repository",
                objects.string());
  found.push_back(objects);
  const fs::path list = objects / "info" / "alternates";
  if (std::error_code error; !fs::exists(list, error)) return {};
  KILLIFY_TRY(const std::string text, read_file(list));
  for (const std::string& line : split_lines(text)) {
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '"')
      return fail("{}: a quoted path cannot be read; write it without quotes", list.string());
    KILLIFY_CHECK(add_object_directories((objects / line).lexically_normal(), found));
  }
  return {};
}

Result<std::string> alternates_text(const Repository& user) {
  std::vector<fs::path> directories;
  KILLIFY_CHECK(add_object_directories(user.common_dir() / "objects", directories));
  std::string text;
  for (const fs::path& directory : directories) text += directory.string() + '\n';
  return text;
}

Status make_bare(const fs::path& root, const fs::path& git_dir) {
  KILLIFY_TRY(TempDir scratch, TempDir::make(root));
  const fs::path made = scratch.path() / "repository";
  git_repository_init_options options = GIT_REPOSITORY_INIT_OPTIONS_INIT;
  options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH;
  options.initial_head = "main";
  GitRepository repository;
  if (git_repository_init_ext(receive(repository), made.c_str(), &options) != 0)
    return fail("{}: cannot make a git repository: {}", git_dir.string(), git_message());
  std::error_code error;
  fs::remove_all(git_dir, error);
  if (!error) fs::rename(made, git_dir, error);
  if (error)
    return fail("{}: cannot put a git repository there: {}; remove it", git_dir.string(),
                error.message());
  return {};
}

// Lets the repository at `git_dir` borrow the user's objects.
Status lend(const fs::path& git_dir, const std::string& alternates) {
  const fs::path list = git_dir / "objects" / "info" / "alternates";
  if (const auto there = read_file(list); there && *there == alternates) return {};
  return write_file_atomic(list, alternates);
}

Result<Repository> open_lent(const fs::path& git_dir, const std::string& alternates) {
  start_libgit2();
  if (!fs::exists(git_dir / "HEAD")) return fail("{}: not a git repository", git_dir.string());
  KILLIFY_CHECK(lend(git_dir, alternates));
  return Repository::open(git_dir, Repository::Find::kHere);
}

Result<std::uint32_t> mode_of(const Repository& repository, const git_tree* tree,
                              const std::string& path) {
  GitTreeEntry entry;
  const int code = git_tree_entry_bypath(receive(entry), tree, path.c_str());
  if (code == GIT_ENOTFOUND) return GIT_FILEMODE_BLOB;
  if (code != 0)
    return fail("{}: cannot look up {}: {}", repository.handle().name(), path, git_message());
  if (git_tree_entry_type(entry.get()) != GIT_OBJECT_BLOB)
    return fail("{}: a directory, so it cannot get a file's contents", path);
  return static_cast<std::uint32_t>(git_tree_entry_filemode(entry.get()));
}

// A commit on `parent` with these changes of its files. What the user's repository has of it was
// not written here, and may go from there: `own` gets all of it.
Result<Oid> commit_updated(const Repository& repository, const GitOdb& own,
                           const git_commit* parent, const std::vector<git_tree_update>& updates,
                           const std::string& message, const Signature& author) {
  git_repository* git = repository.handle().get();
  GitTree before;
  git_oid tree_id{};
  GitTree after;
  GitSignature who;
  git_oid id{};
  std::array<const git_commit*, 1> parents = {parent};
  const std::string text = message.ends_with('\n') ? message : message + '\n';
  if (git_commit_tree(receive(before), parent) != 0 ||
      git_tree_create_updated(&tree_id, git, before.get(), updates.size(), updates.data()) != 0 ||
      git_tree_lookup(receive(after), git, &tree_id) != 0 ||
      git_signature_new(receive(who), author.name.c_str(), author.email.c_str(), author.time,
                        author.offset_minutes) != 0 ||
      git_commit_create(&id, git, nullptr, who.get(), who.get(), nullptr, text.c_str(), after.get(),
                        parents.size(), parents.data()) != 0)
    return fail("{}: cannot make a commit on {}: {}", repository.handle().name(),
                oid_text(*git_commit_id(parent)), git_message());
  KILLIFY_CHECK(keep_own_objects(repository, own, id));
  return oid_text(id);
}

}  // namespace

Workshop::Workshop(std::unique_ptr<State> state) : state_(std::move(state)) {}
Workshop::Workshop(Workshop&&) noexcept = default;
Workshop& Workshop::operator=(Workshop&&) noexcept = default;
Workshop::~Workshop() = default;

Result<Workshop> Workshop::open(const Repository& user, const fs::path& cache) {
  std::error_code error;
  const fs::path common = fs::weakly_canonical(user.common_dir(), error);
  constexpr std::size_t kEnough = 16;  // 64 bits tell all trees of one person apart
  const fs::path root = fs::absolute(cache) / "trees" / sha256(common.string()).substr(0, kEnough);
  if (!error) fs::create_directories(root, error);
  if (error) return fail("{}: cannot make it: {}", root.string(), error.message());

  KILLIFY_TRY(const FileLock lock, FileLock::wait(root / "lock"));
  remove_stale_temporaries(root);
  KILLIFY_TRY(const std::string alternates, alternates_text(user));
  const fs::path git_dir = root / "repository";
  Result<Repository> repository = open_lent(git_dir, alternates);
  if (!repository) {
    KILLIFY_CHECK(make_bare(root, git_dir));
    repository = open_lent(git_dir, alternates);
  }
  if (!repository) return tl::unexpected<Error>(std::move(repository).error());
  KILLIFY_TRY(GitOdb own, open_own_objects(git_dir / "objects"));
  return Workshop(
      std::make_unique<State>(State{std::move(*repository), std::move(own), root, user.git_dir()}));
}

const Repository& Workshop::repository() const {
  return state_->repository;
}

Result<Oid> Workshop::commit(const Oid& parent, const FileContents& files,
                             const std::string& message, const Signature& author) {
  const Repository& repository = state_->repository;
  git_repository* git = repository.handle().get();
  KILLIFY_TRY(const GitCommit on, find_commit(repository, parent));
  GitTree before;
  if (git_commit_tree(receive(before), on.get()) != 0)
    return fail("{}: cannot read the files of {}: {}", repository.handle().name(), parent,
                git_message());

  std::vector<git_tree_update> updates;
  for (const auto& [path, contents] : files) {
    KILLIFY_TRY(const std::uint32_t mode, mode_of(repository, before.get(), path));
    git_tree_update update{
        GIT_TREE_UPDATE_UPSERT, {}, static_cast<git_filemode_t>(mode), path.c_str()};
    if (git_blob_create_from_buffer(&update.id, git, contents.data(), contents.size()) != 0)
      return fail("{}: cannot store the contents of {}: {}", repository.handle().name(), path,
                  git_message());
    updates.push_back(update);
  }

  return commit_updated(repository, state_->own, on.get(), updates, message, author);
}

Result<Oid> Workshop::commit_beside(const Oid& parent, const std::string& place,
                                    const Repository& other, const CommitInfo& commit) {
  KILLIFY_TRY(const GitCommit on, find_commit(state_->repository, parent));
  KILLIFY_TRY(const git_oid tree, parse_oid(commit.tree));
  KILLIFY_CHECK(copy_directory(other, tree, state_->own));
  return commit_updated(state_->repository, state_->own, on.get(),
                        {{GIT_TREE_UPDATE_UPSERT, tree, GIT_FILEMODE_TREE, place.c_str()}},
                        commit.message, commit.author);
}

Result<fs::path> Workshop::check_out(std::string_view name, const Oid& commit) {
  if (name.empty() || name.front() == '.' || name.find('/') != std::string_view::npos)
    return fail("'{}' cannot name a work tree; use letters, digits and '-'", name);
  const fs::path index = state_->root / "index" / name;
  const fs::path directory = state_->root / "work" / name;
  std::error_code error;
  fs::create_directories(index.parent_path(), error);
  if (error) return fail("{}: cannot make it: {}", index.parent_path().string(), error.message());
  KILLIFY_TRY(const Snapshot snapshot, state_->repository.snapshot(commit));
  KILLIFY_CHECK(check_out_files(state_->repository, snapshot, directory, index));
  return directory;
}

Status Workshop::publish(std::string_view branch, const Oid& tip) {
  KILLIFY_TRY(const FileLock lock, FileLock::wait(state_->lock()));
  return publish_branch(state_->repository, state_->own, state_->user_git_dir, std::string(branch),
                        tip);
}

}  // namespace killify
