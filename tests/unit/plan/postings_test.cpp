// How steps are divided into postings: by subsystem, and nothing before what it needs.
#include "plan/postings.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using testing::ElementsAre;

const std::vector<SubjectPrefix> kTable = {{"drivers/gpu/drm", "drm/{}"},
                                           {"drivers/dma-buf", "dma-buf"},
                                           {"drivers/misc", "misc: {}"},
                                           {"include/linux/ww_mutex.h", "locking/ww_mutex"}};

Step posted(const std::string& group, std::vector<std::string> needs = {},
            std::vector<std::string> files = {}) {
  Step result;
  result.name = group;
  result.group = group;
  result.needs = std::move(needs);
  result.files = std::move(files);
  return result;
}

// "1 drm drivers/gpu/drm/a" for each step.
std::vector<std::string> divided(std::vector<Step> steps, std::size_t limit) {
  divide_into_postings(steps, kTable, limit);
  std::vector<std::string> found;
  for (const auto& one : steps)
    found.push_back(fmt::format("{} {} {}", one.posting.number, one.posting.subsystem, one.name));
  return found;
}

TEST(Postings, ASubsystemIsWhatSubjectsBeginWith) {
  EXPECT_EQ(subsystem_of("drivers/gpu/drm/i915", kTable), "drm");
  EXPECT_EQ(subsystem_of("drivers/misc/sgi-gru", kTable), "misc");
  EXPECT_EQ(subsystem_of("include/linux/ww_mutex.h", kTable), "locking");
  EXPECT_EQ(subsystem_of("fs/fuse", kTable), "fuse");
}

TEST(Postings, FewStepsAreOne) {
  const std::vector<Step> steps = {posted("drivers/misc/a"), posted("drivers/gpu/drm/a")};
  EXPECT_THAT(divided(steps, 2), ElementsAre("0  drivers/misc/a", "0  drivers/gpu/drm/a"));
  EXPECT_THAT(divided(steps, 0), ElementsAre("0  drivers/misc/a", "0  drivers/gpu/drm/a"));
}

TEST(Postings, ThoseOfASubsystemFollowOneAnother) {
  EXPECT_THAT(divided({posted("drivers/gpu/drm/a"), posted("drivers/misc/b"),
                       posted("drivers/gpu/drm/c"), posted("drivers/gpu/drm/d")},
                      3),
              ElementsAre("1 drm drivers/gpu/drm/a", "1 drm drivers/gpu/drm/c",
                          "1 drm drivers/gpu/drm/d", "2 misc drivers/misc/b"));
}

TEST(Postings, NoneHasMoreThanTheLimit) {
  EXPECT_THAT(
      divided(
          {posted("drivers/gpu/drm/a"), posted("drivers/gpu/drm/b"), posted("drivers/gpu/drm/c")},
          2),
      ElementsAre("1 drm drivers/gpu/drm/a", "1 drm drivers/gpu/drm/b", "2 drm drivers/gpu/drm/c"));
}

TEST(Postings, AStepStaysBehindWhatItNeeds) {
  EXPECT_THAT(
      divided({posted("drivers/gpu/drm/a"), posted("drivers/dma-buf"),
               posted("drivers/gpu/drm/b", {"drivers/dma-buf"}), posted("drivers/gpu/drm/c")},
              3),
      ElementsAre("1 drm drivers/gpu/drm/a", "1 drm drivers/gpu/drm/c", "2 dma-buf drivers/dma-buf",
                  "3 drm drivers/gpu/drm/b"));
}

TEST(Postings, AStepStaysBehindWhatChangesTheSameFile) {
  EXPECT_THAT(
      divided({posted("drivers/gpu/drm/a"), posted("drivers/misc/b", {}, {"x.h", "y.h"}),
               posted("drivers/gpu/drm/c", {}, {"y.h"})},
              2),
      ElementsAre("1 drm drivers/gpu/drm/a", "2 misc drivers/misc/b", "3 drm drivers/gpu/drm/c"));
}

}  // namespace
}  // namespace killify
