#include "series/cover_letter.h"

#include "series/commits.h"
#include "series/message.h"
#include "series/message_template.h"
#include "series/patch_file.h"
#include "support/resources.h"
#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace killify {
namespace {

constexpr std::size_t kExamplesPerReason =
    3;  // what a reader of the mail wants; the manifest has all

// Filled text behind a mark, continued in column `indent`.
std::string hanging(std::string_view mark, std::string_view text, std::size_t indent) {
  const std::string rest(indent, ' ');
  std::string result;
  for (const std::string& line : split_lines(fill(text, kMessageWidth - indent)))
    result += fmt::format("{}{}\n", result.empty() ? mark : std::string_view(rest), line);
  return result;
}

std::string counts(const Series& series) {
  std::set<std::string> directories;
  std::set<std::pair<std::string, std::string>> handlers;
  std::set<std::tuple<std::string, int, std::string>> sites;
  for (const SeriesCommit& commit : series.commits) {
    for (const SiteChange& site : commit.change.sites) {
      const std::string directory = std::filesystem::path(site.file).parent_path().string();
      directories.insert(directory);
      handlers.emplace(directory, site.handler);
      sites.emplace(site.file, site.line, site.before);
    }
  }
  return fmt::format("{} in {} in {}", counted(sites.size(), "place"),
                     counted(handlers.size(), "fault handler"),
                     counted(directories.size(), "directory", "directories"));
}

std::string fatal_return(const Series& series) {
  std::vector<std::string> results;
  bool exits = false;
  for (const SeriesCommit& commit : series.commits)
    for (const SiteChange& site : commit.change.sites) {
      exits = exits || site.loop_exit;
      const bool changed = !site.on_fatal.empty() && site.on_fatal != site.on_signal;
      if (changed && std::ranges::find(results, site.on_fatal) == results.end())
        results.push_back(site.on_fatal);
    }
  std::string text;
  if (!results.empty())
    text = fmt::format(
        "That alone is not enough: with a fatal signal pending, a handler that returns "
        "VM_FAULT_NOPAGE would spin in the same way. Such a fault now ends with {}.",
        list_in_words(results));
  if (exits)
    text +=
        fmt::format("{}A retry loop around such a sleep gets an exit.", text.empty() ? "" : " ");
  return text;
}

std::string drivers(const Series& series) {
  std::string result;
  for (const SeriesCommit& commit : series.commits) {
    std::vector<std::string> handlers;
    for (const Addition& addition : commit.change.additions)
      if (commit.change.step.kind == StepKind::kPrepare)
        handlers.push_back("adds " + addition.name + "()");
    for (const SiteChange& site : commit.change.sites)
      if (const std::string name = site.handler + "()";
          std::ranges::find(handlers, name) == handlers.end())
        handlers.push_back(name);
    result +=
        hanging("  - ", fmt::format("{}: {}", commit.change.step.group, join(handlers, ", ")), 4);
  }
  return result;
}

std::string wakeups(const Series& series) {
  std::vector<std::string> queues;
  for (const SeriesCommit& commit : series.commits)
    queues.insert(queues.end(), commit.change.step.queues.begin(), commit.change.step.queues.end());
  if (queues.empty()) return {};
  return fmt::format(
      "A killable sleeper does not hear wake_up_interruptible(): the wake-ups of {} are converted "
      "with the sleepers.",
      list_in_words(queues));
}

std::string unseen(const Series& series) {
  std::string result;
  for (const std::string& note : series.unseen) result += hanging("  - ", note, 4);
  return result;
}

// The reasons, the most frequent first, each with a few of its sites.
std::string left_out(const Series& series) {
  std::map<std::string, std::vector<const LeftOut*>> by_reason;
  for (const LeftOut& item : series.left_out)
    by_reason[item.reason.empty() ? item.finding.reason : item.reason].push_back(&item);
  std::vector<std::pair<std::string, std::vector<const LeftOut*>>> reasons(by_reason.begin(),
                                                                           by_reason.end());
  std::ranges::stable_sort(reasons, std::ranges::greater(),
                           [](const auto& reason) { return reason.second.size(); });
  std::string result;
  for (const auto& [reason, items] : reasons) {
    result += hanging("  - ", fmt::format("{} ({})", reason, items.size()), 4);
    for (std::size_t i = 0; i < std::min(items.size(), kExamplesPerReason); ++i) {
      const SinkCall& sink = items[i]->finding.sink;
      result += hanging("      ",
                        fmt::format("{}:{}: {}() in {}()", sink.file, sink.line, sink.name,
                                    items[i]->finding.handler.function),
                        8);
    }
    if (items.size() > kExamplesPerReason)
      result += fmt::format("      and {} more, named in manifest.json\n",
                            items.size() - kExamplesPerReason);
  }
  return result;
}

TemplateValues cover_values(const Series& series) {
  return {{"title", series.title},
          {"kernel", series.kernel_version},
          {"killify", fmt::format("killify {}", version())},
          {"spatch", series.spatch_version},
          {"counts", counts(series)},
          {"fatal_return", fatal_return(series)},
          {"drivers", drivers(series)},
          {"wakeups", wakeups(series)},
          {"left_out_count",
           series.left_out.empty() ? "" : counted(series.left_out.size(), "other place")},
          {"left_out", left_out(series)},
          {"unseen_count", series.unseen.empty() ? "" : counted(series.unseen.size(), "place")},
          {"unseen", unseen(series)},
          {"proof", series.proof}};
}

// What all commits together do to each file.
std::vector<FileChange> combined(const std::vector<SeriesCommit>& commits) {
  std::map<std::string, FileChange> by_path;
  for (const SeriesCommit& commit : commits)
    for (const FileChange& file : commit.change.files) {
      const auto [known, added] = by_path.try_emplace(file.path, file);
      if (!added) known->second.after = file.after;
    }
  std::vector<FileChange> result;
  for (auto& [path, file] : by_path)
    if (file.before != file.after) result.push_back(std::move(file));
  return result;
}

std::string shortlog(const Series& series) {
  std::string result = fmt::format("{} ({}):\n", series.identity.name, series.commits.size());
  for (const SeriesCommit& commit : series.commits)
    result += hanging("  ", commit.message.subject, 4);
  return result;
}

}  // namespace

Result<std::string> format_cover_letter(const Series& series) {
  if (series.commits.empty())
    return fail("{}: there is no commit to introduce; audit says why nothing is converted",
                series.name);
  const TemplateValues values = cover_values(series);
  std::vector<std::string> names;
  for (const auto& [name, value] : values) names.push_back(name);
  KILLIFY_TRY(const MessageTemplate cover, MessageTemplate::load(series.cover_template, names));

  Message letter{.subject = cover.subjects(values).front(), .body = cover.body(values)};
  if (!trim(series.changelog).empty()) letter.body += fmt::format("\n{}\n", trim(series.changelog));
  KILLIFY_CHECK(check_mailable(letter));
  KILLIFY_TRY(const std::string stat, format_diffstat(combined(series.commits)));
  return format_mail(
      {.commit = series.commits.back().oid,
       .author = commit_signature(series.identity, series.base, series.commits.size() - 1),
       .position = {.number = 0, .total = series.commits.size(), .reroll = series.reroll},
       .subject = letter.subject,
       .recipients = series.cover_recipients},
      fmt::format("{}\n{}\n{}\n\nbase-commit: {}\n", letter.body, shortlog(series), stat,
                  series.base.oid));
}

}  // namespace killify
