// In which order a person looks at findings.
#pragma once

#include "reach/finding.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace killify {

// What calls for a change or a look, the most certain first: by verdict, then fewest conditions of
// which nothing is known, shortest chain, worst consequence for who faults.
[[nodiscard]] std::vector<const Finding*> by_rank(const std::vector<Finding>& findings);

// Why findings are left to a person, and how many for each reason; the most frequent first. Chains
// that are only long are one cause.
[[nodiscard]] std::vector<std::pair<std::string, std::size_t>> review_causes(
    const std::vector<const Finding*>& findings);

}  // namespace killify
