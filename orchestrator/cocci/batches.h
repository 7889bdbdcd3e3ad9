// How many texts go to one spatch: starting it costs more than most texts do, but a batch that
// fails has to be asked again text by text, and all workers should stay busy to the end.
#pragma once

#include <cstddef>
#include <vector>

namespace killify {

// Indexes of `sizes` (bytes of the texts) in batches, the largest texts first, for `jobs` workers.
[[nodiscard]] std::vector<std::vector<std::size_t>> batches(const std::vector<std::size_t>& sizes,
                                                            unsigned jobs);

}  // namespace killify
