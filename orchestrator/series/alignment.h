// Continuation lines that stand below an open parenthesis.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace killify {

enum class Align {
  kAligned,  // lines that were aligned with the parenthesis
  kBehind,   // those that were further to the right, too: code that is new may not be
};

// Lines of code in which names were replaced, with their continuation lines moved along, by tabs
// and spaces as the kernel wants it. Both have the same lines, but for names and what stands in
// front.
[[nodiscard]] std::vector<std::string> realigned(const std::vector<std::string>& before,
                                                 std::vector<std::string> after,
                                                 Align which = Align::kAligned);

// The column behind a character, which is a tab of eight or takes one.
[[nodiscard]] std::size_t next_column(std::size_t column, char c);

}  // namespace killify
