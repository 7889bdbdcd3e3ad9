// Owners for libgit2's handles, and its errors as ours. For tree/ only.
#pragma once

#include "support/error.h"
#include "tree/repository.h"

#include <git2.h>
#include <git2/sys/repository.h>

#include <string>
#include <utility>

namespace killify {

// An owner that can be an out-parameter: git_commit_lookup(receive(commit), ...). Unlike with
// std::unique_ptr and a temporary, the handle is there for the next call of the same expression.
template <typename T, void (*Free)(T*)>
class GitPtr {
 public:
  GitPtr() = default;
  GitPtr(GitPtr&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  GitPtr& operator=(GitPtr&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  GitPtr(const GitPtr&) = delete;
  GitPtr& operator=(const GitPtr&) = delete;
  ~GitPtr() { reset(); }
  [[nodiscard]] T* get() const { return handle_; }

  friend T** receive(GitPtr& target) {
    target.reset();
    return &target.handle_;
  }

 private:
  void reset() {
    if (handle_ != nullptr) Free(handle_);
    handle_ = nullptr;
  }
  T* handle_ = nullptr;
};

using GitRepository = GitPtr<git_repository, git_repository_free>;
using GitOdb = GitPtr<git_odb, git_odb_free>;
using GitOdbObject = GitPtr<git_odb_object, git_odb_object_free>;
using GitObject = GitPtr<git_object, git_object_free>;
using GitCommit = GitPtr<git_commit, git_commit_free>;
using GitTree = GitPtr<git_tree, git_tree_free>;
using GitTreeEntry = GitPtr<git_tree_entry, git_tree_entry_free>;
using GitDiff = GitPtr<git_diff, git_diff_free>;
using GitPatch = GitPtr<git_patch, git_patch_free>;
using GitRevwalk = GitPtr<git_revwalk, git_revwalk_free>;
using GitReference = GitPtr<git_reference, git_reference_free>;
using GitReferenceIterator = GitPtr<git_reference_iterator, git_reference_iterator_free>;
using GitSignature = GitPtr<git_signature, git_signature_free>;
using GitConfig = GitPtr<git_config, git_config_free>;
using GitIndex = GitPtr<git_index, git_index_free>;

// Readies libgit2; harmless when called again. Every way into tree/ calls it first.
void start_libgit2();

// What libgit2 says of the latest failure of this thread, on one line.
[[nodiscard]] std::string git_message();

[[nodiscard]] Result<git_oid> parse_oid(const Oid& oid);
[[nodiscard]] Oid oid_text(const git_oid& oid);

// The handle behind a Repository. libgit2 allows several threads on an odb, one at a time on the
// rest.
struct Repository::Handle {
  GitRepository repository;
  GitOdb odb;

  [[nodiscard]] git_repository* get() const { return repository.get(); }
  // The directory that messages name: the work tree, or the git directory of a bare repository.
  [[nodiscard]] std::string name() const;
};

[[nodiscard]] Result<GitCommit> find_commit(const Repository& repository, const Oid& oid);

}  // namespace killify
