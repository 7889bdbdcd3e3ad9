// Whether a function runs in page faults only: whether every way into it, in the whole tree, starts
// at a fault handler.
#pragma once

#include "facts/tree_facts.h"
#include "reach/handlers.h"
#include "reach/macro_arguments.h"
#include "reach/names.h"
#include "support/error.h"

#include <map>
#include <string>
#include <vector>

namespace killify {

// Decides by the tokens of all files that name the function: what spatch can parse does not matter.
class FaultOnly {
 public:
  FaultOnly(TreeFacts& facts, Names& names, const Handlers& handlers)
      : facts_(facts), names_(names), handlers_(handlers), macros_(facts) {}

  // Who else comes to the function: "alder_ioctl() calls it, too (FILE:LINE)", or through which
  // function; "" if nobody does.
  [[nodiscard]] Result<std::string> objection(NodeId function);

 private:
  struct Uses {
    std::string foreign;              // a use that is no call: "its address is taken (FILE:LINE)"
    std::vector<NodeId> callers;      // functions and macros
    std::vector<std::string> places;  // of each caller's call
    bool any = false;
  };
  [[nodiscard]] Result<const Uses*> uses_of(NodeId id);
  [[nodiscard]] Result<bool> means_another(const std::string& path, const Node& node);
  [[nodiscard]] Status add_uses(const Node& node, const std::string& path, Uses& uses);
  [[nodiscard]] Result<std::string> search(NodeId id, std::map<NodeId, bool>& visited);

  TreeFacts& facts_;
  Names& names_;
  const Handlers& handlers_;
  MacroArguments macros_;
  std::map<NodeId, Uses> uses_;
  std::map<NodeId, std::string> known_;
};

}  // namespace killify
