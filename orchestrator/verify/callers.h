// Who uses a function that a commit renames, in files that the commit leaves alone, and whether
// their code stays what it was.
#pragma once

#include "facts/word_index.h"
#include "support/error.h"
#include "tree/repository.h"
#include "verify/code_difference.h"

#include <cstddef>
#include <set>
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
  // What the functions that differ for no known reason call: "wait(fence, intr)".
  std::vector<std::string> calls{};
  std::string problem{};  // why they could not be compared
  bool broken = false;    // it is compiled in the parent, and not in the commit

  bool operator==(const Caller&) const = default;
};

struct CallerReport {
  std::vector<Caller> callers;  // sorted by source
  double seconds = 0;           // that it took

  [[nodiscard]] std::size_t count(CodeChange change) const;
};

struct UnchangedCallers {
  std::vector<std::string> sources;  // sorted
  std::set<std::string> names;       // of what was renamed, and of what uses it in a header
};

// The .c files of the commit's parent, whose words `words` has, that use a renamed function, or an
// inline function or a macro of a header that does; without the files in `changed`. A name that a
// file defines for itself is not meant.
[[nodiscard]] Result<UnchangedCallers> unchanged_callers(
    const Repository& repository, const Snapshot& parent, const WordIndex& words,
    const std::vector<RenamedFunction>& renamed, const std::vector<std::string>& changed);

// Fills in `calls` of one of `names`.
[[nodiscard]] Status find_calls(const Repository& repository, const Snapshot& parent,
                                const std::set<std::string>& names, Caller& caller);

}  // namespace killify
