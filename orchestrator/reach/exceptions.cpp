#include "reach/exceptions.h"

#include <algorithm>

namespace killify {

Result<std::optional<Exception>> exception_of(TreeFacts& facts,
                                              const std::vector<ExceptionSpec>& exceptions,
                                              const Finding& finding) {
  std::optional<Exception> elsewhere;
  for (const auto& hop : finding.chain) {
    KILLIFY_TRY(const auto* sketch, facts.sketch(hop.file));
    for (const auto& call : sketch->calls()) {
      const auto exception = std::ranges::find_if(exceptions, [&](const ExceptionSpec& one) {
        return std::ranges::find(one.calls, call.callee) != one.calls.end();
      });
      if (exception == exceptions.end() || call.through_field || call.function < 0) continue;
      const auto& caller = sketch->functions()[static_cast<std::size_t>(call.function)].name;
      if (caller == hop.function)
        return Exception{exception->safe,
                         fmt::format("{}() calls {}(): {} ({}:{})", caller, call.callee,
                                     exception->because, hop.file, call.line)};
      if (!elsewhere)
        elsewhere = {false, fmt::format("{}() calls {}() ({}:{}): if that is for {}(), {}", caller,
                                        call.callee, hop.file, call.line,
                                        finding.chain.front().function, exception->because)};
    }
  }
  return elsewhere;
}

}  // namespace killify
