// Loops that repeat a call because it has failed: under a fatal signal they need an exit, as a
// killable sleep then fails at once.
#pragma once

#include "reach/error_walk.h"
#include "reach/finding.h"
#include "spec/catalogue.h"

#include <compare>
#include <set>
#include <string>

namespace killify {

struct RepeatedCall {
  std::string file;
  std::string function;  // with the loop
  std::string callee;    // the next function on the way to the sleep; "" for the sleep itself
  std::string calls_in;  // the file of the callee
  // NOLINTNEXTLINE(modernize-use-nullptr): no pointers are compared here
  auto operator<=>(const RepeatedCall&) const = default;
};

// Those on all ways from the finding's handler to its sleep.
[[nodiscard]] Result<std::set<RepeatedCall>> repeated_calls(ErrorWalk& walk, const Finding& finding,
                                                            const Sink& sink);

}  // namespace killify
