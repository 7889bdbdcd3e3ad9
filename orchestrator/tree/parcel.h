// The objects that a branch of killify's needs, on their way into the user's repository. For tree/
// only.
#pragma once

#include "support/error.h"
#include "support/owned_file.h"
#include "tree/git_handle.h"
#include "tree/repository.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

namespace killify {

// An object database with what is in the directory `objects`, and nothing that it borrows.
[[nodiscard]] Result<GitOdb> open_own_objects(const std::filesystem::path& objects);

// Copies into `own` what a commit has that its first parent has not, so that it does not depend on
// what is borrowed.
[[nodiscard]] Status keep_own_objects(const Repository& repository, const GitOdb& own,
                                      const git_oid& commit);

// Copies a directory of another repository into `own`, with all that is below. Submodules are not
// followed.
[[nodiscard]] Status copy_directory(const Repository& other, const git_oid& directory,
                                    const GitOdb& own);

// Keeps 'git gc' from removing what it stands for, until the object goes.
class KeptPack {
 public:
  explicit KeptPack(OwnedFile keep) : keep_(std::move(keep)) {}

 private:
  OwnedFile keep_;
};

class Parcel {
 public:
  // What `tip` and the commits before it have that are in `own`; the rest is the user's.
  [[nodiscard]] static Result<Parcel> of(const Repository& workshop, const GitOdb& own,
                                         const git_oid& tip);
  // Whether nothing of it is missing there. Ask a repository that was just opened.
  [[nodiscard]] bool is_whole_in(const Repository& repository) const;
  // Puts all of it into `repository` as one pack, whatever is there: what no ref needs may be gone
  // the next moment.
  [[nodiscard]] Result<KeptPack> send(const Repository& repository) const;

 private:
  explicit Parcel(const Repository& workshop) : workshop_(workshop) {}
  const Repository& workshop_;
  std::vector<git_oid> objects_;
};

// Lets go of what a killed run kept, and removes its temporary files.
void remove_stale_parcels(const Repository& repository);

}  // namespace killify
