#include "report/comparison.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <tuple>

namespace killify {
namespace {

// Each of its own: what one look answers may be divided in another way in another audit.
std::vector<KnownSleep> sleeps_of(const Finding& finding) {
  std::vector<KnownSleep> sleeps;
  for (const auto& sink : sinks_of(finding))
    sleeps.push_back(
        {finding.handler.function, sink.name, sink.function, verdict_name(finding.verdict)});
  return sleeps;
}

auto key_of(const KnownSleep& sleep) {
  return std::tuple(sleep.handler, sleep.sink, sleep.function);
}

}  // namespace

std::vector<KnownSleep> open_sleeps(const std::vector<Finding>& findings) {
  std::vector<KnownSleep> sleeps;
  for (const auto& finding : findings)
    if (!is_settled(finding))
      for (auto& sleep : sleeps_of(finding)) sleeps.push_back(std::move(sleep));
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
      const std::string verdict = finding.at("verdict");
      if (verdict == "safe" || verdict == "suppressed") continue;
      auto sinks = finding.value("also", nlohmann::json::array());
      sinks.insert(sinks.begin(), finding.at("sink"));
      for (const auto& sink : sinks)
        sleeps.push_back(
            {finding.at("handler").at("function"), sink.at("name"), sink.at("function"), verdict});
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
    bool fresh = false;
    for (const auto& sleep : sleeps_of(finding)) {
      auto& alike = known[key_of(sleep)];
      fresh = fresh || alike.empty();
      if (!alike.empty()) alike.pop_back();
    }
    if (fresh)
      comparison.fresh.push_back(finding.id);
    else
      ++comparison.unchanged;
  }
  for (const auto& [key, alike] : known)
    comparison.gone.insert(comparison.gone.end(), alike.begin(), alike.end());
  return comparison;
}

}  // namespace killify
