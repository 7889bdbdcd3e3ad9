// A text for a semantic patch that works on one function: most of spatch's time is the parse of all
// the others.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace killify {

struct NarrowedText {
  std::string text;    // every line is where it was
  std::string before;  // what stands before the function, and behind it
  std::string behind;
  std::set<std::string> others;  // functions that have kept their body, too
};

// Leaves directives only of the bodies of other functions than `function` that are plainly one: a
// brace in the first column at each end. Nothing where the function is not there, or twice.
[[nodiscard]] std::optional<NarrowedText> narrowed(const std::string& text,
                                                   const std::string& function);

// The function in what became of narrowed.text. Nothing where anything else has changed.
[[nodiscard]] std::optional<std::string> function_in(const std::string& changed,
                                                     const NarrowedText& narrowed);

// A function of a text, and what is to stand there instead.
struct NewFunction {
  std::string name;
  std::string text;
};

// The text with these functions, each of which narrowed() finds in it.
[[nodiscard]] std::string with_functions(const std::string& text,
                                         const std::vector<NewFunction>& functions);

}  // namespace killify
