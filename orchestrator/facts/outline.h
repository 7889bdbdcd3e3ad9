// The outline of a file, from its tokens: where functions begin and end, and which macros it
// defines.
#pragma once

#include "facts/lexer.h"

#include <string>
#include <vector>

namespace killify {

// A function definition: from the line of its name to the line of its closing brace.
struct FunctionExtent {
  std::string name;
  bool is_static = false;
  int first = 0;
  int last = 0;
};

// In the order of the file. Follows the kernel's habit that a brace in the first column ends a
// function, so that `#if` branches that open a brace twice cost one function and not the rest of
// the file.
[[nodiscard]] std::vector<FunctionExtent> function_extents(const std::vector<Token>& tokens);

// A function-like or object-like macro.
struct MacroDefinition {
  std::string name;
  std::vector<std::string> parameters;
  std::vector<Token> body;  // texts point into the source
  int line = 0;
};

[[nodiscard]] std::vector<MacroDefinition> macro_definitions(const std::vector<Token>& tokens);

// The arguments of a macro's or function's use whose opening parenthesis is tokens[open], as texts
// without blanks; empty if it is not closed.
[[nodiscard]] std::vector<std::string> call_arguments(const std::vector<Token>& tokens,
                                                      std::size_t open);

}  // namespace killify
