// Work split over a bounded number of threads.
#pragma once

#include "support/error.h"

#include <cstddef>
#include <functional>

namespace killify {

// Calls work(0) .. work(count - 1), at most `jobs` at a time, in the order of the index. The first
// error (by index, so that it does not depend on timing) stops the hand-out and is returned once
// the calls under way have ended; an interruption likewise.
[[nodiscard]] Status parallel_for(std::size_t count, unsigned jobs,
                                  const std::function<Status(std::size_t)>& work);

}  // namespace killify
