// Whether a tree has what a strategy of the campaign brings.
#pragma once

#include "facts/tree_facts.h"
#include "spec/strategy.h"
#include "support/error.h"

#include <string>
#include <vector>

namespace killify {

// Whether a function of that name makes the call, by the tokens.
[[nodiscard]] bool makes_call(const Sketch& sketch, const CallInPlace& call);

// Whether the tree has all its calls, each in some definition of its function.
[[nodiscard]] Result<bool> is_in_place(TreeFacts& facts, const Strategy& strategy);
// The first of the strategies of which that is so; nullptr: of none.
[[nodiscard]] Result<const Strategy*> strategy_in_place(TreeFacts& facts,
                                                        const std::vector<Strategy>& strategies);

}  // namespace killify
