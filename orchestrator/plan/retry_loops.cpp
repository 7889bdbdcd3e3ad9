#include "plan/retry_loops.h"

namespace killify {

Result<std::set<RepeatedCall>> repeated_calls(ErrorWalk& walk, const Finding& finding,
                                              const Sink& sink) {
  std::set<RepeatedCall> calls;
  if (sink.error.empty()) return calls;  // no error that a loop could ask about
  auto chains = finding.other_chains;
  chains.insert(chains.begin(), finding.chain);
  for (const auto& chain : chains) {
    KILLIFY_TRY(const auto ways, walk.ways({chain, sink.name, sink.error}));
    for (const auto hop : ways.repeats) {
      RepeatedCall call{chain[hop].file, chain[hop].function, {}, {}};
      if (hop + 1 < chain.size()) {
        call.callee = chain[hop + 1].function;
        call.calls_in = chain[hop + 1].file;
      }
      calls.insert(std::move(call));
    }
  }
  return calls;
}

}  // namespace killify
