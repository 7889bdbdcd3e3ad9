#include "reach/waits.h"

#include <algorithm>
#include <tuple>

namespace killify {
namespace {

bool same_function(const Hop& a, const Hop& b) {
  return a.function == b.function && a.file == b.file;
}

// Whether one chain is the other with so many calls behind it.
bool same_way(const std::vector<Hop>& a, const std::vector<Hop>& b, std::size_t behind) {
  const auto& shorter = a.size() < b.size() ? a : b;
  const auto& longer = a.size() < b.size() ? b : a;
  return longer.size() - shorter.size() == behind &&
         std::equal(shorter.begin(), shorter.end(), longer.begin(), same_function);
}

bool asks_the_same(const Finding& a, const Finding& b, std::size_t behind) {
  return a.verdict == Verdict::kReview && b.verdict == Verdict::kReview &&
         a.handler.function == b.handler.function && a.handler.file == b.handler.file &&
         (a.reason == b.reason || (a.only_deep && b.only_deep)) &&
         same_way(a.chain, b.chain, behind);
}

class Joiner {
 public:
  Joiner(std::vector<Finding>& findings, const Catalogue& catalogue)
      : findings_(findings), catalogue_(catalogue) {}

  void run() {
    // Sleeps before tests: what a finding is called by is a sleep, where there is one.
    join_all(0, [&](const Finding& finding) { return !is_test(finding.sink); });
    join_all(0, [](const Finding&) { return true; });
    join_all(1, [&](const Finding& finding) { return !is_test(finding.sink); });
    std::erase_if(findings_, [](const Finding& finding) { return finding.id.empty(); });
    for (auto& finding : findings_)
      std::ranges::sort(finding.also, {}, [](const SinkCall& call) {
        return std::tie(call.file, call.line, call.name);
      });
  }

 private:
  // Into each finding that `takes` others: those that ask the same. Of the functions before and
  // behind only tests for a signal come, as a sleep there is a question of its own.
  template <typename Takes>
  void join_all(std::size_t behind, const Takes& takes) {
    for (auto& into : findings_) {
      if (into.id.empty() || !takes(into)) continue;
      for (auto& from : findings_) {
        if (&from == &into || from.id.empty() || !asks_the_same(into, from, behind)) continue;
        if (behind > 0 && !is_test(from.sink)) continue;
        into.also.push_back(from.sink);
        into.also.insert(into.also.end(), from.also.begin(), from.also.end());
        from.id.clear();
      }
    }
  }

  [[nodiscard]] bool is_test(const SinkCall& call) const {
    const auto* sink = catalogue_.find(call.name);
    return sink != nullptr && sink->result == SinkResult::kTrueOnSignal;
  }

  std::vector<Finding>& findings_;
  const Catalogue& catalogue_;
};

}  // namespace

void join_waits(std::vector<Finding>& findings, const Catalogue& catalogue) {
  Joiner(findings, catalogue).run();
}

}  // namespace killify
