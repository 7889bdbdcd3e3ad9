// Where a function, a function pointer or a member stands in the whole tree: what has to change
// together. By tokens, so that what spatch cannot parse is not missed.
#pragma once

#include "facts/tree_facts.h"
#include "plan/state_form.h"
#include "reach/names.h"
#include "reach/types.h"
#include "support/error.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace killify {

struct Declarations {
  bool is_static = false;
  std::vector<std::string> files;  // with a prototype or the definition
  std::string header;
  std::string objection;
};
// Of a function that `file` defines.
[[nodiscard]] Result<Declarations> declarations_of(TreeFacts& facts, const std::string& function,
                                                   const std::string& file);

struct FieldUses {
  std::string file;                                            // that defines the struct
  std::set<std::pair<std::string, std::string>> implementers;  // (file, function)
  std::set<std::pair<std::string, std::string>> callers;
  std::string objection;
};
// What is bound to a function pointer of a struct, and what calls through it with `arguments`
// arguments.
[[nodiscard]] Result<FieldUses> find_field(TreeFacts& facts, Names& names, Types& types,
                                           const std::string& in, const std::string& field,
                                           std::size_t arguments);

struct MemberUses {
  std::string file;
  std::set<std::pair<std::string, std::string>> users;  // (file, function)
  std::string objection;
};
// What reads or writes a member of a struct.
[[nodiscard]] Result<MemberUses> find_members(TreeFacts& facts, Names& names, Types& types,
                                              const std::string& in, const std::string& member);

// Who calls a function that a field holds directly: its parameter must not change its meaning under
// the same name. "" if nobody does.
[[nodiscard]] Result<std::string> called_directly(TreeFacts& facts, const StateForm& form);

}  // namespace killify
