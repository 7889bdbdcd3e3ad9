// Roots that are handed to a function: "kthread_run(oak_thread, oak, "oak")".
#pragma once

#include "facts/tree_facts.h"
#include "spec/series_spec.h"
#include "support/error.h"

#include <string>
#include <vector>

namespace killify {

struct GivenFunction {
  std::string name;  // "oak_thread"
  std::string to;    // "kthread_run", or what hands its own parameter or argument on to that
  std::string file;  // of the name in the call
  int line = 0;
};

struct GivenFunctions {
  std::vector<GivenFunction> all;
  // What could not be followed: "FILE:LINE: ...".
  std::vector<std::string> unresolved;
};

// The names that the calls of root.takers, in functions and through macros, give as that argument.
// A function or macro that hands on what it is given is a taker itself.
[[nodiscard]] Result<GivenFunctions> find_given(TreeFacts& facts, const RootSpec& root);

}  // namespace killify
