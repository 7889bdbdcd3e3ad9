// The roots of the analysis: every function that is bound to a field of the campaign, in whatever
// form, or handed to one of its functions.
#pragma once

#include "facts/tree_facts.h"
#include "reach/finding.h"
#include "spec/series_spec.h"
#include "support/error.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace killify {

struct Handlers {
  std::vector<Handler> all;  // sorted by file and line, each function once
  // Every place that binds one; sorted by the function's place, then that of the binding.
  std::vector<Handler> registrations;
  // Where handlers are bound, as (file, line): uses of a name that make it a handler.
  std::set<std::pair<std::string, int>> bindings;
  // Of these, the ones of which it is not known which of several functions they mean.
  std::set<std::pair<std::string, int>> unclear;
  // What could not be followed: "FILE:LINE: ...".
  std::vector<std::string> unresolved;

  [[nodiscard]] bool contains(const std::string& function, const std::string& file) const;
};

// Looks at every file of the tree that can bind one. By initialiser or assignment as Coccinelle
// sees them; through a macro that defines the ops, by its tokens. (Fields and types: `struct
// vm_operations_struct` in include/linux/mm.h.)
[[nodiscard]] Result<Handlers> find_handlers(TreeFacts& facts, const std::vector<RootSpec>& roots);

}  // namespace killify
