// Which struct an expression is, or points at: by the declarations of the function and the struct
// definitions of the tree.
#pragma once

#include "facts/tree_facts.h"
#include "reach/bodies.h"
#include "reach/names.h"
#include "support/error.h"

#include <map>
#include <set>
#include <string>

namespace killify {

class Types {
 public:
  Types(TreeFacts& facts, Names& names) : facts_(facts), names_(names) {}

  // The struct's name without "struct"; "" where it is not known. `file` is the function's.
  [[nodiscard]] Result<std::string> struct_of(const std::string& expression, const Body& body,
                                              const std::string& file);

  void want(const std::string& file) {
    if (!facts_.read_so_far().contains(file)) missing_.insert(file);
  }
  // Files that would have to be read to know more; empties the list.
  [[nodiscard]] std::set<std::string> take_missing();

 private:
  [[nodiscard]] Result<std::string> field_type(const std::string& in, const std::string& field,
                                               const std::string& file);
  [[nodiscard]] Result<std::string> call_type(const std::string& callee, const std::string& file);

  TreeFacts& facts_;
  Names& names_;
  std::map<std::pair<std::string, std::string>, std::string> fields_;  // by struct and field
  std::set<std::string> missing_;
};

// "ttm_device" of "const struct ttm_device *"; "" of other types.
[[nodiscard]] std::string struct_name(std::string_view type);

}  // namespace killify
