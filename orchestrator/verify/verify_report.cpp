#include "verify/verify_report.h"

#include <algorithm>
#include <array>
#include <utility>

namespace killify {
namespace {

constexpr std::array<std::pair<BuildStatus, std::string_view>, 6> kStatusNames{{
    {BuildStatus::kBuilt, "built"},
    {BuildStatus::kFailed, "failed"},
    {BuildStatus::kFailedBefore, "failed_before"},
    {BuildStatus::kNotEnabled, "not_enabled"},
    {BuildStatus::kNotJudged, "not_judged"},
    {BuildStatus::kNothing, "nothing_to_build"},
}};

}  // namespace

std::string_view build_status_name(BuildStatus status) {
  for (const auto& [value, name] : kStatusNames)
    if (value == status) return name;
  return "not_judged";
}

Result<BuildStatus> build_status(std::string_view name) {
  const auto* known =
      std::ranges::find(kStatusNames, name, [](const auto& row) { return row.second; });
  if (known == kStatusNames.end()) return fail("unknown status '{}'", name);
  return known->first;
}

CommitVerdict CommitResult::verdict() const {
  if (std::ranges::any_of(complaints, [](const Complaint& one) { return one.waived.empty(); }))
    return CommitVerdict::kFailed;
  std::map<std::string, bool> built;  // by file that a compiler reads
  bool unjudged = builds.empty() || !unchecked.empty() ||
                  std::ranges::any_of(lines.uncovered, [](const UncoveredLine& line) {
                    return !line.judged && line.waived.empty();
                  });
  for (const BuildResult& build : builds) {
    for (const ObjectResult& object : build.objects) {
      if (object.status == BuildStatus::kFailed) return CommitVerdict::kFailed;
      if (object.status == BuildStatus::kNothing) continue;
      built[object.source] |= object.status == BuildStatus::kBuilt;
      // A compiler that is not installed leaves open only what no other configuration builds.
      unjudged |= object.status == BuildStatus::kFailedBefore ||
                  (object.status == BuildStatus::kNotJudged && !build.compiler.empty());
    }
  }
  const bool all_built =
      std::all_of(built.begin(), built.end(), [](const auto& entry) { return entry.second; });
  return unjudged || !all_built ? CommitVerdict::kNotJudged : CommitVerdict::kGood;
}

Exit VerifyReport::exit() const {
  Exit exit = Exit::kOk;
  for (const CommitResult& commit : commits) {
    if (commit.verdict() == CommitVerdict::kFailed) return Exit::kFailed;
    if (commit.verdict() == CommitVerdict::kNotJudged) exit = Exit::kUnjudged;
  }
  return exit;
}

}  // namespace killify
