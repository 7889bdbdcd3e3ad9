// How a function tells what it calls whether any signal may end the sleep, as its call shows.
#pragma once

#include "facts/source_facts.h"
#include "plan/state_form.h"
#include "reach/types.h"
#include "spec/catalogue.h"

#include <string>

namespace killify {

struct Passing {
  FlagKind kind = FlagKind::kNone;
  std::string flag{};       // the caller's parameter, or the context's field
  unsigned index = 0;       // of the parameter
  std::string bit{};        // of kBit
  std::string context{};    // of kContext: the variable, "ww"
  std::string objection{};  // why it is not known; "" if it is
};

// `call` in `function` of `facts`: of a function that has (or gets) the state-taking form `form`,
// or of the primitive `sink`. One of the two is not nullptr.
[[nodiscard]] Passing passing_of(const CallFact& call, const FunctionFact& function,
                                 const SourceFacts& facts, const StateForm* form, const Sink* sink);

// The same of a flag that the function writes.
[[nodiscard]] Passing passing_of_flag(const std::string& value, const FunctionFact& function,
                                      const SourceFacts& facts);

// Whether a name stands anywhere in an expression.
[[nodiscard]] bool mentions(const std::string& expression, const std::string& name);

// The parameter of that name as (index, found).
[[nodiscard]] const Parameter* parameter_named(const FunctionFact& function,
                                               const std::string& name, unsigned& index);

// "flags & WAIT_INTR ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE" somewhere in the function, about
// its parameter `word`: "WAIT_INTR"; "" where there is none, or several.
[[nodiscard]] std::string interruptible_bit(const SourceFacts& facts, const FunctionFact& function,
                                            const std::string& word);

}  // namespace killify
