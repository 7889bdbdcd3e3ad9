#include "plan/plan.h"

#include <algorithm>
#include <iterator>

namespace killify {

const char* kind_name(StepKind kind) {
  switch (kind) {
    case StepKind::kPrepare:
      return "prepare";
    case StepKind::kThread:
      return "thread";
    case StepKind::kApply:
      return "apply";
    case StepKind::kConvert:
      break;
  }
  return "convert";
}

bool is_asked_for_alone(const Step& step) {
  return !step.findings.empty() && std::ranges::all_of(step.findings, is_asked_for);
}

std::set<std::string> findings_that_want(const Step& step, const FunctionKey& function) {
  auto wanted = step.threads.wanted_by.find(function);
  if (wanted != step.threads.wanted_by.end() && !wanted->second.empty()) return wanted->second;
  std::set<std::string> all;
  for (const auto& finding : step.findings) all.insert(finding.id);
  return all;
}

bool builds_upon(const Step& step, const Step& earlier) {
  if (std::ranges::find(step.needs, earlier.name) != step.needs.end()) return true;
  std::vector<std::string> shared;
  std::ranges::set_intersection(step.files, earlier.files, std::back_inserter(shared));
  return !shared.empty();
}

void fill_enables(std::vector<Step>& steps) {
  std::map<std::string, std::set<std::string>> enabled;  // by name
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    const auto later = enabled[step->name];
    step->enables.clear();
    for (const auto& other : steps)
      if (later.contains(other.name)) step->enables.push_back(other.name);
    for (const auto& need : step->needs) {
      enabled[need].insert(step->name);
      enabled[need].insert(later.begin(), later.end());
    }
  }
}

std::vector<Step> without_findings(std::vector<Step> steps, const std::set<std::string>& ids) {
  std::map<std::string, std::set<std::string>> left;  // findings by step
  std::set<std::string> purposeless;
  for (auto& step : steps) {
    auto dropped = std::erase_if(step.findings,
                                 [&](const Finding& finding) { return ids.contains(finding.id); });
    if (dropped > 0 && step.findings.empty()) purposeless.insert(step.name);
    for (auto& twin : step.twins)
      std::erase_if(twin.findings, [&](const std::string& id) { return ids.contains(id); });
    std::erase_if(step.twins, [](const Twin& twin) { return twin.findings.empty(); });
    for (const auto& finding : step.findings) left[step.name].insert(finding.id);
  }
  std::erase_if(steps, [&](const Step& step) { return purposeless.contains(step.name); });
  for (auto& step : steps)
    std::erase_if(step.needs, [&](const std::string& need) {
      return std::ranges::none_of(
          step.findings, [&](const Finding& finding) { return left[need].contains(finding.id); });
    });
  fill_enables(steps);
  return steps;
}

}  // namespace killify
