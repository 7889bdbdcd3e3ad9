// What comes of a sleep that fails, from the function that sleeps up to the handler's end: by the
// tokens of the functions (reach/flow_walk.h).
#pragma once

#include "reach/flow_walk.h"
#include "reach/signal_result.h"
#include "support/error.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace killify {

// Finds the definition of a macro that `path` uses; nullptr where there is none.
using LocateMacro =
    std::function<Result<const MacroDefinition*>(std::string_view name, const std::string& path)>;

struct ErrorWays {
  FlowEnds ends;  // of all ways out of the handler behind the sleep; lines are those of its end
  // The hops in which the sleep, or a call that leads to it, may be made again.
  std::set<std::size_t> repeats;
};

class ErrorWalk {
 public:
  ErrorWalk(SketchOf sketch, Locate locate, LocateMacro macro, Pending pending)
      : sketch_(std::move(sketch)),
        locate_(std::move(locate)),
        macro_(std::move(macro)),
        pending_(pending) {}

  [[nodiscard]] Result<ErrorWays> ways(const SleepPath& path);

 private:
  struct Way;
  [[nodiscard]] Status follow(Way& way, std::size_t hop, const FailingCall& call);
  [[nodiscard]] Result<const std::vector<std::unique_ptr<const Flow>>*> flows(const Hop& hop);
  [[nodiscard]] Result<std::set<FlowValue>> returned(const std::string& function,
                                                     const std::vector<FlowValue>& arguments,
                                                     const std::string& path);

  SketchOf sketch_;
  Locate locate_;
  LocateMacro macro_;
  Pending pending_;
  // By file, function and a line in it.
  std::map<std::tuple<std::string, std::string, int>, std::vector<std::unique_ptr<const Flow>>>
      flows_;
};

// The same in the words of the semantic patch; one that is unknown where some end is.
[[nodiscard]] std::vector<SignalExit> exits_of(const FlowEnds& ends);

// Whether all these ends end the fault under a fatal signal: with an error result, with
// VM_FAULT_RETRY where mmap_lock was dropped and the handler's caller does not take that for
// success, or with whatever where the wait was only cut short.
[[nodiscard]] bool ends_fault(const FlowEnds& ends, bool retry_succeeds);

}  // namespace killify
