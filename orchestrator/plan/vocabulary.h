// Which primitives a tree has: found in its headers, never guessed from its version.
#pragma once

#include "facts/tree_facts.h"
#include "support/error.h"

#include <map>
#include <string>

namespace killify {

class Vocabulary {
 public:
  explicit Vocabulary(TreeFacts& facts) : facts_(facts) {}

  // Whether a header of the tree declares a function or defines a function, a macro or a constant
  // of that name.
  [[nodiscard]] Result<bool> has(const std::string& name);

 private:
  TreeFacts& facts_;
  std::map<std::string, bool> known_;
};

}  // namespace killify
