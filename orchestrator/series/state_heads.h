// The heads of a function in their state-taking form: definitions, prototypes, exports and
// kernel-doc, and the old name as an inline function for those who still call it. Bodies are
// Coccinelle's (semantic-patches/thread/); heads are edited as text, so that layout and comments
// stay and every #if branch is seen.
#pragma once

#include "plan/state_form.h"

#include <string>
#include <vector>

namespace killify {

struct StateHeads {
  std::string text;
  unsigned changed = 0;   // heads
  std::string objection;  // why a person has to do it; "" if it is done
};

// The declarations of the function's parameters as its definition has them ("bool intr"); empty
// where `text` does not define it.
[[nodiscard]] std::vector<std::string> parameters_in(const std::string& text,
                                                     const std::string& function);

// One file, `path`, with the function's heads changed. `parameters` are parameters_in() of the
// definition: a prototype may leave names out.
[[nodiscard]] StateHeads with_state_heads(const std::string& text, const std::string& path,
                                          const StateForm& form,
                                          const std::vector<std::string>& parameters);

// The field of a struct that is called through, with a task state in the place of parameter
// `index`; the struct's own field `flag` as a state.
[[nodiscard]] StateHeads with_state_parameter_of_field(const std::string& text,
                                                       const std::string& in,
                                                       const std::string& field, unsigned index);
[[nodiscard]] StateHeads with_state_field(const std::string& text, const std::string& in,
                                          const std::string& flag, const std::string& state);

}  // namespace killify
