// Tables of functions ("static const struct mm_walk_ops walk_ops = { ... }"): which one a pointer
// means, and what it has in a field.
#pragma once

#include "facts/tree_facts.h"
#include "reach/names.h"
#include "reach/object_kinds.h"
#include "reach/values.h"
#include "support/error.h"
#include "support/pair_map.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// The initialiser of a variable of the file; nullptr where there is none.
[[nodiscard]] const SketchInitialiser* table_named(const Sketch& sketch, std::string_view name);

// "T" of "struct T name = {"; "" where the file has none.
[[nodiscard]] std::string struct_of_table(const Sketch& sketch, std::string_view name);

class Tables {
 public:
  Tables(TreeFacts& facts, Names& names) : facts_(facts), names_(names) {}

  // What "&name" points at in a file: a table of its own, or the only one of that name elsewhere.
  [[nodiscard]] Result<Value> at(const std::string& name, const std::string& file);

  // What these tables have in a field. `whole`: false where one may be given another function
  // later.
  struct Held {
    std::set<NodeId> functions;
    bool whole = true;
  };
  [[nodiscard]] Result<Held> held(const Value& tables, const std::string& field);

  // The table that binds this function, as a value; unknown where none is seen.
  [[nodiscard]] Result<Value> holding(const BoundTarget& target);

  // Whether a table that binds this function can be what is known of an object.
  [[nodiscard]] Result<bool> fits(const BoundTarget& target, const ObjectKind& kind);

 private:
  struct Table {
    std::string file;
    SketchInitialiser extent;
  };

  TreeFacts& facts_;
  Names& names_;
  std::vector<Table> tables_;
  PairMap<Value> known_;  // by file and name
};

}  // namespace killify
