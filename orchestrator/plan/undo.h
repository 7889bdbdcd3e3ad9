// Calls that undo what failed, and of which nobody sees that they failed themselves: what they wait
// for must not be cut short by a signal.
#pragma once

#include "facts/sketch.h"

#include <string>

namespace killify {

enum class UndoCalls {
  kNone,  // of the calls of `callee` in the function none undoes
  kAll,
  kSome,  // and the others do not
};

// By the order in which the function's statements may run: a call undoes that is a statement of its
// own, runs only where a test found that something failed, and after which the function returns
// that failure.
[[nodiscard]] UndoCalls undo_calls(const Sketch& file, const std::string& function,
                                   const std::string& callee);

}  // namespace killify
