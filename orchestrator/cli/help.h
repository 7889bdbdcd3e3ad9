// The help of a command, in lines that a terminal of 80 columns shows whole.
#pragma once

#include <string>

namespace killify {

// `text` with its lines filled to `width` columns. What a line of a table says, behind its name of
// `column` columns, goes on below where it begins; an "Usage:" line is left as it is.
[[nodiscard]] std::string with_filled_help(const std::string& text, std::size_t column,
                                           std::size_t width);

}  // namespace killify
