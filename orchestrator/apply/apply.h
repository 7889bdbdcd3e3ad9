// Any semantic patch on the files of a tree that can match: one file after the other, side by side,
// and what one file does to spatch does not touch the others.
#pragma once

#include "apply/damage.h"
#include "apply/user_patch.h"
#include "support/error.h"
#include "support/progress.h"
#include "tree/repository.h"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace killify {

struct ApplyRequest {
  UserPatch patch;
  std::vector<std::string> arguments;  // for spatch: options, and "-D" with each definition
  std::vector<std::string> paths;      // directories or files of the tree; empty: all
  bool headers = false;                // look at .h files for themselves, too
  unsigned jobs = 1;
  std::filesystem::path cache;
  std::chrono::milliseconds deadline = std::chrono::minutes(2);  // of one file
};

// A file that the patch changes.
struct AppliedFile {
  std::string path;
  std::string before;
  std::string after;
  std::vector<Remark> remarks;
};

// A file that nothing is known of.
struct UnappliedFile {
  std::string path;
  std::string why;
};

struct Applied {
  std::vector<AppliedFile> files;     // sorted by path
  std::vector<std::string> printed;   // by the patch's scripts, with the tree's paths; sorted
  std::vector<UnappliedFile> failed;  // sorted by path
  std::size_t selected = 0;           // files that have the words, or may have them
  std::size_t candidates = 0;         // files that were asked for
};

// Nothing of the user's is written: spatch prints diffs of files in a directory of ours.
[[nodiscard]] Result<Applied> apply_patch(const Repository& repository, const Snapshot& snapshot,
                                          const ApplyRequest& request, Progress& progress);

}  // namespace killify
