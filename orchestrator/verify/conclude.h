// From the builds of a commit to what is said of it: which lines were compiled over all
// configurations, what there is to complain about, and what of that the series accepts.
#pragma once

#include "spec/series_spec.h"
#include "verify/changes.h"
#include "verify/kconfig.h"
#include "verify/verify_report.h"

#include <vector>

namespace killify {

struct Acceptance {
  std::vector<Waiver> messages;  // of checkpatch, compilers and checkers
  std::vector<Waiver> lines;     // lines that no configuration compiles
};

// Fills `lines`, adds complaints about lines, warnings and object code, and puts the hunk to
// errors. With the tree's Kconfig, a line is not judged where other settings of its symbols would
// let it through; without (nullptr), each line that is cut is complained about.
void conclude(const CommitChange& change, const Acceptance& acceptance, const Kconfig* kconfig,
              CommitResult& result);

// Whether settings of symbols that the tree has let a changed line through.
[[nodiscard]] bool depends_on_settings(const ChangedCode& code, int line, const Kconfig& kconfig);

// Adds complaints about callers that do not compile any more, and about those whose code changed
// though the commit is said to be neutral.
void conclude_callers(const CommitChange& change, CommitResult& result);

// The reason of the first waiver for this message in this file; "" where there is none. `type` is
// checkpatch's word for it, "" for other messages.
[[nodiscard]] std::string waived(const std::vector<Waiver>& waivers, const std::string& file,
                                 const std::string& text, const std::string& type = {});

}  // namespace killify
