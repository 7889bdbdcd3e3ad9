// Results on stdout.
#pragma once

#include "support/error.h"

#include <string_view>

namespace killify {

// Writes all of it; an error where stdout cannot take it (a full disk).
[[nodiscard]] Status print(std::string_view text);

// The same through $PAGER (or less) when stdout is a terminal and `pager` is set. A user who quits
// the pager early has seen enough: that is no error.
[[nodiscard]] Status print_paged(std::string_view text, bool pager);

}  // namespace killify
