#include "series/postings.h"

#include "unit/series/samples.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

SeriesCommit commit(const Posting& posting, const std::string& name, const std::string& file,
                    std::vector<std::string> needs = {}) {
  SeriesCommit result;
  result.change.step.posting = posting;
  result.change.step.name = name;
  result.change.step.needs = std::move(needs);
  result.change.files = {{.path = file, .before = "a", .after = "b"}};
  return result;
}

TEST(SeriesPostings, AreCountedWithoutThoseThatChangeNothing) {
  std::vector<Change> changes(3);
  changes[0].step.posting = {.number = 2, .subsystem = "drm"};
  changes[1].step.posting = {.number = 2, .subsystem = "drm"};
  changes[2].step.posting = {.number = 5, .subsystem = "misc"};
  number_postings(changes);
  EXPECT_EQ(changes[1].step.posting.number, 1U);
  EXPECT_EQ(changes[2].step.posting.number, 2U);
  changes.pop_back();
  number_postings(changes);
  EXPECT_EQ(changes[0].step.posting, Posting{}) << "one is none";
}

TEST(SeriesPostings, TheirDirectoriesSortAsTheyDo) {
  std::vector<SeriesCommit> commits;
  for (unsigned i = 1; i <= 10; ++i)
    commits.push_back(commit({.number = i, .subsystem = i == 1 ? "A B <a@b>" : "drm"}, "", "f"));
  const auto ranges = postings_of(commits);
  ASSERT_EQ(ranges.size(), 10U);
  EXPECT_EQ(ranges[0].directory, "01-A-B--a-b-/");
  EXPECT_EQ(ranges[9].directory, "10-drm/");
  EXPECT_EQ(ranges[9].first, 9U);
}

TEST(SeriesPostings, NeedWhatTheirStepsNeedAndWhatChangedTheirFiles) {
  const Posting one{.number = 1, .subsystem = "locking"};
  const Posting two{.number = 2, .subsystem = "dma-buf"};
  const Posting three{.number = 3, .subsystem = "drm"};
  const std::vector<SeriesCommit> commits = {
      commit(one, "lock", "lock.h"),           commit(one, "other", "other.h"),
      commit(two, "resv", "resv.h", {"lock"}), commit(two, "fence", "fence.h"),
      commit(three, "a", "a.c", {"resv"}),     commit(three, "b", "a.c", {"a"})};
  const auto ranges = postings_of(commits);
  ASSERT_EQ(ranges.size(), 3U);
  EXPECT_THAT(prerequisites_of(commits, ranges[0]), IsEmpty());
  EXPECT_THAT(prerequisites_of(commits, ranges[1]), ElementsAre(0));
  EXPECT_THAT(prerequisites_of(commits, ranges[2]), ElementsAre(0, 2));
  auto shared = commits;
  shared[5].change.files[0].path = "fence.h";
  EXPECT_THAT(prerequisites_of(shared, ranges[2]), ElementsAre(0, 2, 3));
}

}  // namespace
}  // namespace killify
