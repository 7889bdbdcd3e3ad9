// What macros make of a name that they are given at top level: TRACE_EVENT(i915_vma_unbind, ...)
// makes other names of it (trace_i915_vma_unbind) and a string, and takes no function's address.
#pragma once

#include "facts/tree_facts.h"
#include "support/error.h"

#include <map>
#include <string>
#include <utility>

namespace killify {

class MacroArguments {
 public:
  explicit MacroArguments(TreeFacts& facts) : facts_(facts) {}

  // Whether the use of `name` at that line is an argument, outside of functions, of which every
  // definition of the macro only makes names and strings.
  [[nodiscard]] Result<bool> only_names(const std::string& name, const std::string& file, int line);

 private:
  [[nodiscard]] Result<bool> only_names_of(const std::string& macro, std::size_t argument);
  [[nodiscard]] Result<bool> only_names_in(const MacroDefinition& macro,
                                           const std::string& parameter);

  TreeFacts& facts_;
  std::map<std::pair<std::string, std::size_t>, bool> known_;  // by macro and argument
};

}  // namespace killify
