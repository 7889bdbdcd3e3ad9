#include "series/tip_check.h"

#include <fmt/ranges.h>

#include <map>
#include <set>
#include <tuple>

namespace killify {
namespace {

// Where a sleep is; lines have moved.
using SleepKey = std::tuple<std::string, std::string, std::string, std::string, std::string>;

SleepKey key_of(const Finding& finding, const std::string& function) {
  return {finding.handler.file, finding.handler.function, finding.sink.file, function,
          finding.sink.name};
}

std::vector<const Finding*> converted(const Changes& changes) {
  std::vector<const Finding*> found;
  for (const auto& change : changes.changes)
    if (change.step.kind == StepKind::kConvert)
      for (const auto& finding : change.step.findings) found.push_back(&finding);
  return found;
}

// The names that a function has in the tip.
std::set<std::string> names_now(const Finding& finding, const Changes& changes) {
  std::set<std::string> names = {finding.sink.function};
  for (const auto& change : changes.changes) {
    const auto renamed = change.step.renamed.find({finding.sink.file, finding.sink.function});
    if (renamed != change.step.renamed.end()) names.insert(renamed->second);
  }
  return names;
}

// The files of the handlers that are converted, and those that register them; sorted.
std::vector<std::string> audited_paths(const Changes& changes) {
  std::set<std::string> paths;
  for (const auto* finding : converted(changes)) {
    paths.insert(finding->handler.file);
    paths.insert(finding->handler.registered_in);
  }
  return {paths.begin(), paths.end()};
}

std::string reason_of(const Finding& in_tip) {
  std::vector<std::string> way;
  for (const auto& hop : in_tip.chain) way.push_back(hop.function + "()");
  return fmt::format("review: the result would still reach {}() by {}", in_tip.sink.name,
                     fmt::join(way, " > "));
}

}  // namespace

std::vector<LeftOut> still_there(const Audit& tip, const Changes& changes) {
  std::map<SleepKey, const Finding*> sleeps;
  for (const auto& finding : tip.findings)
    if (finding.verdict == Verdict::kConvert || finding.verdict == Verdict::kThread)
      sleeps.emplace(key_of(finding, finding.sink.function), &finding);
  // What was left alone stays.
  for (const auto& left : changes.left_out)
    sleeps.erase(key_of(left.finding, left.finding.sink.function));
  std::vector<LeftOut> still;
  for (const auto* finding : converted(changes))
    for (const auto& name : names_now(*finding, changes))
      if (const auto there = sleeps.find(key_of(*finding, name)); there != sleeps.end()) {
        still.push_back({*finding, reason_of(*there->second)});
        break;
      }
  return still;
}

Result<Changes> borne_out(std::vector<Finding> findings, const CarryOut& carry_out,
                          const AuditTip& audit_tip) {
  std::vector<LeftOut> undone;
  for (;;) {
    KILLIFY_TRY(auto changes, carry_out(findings));
    std::vector<LeftOut> still;
    if (const auto paths = audited_paths(changes); !paths.empty()) {
      KILLIFY_TRY(const auto tip, audit_tip(changes, paths));
      still = still_there(tip, changes);
    }
    if (still.empty()) {
      changes.left_out.insert(changes.left_out.end(), undone.begin(), undone.end());
      return changes;
    }
    const auto before = findings.size();
    for (auto& fault : still) {
      const auto& id = changes.audited_id(fault.finding.id);
      std::erase_if(findings, [&](const Finding& finding) { return finding.id == id; });
      undone.push_back(std::move(fault));
    }
    if (findings.size() == before)
      return fail("{}, and no finding of the audit leads there", undone.back().reason);
  }
}

}  // namespace killify
