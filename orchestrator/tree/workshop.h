// killify's own repository beside the user's: it borrows the user's objects (alternates) and keeps
// killify's commits, index and work tree in the cache, so that nothing of the user's is touched
// until a finished branch is handed over.
#pragma once

#include "support/error.h"
#include "tree/repository.h"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace killify {

// New contents of files, by path.
using FileContents = std::map<std::string, std::string>;

class Workshop {
 public:
  // Opens the workshop of the user's repository below `cache`, making it when missing or damaged.
  [[nodiscard]] static Result<Workshop> open(const Repository& user,
                                             const std::filesystem::path& cache);
  Workshop(Workshop&&) noexcept;
  Workshop& operator=(Workshop&&) noexcept;
  ~Workshop();

  // Sees the user's objects and the workshop's.
  [[nodiscard]] const Repository& repository() const;

  // A commit on `parent` that gives these files these contents (modes are kept; a new file gets
  // 0644). Author and committer are the same.
  [[nodiscard]] Result<Oid> commit(const Oid& parent, const FileContents& files,
                                   const std::string& message, const Signature& author);

  // A commit on `parent` with all files of `commit`, which is another repository's, in the
  // directory `place`. Message and author are that commit's.
  [[nodiscard]] Result<Oid> commit_beside(const Oid& parent, const std::string& place,
                                          const Repository& other, const CommitInfo& commit);

  // A work tree of the workshop named `name` ("verify-x86_64-allmod"), made to hold `commit` and
  // nothing else: only files that differ are written, so that make rebuilds only what changed.
  // Files that a build left untracked in it are kept. Interrupted half way, the next
  // call repairs it. Returns its path. The caller holds a lock on it (support/files.h) while it
  // uses it.
  [[nodiscard]] Result<std::filesystem::path> check_out(std::string_view name, const Oid& commit);

  // Copies what `tip` needs into the user's repository and points `branch` at it. Refuses when the
  // branch is there and is not what killify itself last put there (it remembers under
  // refs/killify/), or when it is checked out; says which and what to do. Pointing it at the commit
  // where it already is does nothing.
  [[nodiscard]] Status publish(std::string_view branch, const Oid& tip);

 private:
  struct State;
  explicit Workshop(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace killify
