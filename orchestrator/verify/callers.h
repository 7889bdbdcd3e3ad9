// Who uses a function that a commit renames, in files that the commit leaves alone, and whether
// their code stays what it was.
#pragma once

#include "facts/word_index.h"
#include "support/error.h"
#include "tree/repository.h"
#include "verify/code_difference.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace killify {

// A function that a commit gave a new name, with the old one left to its other callers.
struct RenamedFunction {
  std::string before;
  std::string after;
  std::string file;  // that defines it
};

// One object of a source that the commit leaves alone.
struct Caller {
  std::string source;
  std::string object;           // "" where no configuration builds one
  std::string configuration;    // the first that does
  CodeDifference difference{};  // between the commit's parent and the commit
  std::string problem{};        // why they could not be compared
  bool broken = false;          // it is compiled in the parent, and not in the commit

  bool operator==(const Caller&) const = default;
};

struct CallerReport {
  std::vector<Caller> callers;  // sorted by source
  double seconds = 0;           // that it took

  [[nodiscard]] std::size_t count(CodeChange change) const;
};

// The .c files of the commit's parent, whose words `words` has, that use a renamed function, or an
// inline function or a macro of a header that does; without the files in `changed`. A name that a
// file defines for itself is not meant. Sorted.
[[nodiscard]] Result<std::vector<std::string>> unchanged_callers(
    const Repository& repository, const Snapshot& parent, const WordIndex& words,
    const std::vector<RenamedFunction>& renamed, const std::vector<std::string>& changed);

}  // namespace killify
