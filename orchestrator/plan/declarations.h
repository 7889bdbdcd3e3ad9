// Where a function, a function pointer or a member stands in the whole tree: what has to change
// together. By tokens, so that what spatch cannot parse is not missed.
#pragma once

#include "facts/tree_facts.h"
#include "plan/objects.h"
#include "plan/state_form.h"
#include "reach/names.h"
#include "reach/types.h"
#include "support/error.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace killify {

// Whether a file exports the function to modules.
[[nodiscard]] bool exports(const Sketch& sketch, const std::string& function);

struct Declarations {
  bool is_static = false;
  std::vector<std::string> files;  // with a prototype or the definition
  std::string header;
  bool exported = false;            // to modules
  bool exported_elsewhere = false;  // by a file that does not define it
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

// "x->member", or ".member = value" of an initialiser.
struct MemberUse {
  std::string function{};
  int line = 0;
  std::string base{};       // "x"; "" of an initialiser
  std::string value{};      // that is written there; "" where it is read
  std::string objection{};  // why it is not clear whose member it is
};
// The uses of a member of "struct IN" that the file shows, or that may be.
[[nodiscard]] Result<std::vector<MemberUse>> member_uses_in(const Sketch& sketch,
                                                            const std::string& file, Types& types,
                                                            const std::string& in,
                                                            const std::string& member);

struct MemberUses {
  std::string file;                  // that defines the struct
  std::optional<unsigned> position;  // of the member in an initialiser without names
  // (file, function): what reads or writes the member, or makes an object without it.
  std::set<std::pair<std::string, std::string>> users;
  std::vector<std::pair<std::string, MemberUse>> writes;  // by file; those of initialisers apart
  std::vector<std::pair<std::string, MadeObject>> objects;
  std::string objection;
};
// What reads or writes a member of a struct, and what makes one.
[[nodiscard]] Result<MemberUses> find_members(TreeFacts& facts, Names& names, Types& types,
                                              const std::string& in, const std::string& member);

// Who calls a function that a field holds directly: its parameter must not change its meaning under
// the same name. "" if nobody does.
[[nodiscard]] Result<std::string> called_directly(TreeFacts& facts, const StateForm& form);

}  // namespace killify
