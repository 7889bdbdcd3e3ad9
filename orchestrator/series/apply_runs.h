// The semantic patches of a step, applied to the texts that it works on.
#pragma once

#include "facts/tree_facts.h"
#include "plan/plan.h"
#include "series/work_texts.h"
#include "support/error.h"

#include <set>
#include <string>
#include <vector>

namespace killify {

struct AppliedRun {
  bool changed = false;
  std::string failure;  // why spatch has no answer: the text is as it was; "" where it has one
};

// Applies the runs: those of a function in their order, functions and files side by side. A result
// for each run.
[[nodiscard]] Result<std::vector<AppliedRun>> apply_runs(TreeFacts& facts,
                                                         const std::vector<PatchRun>& runs,
                                                         WorkTexts& texts);

// The macros of the base tree that spatch has to be told of (SourceText::macros) to parse a file.
[[nodiscard]] Result<std::set<std::string>> macros_of(TreeFacts& facts, const std::string& path);

}  // namespace killify
