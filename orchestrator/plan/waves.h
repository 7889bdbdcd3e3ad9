// Steps that can be carried out side by side.
#pragma once

#include "plan/plan.h"

#include <cstddef>
#include <vector>

namespace killify {

// The indexes of the steps, in waves: a step is in a later wave than those before it in the plan
// that it builds upon, or that read what it changes. The steps of a wave can be carried out in any
// order, or at once, and find and leave the same as one after the other. Each wave is sorted.
[[nodiscard]] std::vector<std::vector<std::size_t>> waves_of(const std::vector<Step>& steps);

}  // namespace killify
