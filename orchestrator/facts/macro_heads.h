// Functions whose head a macro writes: "BERYL_FAULT(beryl_fault) { ... }". spatch takes such a head
// for one without a type, and loses what stands behind the function. It and all of killify that
// looks for functions are shown the head that the macro stands for. So it is with functions that a
// macro writes whole, "BERYL_WRAPPER(beryl_fault)", where their name is what a field is set to.
#pragma once

#include "facts/outline.h"

#include <string>
#include <string_view>
#include <vector>

namespace killify {

struct MacroHead {
  // What one text is shown as, and comes back from by itself, whatever becomes of what is between.
  struct Piece {
    std::string written;  // "#else\nint beryl_fault(struct vm_area_struct *vma)\n{\n#endif"
    std::string meant;    // the same in a comment
  };
  std::string written;  // "BERYL_FAULT(beryl_fault)"
  // "/*BERYL_FAULT(beryl_fault)*/ static vm_fault_t beryl_fault(struct vm_fault *vmf)": on as many
  // lines, so that every line stays where it is, and in words that no file has otherwise.
  std::string meant;
  // Of a head that stands in branches (facts/branch_heads.h), or of a whole function.
  std::vector<Piece> pieces{};
};

// The heads of a text that one of these macros writes. Of several macros of one name the first
// counts that writes the head of one function.
[[nodiscard]] std::vector<MacroHead> macro_heads(std::string_view text,
                                                 const std::vector<Token>& tokens,
                                                 const std::vector<FunctionExtent>& functions,
                                                 const std::vector<MacroDefinition>& macros);

// The whole functions, likewise. A change of one cannot come back, and is none that can be made.
[[nodiscard]] std::vector<MacroHead> macro_functions(std::string_view text,
                                                     const std::vector<Token>& tokens,
                                                     const std::vector<FunctionExtent>& functions,
                                                     const std::vector<MacroDefinition>& macros);

[[nodiscard]] std::string with_heads_meant(std::string text, const std::vector<MacroHead>& heads);
[[nodiscard]] std::string with_heads_written(std::string text, const std::vector<MacroHead>& heads);
// Whether a text has all that with_heads_written() needs to bring back what `before` was made of.
[[nodiscard]] bool has_all_pieces(std::string_view text, std::string_view before,
                                  const std::vector<MacroHead>& heads);

}  // namespace killify
