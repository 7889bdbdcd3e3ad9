// Setting a ref of the user's repository. For tree/ only.
//
// git's rule is kept: whoever sets NAME has made NAME.lock first. libgit2 keeps it too, but nobody
// can tell a lock that it left when it was killed from that of a git at work. Ours is an owned file
// (support/owned_file.h), so the next run recognises it.
#pragma once

#include "support/error.h"
#include "support/owned_file.h"
#include "tree/repository.h"

#include <git2.h>

#include <string>

namespace killify {

// Unlocked when the object goes.
class RefLock {
 public:
  // Waits a moment for another who holds it. `name` is a whole one ("refs/heads/x"), and direct.
  [[nodiscard]] static Result<RefLock> take(const Repository& repository, const std::string& name);
  // Points the ref at `to`, and notes it with `reason` where git keeps a log of this ref.
  [[nodiscard]] Status set(const git_oid& to, const std::string& reason) const;

 private:
  RefLock(const Repository& repository, std::string name, OwnedFile lock)
      : repository_(repository), name_(std::move(name)), lock_(std::move(lock)) {}
  [[nodiscard]] bool is_logged() const;
  [[nodiscard]] Status note(const git_oid& to, const std::string& reason) const;

  const Repository& repository_;
  std::string name_;
  OwnedFile lock_;
};

// Removes what killed runs left of RefLocks.
void remove_stale_ref_locks(const Repository& repository);

}  // namespace killify
