// Every use of a function's name in a file, by its tokens: what decides whether only fault handlers
// call a helper must not depend on what spatch could parse.
#pragma once

#include "facts/outline.h"

#include <string>
#include <string_view>
#include <vector>

namespace killify {

struct Use {
  enum class Kind {
    kDefinition,  // or a prototype
    kCall,        // "name(" in a function
    kExport,      // EXPORT_SYMBOL(name)
    kMacro,       // in a #define
    kValue,       // anything else: its address is taken
  };
  Kind kind = Kind::kValue;
  int line = 0;
  std::string function;  // the enclosing one, for kCall and kValue; "" outside of functions
};

[[nodiscard]] std::vector<Use> uses_of(std::string_view name, const std::vector<Token>& tokens,
                                       const std::vector<FunctionExtent>& extents);

}  // namespace killify
