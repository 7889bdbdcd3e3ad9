#include "tree/parcel.h"

#include "support/temp_dir.h"
#include "tree/pack_writer.h"

#include <git2/odb_backend.h>
#include <git2/sys/odb_backend.h>

#include <algorithm>
#include <random>
#include <string>
#include <system_error>

namespace killify {
namespace fs = std::filesystem;
namespace {

using Visit = std::function<Status(const git_oid&)>;

Result<GitTree> find_tree(const Repository& repository, const git_oid& id) {
  GitTree tree;
  if (git_tree_lookup(receive(tree), repository.handle().get(), &id) != 0)
    return fail("{}: cannot read directory {}: {}", repository.handle().name(), oid_text(id),
                git_message());
  return tree;
}

// Of the directory `id`, which was `before`: what differs, children first.
Status visit_tree(const Repository& repository, const git_oid& id, const git_oid* before,
                  const Visit& visit) {
  KILLIFY_TRY(const GitTree tree, find_tree(repository, id));
  GitTree old;
  if (before != nullptr) {
    KILLIFY_TRY(old, find_tree(repository, *before));
  }
  for (std::size_t i = 0, n = git_tree_entrycount(tree.get()); i < n; ++i) {
    const git_tree_entry* entry = git_tree_entry_byindex(tree.get(), i);
    const git_oid& at = *git_tree_entry_id(entry);
    const git_tree_entry* was = old.get() == nullptr
                                    ? nullptr
                                    : git_tree_entry_byname(old.get(), git_tree_entry_name(entry));
    if (was != nullptr && git_oid_equal(git_tree_entry_id(was), &at) != 0) continue;
    if (git_tree_entry_type(entry) == GIT_OBJECT_TREE) {
      const bool same_kind = was != nullptr && git_tree_entry_type(was) == GIT_OBJECT_TREE;
      KILLIFY_CHECK(
          visit_tree(repository, at, same_kind ? git_tree_entry_id(was) : nullptr, visit));
    } else if (git_tree_entry_type(entry) == GIT_OBJECT_BLOB) {  // or a submodule's, not ours
      KILLIFY_CHECK(visit(at));
    }
  }
  return visit(id);
}

// What a commit has that its first parent has not, the commit last.
Status visit_commit(const Repository& repository, const git_commit* commit, const Visit& visit) {
  git_oid before{};
  const bool is_first = git_commit_parentcount(commit) == 0;
  if (!is_first) {
    KILLIFY_TRY(const GitCommit parent,
                find_commit(repository, oid_text(*git_commit_parent_id(commit, 0))));
    before = *git_commit_tree_id(parent.get());
  }
  const git_oid& tree = *git_commit_tree_id(commit);
  if (is_first || git_oid_equal(&before, &tree) == 0)
    KILLIFY_CHECK(visit_tree(repository, tree, is_first ? nullptr : &before, visit));
  return visit(*git_commit_id(commit));
}

tl::unexpected<Error> unreadable(const Repository& repository, const git_oid& id) {
  return fail("{}: cannot read object {}: {}; remove that directory and run again",
              repository.handle().name(), oid_text(id), git_message());
}

Status copy_object(const Repository& from, const git_oid& id, const GitOdb& own) {
  if (git_odb_exists(own.get(), &id) != 0) return {};
  GitOdbObject object;
  git_oid written{};
  if (git_odb_read(receive(object), from.handle().odb.get(), &id) != 0) return unreadable(from, id);
  if (git_odb_write(&written, own.get(), git_odb_object_data(object.get()),
                    git_odb_object_size(object.get()), git_odb_object_type(object.get())) != 0)
    return fail("{}: cannot write object {}: {}", from.handle().name(), oid_text(id),
                git_message());
  return {};
}

// Not the checksum, which git does not ask for: a pack of that name that no ref needs may be there,
// and a 'git gc' be about to remove it.
std::string new_pack_name() {
  std::random_device random;
  std::string name = "pack-";
  for (int i = 0; i < 5; ++i) name += fmt::format("{:08x}", random());
  return name;
}

}  // namespace

Result<GitOdb> open_own_objects(const fs::path& objects) {
  constexpr int kDefault = 0;
  GitOdb own;
  git_odb_backend* loose = nullptr;
  if (git_odb_new(receive(own)) != 0 ||
      git_odb_backend_loose(&loose, objects.c_str(), -1, kDefault, kDefault, kDefault) != 0 ||
      git_odb_add_backend(own.get(), loose, 1) != 0)
    return fail("{}: cannot be opened: {}", objects.string(), git_message());
  return own;
}

Status keep_own_objects(const Repository& repository, const GitOdb& own, const git_oid& commit) {
  KILLIFY_TRY(const GitCommit made, find_commit(repository, oid_text(commit)));
  return visit_commit(repository, made.get(),
                      [&](const git_oid& id) { return copy_object(repository, id, own); });
}

Status copy_directory(const Repository& other, const git_oid& directory, const GitOdb& own) {
  return visit_tree(other, directory, nullptr,
                    [&](const git_oid& id) { return copy_object(other, id, own); });
}

Result<Parcel> Parcel::of(const Repository& workshop, const GitOdb& own, const git_oid& tip) {
  Parcel parcel(workshop);
  git_oid at = tip;
  while (git_odb_exists(own.get(), &at) != 0) {
    KILLIFY_TRY(const GitCommit commit, find_commit(workshop, oid_text(at)));
    KILLIFY_CHECK(visit_commit(workshop, commit.get(), [&](const git_oid& id) -> Status {
      parcel.objects_.push_back(id);
      return {};
    }));
    if (git_commit_parentcount(commit.get()) == 0) break;
    at = *git_commit_parent_id(commit.get(), 0);
  }
  if (parcel.objects_.empty()) parcel.objects_.push_back(tip);
  return parcel;
}

bool Parcel::is_whole_in(const Repository& repository) const {
  return std::ranges::all_of(objects_, [&](const git_oid& id) {
    return git_odb_exists(repository.handle().odb.get(), &id) != 0;
  });
}

Result<KeptPack> Parcel::send(const Repository& repository) const {
  const fs::path objects = repository.common_dir() / "objects";
  KILLIFY_TRY(const TempDir scratch, TempDir::make(objects));
  KILLIFY_TRY(PackWriter pack, PackWriter::make(scratch.path() / "pack"));
  Deflater deflater;
  for (const git_oid& id : objects_) {
    GitOdbObject object;
    if (git_odb_read(receive(object), workshop_.handle().odb.get(), &id) != 0)
      return unreadable(workshop_, id);
    const std::string_view bytes(static_cast<const char*>(git_odb_object_data(object.get())),
                                 git_odb_object_size(object.get()));
    KILLIFY_CHECK(pack.add(git_odb_object_type(object.get()), id, bytes, deflater));
  }
  const fs::path stem = objects / "pack" / new_pack_name();
  std::error_code error;
  fs::create_directories(stem.parent_path(), error);
  auto keep = OwnedFile::make(stem.string() + ".keep");
  if (!keep) return fail("{}.keep: cannot be made: {}", stem.string(), errno_text(errno));
  KILLIFY_CHECK(pack.finish_as(stem));
  return KeptPack(std::move(*keep));
}

void remove_stale_parcels(const Repository& repository) {
  const fs::path objects = repository.common_dir() / "objects";
  remove_stale_temporaries(objects);
  std::error_code error;
  for (fs::directory_iterator entry(objects / "pack", error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() != ".keep") continue;
    const auto keep = OwnedFile::take_over(entry->path());
    fs::path part = entry->path();
    std::error_code ignored;
    if (keep && !fs::exists(part.replace_extension(".idx"), ignored))
      fs::remove(part.replace_extension(".pack"), ignored);  // git does not know of it yet
  }
}

}  // namespace killify
