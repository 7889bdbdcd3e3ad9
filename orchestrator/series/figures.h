// What a series costs and what it covers, in numbers: strategies are compared by them.
#pragma once

#include "series/changes.h"
#include "spec/strategy.h"
#include "support/error.h"

#include <cstddef>
#include <string>
#include <vector>

namespace killify {

// So many of so many.
struct Share {
  std::size_t part = 0;
  std::size_t whole = 0;
};

struct Figures {
  std::string strategy;  // "thread", "scope"
  std::string trouble;   // why it can not be had in this tree; the rest says nothing then
  std::size_t commits = 0;
  std::size_t files = 0;
  std::size_t lines_added = 0;
  std::size_t lines_removed = 0;
  Share certain;               // sleeps that any signal ends for certain
  Share open;                  // those that have to be looked at first
  Share handlers;              // that reach one; as a part those that reach none afterwards
  std::size_t signatures = 0;  // functions that take other parameters
  std::size_t functions = 0;   // that are new
  std::size_t exports = 0;     // symbols that are exported in addition
  bool prompt = false;         // whether signals stay prompt where a fault comes from user mode
};

// `audited` is what the audit found in the base. With a strategy of the campaign's own every root
// runs below what it changes, so that it covers all of that.
[[nodiscard]] Result<Figures> figures_of(const Changes& changes,
                                         const std::vector<Finding>& audited,
                                         const Strategy* strategy);

}  // namespace killify
