#include "support/text.h"
#include "verify/verify_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace killify {
namespace {

// git's own default length of an abbreviated commit id in a large repository.
// More complaints of one kind are counted, not listed.
constexpr std::size_t kListed = 20;
// Of one object: most of them differ for one reason.
constexpr std::size_t kFunctionsListed = 3;

std::string indented(std::string_view text, std::string_view by) {
  std::string out;
  for (const std::string& line : split_lines(text)) out += fmt::format("{}{}\n", by, line);
  return out;
}

std::string painted(BuildStatus status, std::string_view word, const Paint& paint) {
  switch (status) {
    case BuildStatus::kBuilt:
      return paint.green(word);
    case BuildStatus::kFailed:
      return paint.red(word);
    case BuildStatus::kFailedBefore:
    case BuildStatus::kNotJudged:
      return paint.yellow(word);
    case BuildStatus::kNotEnabled:
    case BuildStatus::kNothing:
      break;
  }
  return paint.dim(word);
}

// "drivers/x.o" for drivers/x.c; "drivers/x.h (in drivers/y.o)" where the object is another one's.
std::string name_of(const ObjectResult& object) {
  if (object.object.empty()) return object.source;
  const auto stem = [](const std::string& path) { return path.substr(0, path.rfind('.')); };
  if (stem(object.object) == stem(object.source)) return object.object;
  return fmt::format("{} (in {})", object.source, object.object);
}

std::string hunk_text(const std::string& hunk, const Paint& paint) {
  std::string text;
  for (const std::string& line : split_lines(hunk)) {
    const std::string shown = line.starts_with('+')    ? paint.green(line)
                              : line.starts_with('-')  ? paint.red(line)
                              : line.starts_with("@@") ? paint.cyan(line)
                                                       : line;
    text += "      | " + shown + '\n';
  }
  return text;
}

// "lines: 12 changed, 9 compiled, 3 no code", and each line that was not compiled.
std::string lines_text(const LineReport& lines, const Paint& paint) {
  if (lines.changed == 0) return {};
  std::string text = fmt::format("  lines: {} changed, {} compiled, {} no code", lines.changed,
                                 lines.compiled, lines.not_code);
  if (lines.uncovered.empty()) return text + '\n';
  text += ", " + paint.yellow(fmt::format("{} not compiled", lines.uncovered.size())) + '\n';
  // Neighbours with one reason are one line.
  for (std::size_t i = 0; i < lines.uncovered.size();) {
    const UncoveredLine& first = lines.uncovered[i];
    std::size_t last = i;
    while (last + 1 < lines.uncovered.size() && lines.uncovered[last + 1].file == first.file &&
           lines.uncovered[last + 1].why == first.why)
      ++last;
    const int end = lines.uncovered[last].line;
    const std::string where = end == first.line
                                  ? fmt::format("{}:{}", first.file, first.line)
                                  : fmt::format("{}:{}-{}", first.file, first.line, end);
    text += fmt::format("    {}: {}", where, first.why);
    if (!first.waived.empty()) text += paint.dim(" (waived: " + first.waived + ")");
    text += '\n';
    i = last + 1;
  }
  return text;
}

// Lines are told by lines_text().
std::string complaints_text(const std::vector<Complaint>& complaints, const Paint& paint) {
  std::string text;
  std::map<std::string, std::size_t> count;
  for (const Complaint& complaint : complaints) {
    if (complaint.check == "line" || ++count[complaint.check] > kListed) continue;
    const std::string where = complaint.where.empty() ? "" : complaint.where + ": ";
    const bool waived = !complaint.waived.empty();
    text += fmt::format("  {}: {}{}", waived ? complaint.check : paint.red(complaint.check), where,
                        complaint.text);
    if (waived) text += paint.dim(" (waived: " + complaint.waived + ")");
    text += '\n';
  }
  for (const auto& [check, found] : count)
    if (found > kListed) text += fmt::format("  {}: and {} more\n", check, found - kListed);
  return text;
}

// Why a caller stands out.
std::string caller_text(const Caller& caller, const Paint& paint) {
  const bool differs = caller.problem.empty();
  std::string text =
      fmt::format("    {} {} ({}){}\n", paint.yellow(differs ? "differs" : "not compared"),
                  caller.object, caller.configuration, differs ? "" : ": " + caller.problem);
  for (const std::string& call : caller.calls) text += "      calls " + call + '\n';
  std::size_t functions = 0;
  for (const FunctionDifference& one : caller.difference.functions) {
    if (one.change != CodeChange::kOther || ++functions > kFunctionsListed) continue;
    text += "      " + one.function;
    if (one.before.empty())
      text += ": only in this commit\n";
    else if (one.after.empty())
      text += ": only in the parent\n";
    else
      text +=
          fmt::format("\n      - {}\n      + {}\n", join(one.before, "; "), join(one.after, "; "));
  }
  if (functions > kFunctionsListed)
    text += fmt::format("      and {} more functions\n", functions - kFunctionsListed);
  return text;
}

// "callers in files that stay: 9: 2 the same, ...", and each that no rule explains.
std::string callers_text(const CallerReport& report, const Paint& paint) {
  std::vector<std::string> parts;
  const auto add = [&](std::size_t n, std::string_view what) {
    if (n != 0) parts.push_back(fmt::format("{} {}", n, what));
  };
  add(report.count(CodeChange::kSame), "the same");
  add(report.count(CodeChange::kName), "but for the name");
  add(report.count(CodeChange::kConstant), "pass 2 (TASK_UNINTERRUPTIBLE) for 0 (false)");
  add(report.count(CodeChange::kArgument), "pass 1 (TASK_INTERRUPTIBLE) in addition");
  add(report.count(CodeChange::kOther), "differ");
  std::string listed;
  std::size_t off = 0;
  std::size_t unknown = 0;
  std::set<std::string> objects;  // several sources may be part of one
  for (const Caller& caller : report.callers) {
    off += caller.object.empty() ? 1 : 0;
    unknown += caller.problem.empty() ? 0 : 1;
    if (caller.problem.empty() && caller.difference.change != CodeChange::kOther) continue;
    if (objects.insert(caller.object).second && objects.size() <= kListed)
      listed += caller_text(caller, paint);
  }
  add(unknown, "not compared");
  add(off, "not built");
  if (objects.size() > kListed)
    listed += fmt::format("    and {} more\n", objects.size() - kListed);
  return fmt::format("  callers in files that stay: {}{}{}\n{}", report.callers.size(),
                     parts.empty() ? "" : ": " + join(parts, ", "),
                     paint.dim(fmt::format(" ({:.1f} s)", report.seconds)), listed);
}

std::string object_text(const ObjectResult& object, const Paint& paint) {
  std::string words(build_status_name(object.status));
  std::replace(words.begin(), words.end(), '_', ' ');
  std::string text = fmt::format("    {:<16} {}", words, name_of(object));
  text.replace(4, words.size(), painted(object.status, words, paint));
  if (!object.reason.empty()) text += ": " + object.reason;
  text += '\n';
  if (!object.error.text.empty())
    text += indented(object.error.block.empty() ? object.error.text : object.error.block, "      ");
  if (!object.hunk.empty()) text += "      this commit changed:\n" + hunk_text(object.hunk, paint);
  return text;
}

std::string build_text(const BuildResult& build, const Paint& paint) {
  std::string text = "  " + paint.cyan(build.configuration);
  if (build.cached)
    text += paint.dim(" (judged by an earlier run)");
  else if (!build.log.empty())
    text += paint.dim(fmt::format(" ({:.1f} s)", build.seconds));
  text += '\n';
  if (build.compiler.empty() && !build.objects.empty())
    return text +
           fmt::format("    {}: {}\n", paint.yellow("not judged"), build.objects.front().reason);
  bool log_wanted = false;
  for (const ObjectResult& object : build.objects) {
    text += object_text(object, paint);
    log_wanted |= object.status != BuildStatus::kBuilt && object.status != BuildStatus::kNothing;
  }
  if (log_wanted && !build.log.empty()) text += paint.dim("    log: " + build.log) + '\n';
  return text;
}

std::string verdict_word(CommitVerdict verdict, const Paint& paint) {
  switch (verdict) {
    case CommitVerdict::kGood:
      return paint.green("good");
    case CommitVerdict::kFailed:
      return paint.red("fails");
    case CommitVerdict::kNotJudged:
      break;
  }
  return paint.yellow("could not be judged");
}

}  // namespace

std::string verify_text(const VerifyReport& report, const Paint& paint) {
  std::string text;
  for (const std::string& choice : report.choices) text += choice + '\n';
  std::map<CommitVerdict, std::size_t> count;
  for (const CommitResult& commit : report.commits) {
    ++count[commit.verdict()];
    text += fmt::format("{} {}: {}\n", paint.bold(short_oid(commit.oid)), commit.subject,
                        verdict_word(commit.verdict(), paint));
    for (const BuildResult& build : commit.builds) text += build_text(build, paint);
    text += lines_text(commit.lines, paint) + complaints_text(commit.complaints, paint);
    if (!commit.unchecked.empty())
      text += fmt::format("  {}: {}\n", paint.yellow("not judged"), commit.unchecked);
    if (commit.callers) text += callers_text(*commit.callers, paint);
  }
  std::vector<std::string> parts;
  if (const auto n = count[CommitVerdict::kGood]; n != 0)
    parts.push_back(fmt::format("{} good", n));
  if (const auto n = count[CommitVerdict::kFailed]; n != 0)
    parts.push_back(fmt::format("{} failed", n));
  if (const auto n = count[CommitVerdict::kNotJudged]; n != 0)
    parts.push_back(fmt::format("{} could not be judged", n));
  if (report.not_reached != 0) parts.push_back(fmt::format("{} not reached", report.not_reached));
  text += counted(report.commits.size() + report.not_reached, "commit");
  return text + (parts.empty() ? "\n" : ": " + join(parts, ", ") + "\n");
}

}  // namespace killify
