// Declarations of a function as they stand in a text: where its head, its parameters and the
// comment above it are. From tokens, so that a head is found whether or not Coccinelle can parse
// the file, and what is not changed keeps its layout.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// Offsets into the text; an end is the offset behind.
struct TextRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct FunctionHead {
  std::size_t begin = 0;  // of the first word: "static", a type
  TextRange name;
  TextRange parentheses;              // both included
  std::vector<TextRange> parameters;  // none for "(void)" and "()"
  std::size_t end = 0;                // behind the ';' of a prototype, or the '}' of a definition
  bool definition = false;
  TextRange comment;  // directly above, or kernel-doc above blank lines; empty where there is none
};

// Every prototype and definition of `name`, in the order of the text.
[[nodiscard]] std::vector<FunctionHead> heads_of(const std::string& text, std::string_view name);

// `before` ("static int f(" or a call's "return f(") and the items, in lines of at most 80 columns
// that are aligned to the parenthesis at the end of `before`; each item on a line of its own where
// that is asked for.
[[nodiscard]] std::string aligned_list(const std::string& before,
                                       const std::vector<std::string>& items, bool one_per_line);

// The column behind the text's last line, tabs being eight wide.
[[nodiscard]] std::size_t column_behind(std::string_view text);

// The words of a range with single blanks between them, comments left out; no blank behind '*'.
[[nodiscard]] std::string one_line(std::string_view text);

}  // namespace killify
