#include "verify/conclude.h"

#include "support/text.h"
#include "verify/condition.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace killify {
namespace {

// Why no configuration compiled the line. `judged` is false where no object that reads the file was
// built.
std::string why_uncovered(const std::string& file, int line, const std::vector<BuildResult>& builds,
                          bool& judged) {
  std::vector<std::string> reasons;
  judged = false;
  for (const BuildResult& build : builds)
    for (const FileLines& lines : build.lines) {
      if (lines.file != file) continue;
      const auto cut = std::ranges::find(lines.cut, line, &CutLine::line);
      if (cut == lines.cut.end()) continue;
      judged = true;
      reasons.push_back(fmt::format("{}: {}", build.configuration, cut->why));
    }
  return reasons.empty() ? "no object that reads the file was built" : join(reasons, "; ");
}

LineReport count_lines(const CommitChange& change, const Acceptance& acceptance,
                       const Kconfig* kconfig, const std::vector<BuildResult>& builds) {
  LineReport report;
  report.changed = change.changed_lines;
  report.not_code = change.changed_lines;
  for (const ChangedCode& code : change.code) {
    report.not_code -= code.lines.size();
    std::set<int> compiled;
    for (const BuildResult& build : builds)
      for (const FileLines& lines : build.lines) {
        if (lines.file != code.path) continue;
        compiled.insert(lines.compiled.begin(), lines.compiled.end());
        report.compiled_in[build.configuration] += lines.compiled.size();
      }
    for (const int line : code.lines) {
      if (compiled.contains(line)) {
        ++report.compiled;
        continue;
      }
      UncoveredLine uncovered{code.path, line, {}, true, {}};
      uncovered.why = why_uncovered(code.path, line, builds, uncovered.judged);
      uncovered.waived = waived(acceptance.lines, code.path, uncovered.why);
      if (uncovered.judged && kconfig != nullptr && depends_on_settings(code, line, *kconfig)) {
        uncovered.judged = false;
        uncovered.why += "; other settings may compile it: --config auto looks for them";
      }
      report.uncovered.push_back(std::move(uncovered));
    }
  }
  return report;
}

const Hunk* hunk_of(const CommitChange& change, const ObjectResult& object) {
  if (const Hunk* hunk = hunk_behind(change.patch, object.error.file, object.error.line))
    return hunk;
  // The error shows elsewhere: in a user of the changed header.
  return hunk_behind(change.patch, object.source, 1);
}

void add_once(std::vector<Complaint>& complaints, Complaint complaint) {
  if (std::ranges::find(complaints, complaint) == complaints.end())
    complaints.push_back(std::move(complaint));
}

}  // namespace

std::string waived(const std::vector<Waiver>& waivers, const std::string& file,
                   const std::string& text, const std::string& type) {
  for (const Waiver& waiver : waivers) {
    if (!waiver.path.empty() && waiver.path != file) continue;
    if (waiver.check == type || text.find(waiver.check) != std::string::npos) return waiver.reason;
  }
  return {};
}

bool depends_on_settings(const ChangedCode& code, int line, const Kconfig& kconfig) {
  return std::ranges::any_of(ways_to_line(code.shape, line), [&](const Sides& way) {
    return !way.empty() && std::ranges::all_of(way, [&](const Side& side) {
      return kconfig.find(side.symbol) != nullptr;
    });
  });
}

void conclude(const CommitChange& change, const Acceptance& acceptance, const Kconfig* kconfig,
              CommitResult& result) {
  result.lines = count_lines(change, acceptance, kconfig, result.builds);
  for (const UncoveredLine& line : result.lines.uncovered)
    if (line.judged)
      result.complaints.push_back(
          {"line", fmt::format("{}:{}", line.file, line.line), line.why, line.waived});
  for (BuildResult& build : result.builds) {
    for (const Warning& warning : build.new_warnings)
      add_once(result.complaints, {"warning", fmt::format("{}:{}", warning.file, warning.line),
                                   fmt::format("{} ({})", warning.text, build.configuration),
                                   waived(acceptance.messages, warning.file, warning.text)});
    for (const std::string& object : build.changed_code)
      result.complaints.push_back(
          {"object code", object,
           fmt::format("changed, though the commit is said to be neutral ({})",
                       build.configuration),
           ""});
    for (ObjectResult& object : build.objects) {
      if (object.status != BuildStatus::kFailed) continue;
      if (const Hunk* hunk = hunk_of(change, object)) object.hunk = hunk->text;
    }
  }
}

void conclude_callers(const CommitChange& change, CommitResult& result) {
  for (const Caller& caller : result.callers->callers) {
    if (caller.broken)
      result.complaints.push_back({"callers", caller.object,
                                   fmt::format("compiles in the parent, and not here: {} ({})",
                                               caller.problem, caller.configuration),
                                   ""});
    else if (change.neutral && caller.difference.change > CodeChange::kName)
      result.complaints.push_back(
          {"object code", caller.object,
           fmt::format("changed, though the commit is said to be neutral ({})",
                       caller.configuration),
           ""});
  }
}

}  // namespace killify
