#include "series/cover_letter.h"

#include "series/commits.h"
#include "series/left_alone.h"
#include "series/message.h"
#include "series/message_template.h"
#include "series/patch_file.h"
#include "support/resources.h"
#include "support/text.h"
#include "tree/text_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace killify {
namespace {

using Commits = std::span<const SeriesCommit>;

constexpr std::size_t kPostingLines = 8;
constexpr std::size_t kDriverLines = 8;

// Filled text behind a mark, continued in column `indent`.
std::string hanging(std::string_view mark, std::string_view text, std::size_t indent) {
  const std::string rest(indent, ' ');
  std::string result;
  for (const std::string& line : split_lines(fill(text, kMessageWidth - indent)))
    result += fmt::format("{}{}\n", result.empty() ? mark : std::string_view(rest), line);
  return result;
}

std::string counts(Commits commits, const std::string& root) {
  std::set<std::pair<std::string, std::string>> handlers;
  std::set<std::tuple<std::string, int, std::string>> sites;
  for (const SeriesCommit& commit : commits) {
    std::map<std::string, std::string> files;  // of the handlers
    for (const Finding& finding : commit.change.step.findings)
      files[finding.handler.function] = finding.handler.file;
    for (const SiteChange& site : commit.change.sites) {
      handlers.emplace(site.handler, files[site.handler]);
      sites.emplace(site.file, site.line, site.before);
    }
  }
  if (sites.empty()) return {};
  return fmt::format("{} reached by {}", counted(sites.size(), "place"),
                     counted(handlers.size(), root));
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

// Which of several this is.
std::string posting_of(const PostingRange& range) {
  if (range.total == 1) return {};
  return fmt::format("This is posting {} of {}: the patches for {}.", range.posting.number,
                     range.total, range.posting.subsystem);
}

std::string posting_sentence(const PostingRange& range, bool changes_faults) {
  if (changes_faults) return posting_of(range);
  if (range.total == 1) return "No page fault changes by these patches.";
  return posting_of(range) + " No page fault changes by them: later ones need them.";
}

// All postings in their order, a line each.
std::string list_of_postings(const Series& series, const PostingRange& here) {
  if (here.total == 1) return {};
  std::string result;
  const std::vector<PostingRange> all = postings_of(series.commits);
  const std::size_t shown = all.size() <= kPostingLines ? all.size() : kPostingLines - 1;
  for (std::size_t i = 0; i < shown; ++i)
    result += fmt::format("  {}. {}: {}\n", all[i].posting.number, all[i].posting.subsystem,
                          counted(all[i].count, "patch", "patches"));
  if (shown < all.size()) result += fmt::format("  and {} more\n", all.size() - shown);
  return result;
}

// "1 and 2", "3 to 8".
std::string numbers(std::size_t first, std::size_t last) {
  if (first == last) return std::to_string(first);
  return fmt::format("{} {} {}", first, last == first + 1 ? "and" : "to", last);
}

// Which patches do what: in a posting they stand by kind.
std::string order(Commits commits) {
  std::vector<std::string> parts;
  for (std::size_t i = 0, end = 0; i < commits.size(); i = end) {
    const StepKind kind = commits[i].change.step.kind;
    while (end < commits.size() && commits[end].change.step.kind == kind) ++end;
    std::string_view does;
    const bool one = end == i + 1;
    switch (kind) {
      case StepKind::kPrepare:
        does = one ? "adds functions that the tree lacks" : "add functions that the tree lacks";
        break;
      case StepKind::kThread:
        does = one ? "lets shared functions take a task state"
                   : "let shared functions take a task state";
        break;
      case StepKind::kConvert:
        does = one ? "converts sleeps" : "convert sleeps";
        break;
      case StepKind::kApply:
        return {};
    }
    parts.push_back(fmt::format("{} {} {}", one ? "patch" : "patches", numbers(i + 1, end), does));
  }
  if (parts.empty()) return {};
  std::string text = list_in_words(parts) + ".";
  text[0] = 'P';
  return text;
}

std::string prerequisites(const Series& series, const std::vector<std::size_t>& needed) {
  if (needed.empty()) return {};
  std::vector<std::string> postings;
  for (const std::size_t i : needed) {
    std::string number = std::to_string(series.commits[i].change.step.posting.number);
    if (std::ranges::find(postings, number) == postings.end())
      postings.push_back(std::move(number));
  }
  return fmt::format("It builds upon {} of {} {}, named below.",
                     counted(needed.size(), "patch", "patches"),
                     postings.size() == 1 ? "posting" : "postings", list_in_words(postings));
}

// What was really done, and no more.
std::string tested(const Series& series) {
  if (series.verified.empty() && series.proof.empty())
    return "These patches were not built and not run yet: killify verify and killify prove have "
           "not judged them.";
  std::string text = series.verified.empty()
                         ? "Not each of these patches was built yet: killify verify has not judged "
                           "them."
                         : series.verified;
  if (series.proof.empty()) text += " They were not run yet.";
  return text;
}

// What Documentation/process wants to be told.
std::string origin(const Series& series) {
  return series.guideline.empty()
             ? std::string("Diffs and messages are generated")
             : fmt::format("As {} asks: diffs and messages are generated", series.guideline);
}

std::string unseen(const Series& series, const PostingRange& range) {
  if (range.first != 0 || series.unseen.empty()) return {};
  return fmt::format("{} could not be looked at; {} names {}.",
                     counted(series.unseen.size(), "place"), kLeftAloneName,
                     series.unseen.size() == 1 ? "it" : "them");
}

Result<TemplateValues> cover_values(const Series& series, const PostingRange& range,
                                    const std::vector<std::size_t>& needed) {
  const Commits commits = commits_of(series, range);
  const std::vector<const LeftOut*> left_alone = left_alone_by(series, range);
  const std::string places = counts(commits, series.root);
  KILLIFY_TRY(const std::string carriage_returns, keep_cr_sentence(commits));
  TemplateValues values{
      {"title", range.total == 1 ? series.title
                                 : fmt::format("{} ({})", series.title, range.posting.subsystem)},
      {"kernel", series.kernel_version},
      {"killify", fmt::format("killify {}", version())},
      {"spatch", series.spatch_version},
      {"posting", posting_sentence(range, !places.empty())},
      {"posting_of", posting_of(range)},
      {"postings", list_of_postings(series, range)},
      {"order", order(commits)},
      {"prerequisites", prerequisites(series, needed)},
      {"counts", places},
      {"fatal_return", fatal_return(commits)},
      {"wakeups", wakeups(commits)},
      {"left_alone_count", left_alone.empty() ? "" : counted(left_alone.size(), "case")},
      {"left_alone_sorts", left_alone_sorts(left_alone)},
      {"left_alone", left_alone_groups(series, left_alone, kDriverLines)},
      {"unseen", unseen(series, range)},
      {"origin", origin(series)},
      {"command", series.command.empty() ? "" : fmt::format("  {}\n", series.command)},
      {"keep_cr", carriage_returns},
      {"tested", tested(series)},
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

Result<CoverLetter> format_cover_letter(const Series& series, const PostingRange& range) {
  const Commits commits = commits_of(series, range);
  const std::vector<std::size_t> needed = prerequisites_of(series.commits, range);
  KILLIFY_TRY(const TemplateValues values, cover_values(series, range, needed));
  std::vector<std::string> names;
  for (const auto& [name, value] : values) names.push_back(name);
  KILLIFY_TRY(const MessageTemplate cover, MessageTemplate::load(series.cover_template, names));

  Message letter{.subject = cover.subjects(values).front(), .body = cover.body(values)};
  const bool proof_aside = !series.proof.empty() && split_lines(letter.body).size() > kCoverLines;
  if (proof_aside) {
    TemplateValues shorter = values;
    shorter["proof"] = fmt::format("What its run in QEMU showed is in {}.", kProofName);
    letter.body = cover.body(shorter);
  }
  if (!trim(series.changelog).empty()) letter.body += fmt::format("\n{}\n", trim(series.changelog));
  KILLIFY_CHECK(check_mailable(letter));
  KILLIFY_TRY(const std::string stat, format_diffstat(files_of(commits)));
  KILLIFY_TRY(const std::string base, base_information(series, needed));
  const std::size_t last = range.first + range.count - 1;
  const std::size_t number = std::max(1U, range.posting.number) - 1;
  return CoverLetter{
      format_mail(
          {.commit = commits.back().oid,
           .author = commit_signature(series.identity, series.base, last),
           .position = {.number = 0, .total = range.count, .reroll = series.reroll},
           .subject = letter.subject,
           .recipients = number < series.cover_recipients.size() ? series.cover_recipients[number]
                                                                 : Recipients{}},
          fmt::format("{}\n{}\n{}\n\n{}", letter.body, shortlog(series, commits), stat, base)),
      proof_aside};
}

}  // namespace killify
