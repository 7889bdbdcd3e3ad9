#include "verify/availability.h"

#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace killify {

Result<Availability> Availability::open(const Repository& repository, const Snapshot& snapshot) {
  KILLIFY_TRY(Kconfig kconfig, Kconfig::read(repository, snapshot));
  return Availability(repository, snapshot, std::move(kconfig));
}

Result<Gates> Availability::missing(const std::string& object,
                                    const std::set<std::string>& enabled) const {
  KILLIFY_TRY(const auto alternatives, gates_of(*repository_, *snapshot_, object));
  bool first = true;
  Gates shortest;
  for (const Gates& gates : alternatives) {
    Gates off;
    std::ranges::copy_if(gates, std::back_inserter(off),
                         [&](const auto& symbol) { return !enabled.contains(symbol); });
    if (first || off.size() < shortest.size()) shortest = std::move(off);
    first = false;
  }
  return shortest;
}

std::string Availability::explain(const Gates& missing,
                                  const std::set<std::string>& enabled) const {
  std::vector<std::string> parts;
  for (const std::string& symbol : missing) {
    const KconfigSymbol* known = kconfig_.find(symbol);
    std::vector<std::string> reasons;
    if (known == nullptr) {
      reasons.emplace_back("no Kconfig file defines it");
    } else {
      if (const std::string arch = kconfig_.only_in_arch(symbol); !arch.empty())
        reasons.push_back(fmt::format("of arch/{} only", arch));
      for (const std::string& expression : known->depends) {
        const auto names = names_wanted(expression);
        if (std::ranges::any_of(names, [&](const auto& name) { return !enabled.contains(name); }))
          reasons.push_back("depends on " + expression);
      }
      if (reasons.empty() && !known->prompt)
        reasons.emplace_back("cannot be set by hand, and nothing that is on selects it");
    }
    parts.push_back("CONFIG_" + symbol + (reasons.empty() ? "" : " (" + join(reasons, "; ") + ")"));
  }
  return parts.empty() ? "" : "needs " + join(parts, ", ");
}

}  // namespace killify
