// From findings to steps: what is converted in place, in which commit, and what is left to a
// person.
#pragma once

#include "facts/tree_facts.h"
#include "plan/grouping.h"
#include "plan/plan.h"
#include "plan/vocabulary.h"
#include "reach/audit.h"
#include "spec/series_spec.h"
#include "support/error.h"

namespace killify {

// Whether a sleep becomes killable by what its callers say, not by what stands there: it is shared,
// or a flag decides. Such a finding needs a state threaded.
[[nodiscard]] bool needs_state(const Finding& finding, const Catalogue& catalogue);

// Plans what the tree lacks, the states that have to be threaded, and the conversions, in an order
// in which every prefix builds, divided into postings where they are many.
[[nodiscard]] Result<Plan> make_plan(TreeFacts& facts, const SeriesSpec& spec,
                                     const std::vector<Finding>& findings, const Grouper& group);

}  // namespace killify
