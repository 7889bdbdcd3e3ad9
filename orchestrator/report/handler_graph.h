// The ways from a handler to its sleeps as a Graphviz digraph.
#pragma once

#include "reach/finding.h"

#include <string>
#include <vector>

namespace killify {

// All ways of the given findings: a node for each function, dashed edges for calls through fields,
// dotted ones for macros, the sleeps coloured by verdict. Handlers without a finding stand alone.
[[nodiscard]] std::string handler_graph(const std::vector<Handler>& handlers,
                                        const std::vector<Finding>& findings);

}  // namespace killify
