// What a commit changes, as far as a build has to know.
#pragma once

#include "support/error.h"
#include "tree/repository.h"
#include "verify/patch.h"
#include "verify/source_shape.h"

#include <string>
#include <vector>

namespace killify {

// A changed .c or .h file.
struct ChangedCode {
  std::string path;
  std::vector<int> lines;  // changed ones that are code
  SourceShape shape;
};

struct CommitChange {
  CommitInfo commit;
  Oid parent;       // "" of a first commit
  Oid parent_tree;  // likewise
  std::vector<std::string> paths;
  std::vector<FilePatch> patch;
  std::vector<ChangedCode> code;  // of files that are still there
  std::size_t changed_lines = 0;  // of .c and .h files, of every kind
  // The object code of everything but `may_change` is to stay as it is.
  bool neutral = false;
  std::vector<std::string> may_change;
};

// `neutral` is left false.
[[nodiscard]] Result<CommitChange> read_change(const Repository& repository,
                                               const CommitInfo& commit);

// Does the file decide how objects are built (a makefile, a Kconfig file, a tool) rather than what
// the compiler reads?
[[nodiscard]] bool decides_commands(const std::string& path);

}  // namespace killify
