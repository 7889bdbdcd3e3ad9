#include "plan/postings.h"

#include "spec/prefix.h"

#include <algorithm>
#include <utility>

namespace killify {
namespace {

// The steps of the first one's subsystem, as many as may go before all others; removed from
// `steps`.
std::vector<Step> take_posting(std::vector<Step>& steps, std::size_t limit) {
  std::vector<Step> taken;
  std::vector<Step> others;
  const std::string subsystem = steps.front().posting.subsystem;
  for (Step& step : steps) {
    const bool waits = std::ranges::any_of(
        others, [&](const Step& earlier) { return builds_upon(step, earlier); });
    const bool fits = step.posting.subsystem == subsystem && taken.size() < limit;
    (fits && !waits ? taken : others).push_back(std::move(step));
  }
  steps = std::move(others);
  return taken;
}

}  // namespace

std::string subsystem_of(const std::string& directory, const std::vector<SubjectPrefix>& prefixes) {
  std::string prefix = choose_prefix({}, prefixes, directory);
  prefix.resize(std::min(prefix.size(), prefix.find_first_of("/:")));
  return prefix;
}

void divide_into_postings(std::vector<Step>& steps, const std::vector<SubjectPrefix>& prefixes,
                          std::size_t limit) {
  if (limit == 0 || steps.size() <= limit) return;
  for (Step& step : steps) step.posting.subsystem = subsystem_of(step.group, prefixes);
  std::vector<Step> divided;
  for (unsigned number = 1; !steps.empty(); ++number)
    for (Step& step : take_posting(steps, limit)) {
      step.posting.number = number;
      divided.push_back(std::move(step));
    }
  steps = std::move(divided);
}

}  // namespace killify
