// What carrying out the plan of small drivers makes of them.
#pragma once

#include "series/changes.h"
#include "support/small_plan.h"

namespace killify::test {

inline Changes changes_of(SmallTree& tree, Grouping grouping = Grouping::kDriver) {
  return value_of(carry_out(*tree.facts, tree.series,
                            group_by(grouping, tree.series.commit.prefixes),
                            plan_of(tree, grouping), *tree.progress));
}

}  // namespace killify::test
