// The calls in one function that the catalogue knows as interruptible sleeps.
#pragma once

#include "facts/source_facts.h"
#include "spec/catalogue.h"

#include <string>
#include <string_view>
#include <vector>

namespace killify {

enum class Holds { kYes, kNo, kUnknown };

// A call of a catalogued primitive.
struct Sleep {
  const Sink* sink = nullptr;
  int line = 0;
  std::string object;  // what is slept on, "" where nothing is named
  Holds condition = Holds::kYes;
  std::string decides;  // for kUnknown: the argument that decides
  bool parsed = true;   // false: only the tokens show the call
};

// All of them in `function`, in the order of their lines: those that Coccinelle reports, and those
// that only the tokens show (in lines that spatch could not parse).
[[nodiscard]] std::vector<Sleep> sleeps_in(const FunctionFact& function, const SourceFacts& facts,
                                           const std::vector<Token>& tokens,
                                           const Catalogue& catalogue);

// "& x -> lock" to "x->lock": an expression as a person writes it, without a leading '&'.
[[nodiscard]] std::string plain_expression(std::string_view expression);

// The last name of an expression: "run_wq" of "ctx->run_wq"; "" where it ends otherwise.
[[nodiscard]] std::string last_name(std::string_view expression);

}  // namespace killify
