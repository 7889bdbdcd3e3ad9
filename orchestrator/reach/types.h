// Which struct an expression is, or points at: by the declarations of the function and the struct
// definitions of the tree, as their tokens show them. Coccinelle loses every eighth header of
// include/linux, and a call through a field needs them all.
#pragma once

#include "facts/tree_facts.h"
#include "reach/names.h"
#include "support/error.h"
#include "support/pair_map.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// Structs by the names of variables or fields, without "struct"; what is no struct is not there.
using StructNames = std::map<std::string, std::string, std::less<>>;

// A struct without a name, inside of one that is known: "x->func->tile" of
// "struct func { struct { void (*init)(void); } tile; }".
constexpr const char* kNameless = "<nameless>";

// A field of a struct that no header of include/ defines.
struct PrivateField {
  enum class Kind { kNone, kNumber, kPointer };  // kNone: of another type, or of another struct
  Kind kind = Kind::kNone;
  std::string defined_in;
};

class Types {
 public:
  Types(TreeFacts& facts, Names& names) : facts_(facts), names_(names) {}

  // "" where it is not known, or kNameless. `variables` are those of the function, `file` is the
  // function's.
  [[nodiscard]] Result<std::string> struct_of(std::string_view expression,
                                              const StructNames& variables,
                                              const std::string& file);

  // The fields of a struct as a list of initialisers fills them.
  [[nodiscard]] Result<std::vector<std::string>> field_order(const std::string& name,
                                                             const std::string& file);

  // How many elements a list of initialisers has before that of a field. Unknown where one of them
  // may be more than one: an array, a struct, what a configuration leaves out.
  [[nodiscard]] Result<std::optional<unsigned>> elements_before(const std::string& name,
                                                                const std::string& field,
                                                                const std::string& file);

  // Whether a field is a bool.
  [[nodiscard]] Result<bool> is_flag(const std::string& name, const std::string& field,
                                     const std::string& file);

  // A field that stands in no union and in no struct of its own.
  [[nodiscard]] Result<PrivateField> private_field(const std::string& name,
                                                   const std::string& field,
                                                   const std::string& file);

 private:
  [[nodiscard]] Result<std::string> definition_file(const std::string& name,
                                                    const std::string& file);
  [[nodiscard]] Result<std::string> field_struct(const std::string& in, const std::string& field,
                                                 const std::string& file);
  [[nodiscard]] Result<std::string> call_struct(const std::string& callee, const std::string& file);
  [[nodiscard]] Result<const StructNames*> fields_of(const std::string& name,
                                                     const std::string& file);

  [[nodiscard]] Result<const StructNames*> globals_of(const std::string& file);

  TreeFacts& facts_;
  Names& names_;
  std::map<std::string, StructNames> globals_;  // by file
  PairMap<StructNames> fields_;                 // by struct and the file that defines it
  PairMap<std::string> defining_;               // by struct and user
  PairMap<PrivateField> private_;               // by struct and user, and field
};

// "ttm_device" of "const struct ttm_device *"; "" of other types.
[[nodiscard]] std::string struct_name(std::string_view type);

// The function around a line; nullptr where there is none.
[[nodiscard]] const FunctionExtent* extent_at(const Sketch& sketch, int line);

// The parameters and locals of a function.
[[nodiscard]] StructNames declared_structs(const Sketch& sketch, const std::string& function);

}  // namespace killify
