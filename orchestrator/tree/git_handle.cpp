#include "tree/git_handle.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace killify {

void start_libgit2() {
  static const bool kStarted = [] {
    git_libgit2_init();
    // Extensions that change nothing about reading objects and refs, which libgit2 would refuse: a
    // sparse checkout, a partial clone (a blob that is missing is an error of its own), and a
    // repository whose objects others borrow.
    std::array<const char*, 3> harmless = {"worktreeconfig", "partialclone", "preciousobjects"};
    git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, harmless.data(), harmless.size());
    // As git itself: zlib's checksum stands beside every object, and hashing each again doubles the
    // time to read a tree.
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
    // What is mapped of packs at a time: all of a kernel's would count as this process's memory.
    // Small windows, as single files are read from all over a pack.
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, std::size_t{1} << 20);
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, std::size_t{64} << 20);
    return true;
  }();
  static_cast<void>(kStarted);
}

std::string git_message() {
  const git_error* last = git_error_last();
  std::string text =
      last != nullptr && last->message != nullptr ? last->message : "unknown failure";
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

Result<git_oid> parse_oid(const Oid& oid) {
  git_oid parsed{};
  if (oid.size() != GIT_OID_HEXSZ || git_oid_fromstr(&parsed, oid.c_str()) != 0)
    return fail("'{}' is no object id; give all of its 40 hexadecimal digits", oid);
  return parsed;
}

Oid oid_text(const git_oid& oid) {
  Oid text(GIT_OID_HEXSZ, '0');
  git_oid_fmt(text.data(), &oid);
  return text;
}

std::string Repository::Handle::name() const {
  const char* work_tree = git_repository_workdir(get());
  std::string name = work_tree != nullptr ? work_tree : git_repository_path(get());
  while (name.size() > 1 && name.back() == '/') name.pop_back();
  return name;
}

Result<GitCommit> find_commit(const Repository& repository, const Oid& oid) {
  KILLIFY_TRY(const git_oid id, parse_oid(oid));
  GitCommit commit;
  if (git_commit_lookup(receive(commit), repository.handle().get(), &id) != 0)
    return fail("{}: no commit {}: {}; fetch it first", repository.handle().name(), oid,
                git_message());
  return commit;
}

}  // namespace killify
