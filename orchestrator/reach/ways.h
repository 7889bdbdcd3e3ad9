// The ways on which a handler comes to its sleeps, chosen from what the walk (reach/walk) has
// found.
#pragma once

#include "facts/source_facts.h"
#include "reach/finding.h"
#include "reach/frame.h"
#include "reach/names.h"

#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace killify {

// A call that leads on to other functions, or that sleeps.
struct WalkStep {
  const CallFact* call = nullptr;
  const Sink* sink = nullptr;
  std::vector<NodeId> targets;
  bool by_variable = false;  // what it calls is in a variable
  const char* edge = "direct";
  std::string doubt;
};

// A call on a way: the state of the function that makes it, and which step of that it is.
struct WalkPlace {
  std::size_t state = 0;
  std::size_t step = 0;
};

// From the handler to a sleep.
using WalkPlaces = std::vector<WalkPlace>;

// A function with what is known of its parameters.
struct WalkState {
  NodeId node = 0;
  Environment environment;
  std::vector<WalkPlace> ways;  // where one comes from; the first one is the best
  unsigned fields = 0;
  unsigned length = 0;
  unsigned open = 0;  // conditions on the way that nothing is known of
  std::string doubt;
};

// The ways to one sleep.
struct WaysTo {
  std::vector<WalkPlace> sleeps;  // in several states of the same function
  WalkPlaces best;
  std::vector<WalkPlaces> others;  // at most kMaxOtherChains
  bool sure = false;               // the best one leads there without a doubt
};

// The ways through the states of a walk, from the handler (state 0) to the sleeps.
class Ways {
 public:
  // All are kept by reference.
  Ways(const std::vector<WalkState>& states,
       const std::unordered_map<NodeId, std::vector<WalkStep>>& steps, const Names& names)
      : states_(states), steps_(steps), names_(names) {}

  // The best way to a sleep, and a few others. sleeps: the best first. holds: it surely sleeps.
  [[nodiscard]] WaysTo to(std::vector<WalkPlace> sleeps, bool holds) const;

  // Adds ways until each call that surely leads to a sleep of `all` is on one: calls on a way of at
  // most kMaxCertainChain functions; and in a function that is surely on the way to any sleep, so
  // that a change of it is to be expected, those from which a sleep is at most that far.
  void cover(std::vector<WaysTo>& all) const;

 private:
  [[nodiscard]] std::vector<WalkPlaces> first_ways(const WaysTo& to) const;
  [[nodiscard]] std::vector<WalkPlaces> ways_from_calls(const std::vector<WalkPlace>& sleeps) const;
  void cover(WaysTo& to, const std::set<NodeId>& sure) const;
  [[nodiscard]] bool from_the_handler(WalkPlaces& places) const;
  [[nodiscard]] bool is_without_doubt(const WalkPlaces& places) const;
  [[nodiscard]] bool comes_by(const WalkPlaces& places, std::size_t state) const;
  [[nodiscard]] NodeId node_of(const WalkPlace& place) const { return states_[place.state].node; }
  [[nodiscard]] std::string text_of(const WalkPlace& place) const;
  [[nodiscard]] std::string text_of_call(const WalkPlaces& places, std::size_t at) const;

  const std::vector<WalkState>& states_;
  const std::unordered_map<NodeId, std::vector<WalkStep>>& steps_;
  const Names& names_;
};

}  // namespace killify
