// Fields of structs, by the tokens: what spatch cannot parse is seen, too.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace killify {

// A field's place in a text.
struct FieldPlace {
  std::size_t behind = 0;   // the offset of the line behind it
  std::string indentation;  // of its own line
};

// The field of that name at the top level of "struct NAME { ... }"; nothing where the text defines
// no such struct, or where it has no such field, or several.
[[nodiscard]] std::optional<FieldPlace> field_of_struct(std::string_view text,
                                                        std::string_view name,
                                                        std::string_view field);

}  // namespace killify
