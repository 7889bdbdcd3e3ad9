#include "series/left_alone.h"

#include "plan/postings.h"
#include "series/message.h"
#include "spec/driver.h"
#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace killify {
namespace {

using Items = std::vector<const LeftOut*>;

// The items by a word for each, the word with the most first.
template <typename Word>
std::vector<std::pair<std::string, Items>> by_size(const Items& items, Word word) {
  std::map<std::string, Items> by_word;
  for (const LeftOut* item : items) by_word[word(*item)].push_back(item);
  std::vector<std::pair<std::string, Items>> result(by_word.begin(), by_word.end());
  std::ranges::stable_sort(result, std::ranges::greater(),
                           [](const auto& entry) { return entry.second.size(); });
  return result;
}

// Filled text in column `indent`.
std::string indented(std::string_view text, std::size_t indent) {
  std::string result;
  for (const std::string& line : split_lines(fill(text, kMessageWidth - indent)))
    result += std::string(indent, ' ') + line + '\n';
  return result;
}

std::string driver_with(const LeftOut& item, const Series& series) {
  return driver_of(item.finding.sink.file, series.prefixes);
}

std::string place(const LeftOut& item) {
  const SinkCall& sink = item.finding.sink;
  std::string text =
      fmt::format("{}:{}: {}() in {}()", sink.file, sink.line, sink.name, sink.function);
  if (const std::string& handler = item.finding.handler.function; handler != sink.function)
    text += fmt::format(", from {}()", handler);
  if (const auto also = item.finding.also.size(); also > 0)
    text += fmt::format(", and {} more", also);
  return text;
}

}  // namespace

std::vector<const LeftOut*> left_alone_by(const Series& series, const PostingRange& range) {
  std::set<std::string> posted;
  for (const SeriesCommit& commit : series.commits)
    posted.insert(commit.change.step.posting.subsystem);
  Items result;
  for (const LeftOut& item : series.left_out) {
    if (is_asked_for(item.finding)) continue;
    const std::string subsystem = subsystem_of(driver_with(item, series), series.prefixes);
    if (range.total == 1 || subsystem == range.posting.subsystem ||
        (range.first == 0 && !posted.contains(subsystem)))
      result.push_back(&item);
  }
  return result;
}

std::string reason_in_words(const LeftOut& left) {
  constexpr std::string_view kReview = "review: ";
  const std::string& reason = left.reason.empty() ? left.finding.reason : left.reason;
  return reason.starts_with(kReview) ? reason.substr(kReview.size()) : reason;
}

bool is_unknown(const LeftOut& left) {
  return left.finding.verdict == Verdict::kReview;
}

std::string left_alone_sorts(const std::vector<const LeftOut*>& left) {
  const auto unknown = static_cast<std::size_t>(
      std::ranges::count_if(left, [](const LeftOut* item) { return is_unknown(*item); }));
  const std::size_t known = left.size() - unknown;
  if (left.empty()) return {};
  if (known == 0)
    return fmt::format("it is not known whether {} reached interruptibly",
                       left.size() == 1 ? "it is" : "they are");
  if (unknown == 0) return "no change is known to be right there";
  const std::vector<std::string> sorts = {
      fmt::format("of {} it is not known whether they are reached interruptibly", unknown),
      fmt::format("for {} no change is known to be right", known)};
  return list_in_words(sorts);
}

std::string left_alone_groups(const Series& series, const std::vector<const LeftOut*>& left,
                              std::size_t lines) {
  const auto groups = by_size(left, [&](const LeftOut& item) { return driver_with(item, series); });
  const bool all = groups.size() <= lines;
  const std::size_t shown = all ? groups.size() : lines - 1;
  std::string text;
  std::size_t told = 0;
  for (std::size_t i = 0; i < shown; ++i) {
    text += fmt::format("  - {}: {}\n", groups[i].first, groups[i].second.size());
    told += groups[i].second.size();
  }
  if (!all)
    text +=
        fmt::format("  - {} other directories: {}\n", groups.size() - shown, left.size() - told);
  return text;
}

std::string left_alone_text(const Series& series, const PostingRange& range) {
  const Items left = left_alone_by(series, range);
  const bool notes = range.first == 0 && !series.unseen.empty();
  if (left.empty() && !notes) return {};
  std::string text =
      series.module.empty()
          ? fmt::format("On Linux {}, commit {}.\n", series.kernel_version, series.base.oid)
          : fmt::format("Of {}, commit {}, on Linux {}.\n", series.module, series.base.oid,
                        series.kernel_version);
  if (!left.empty())
    text +=
        '\n' + fill(fmt::format("In {} a {} may still sleep interruptibly: {}.",
                                counted(left.size(), "case"), series.root, left_alone_sorts(left)),
                    kMessageWidth);
  for (const auto& [driver, items] :
       by_size(left, [&](const LeftOut& item) { return driver_with(item, series); })) {
    text += fmt::format("\n{} ({})\n", driver, items.size());
    for (const auto& [reason, sites] : by_size(items, reason_in_words)) {
      text += '\n' + indented(reason + ":", 2);
      for (const LeftOut* site : sites) text += fmt::format("    {}\n", place(*site));
    }
  }
  if (notes) {
    text += fmt::format("\n{} could not be looked at:\n\n", counted(series.unseen.size(), "place"));
    for (const std::string& note : series.unseen) text += fmt::format("  {}\n", note);
  }
  return text;
}

}  // namespace killify
