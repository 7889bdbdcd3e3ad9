#include "cocci/batches.h"

#include <algorithm>
#include <numeric>

namespace killify {
namespace {

constexpr std::size_t kMaxTexts = 40;
constexpr std::size_t kTextsForAProcess = 4;  // that many keep another worker busy, however small
// What a text costs before its first byte, and the least and the most that a batch may cost: the
// least takes about as long as spatch takes to start.
constexpr std::size_t kTextCost = 4096;
constexpr std::size_t kLeastCost = std::size_t{128} * 1024;
constexpr std::size_t kMostCost = std::size_t{1024} * 1024;
constexpr std::size_t kBatchesPerWorker = 4;  // so that nobody waits long for the last one

}  // namespace

std::vector<std::vector<std::size_t>> batches(const std::vector<std::size_t>& sizes,
                                              unsigned jobs) {
  std::vector<std::size_t> order(sizes.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return sizes[a] > sizes[b]; });
  auto total = std::accumulate(sizes.begin(), sizes.end(), sizes.size() * kTextCost);
  auto share = total / (std::max(jobs, 1U) * kBatchesPerWorker);
  auto limit = std::clamp(share, kLeastCost, kMostCost);
  const auto workers =
      std::clamp<std::size_t>(sizes.size() / kTextsForAProcess, 1, std::max(jobs, 1U));
  if (total <= workers * kLeastCost && sizes.size() <= workers * kMaxTexts) {
    // Dealt out: what makes a small text take long is not its size.
    std::vector<std::vector<std::size_t>> dealt(std::min(workers, sizes.size()));
    for (std::size_t i = 0; i < order.size(); ++i) dealt[i % workers].push_back(order[i]);
    return dealt;
  }

  std::vector<std::vector<std::size_t>> cut;
  std::size_t cost = 0;
  for (auto index : order) {
    auto more = sizes[index] + kTextCost;
    if (cut.empty() || cost + more > limit || cut.back().size() == kMaxTexts) {
      cut.emplace_back();
      cost = 0;
    }
    cut.back().push_back(index);
    cost += more;
  }
  return cut;
}

}  // namespace killify
