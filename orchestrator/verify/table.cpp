#include "verify/table.h"

#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace killify {
namespace {

constexpr std::size_t kSubjectWidth = 44;
// "not enabled", the longest word of a cell.
constexpr std::size_t kCellColumns = 11;

// A configuration for one #if may have a name of many symbols.
constexpr std::size_t kLongestName = 32;

std::size_t width_of(std::string_view configuration) {
  return std::clamp(configuration.size(), kCellColumns, kLongestName);
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

std::string first_cell(const CommitResult& result) {
  return fmt::format("{:<{}}", elide_middle(result.subject, kSubjectWidth), kSubjectWidth);
}

}  // namespace

std::string table_head(const std::vector<Configuration>& configurations) {
  std::string text = fmt::format("{:<{}}", "commit", kSubjectWidth);
  for (const Configuration& one : configurations)
    text += fmt::format("  {:<{}}", elide_middle(one.name, kLongestName), width_of(one.name));
  return text + "  verdict";
}

std::string table_row(const CommitResult& result) {
  std::string text = first_cell(result);
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

std::string table_row_under_way(const CommitResult& result,
                                const std::vector<Configuration>& configurations,
                                const std::vector<CellState>& cells) {
  std::string text = first_cell(result);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string_view word = cells[i] == CellState::kDone      ? word_for(result.builds[i])
                                  : cells[i] == CellState::kRunning ? "running"
                                                                    : "waiting";
    text += fmt::format("  {:<{}}", word, width_of(configurations[i].name));
  }
  return text;
}

}  // namespace killify
