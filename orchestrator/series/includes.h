// The headers of code that a change adds.
#pragma once

#include <string>
#include <string_view>

namespace killify {

// The text with `#include <HEADER>` among its includes of the same directory ("linux/"), in
// alphabetical order as far as they are in one; unchanged where it is there already, or where
// nothing unconditional is included.
[[nodiscard]] std::string with_include(const std::string& text, std::string_view header);

}  // namespace killify
