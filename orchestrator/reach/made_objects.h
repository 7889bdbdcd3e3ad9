// Objects that the way of a fault makes itself: "op = afs_alloc_operation(key, volume)", zeroed
// when it is made. Such an object is nobody else's, so that its flags are those that functions set
// in objects which they are handed, and not what others set in objects of their own.
//
// Believed only where every place is seen that may set the field: the struct is private to a driver
// or file system, and nothing takes the field's address.
#pragma once

#include "facts/flow.h"
#include "facts/tree_facts.h"
#include "reach/bodies.h"
#include "reach/names.h"
#include "reach/types.h"
#include "reach/values.h"
#include "support/error.h"
#include "support/pair_map.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace killify {

class MadeObjects {
 public:
  MadeObjects(TreeFacts& facts, Names& names, Types& types)
      : facts_(facts), names_(names), types_(types) {}

  // What `maker(...)` gives a function of `file`: of the fields that it sets itself, and of those
  // that are `asked` for. Unknown where it makes nothing.
  [[nodiscard]] Result<Value> of(const std::string& maker, const Body& caller,
                                 const std::string& file, const std::set<std::string>& asked);

 private:
  // A place that gives a field a value, or may.
  struct Write {
    std::string file;
    std::string function;
    bool own = false;  // of an object that the function itself made
    Value bits;        // that are set; unknown if any may be
  };

  // The struct of what a function makes; "" where it does not make one.
  [[nodiscard]] Result<std::string> made_by(NodeId maker);
  [[nodiscard]] Result<bool> makes_own(const Sketch& sketch, const std::string& file,
                                       const std::string& function, const std::string& variable);
  // Nothing where not all of them are seen.
  using Writes = std::optional<std::vector<Write>>;
  [[nodiscard]] Result<const Writes*> writes_of(const std::string& in, const std::string& field,
                                                const std::string& defined_in);
  [[nodiscard]] Result<bool> is_overwritten_anywhere(const std::string& in,
                                                     const std::string& defined_in);
  [[nodiscard]] Status add_writes(const std::string& file, const std::string& in,
                                  const std::string& field, Writes& writes);

  TreeFacts& facts_;
  Names& names_;
  Types& types_;
  std::map<NodeId, std::string> made_;
  PairMap<Writes> writes_;     // by file and name of the struct, and field
  PairMap<bool> overwritten_;  // structs, by file and name
};

}  // namespace killify
