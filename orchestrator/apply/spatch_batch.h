// One process of spatch that looks at several files and prints what it would change.
#pragma once

#include "apply/user_patch.h"
#include "support/error.h"

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace killify {

// What became of one file, or of several that cannot be told apart.
struct BatchAnswer {
  // The hunks of each diff, by path; a header that several files include can have several.
  std::map<std::string, std::vector<std::vector<std::string>>> diffs;
  std::vector<std::string> printed;
  std::map<std::string, std::string> failed;  // path -> why
};

struct Batch {
  const UserPatch& patch;
  const std::vector<std::string>& arguments;
  std::filesystem::path root;          // of the tree's files
  std::filesystem::path scratch;       // for what killify and spatch write
  std::chrono::milliseconds deadline;  // of one file
};

// Paths are relative to the root. A file on which spatch fails is asked about again alone, and so
// are the others of its process. An Error is one of killify's own.
[[nodiscard]] Result<BatchAnswer> run_batch(const Batch& batch,
                                            const std::vector<std::string>& paths);

}  // namespace killify
