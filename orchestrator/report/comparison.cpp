#include "report/comparison.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <tuple>

namespace killify {
namespace {

KnownSleep sleep_of(const Finding& finding) {
  return {finding.handler.function, finding.sink.name, finding.sink.function,
          verdict_name(finding.verdict)};
}

auto key_of(const KnownSleep& sleep) {
  return std::tuple(sleep.handler, sleep.sink, sleep.function);
}

}  // namespace

std::vector<KnownSleep> open_sleeps(const std::vector<Finding>& findings) {
  std::vector<KnownSleep> sleeps;
  for (const auto& finding : findings)
    if (!is_settled(finding)) sleeps.push_back(sleep_of(finding));
  return sleeps;
}

Result<std::vector<KnownSleep>> open_sleeps_in(std::string_view json, std::string_view name) {
  try {
    const auto audit = nlohmann::json::parse(json);
    if (const std::string schema = audit.at("schema"); schema != "killify.audit/1")
      return fail("{}: is of {}, not of an audit; make one with killify audit --format=json", name,
                  schema);
    std::vector<KnownSleep> sleeps;
    for (const auto& finding : audit.at("findings")) {
      const auto& sink = finding.at("sink");
      KnownSleep sleep{finding.at("handler").at("function"), sink.at("name"), sink.at("function"),
                       finding.at("verdict")};
      if (sleep.verdict != "safe" && sleep.verdict != "suppressed")
        sleeps.push_back(std::move(sleep));
    }
    return sleeps;
  } catch (const nlohmann::json::exception& problem) {
    return fail("{}: is no audit ({}); make one with killify audit --format=json", name,
                problem.what());
  }
}

Comparison compare(const std::vector<Finding>& findings, std::vector<KnownSleep> before,
                   std::string with) {
  std::map<std::tuple<std::string, std::string, std::string>, std::vector<KnownSleep>> known;
  for (auto& sleep : before) known[key_of(sleep)].push_back(std::move(sleep));
  Comparison comparison{.with = std::move(with)};
  for (const auto& finding : findings) {
    if (is_settled(finding)) continue;
    auto& alike = known[key_of(sleep_of(finding))];
    if (alike.empty()) {
      comparison.fresh.push_back(finding.id);
      continue;
    }
    alike.pop_back();
    ++comparison.unchanged;
  }
  for (const auto& [key, alike] : known)
    comparison.gone.insert(comparison.gone.end(), alike.begin(), alike.end());
  return comparison;
}

}  // namespace killify
