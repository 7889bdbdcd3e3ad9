// Declarations as spatch prints them ("int ( * cb ) ( int , void * )"), taken apart.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace killify {

struct Declared {
  std::string type;  // "int ( * ) ( int , void * )", "struct b [ 3 ]"
  std::string name;  // "" where it has none
};

// One parameter.
[[nodiscard]] Declared declared(std::string_view declaration);

// A field, with the struct it belongs to.
struct DeclaredField {
  std::string in;
  Declared field;
};

// The fields that the texts between a struct's braces declare, a text each: "struct list_head l ,
// * k ;". The fields of a struct without a name are those of the struct around it.
[[nodiscard]] std::vector<DeclaredField> declared_fields(const std::string& struct_name,
                                                         const std::vector<std::string>& texts);

}  // namespace killify
