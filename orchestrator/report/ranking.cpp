#include "report/ranking.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace killify {
namespace {

// A spin is worse than an access that fails, and that is worse than one that is tried again.
int consequence(const Finding& finding) {
  if (finding.on_signal == "VM_FAULT_NOPAGE" ||
      (finding.on_signal == "VM_FAULT_RETRY" && finding.mmap_lock == "held"))
    return 0;
  if (finding.on_signal == "VM_FAULT_RETRY" || finding.on_signal == "ignored") return 3;
  return finding.on_signal == "unknown" ? 2 : 1;
}

auto rank(const Finding& finding) {
  const int verdict = finding.verdict == Verdict::kConvert  ? 0
                      : finding.verdict == Verdict::kThread ? 1
                                                            : 2;
  return std::tuple(verdict, finding.unknown_conditions, finding.chain.size(), consequence(finding),
                    std::string_view(finding.handler.file),
                    std::string_view(finding.handler.function), std::string_view(finding.sink.file),
                    finding.sink.line, std::string_view(finding.id));
}

}  // namespace

std::vector<const Finding*> by_rank(const std::vector<Finding>& findings) {
  std::vector<const Finding*> open;
  for (const auto& finding : findings)
    if (!is_settled(finding)) open.push_back(&finding);
  std::ranges::sort(open, [](const Finding* a, const Finding* b) { return rank(*a) < rank(*b); });
  return open;
}

std::vector<std::pair<std::string, std::size_t>> review_causes(
    const std::vector<const Finding*>& findings) {
  std::map<std::string, std::size_t> counts;
  for (const auto* finding : findings) {
    if (finding->verdict != Verdict::kReview) continue;
    ++counts[finding->only_deep ? fmt::format("more than {} calls deep", kMaxCertainChain)
                                : finding->reason];
  }
  std::vector<std::pair<std::string, std::size_t>> causes(counts.begin(), counts.end());
  std::ranges::stable_sort(causes,
                           [](const auto& a, const auto& b) { return a.second > b.second; });
  return causes;
}

}  // namespace killify
