// The calls that the catalogue knows as interruptible sleeps, and whether they are.
#pragma once

#include "facts/source_facts.h"
#include "reach/values.h"
#include "spec/catalogue.h"

#include <string>
#include <string_view>
#include <vector>

namespace killify {

// Whether a call of a catalogued primitive sleeps interruptibly.
struct SleepCondition {
  Truth holds = Truth::kTrue;
  bool by_constants = true;  // the call alone says so: no variable decides
  std::string decides;       // the argument that does, as a person writes it
};

[[nodiscard]] SleepCondition condition_of(const Sink& sink,
                                          const std::vector<std::string>& arguments,
                                          const Scope& scope);

// What a call sleeps on, "" where nothing is named.
[[nodiscard]] std::string slept_on(const Sink& sink, const std::vector<std::string>& arguments);

// A call of a catalogued primitive in a function.
struct Sleep {
  const Sink* sink = nullptr;
  int line = 0;
  SleepCondition condition;
  bool parsed = true;  // false: only the tokens show the call
};

// All of them in `function`, in the order of their lines: those that Coccinelle reports, and those
// that only the tokens show (in lines that spatch could not parse). Nothing is known of variables.
[[nodiscard]] std::vector<Sleep> sleeps_in(const FunctionFact& function, const SourceFacts& facts,
                                           const std::vector<Token>& tokens,
                                           const Catalogue& catalogue);

// "& x -> lock" to "x->lock": an expression as a person writes it, without a leading '&'.
[[nodiscard]] std::string plain_expression(std::string_view expression);

// The last name of an expression: "run_wq" of "ctx->run_wq"; "" where it ends otherwise.
[[nodiscard]] std::string last_name(std::string_view expression);

}  // namespace killify
