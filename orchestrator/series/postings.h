// The postings of a series: which commits go out under one cover letter, and what they build upon.
#pragma once

#include "series/series.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace killify {

// Neighbours in the branch that go out together.
struct PostingRange {
  Posting posting;
  unsigned total = 1;  // how many postings there are
  std::size_t first = 0;
  std::size_t count = 0;
  std::string directory;  // where its mails are, below the output: "2-drm/"; "" for the only one
};

// Counts the postings anew, without those whose steps changed nothing. One alone is number 0.
void number_postings(std::vector<Change>& changes);

[[nodiscard]] std::vector<PostingRange> postings_of(const std::vector<SeriesCommit>& commits);

[[nodiscard]] std::span<const SeriesCommit> commits_of(const Series& series,
                                                       const PostingRange& range);

// Where these stand in the branch: the commits of earlier postings that this one needs or whose
// files it changes further, also through others. In order.
[[nodiscard]] std::vector<std::size_t> prerequisites_of(const std::vector<SeriesCommit>& commits,
                                                        const PostingRange& range);

}  // namespace killify
