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

// Plans the conversion in place of what the audit found. Steps are sorted by group; they do not
// depend on each other, so that every prefix builds.
[[nodiscard]] Result<Plan> make_plan(TreeFacts& facts, const SeriesSpec& spec,
                                     const std::vector<Finding>& findings, const Grouper& group);

}  // namespace killify
