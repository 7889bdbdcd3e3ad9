// What the series file wants a task state for, whether a fault needs it or not.
#pragma once

#include "facts/tree_facts.h"
#include "plan/plan.h"
#include "spec/series_spec.h"
#include "support/error.h"

#include <string>
#include <vector>

namespace killify {

struct AskedThreads {
  std::vector<Finding> findings;  // is_asked_for(): a plan threads a state to them as to others
  std::vector<LeftOut> left_out;  // what this tree does not have, or has with a state already
};

// What is defined below `paths`; without any, in the whole tree. A parameter or a field that the
// tree's function or struct does not have is an error.
[[nodiscard]] Result<AskedThreads> asked_threads(TreeFacts& facts, const SeriesSpec& spec,
                                                 const std::vector<std::string>& paths);

// Of such a finding: what the series file says.
[[nodiscard]] const ThreadSpec& asked_thread(const SeriesSpec& spec, const Finding& finding);

}  // namespace killify
