// What a kernel's console says that it must not.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// The messages that mean a bug: WARN, BUG, Oops, what lockdep, RCU and the watchdogs find. Each is
// the line that names it, without its time, and with how many more like it there are.
[[nodiscard]] std::vector<std::string> kernel_complaints(std::string_view console);

// The last `count` lines that say something.
[[nodiscard]] std::string log_tail(std::string_view console, std::size_t count);

}  // namespace killify
