#include "verify/table.h"

#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace killify {
namespace {

constexpr std::size_t kSubjectColumns = 44;
// "not enabled", the longest word of a cell.
constexpr std::size_t kCellColumns = 11;

std::size_t width_of(std::string_view configuration) {
  return std::max(kCellColumns, configuration.size());
}

std::string_view word_for(const BuildResult& build) {
  const auto has = [&](BuildStatus status) {
    return std::ranges::find(build.objects, status, &ObjectResult::status) != build.objects.end();
  };
  if (has(BuildStatus::kFailed)) return "failed";
  if (!build.changed_code.empty()) return "code";
  if (!build.new_warnings.empty()) return "warnings";
  if (has(BuildStatus::kNotJudged)) return "not judged";
  if (has(BuildStatus::kFailedBefore)) return "failed before";
  if (has(BuildStatus::kBuilt)) return "built";
  return has(BuildStatus::kNotEnabled) ? "not enabled" : "-";
}

}  // namespace

std::string table_head(const std::vector<Configuration>& configurations) {
  std::string text = fmt::format("{:<{}}", "commit", kSubjectColumns);
  for (const Configuration& one : configurations)
    text += fmt::format("  {:<{}}", one.name, width_of(one.name));
  return text + "  verdict";
}

std::string table_row(const CommitResult& result) {
  std::string text =
      fmt::format("{:<{}}", elide_middle(result.subject, kSubjectColumns), kSubjectColumns);
  for (const BuildResult& build : result.builds)
    text += fmt::format("  {:<{}}", word_for(build), width_of(build.configuration));
  switch (result.verdict()) {
    case CommitVerdict::kGood:
      return text + "  good";
    case CommitVerdict::kFailed:
      return text + "  fails";
    case CommitVerdict::kNotJudged:
      break;
  }
  return text + "  not judged";
}

}  // namespace killify
