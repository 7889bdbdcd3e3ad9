#include "tree/publish.h"

#include "tree/git_handle.h"
#include "tree/parcel.h"
#include "tree/ref_lock.h"

#include <cstring>
#include <optional>
#include <vector>

namespace killify {
namespace fs = std::filesystem;
namespace {

class Publication {
 public:
  Publication(const Repository& user, const std::string& branch, const git_oid& tip)
      : user_(user),
        branch_(branch),
        tip_(tip),
        head_("refs/heads/" + branch),
        remembered_("refs/killify/" + branch) {}

  [[nodiscard]] bool is_done() const {
    const auto now = target(head_);
    return now && git_oid_equal(&*now, &tip_) != 0;
  }

  // Whether the branch may be pointed at the tip.
  [[nodiscard]] Status check() const {
    int valid = 0;
    if (git_reference_name_is_valid(&valid, head_.c_str()) != 0 || valid == 0)
      return fail("'{}' cannot name a branch; see 'git help check-ref-format'", branch_);
    KILLIFY_CHECK(check_room());
    KILLIFY_CHECK(check_not_checked_out());
    return check_ours();
  }

  [[nodiscard]] Status apply() const {
    KILLIFY_TRY(const RefLock lock, RefLock::take(user_, head_));
    KILLIFY_CHECK(check());  // again: now nobody else can move it
    return lock.set(tip_, kReason);
  }

  // A branch at the very commit that killify made is killify's, whoever put it there: this also
  // repairs what a kill between the two refs left.
  [[nodiscard]] Status remember() const {
    if (const auto known = target(remembered_); known && git_oid_equal(&*known, &tip_) != 0)
      return {};
    KILLIFY_CHECK(make_room_for_memory());
    KILLIFY_TRY(const RefLock lock, RefLock::take(user_, remembered_));
    return lock.set(tip_, kReason);
  }

 private:
  static constexpr const char* kReason = "killify: publish";

  [[nodiscard]] git_repository* git() const { return user_.handle().get(); }

  [[nodiscard]] std::optional<git_oid> target(const std::string& name) const {
    git_oid id{};
    if (git_reference_name_to_id(&id, git(), name.c_str()) != 0) return std::nullopt;
    return id;
  }

  [[nodiscard]] Status check_ours() const {
    const auto now = target(head_);
    if (!now) return {};
    const auto ours = target(remembered_);
    if (!ours)
      return fail(
          "branch '{}' is there and not killify's; choose another name with --branch, or remove it "
          "with 'git branch -D {}'",
          branch_, branch_);
    if (git_oid_equal(&*now, &*ours) == 0)
      return fail(
          "branch '{}' has moved since killify made it; choose another name with --branch, or "
          "rename yours with 'git branch -m {} NEW'",
          branch_, branch_);
    return {};
  }

  [[nodiscard]] Status check_not_checked_out() const {
    bool taken = false;
    GitReference branch;
    if (git_reference_lookup(receive(branch), git(), head_.c_str()) == 0)
      taken = git_branch_is_checked_out(branch.get()) == 1;
    GitReference head;  // may name a branch that has no commit yet
    if (git_reference_lookup(receive(head), git(), "HEAD") == 0) {
      const char* name = git_reference_symbolic_target(head.get());
      taken = taken || (name != nullptr && head_ == name);
    }
    if (!taken) return {};
    return fail(
        "branch '{}' is checked out; choose another name with --branch, or leave it with 'git "
        "switch --detach'",
        branch_);
  }

  // git keeps "a" and "a/b" from being branches at the same time.
  [[nodiscard]] Status check_room() const {
    const std::vector<std::string> taken = neighbours(head_);
    if (taken.empty()) return {};
    return fail("branch '{}' cannot be beside '{}'; choose another name with --branch", branch_,
                taken.front().substr(std::strlen("refs/heads/")));
  }

  // A memory in the way is of a branch that is no more, or check_room() would have seen it.
  [[nodiscard]] Status make_room_for_memory() const {
    for (const std::string& name : neighbours(remembered_))
      if (git_reference_remove(git(), name.c_str()) != 0)
        return fail("{}: cannot remove {}: {}", user_.handle().name(), name, git_message());
    return {};
  }

  // The refs that are above or below `name`.
  [[nodiscard]] std::vector<std::string> neighbours(const std::string& name) const {
    std::vector<std::string> found;
    const std::size_t namespace_end = name.find('/', std::strlen("refs/"));
    for (std::size_t slash = name.rfind('/'); slash > namespace_end;
         slash = name.rfind('/', slash - 1))
      if (target(name.substr(0, slash))) found.push_back(name.substr(0, slash));
    GitReferenceIterator below;
    if (git_reference_iterator_glob_new(receive(below), git(), (name + "/*").c_str()) != 0)
      return found;
    const char* next = nullptr;
    while (git_reference_next_name(&next, below.get()) == 0) found.emplace_back(next);
    return found;
  }

  const Repository& user_;
  const std::string& branch_;
  git_oid tip_;
  std::string head_;
  std::string remembered_;
};

}  // namespace

Status publish_branch(const Repository& workshop, const GitOdb& own, const fs::path& user_git_dir,
                      const std::string& branch, const Oid& tip) {
  KILLIFY_TRY(const git_oid id, parse_oid(tip));
  KILLIFY_TRY(const Parcel parcel, Parcel::of(workshop, own, id));
  KILLIFY_TRY(const Repository user, Repository::open(user_git_dir, Repository::Find::kHere));
  remove_stale_parcels(user);
  remove_stale_ref_locks(user);
  const Publication publication(user, branch, id);
  const bool is_there = publication.is_done();
  if (is_there && parcel.is_whole_in(user)) return publication.remember();
  if (!is_there) KILLIFY_CHECK(publication.check());
  KILLIFY_TRY(const KeptPack kept, parcel.send(user));  // until the branch is set
  KILLIFY_TRY(const Repository now, Repository::open(user_git_dir, Repository::Find::kHere));
  if (!parcel.is_whole_in(now))
    return fail("{}: what branch '{}' needs was removed there while it was written; run again",
                user.handle().name(), branch);
  if (!is_there) KILLIFY_CHECK(publication.apply());
  return publication.remember();
}

}  // namespace killify
