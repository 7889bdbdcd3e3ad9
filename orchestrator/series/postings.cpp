#include "series/postings.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace killify {
namespace {

bool builds_upon(const Change& change, const Change& earlier) {
  if (std::ranges::find(change.step.needs, earlier.step.name) != change.step.needs.end())
    return true;
  return std::ranges::any_of(change.files, [&](const FileChange& file) {
    return std::ranges::find(earlier.files, file.path, &FileChange::path) != earlier.files.end();
  });
}

}  // namespace

void number_postings(std::vector<Change>& changes) {
  Posting last;
  unsigned number = 0;
  for (Change& change : changes) {
    Posting& posting = change.step.posting;
    if (posting.number == 0) return;
    if (posting != last) ++number;
    last = posting;
    posting.number = number;
  }
  if (number == 1)
    for (Change& change : changes) change.step.posting = {};
}

std::vector<PostingRange> postings_of(const std::vector<SeriesCommit>& commits) {
  std::vector<PostingRange> ranges;
  for (std::size_t i = 0; i < commits.size(); ++i) {
    const Posting& posting = commits[i].change.step.posting;
    if (ranges.empty() || ranges.back().posting != posting)
      ranges.push_back({.posting = posting, .first = i, .directory = {}});
    ++ranges.back().count;
  }
  const auto width = std::to_string(ranges.size()).size();
  for (PostingRange& range : ranges) {
    range.total = static_cast<unsigned>(ranges.size());
    if (range.posting.number == 0) continue;
    range.directory = fmt::format("{:0{}}-", range.posting.number, width);
    for (const char c : range.posting.subsystem)
      range.directory += std::string_view(" /<>@\"").find(c) == std::string_view::npos ? c : '-';
    range.directory += '/';
  }
  return ranges;
}

std::span<const SeriesCommit> commits_of(const Series& series, const PostingRange& range) {
  return std::span(series.commits).subspan(range.first, range.count);
}

std::vector<std::size_t> prerequisites_of(const std::vector<SeriesCommit>& commits,
                                          const PostingRange& range) {
  std::set<std::size_t> needed;
  for (std::size_t i = range.first + range.count; i-- > 0;) {
    if (i < range.first && !needed.contains(i)) continue;
    for (std::size_t earlier = 0; earlier < std::min(i, range.first); ++earlier)
      if (builds_upon(commits[i].change, commits[earlier].change)) needed.insert(earlier);
  }
  return {needed.begin(), needed.end()};
}

}  // namespace killify
