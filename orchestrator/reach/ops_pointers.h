// Which functions a call through a pointer to a table of handlers can mean:
// "ttm_vm_ops->fault(vmf)".
//
// Such a pointer is mostly the table of another driver, kept when one's own was put in its place:
// the pointer is followed to what it was assigned, that to what a function set which was given the
// object ("vma->vm_ops" behind ttm_bo_mmap(file, vma)), and a copied table to the one it is of.
// What cannot be followed is said.
#pragma once

#include "facts/tree_facts.h"
#include "reach/names.h"
#include "reach/types.h"
#include "spec/series_spec.h"
#include "support/error.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace killify {

struct PointedAt {
  std::set<NodeId> functions;
  bool whole = true;  // false: not all that the pointer can hold is known
};

// "target = value" as the tokens show it, without blanks.
struct TokenAssignment {
  std::string target;
  std::string value;
  int line = 0;
};

class OpsPointers {
 public:
  OpsPointers(TreeFacts& facts, Names& names, Types& types, const std::vector<RootSpec>& roots)
      : facts_(facts), names_(names), types_(types), roots_(roots) {}

  // Whether a field of a struct holds a handler.
  [[nodiscard]] bool holds_handler(const std::string& in, std::string_view field) const;

  // All of a file, in its order.
  [[nodiscard]] Result<const std::vector<TokenAssignment>*> assignments(const std::string& file);

  // What "base->field(...)" calls at `line` of the caller.
  [[nodiscard]] Result<PointedAt> behind(const std::string& base, const std::string& field,
                                         const Node& caller, int line);

 private:
  friend class PointerWalk;

  // The sources that define a "struct T name" for others.
  [[nodiscard]] Result<const std::vector<std::string>*> files_with_table(const std::string& name);

  TreeFacts& facts_;
  Names& names_;
  Types& types_;
  const std::vector<RootSpec>& roots_;
  std::map<std::string, std::vector<TokenAssignment>> assignments_;
  std::map<std::string, std::vector<std::string>> tables_;  // files_with_table() by name
};

}  // namespace killify
