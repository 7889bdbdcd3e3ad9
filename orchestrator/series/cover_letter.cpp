#include "series/cover_letter.h"

#include "plan/postings.h"
#include "series/commits.h"
#include "series/message.h"
#include "series/message_template.h"
#include "series/patch_file.h"
#include "spec/driver.h"
#include "support/resources.h"
#include "support/text.h"
#include "tree/text_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace killify {
namespace {

constexpr std::size_t kExamplesPerReason =
    3;  // what a reader of the mail wants; the manifest has all

using Commits = std::span<const SeriesCommit>;

// Filled text behind a mark, continued in column `indent`.
std::string hanging(std::string_view mark, std::string_view text, std::size_t indent) {
  const std::string rest(indent, ' ');
  std::string result;
  for (const std::string& line : split_lines(fill(text, kMessageWidth - indent)))
    result += fmt::format("{}{}\n", result.empty() ? mark : std::string_view(rest), line);
  return result;
}

std::string counts(Commits commits, const std::string& root) {
  std::set<std::string> directories;
  std::set<std::pair<std::string, std::string>> handlers;
  std::set<std::tuple<std::string, int, std::string>> sites;
  for (const SeriesCommit& commit : commits) {
    for (const SiteChange& site : commit.change.sites) {
      const std::string directory = std::filesystem::path(site.file).parent_path().string();
      directories.insert(directory);
      handlers.emplace(directory, site.handler);
      sites.emplace(site.file, site.line, site.before);
    }
  }
  if (sites.empty()) return {};
  return fmt::format("{} in {} in {}", counted(sites.size(), "place"),
                     counted(handlers.size(), root),
                     counted(directories.size(), "directory", "directories"));
}

std::string fatal_return(Commits commits) {
  std::vector<std::string> results;
  bool exits = false;
  for (const SeriesCommit& commit : commits)
    for (const SiteChange& site : commit.change.sites) {
      exits = exits || site.loop_exit;
      // What VM_FAULT_RETRY makes of a fault is another matter, and told in the commit's message.
      const bool changed = !site.on_fatal.empty() && site.on_fatal != site.on_signal &&
                           site.on_signal != "VM_FAULT_RETRY";
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

// What a commit is about, in a few words.
std::string subject_matter(const Change& change) {
  std::vector<std::string> names;
  if (change.step.kind == StepKind::kConvert) {
    for (const SiteChange& site : change.sites)
      if (const std::string name = site.handler + "()";
          std::ranges::find(names, name) == names.end())
        names.push_back(name);
    return join(names, ", ");
  }
  if (change.step.kind == StepKind::kApply) return counted(change.files.size(), "file");
  const bool adds = change.step.kind == StepKind::kPrepare;
  const std::string purpose = is_asked_for_alone(change.step) ? ", for callers to come" : "";
  for (const Addition& addition : change.additions)
    names.push_back(adds ? addition.name_in_words() : addition.model_in_words());
  const auto& contexts = change.step.threads.contexts;
  if (names.empty() && !contexts.empty())
    return fmt::format("a task state in struct {}", contexts.front().in) + purpose;
  if (names.empty()) return "a task state for what is behind a function pointer" + purpose;
  if (names.size() > kExamplesPerReason + 1) {
    const std::string more = fmt::format("{} more", names.size() - kExamplesPerReason);
    names.resize(kExamplesPerReason);
    names.push_back(more);
  }
  return (adds ? "adds " : "a task state for ") + list_in_words(names) + purpose;
}

std::string drivers(Commits commits) {
  std::string result;
  for (const SeriesCommit& commit : commits)
    result += hanging(
        "  - ", fmt::format("{}: {}", commit.change.step.group, subject_matter(commit.change)), 4);
  return result;
}

std::string wakeups(Commits commits) {
  std::vector<std::string> queues;
  for (const SeriesCommit& commit : commits)
    queues.insert(queues.end(), commit.change.step.queues.begin(), commit.change.step.queues.end());
  if (queues.empty()) return {};
  return fmt::format(
      "A killable sleeper does not hear wake_up_interruptible(): the wake-ups of {} are converted "
      "with the sleepers.",
      list_in_words(queues));
}

std::string unseen(const std::vector<std::string>& notes) {
  std::string result;
  for (const std::string& note : notes) result += hanging("  - ", note, 4);
  return result;
}

// The sleeps left alone in the subsystem of a posting. The first has what is in no posting's, too.
std::vector<const LeftOut*> left_out_of(const Series& series, const PostingRange& range) {
  std::set<std::string> posted;
  for (const SeriesCommit& commit : series.commits)
    posted.insert(commit.change.step.posting.subsystem);
  std::vector<const LeftOut*> result;
  for (const LeftOut& item : series.left_out) {
    if (is_asked_for(item.finding)) continue;
    const std::string subsystem =
        subsystem_of(driver_of(item.finding.sink.file, series.prefixes), series.prefixes);
    if (range.total == 1 || subsystem == range.posting.subsystem ||
        (range.first == 0 && !posted.contains(subsystem)))
      result.push_back(&item);
  }
  return result;
}

// The reasons, the most frequent first, each with a few of its sites.
std::string list_left_out(const std::vector<const LeftOut*>& left_out) {
  std::map<std::string, std::vector<const LeftOut*>> by_reason;
  for (const LeftOut* item : left_out)
    by_reason[item->reason.empty() ? item->finding.reason : item->reason].push_back(item);
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

std::string posting_sentence(const PostingRange& range, bool changes_faults) {
  if (range.total == 1) return changes_faults ? "" : "No page fault changes by these patches.";
  return fmt::format("This is posting {} of {}: the patches for {}.{}", range.posting.number,
                     range.total, range.posting.subsystem,
                     changes_faults ? "" : " No page fault changes by them: later ones need them.");
}

std::string prerequisites(const Series& series, const std::vector<std::size_t>& needed) {
  std::string result;
  for (const std::size_t i : needed) {
    const SeriesCommit& commit = series.commits[i];
    result += hanging(
        "  - ",
        fmt::format("{} (posting {})", commit.message.subject, commit.change.step.posting.number),
        4);
  }
  return result;
}

Result<TemplateValues> cover_values(const Series& series, const PostingRange& range,
                                    const std::vector<std::size_t>& needed) {
  const Commits commits = commits_of(series, range);
  const std::vector<const LeftOut*> left_out = left_out_of(series, range);
  const std::vector<std::string> none;
  const std::vector<std::string>& not_seen = range.first == 0 ? series.unseen : none;
  const std::string places = counts(commits, series.root);
  KILLIFY_TRY(const std::string carriage_returns, keep_cr_sentence(commits));
  TemplateValues values{
      {"title", range.total == 1 ? series.title
                                 : fmt::format("{} ({})", series.title, range.posting.subsystem)},
      {"kernel", series.kernel_version},
      {"killify", fmt::format("killify {}", version())},
      {"spatch", series.spatch_version},
      {"posting", posting_sentence(range, !places.empty())},
      {"prerequisite_count",
       needed.empty() ? "" : counted(needed.size(), "patch", "patches") + " of other postings"},
      {"prerequisites", prerequisites(series, needed)},
      {"counts", places},
      {"fatal_return", fatal_return(commits)},
      {"drivers", drivers(commits)},
      {"wakeups", wakeups(commits)},
      {"left_out_count", left_out.empty() ? "" : counted(left_out.size(), "other place")},
      {"left_out", list_left_out(left_out)},
      {"unseen_count", not_seen.empty() ? "" : counted(not_seen.size(), "place")},
      {"unseen", unseen(not_seen)},
      {"keep_cr", carriage_returns},
      {"proof", series.proof}};
  values.insert(series.words.begin(), series.words.end());
  return values;
}

std::vector<FileChange> files_of(Commits commits) {
  std::vector<FileChange> files;
  for (const SeriesCommit& commit : commits)
    files.insert(files.end(), commit.change.files.begin(), commit.change.files.end());
  return merged(files);
}

std::string shortlog(const Series& series, Commits commits) {
  std::string result = fmt::format("{} ({}):\n", series.identity.name, commits.size());
  for (const SeriesCommit& commit : commits) result += hanging("  ", commit.message.subject, 4);
  return result;
}

// What the patches apply to, as `git format-patch --base` says it.
Result<std::string> base_information(const Series& series, const std::vector<std::size_t>& needed) {
  std::string result = fmt::format("base-commit: {}\n", series.base.oid);
  for (const std::size_t i : needed) {
    KILLIFY_TRY(const std::string diff, format_diff(series.commits[i].change.files));
    KILLIFY_TRY(const std::string id, patch_id(diff));
    result += fmt::format("prerequisite-patch-id: {}\n", id);
  }
  return result;
}

}  // namespace

Result<std::string> format_cover_letter(const Series& series, const PostingRange& range) {
  const Commits commits = commits_of(series, range);
  const std::vector<std::size_t> needed = prerequisites_of(series.commits, range);
  KILLIFY_TRY(const TemplateValues values, cover_values(series, range, needed));
  std::vector<std::string> names;
  for (const auto& [name, value] : values) names.push_back(name);
  KILLIFY_TRY(const MessageTemplate cover, MessageTemplate::load(series.cover_template, names));

  Message letter{.subject = cover.subjects(values).front(), .body = cover.body(values)};
  if (!trim(series.changelog).empty()) letter.body += fmt::format("\n{}\n", trim(series.changelog));
  KILLIFY_CHECK(check_mailable(letter));
  KILLIFY_TRY(const std::string stat, format_diffstat(files_of(commits)));
  KILLIFY_TRY(const std::string base, base_information(series, needed));
  const std::size_t last = range.first + range.count - 1;
  const std::size_t number = std::max(1U, range.posting.number) - 1;
  return format_mail(
      {.commit = commits.back().oid,
       .author = commit_signature(series.identity, series.base, last),
       .position = {.number = 0, .total = range.count, .reroll = series.reroll},
       .subject = letter.subject,
       .recipients = number < series.cover_recipients.size() ? series.cover_recipients[number]
                                                             : Recipients{}},
      fmt::format("{}\n{}\n{}\n\n{}", letter.body, shortlog(series, commits), stat, base));
}

}  // namespace killify
