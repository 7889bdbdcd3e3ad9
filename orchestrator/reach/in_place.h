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

// The first of the strategies all of whose calls the tree has, each in some definition of its
// function; nullptr where none is.
[[nodiscard]] Result<const Strategy*> strategy_in_place(TreeFacts& facts,
                                                        const std::vector<Strategy>& strategies);

}  // namespace killify
