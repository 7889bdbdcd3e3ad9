// Carrying out a plan: each step's semantic patches applied to the files of the base commit, in
// memory, and what came out of it checked.
#pragma once

#include "facts/tree_facts.h"
#include "plan/grouping.h"
#include "plan/plan.h"
#include "series/change.h"
#include "series/planned.h"
#include "spec/series_spec.h"
#include "support/error.h"
#include "support/progress.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace killify {

struct Changes {
  std::vector<Change> changes;    // in the order of the plan; a step that changes nothing has none
  std::vector<LeftOut> left_out;  // the plan's, and what the check turned down; sorted
  // What the audit could not look at: files that spatch fails on, handlers without a definition.
  std::vector<std::string> unseen;
  std::size_t settled = 0;  // findings that are safe or suppressed
  // As in a Plan.
  std::map<std::string, std::string> lifted;
  std::map<std::string, std::string> partly;
  std::vector<Finding> audited;  // what the plan was made of
  PlannedById planned;           // and what it does with each

  // The audit's id of a finding: that of the one it was lifted from, or its own.
  [[nodiscard]] const std::string& audited_id(const std::string& id) const;
};

// A conversion is kept only when afterwards (1) no sleep that was to be converted is left in its
// function and (2), where the series asks for it, every way out of the fault behind the sleep ends
// the fault under a fatal signal. Where that cannot be shown, the step is carried out without that
// function and its findings are left to a person, with the reason. Nothing of the user's tree is
// touched.
[[nodiscard]] Result<Changes> carry_out(TreeFacts& facts, const SeriesSpec& spec,
                                        const Grouper& group, Plan plan, Progress& progress);

}  // namespace killify
