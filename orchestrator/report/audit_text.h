// The audit as a table that a maintainer reads.
#pragma once

#include "report/audited_tree.h"
#include "support/colour.h"

#include <cstddef>
#include <string>

namespace killify {

struct TextLayout {
  Paint paint{false};
  std::size_t width = 0;  // columns of the terminal; 0: no terminal, nothing is shortened
  bool settled = false;   // safe and suppressed findings, too
  bool all = false;       // safe and suppressed findings, too, and every registration
  std::size_t first = 0;  // at most so many findings, the first to look at; 0: all that are open
};

// Where there are more findings than the layout asks for, the first of them and the causes of the
// rest; else all. Driver by driver a line for each sleep of each handler with the reason, which
// goes below the lines that share it where the terminal is too narrow; then what was counted, and
// what was not seen.
[[nodiscard]] std::string audit_text(const AuditedTree& tree, const TextLayout& layout);

// Whether nothing was lost in parsing. "No sleep" is an answer only where every call was followed,
// too.
[[nodiscard]] bool is_all_parsed(const Coverage& coverage);

// The verdict in its colour.
[[nodiscard]] std::string painted_verdict(Verdict verdict, const Paint& paint);

}  // namespace killify
