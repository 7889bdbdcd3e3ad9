// Macros of the tree that spatch has to be told of (SourceText::macros): without, it loses the
// functions that use one.
#pragma once

#include "facts/tree_facts.h"

#include <set>
#include <string>

namespace killify {

// Those of a file: the macros that head loops, and those that are attributes of functions
// ("int f(struct lock *lock) __cond_acquires(0, lock);").
[[nodiscard]] Result<std::set<std::string>> told_macros(TreeFacts& facts, const Sketch& sketch);

}  // namespace killify
