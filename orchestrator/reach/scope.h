// Which functions of a file run inside a page fault, and whether they run only there.
#pragma once

#include "facts/tree_facts.h"
#include "facts/uses.h"
#include "reach/finding.h"
#include "reach/handlers.h"
#include "support/error.h"

#include <string>
#include <vector>

namespace killify {

// A function of a file that a fault handler of the same file runs, directly or through static
// functions of the file.
struct ScopedFunction {
  const FunctionFact* function = nullptr;
  const Handler* handler = nullptr;  // one that reaches it, by the shortest chain
  std::vector<Hop> chain;  // from the handler to the call of this function; empty for a handler
  // Why it is not the fault handlers' alone: "alder_ioctl() calls it, too (FILE:LINE)"; "" if it
  // is.
  std::string shared;
};

// The functions in the scope of the file's handlers, sorted by line. A function that several
// handlers reach is there once for each of them.
[[nodiscard]] Result<std::vector<ScopedFunction>> fault_scope(TreeFacts& facts,
                                                              const Handlers& handlers,
                                                              const std::string& file);

}  // namespace killify
