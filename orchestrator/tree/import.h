// `killify import`: a source tarball or a directory becomes a git repository with one base commit.
#pragma once

#include "support/error.h"
#include "support/progress.h"
#include "tree/repository.h"

#include <filesystem>
#include <string>

namespace killify {

struct Imported {
  Oid commit;
  std::string tag;  // "v6.1.192"
  std::size_t files = 0;
  std::uint64_t bytes = 0;
};

// Reads `source` (any archive that libarchive reads, or a directory) and makes `dest`: a work tree,
// a pack, a clean index, one commit on branch `main`, a tag with the kernel's version. Every file
// is taken, whatever a .gitignore says. Paths that are absolute or hold ".." or ".git" are refused.
// A leading directory common to all entries is dropped. The commit depends on the files alone
// (author and dates are fixed). Nothing is left at `dest` unless all of it succeeded; `dest` must
// not exist (an empty directory counts as not there).
[[nodiscard]] Result<Imported> import_tree(const std::filesystem::path& source,
                                           const std::filesystem::path& dest, Progress& progress);

}  // namespace killify
