// Results on stdout.
#pragma once

#include "support/error.h"

#include <cstddef>
#include <string_view>

namespace killify {

// Writes all of it; an error where stdout cannot take it (a full disk).
[[nodiscard]] Status print(std::string_view text);

// The columns of the terminal that stdout is; 0 where it is none.
[[nodiscard]] std::size_t output_width();

// The same through $PAGER (or less) when stdout is a terminal and `pager` is set. A user who quits
// the pager early has seen enough: that is no error.
[[nodiscard]] Status print_paged(std::string_view text, bool pager);

}  // namespace killify
