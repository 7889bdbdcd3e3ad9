// The ways through one function behind a call that has failed, by its tokens: an answer of its own
// beside the semantic patch that follows errors (facts/on-signal.cocci). Where a condition is not
// known, both ways are taken; what is not understood ends in kUnclear. So what is said of all ends
// holds of the function, whatever was not known.
#pragma once

#include "facts/flow.h"
#include "reach/flow_value.h"

#include <compare>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace killify {

// What waits for the task: any signal, or one that kills.
enum class Pending { kSignal, kFatalSignal };

struct FlowEnd {
  enum class Kind {
    kReturns,
    kRepeats,  // the call is made again, or the way never ends
    kUnclear,
  };
  Kind kind = Kind::kUnclear;
  FlowValue value;                 // of kReturns; nothing known where there is none
  bool mmap_lock_dropped = false;  // at the end
  bool ignored = false;            // nobody has looked at what the call returned
  int line = 0;
  // NOLINTNEXTLINE(modernize-use-nullptr): no pointers are compared here
  auto operator<=>(const FlowEnd&) const = default;
};
using FlowEnds = std::set<FlowEnd>;

// The call that fails: of a name, or of what is written there ("bo->bdev->funcs->move").
struct FailingCall {
  std::string callee;
  std::string through;             // "" for a call by name
  FlowValue value;                 // what it returns
  bool ignored = false;            // what failed further down, nobody has looked at
  bool mmap_lock_dropped = false;  // by the callee
};

// What a function returns for these arguments, nothing where that is not known.
using ReturnsOf = std::function<std::set<FlowValue>(const std::string& function,
                                                    const std::vector<FlowValue>& arguments)>;

// The calls in a flow: the index of the last token of each one's callee.
[[nodiscard]] std::vector<std::size_t> calls_in(const Flow& flow, const FailingCall& call);

// The ends of the ways on which the call at that place fails; none where no way leads to it.
[[nodiscard]] FlowEnds ends_behind(const Flow& flow, std::size_t place, const FailingCall& call,
                                   Pending pending, const ReturnsOf& returns_of);

// What a flow returns when its parameters are worth this; nothing where that cannot be told.
[[nodiscard]] std::set<FlowValue> results_of(const Flow& flow,
                                             const std::vector<FlowValue>& arguments);

}  // namespace killify
