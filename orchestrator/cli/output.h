// Results on stdout.
#pragma once

#include "cli/options.h"
#include "support/error.h"

#include <cstddef>
#include <string_view>

namespace killify {

// Writes all of it, byte by byte: for programs. An error where stdout cannot take it (a full disk).
[[nodiscard]] Status print(std::string_view text);

// The same for people: what a terminal would act upon is made visible (support/visible.h).
[[nodiscard]] Status show(std::string_view text);

// show() for text, print() for the other formats.
[[nodiscard]] Status print_as(Format format, std::string_view text);

// The columns of the terminal that stdout is; 0 where it is none.
[[nodiscard]] std::size_t output_width();

// On a terminal show(), through $PAGER (or less) where `pager` is set; else print(): a diff is
// applied. A user who quits the pager early has seen enough: that is no error.
[[nodiscard]] Status print_paged(std::string_view text, bool pager);

}  // namespace killify
