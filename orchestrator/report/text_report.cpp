#include "report/text_report.h"

#include "report/audit_json.h"
#include "report/verdict_text.h"
#include "series/change_json.h"
#include "series/left_alone.h"
#include "series/patch_file.h"
#include "series/postings.h"
#include "support/text.h"

#include <nlohmann/json.hpp>

#include <map>

namespace killify {
namespace {

// "waits for a missing primitive", "review": what stands before the colon of a reason.
std::string kind_of(const std::string& reason) {
  return reason.substr(0, reason.find(':'));
}

std::string site_text(const SiteChange& site) {
  auto where =
      fmt::format("  {}:{}: {}() in {}()", site.file, site.line, site.before, site.function);
  if (site.function != site.handler) where += fmt::format(", from {}()", site.handler);
  const std::string state = "TASK_KILLABLE";
  auto result = site.before == site.after || site.after == state ? state : site.after + "()";
  where += fmt::format(" -> {}; on a signal: {}", result, site.on_signal);
  if (!site.on_fatal.empty()) where += fmt::format(", on a fatal one now: {}", site.on_fatal);
  return where + "\n";
}

std::string left_out_text(const LeftOut& left) {
  const auto& sink = left.finding.sink;
  const auto what =
      is_asked_for(left.finding)
          ? sink.name + ", which the series file names"
          : fmt::format("{}() in {}(), from {}()", sink.name, sink.function,
                        left.finding.handler.function) +
                (left.finding.verdict == Verdict::kReview
                     ? std::string()
                     : fmt::format("; verdict: {}", verdict_name(left.finding.verdict)));
  const auto also = left.finding.also.size();
  return fmt::format("  {}:{}: {}{}\n    {}\n", sink.file, sink.line, what,
                     also == 0 ? "" : fmt::format(", and {} more", also), left.reason);
}

}  // namespace

std::string painted_diff(std::string_view diff, const Paint& paint) {
  if (!paint.on()) return std::string(diff);
  std::string painted;
  bool header = true;  // up to the first hunk of a file: "--- x" behind it is a removed line
  for (const auto& line : split_lines(diff)) {
    if (line.starts_with("diff ")) header = true;
    if (line.starts_with("@@")) header = false;
    if (header)
      painted += paint.bold(line);
    else if (line.starts_with("@@"))
      painted += paint.cyan(line);
    else if (line.starts_with('-'))
      painted += paint.red(line);
    else if (line.starts_with('+'))
      painted += paint.green(line);
    else
      painted += line;
    painted += '\n';
  }
  return painted;
}

std::string left_out_summary(const std::vector<LeftOut>& left_out, std::string_view where) {
  if (left_out.empty()) return {};
  std::map<std::string, std::size_t> kinds;
  for (const auto& left : left_out) ++kinds[kind_of(left.reason)];
  std::vector<std::string> parts;
  parts.reserve(kinds.size());
  for (const auto& [kind, count] : kinds) parts.push_back(fmt::format("{} {}", count, kind));
  return fmt::format("{} left alone ({}); {} says why", counted(left_out.size(), "sleep"),
                     join(parts, ", "), where);
}

std::string plan_text(const Changes& changes, const Paint& paint) {
  std::string text;
  unsigned posting = 0;
  for (const auto& change : changes.changes) {
    const auto& step = change.step;
    if (step.posting.number != posting)
      text += fmt::format("{}Posting {}: {}\n", posting == 0 ? "" : "\n", step.posting.number,
                          step.posting.subsystem);
    posting = step.posting.number;
    text += paint.bold(step.name) + '\n';
    text += fmt::format("  why: {}\n", step.reason);
    if (!step.needs.empty()) text += fmt::format("  needs: {}\n", join(step.needs, ", "));
    if (!step.enables.empty()) text += fmt::format("  enables: {}\n", join(step.enables, ", "));
    for (const auto& addition : change.additions)
      text += fmt::format("  {}: {}, after {}\n", addition.file, addition.name_in_words(),
                          addition.model_in_words());
    for (const auto& name : change.dropped_exports)
      text += fmt::format("  {}() is exported no more\n", name);
    if (step.kind == StepKind::kApply)
      for (const auto& file : change.files) text += fmt::format("  {}\n", file.path);
    for (const auto& site : change.sites) text += site_text(site);
    for (const auto& remark : change.remarks)
      text += fmt::format("  {} {}\n", paint.yellow("look at"), remark);
    if (!step.queues.empty())
      text += fmt::format("  with the wake-ups of {}\n", list_in_words(step.queues));
    text += fmt::format("  by {}\n", join(change.semantic_patches, ", "));
  }
  if (!changes.unseen.empty()) {
    text += (text.empty() ? "" : "\n") + paint.bold("Not seen") + '\n';
    for (const auto& note : lines_of_notes(changes.unseen)) text += fmt::format("  {}\n", note);
  }
  if (!text.empty() && !changes.left_out.empty()) text += '\n';
  if (!changes.left_out.empty()) text += paint.bold("Left alone") + '\n';
  for (const auto& left : changes.left_out) text += left_out_text(left);
  if (changes.settled > 0)
    text +=
        fmt::format("{}{} safe or suppressed: nothing to do there; killify audit --all says why\n",
                    text.empty() ? "" : "\n",
                    changes.settled == 1 ? "1 more sleep is"
                                         : fmt::format("{} more sleeps are", changes.settled));
  return text;
}

Result<std::string> changes_json(const Changes& changes) {
  using nlohmann::ordered_json;
  ordered_json json{{"schema", "killify.plan/1"}};
  json["steps"] = ordered_json::array();
  for (const auto& change : changes.changes) {
    ordered_json step{
        {"kind", kind_name(change.step.kind)},   {"name", change.step.name},
        {"posting", change.step.posting.number}, {"needs", change.step.needs},
        {"enables", change.step.enables},        {"group", change.step.group},
        {"reason", change.step.reason},          {"semantic_patches", change.semantic_patches},
        {"queues", change.step.queues}};
    step["files"] = ordered_json::array();
    for (const auto& file : change.files) step["files"].push_back(file.path);
    step["additions"] = additions_json(change.additions);
    step["sites"] = sites_json(change.sites);
    step["dropped_exports"] = change.dropped_exports;
    if (!change.remarks.empty()) step["remarks"] = change.remarks;
    KILLIFY_TRY(step["diff"], format_diff(change.files));
    json["steps"].push_back(std::move(step));
  }
  json["unseen"] = changes.unseen;
  json["left_out"] = ordered_json::array();
  for (const auto& left : changes.left_out)
    json["left_out"].push_back({{"id", left.finding.id},
                                {"handler", left.finding.handler.function},
                                {"function", left.finding.sink.function},
                                {"file", left.finding.sink.file},
                                {"line", left.finding.sink.line},
                                {"sink", left.finding.sink.name},
                                {"on_signal", left.finding.on_signal},
                                {"verdict", verdict_name(left.finding.verdict)},
                                {"reason", left.reason}});
  json["findings"] = ordered_json::array();
  for (const auto& finding : changes.audited)
    json["findings"].push_back({{"id", finding.id},
                                {"handler", finding.handler.function},
                                {"function", finding.sink.function},
                                {"file", finding.sink.file},
                                {"line", finding.sink.line},
                                {"sink", finding.sink.name},
                                {"verdict", verdict_name(finding.verdict)},
                                {"planned", planned_json(changes.planned.at(finding.id))}});
  json["settled"] = changes.settled;
  // A file that is not UTF-8 must not cost the report.
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string series_text(const Series& series, const std::filesystem::path& directory,
                        const std::vector<std::string>& files) {
  std::string text;
  const auto postings = postings_of(series.commits);
  for (const auto& range : postings) {
    if (range.total > 1)
      text += fmt::format("Posting {}, in {}:\n", range.posting.number, range.directory);
    for (const auto& commit : commits_of(series, range))
      text += fmt::format("{} {}\n", commit.oid.substr(0, 12), commit.message.subject);
  }
  auto summary = left_out_summary(series.left_out, kLeftAloneName);
  text += fmt::format("{} on branch {}, {} in {}\n", counted(series.commits.size(), "commit"),
                      series.branch, counted(files.size(), "file"), directory.string());
  if (!summary.empty()) text += summary + '\n';
  return text;
}

}  // namespace killify
