// The walk from a fault handler to the sleeps that it reaches, with what is known of arguments and
// context objects on the way.
#pragma once

#include "reach/bodies.h"
#include "reach/boundaries.h"
#include "reach/finding.h"
#include "reach/frame.h"
#include "reach/made_objects.h"
#include "reach/names.h"
#include "reach/object_kinds.h"
#include "reach/ops_pointers.h"
#include "reach/relevant.h"
#include "reach/sleeps.h"
#include "reach/tables.h"
#include "reach/types.h"
#include "spec/catalogue.h"
#include "support/error.h"
#include "support/pair_map.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace killify {

// A sleep that a handler reaches.
struct Reached {
  const Sink* sink = nullptr;
  NodeId holder = 0;  // the function or macro that holds the call
  SinkCall call;
  SleepCondition condition;
  unsigned open_guards = 0;  // conditions on the way that nothing is known of
  std::vector<Hop>
      chain;  // the best: certain before doubtful, direct before through a field, short
  std::vector<std::vector<Hop>> other_chains;
  std::string doubt;  // why the chain is not certain, with the place to look at; "" if it is
};

class Walker {
 public:
  Walker(TreeFacts& facts, Names& names, Types& types, Bodies& bodies, OpsPointers& pointers,
         Boundaries& boundaries, const Catalogue& catalogue);

  // The sleeps of a handler, through functions of `relevant`, sorted by place. One that no way
  // reaches interruptibly is there with a condition that does not hold, unless its own arguments
  // say so already. `given`: what the handler knows of its arguments; `kinds`: what it knows of the
  // places in them.
  [[nodiscard]] Result<std::vector<Reached>> walk(NodeId handler,
                                                  const std::set<std::string>& drivers,
                                                  const Relevant& relevant,
                                                  const Environment& given,
                                                  const std::vector<ObjectKind>& kinds);

 private:
  friend class HandlerWalk;

  // Whether a function looks at the fault's own word on signals: a task state that it returns is
  // the right one.
  [[nodiscard]] bool is_fault_aware(const std::string& function, const std::string& file);

  // What a macro is worth whatever its arguments: flags that it always has.
  [[nodiscard]] Value worth_of_macro(const std::string& name, const std::string& file);
  // The number of a macro: "0x40", "BIT(6)", "(A | B)". Nothing of anything else.
  [[nodiscard]] std::optional<unsigned long> number_of(const std::string& name,
                                                       const std::string& file, int depth = 0);
  [[nodiscard]] std::string doubt_of_guards(const CallFact& call, const std::string& file);

  // Leaves of what a call through a field may mean what the pointer before it allows: it points at
  // a known table, or at what `kinds` says of a place.
  [[nodiscard]] Status narrow(const CallFact& call, const Frame& frame, const std::string& file,
                              const std::set<std::string>& drivers,
                              const std::vector<ObjectKind>& kinds, std::vector<NodeId>& targets);

  // Adds to what a function knows that is called through its object's table, "obj->ops->get(obj)",
  // which table that is: one of those that the function is in.
  [[nodiscard]] Status add_own_table(const CallFact& call, const Body& caller,
                                     const std::string& file, NodeId target, const Body& callee,
                                     const std::set<std::string>& drivers,
                                     const std::set<std::string>& used, Environment& known);

  TreeFacts& facts_;
  Names& names_;
  Types& types_;
  Bodies& bodies_;
  OpsPointers& pointers_;
  Tables tables_;
  MadeObjects made_;
  Boundaries& boundaries_;
  std::unordered_map<std::string, const Sink*> sinks_;
  PairMap<std::optional<unsigned long>> numbers_;  // by file and name
};

}  // namespace killify
