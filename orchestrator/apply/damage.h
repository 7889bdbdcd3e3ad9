// What Coccinelle is known to break where it prints anew what a rule touched: mended where only one
// answer is right, named where a person has to look.
#pragma once

#include "support/error.h"

#include <string>
#include <vector>

namespace killify {

struct Remark {
  int line = 0;  // of the new text
  std::string what;
};

struct CheckedText {
  std::string text;
  std::vector<Remark> remarks;  // sorted by line
};

// `after` is what a semantic patch made of `before`. In lines that it added, blanks at the end and
// before the tabs of the indentation go, and the brace of a new function gets a line. Named are
// comments that are gone, an #if that has nothing left in it, and added lines of over 100 columns.
[[nodiscard]] Result<CheckedText> checked_text(const std::string& before, const std::string& after);

}  // namespace killify
