// A switch over an error, said as an if (reach/plain_code.h).
#pragma once

#include "reach/statements.h"

#include <set>
#include <string>

namespace killify {

struct SwitchQuestion {
  const std::string& error;                           // "" where it is not known
  const std::set<std::string, std::less<>>& holders;  // the variables that may hold it, the callee
  const std::string& callee;
  int number;     // for names of our own
  bool unbraced;  // it is the body of an if or a loop
};

// Puts what the switch at tokens[at] does for the error before it, as "if (ret) { ... }": the
// statements of its case, of the default, or of each that it may come to. False where the switch
// is over something else.
bool plain_switch(const Tokens& tokens, std::size_t at, const SwitchQuestion& question,
                  Rewriting& out);

}  // namespace killify
