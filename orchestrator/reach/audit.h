// The audit: the interruptible sleeps that fault handlers reach, with a verdict each.
#pragma once

#include "facts/tree_facts.h"
#include "reach/error_walk.h"
#include "reach/finding.h"
#include "reach/handlers.h"
#include "reach/signal_result.h"
#include "spec/series_spec.h"
#include "support/error.h"
#include "support/progress.h"

#include <string>
#include <vector>

namespace killify {

struct LostLines {
  std::string file;
  LineRange lines;
};

// How much of what can matter was seen.
struct Coverage {
  std::size_t files = 0;  // parsed for this audit
  std::size_t complete = 0;
  std::size_t partial = 0;
  std::size_t failed = 0;
  std::size_t timed_out = 0;
  std::size_t unanswered = 0;      // questions of this audit that spatch gave no answer to
  std::vector<LostLines> lost;     // sorted
  std::vector<std::string> notes;  // failures and registrations that could not be followed
  // What it is not known of where it leads: those of fields that hold handlers first, then those
  // next to a handler.
  std::vector<UnresolvedCall> unresolved;
  std::vector<std::string> unseen;  // what may be a way of a fault, and is not looked at
  std::size_t edge = 0;             // functions at which a search ended, too far from the handler
};

struct Audit {
  std::vector<Handler> handlers;  // every registration; sorted by file, line and registration
  std::vector<Finding> findings;  // sorted by handler, then sink
  Coverage coverage;
  std::vector<Note> notes;  // sorted by handler, then place
};

// Whether a file is at or below one of the paths; without any, all are.
[[nodiscard]] bool is_below(const std::string& file, const std::vector<std::string>& paths);

// `paths` limits the result to handlers defined or registered at or below one of them; empty: all.
[[nodiscard]] Result<Audit> audit(TreeFacts& facts, const SeriesSpec& spec,
                                  const std::vector<std::string>& paths);

// The one file of the snapshot that defines what a file calls.
[[nodiscard]] Locate locate_in_snapshot(TreeFacts& facts);
// The one definition of a macro that a file uses: its own, or a header's.
[[nodiscard]] LocateMacro locate_macro_in_snapshot(TreeFacts& facts);
// Follows errors by the tokens of the snapshot's files.
[[nodiscard]] ErrorWalk error_walk(TreeFacts& facts, Pending pending);

}  // namespace killify
