// What is planned for small drivers.
#pragma once

#include "plan/planner.h"
#include "reach/audit.h"
#include "support/small_tree.h"

namespace killify::test {

inline Plan plan_of(SmallTree& tree, Grouping grouping = Grouping::kDriver) {
  const auto found = value_of(audit(*tree.facts, tree.series, {}));
  return value_of(make_plan(*tree.facts, tree.series, found.findings,
                            group_by(grouping, tree.series.commit.prefixes)));
}

}  // namespace killify::test
