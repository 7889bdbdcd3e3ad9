// Which changed lines a compiler saw: per file from what the preprocessor let through, per commit
// over all configurations.
#pragma once

#include "verify/changes.h"
#include "verify/preprocessed.h"

#include <string>
#include <vector>

namespace killify {

// A line of code that a file holds and the compiler did not see.
struct CutLine {
  int line = 0;
  std::string why;  // "cut by #ifdef CONFIG_X (line 12)"

  bool operator==(const CutLine&) const = default;
};

// The changed lines of a file that the objects of one build read.
struct FileLines {
  std::string file;
  std::vector<int> compiled;
  std::vector<CutLine> cut;

  bool operator==(const FileLines&) const = default;
};

// What objects let through of a changed file, put together: a line that one of them saw is
// compiled; one of a macro where one of them uses it, too. Nothing in `objects` may be null; a file
// that none of them read gives no lines at all.
[[nodiscard]] FileLines lines_seen(const ChangedCode& code,
                                   const std::vector<const Preprocessed*>& objects);

}  // namespace killify
