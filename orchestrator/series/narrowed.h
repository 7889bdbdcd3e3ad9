// A text for a semantic patch that works on one function: most of spatch's time is the parse of all
// the others.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace killify {

struct NarrowedText {
  std::string text;  // a mark in the body of each other function; every line is where it was
  std::vector<std::string> bodies;  // what stood there, by the number in the mark
};

// Leaves out the bodies of all functions but `function` that are plainly one: a brace in the first
// column at each end, no directive between.
[[nodiscard]] NarrowedText narrowed(const std::string& text, const std::string& function);

// `changed` is what became of narrowed.text. Nothing where a mark is not as it was.
[[nodiscard]] std::optional<std::string> restored(const NarrowedText& narrowed,
                                                  const std::string& changed);

}  // namespace killify
