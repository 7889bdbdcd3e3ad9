// Text of others on its way to a terminal: names of files, messages of programs, fields of a
// manifest.
#pragma once

#include <string>
#include <string_view>

namespace killify {

// The text with what a terminal would act upon made visible ("\x1b", "\u202e"): control characters
// but for tab and line break, marks that turn the direction of text around, and bytes that are no
// UTF-8. The colours of Paint stay. A carriage return at the end of a line goes.
[[nodiscard]] std::string visible(std::string_view text);

}  // namespace killify
