#include "spec/prefix.h"

#include <gtest/gtest.h>

namespace killify {
namespace {

const std::vector<SubjectPrefix> kTable = {{"drivers/gpu/drm", "drm/{}"},
                                           {"drivers/gpu/drm/ttm", "drm/ttm"},
                                           {"drivers/misc", "misc"},
                                           {"fs", "fs"}};

TEST(Prefix, IsReadFromASubject) {
  EXPECT_EQ(prefix_of_subject("drm/etnaviv: fix x"), "drm/etnaviv");
  EXPECT_EQ(prefix_of_subject("misc: sgi-gru: fix x: y"), "misc: sgi-gru");
  EXPECT_EQ(prefix_of_subject("Linux 6.1.192"), "");
  EXPECT_EQ(prefix_of_subject("Merge branch 'x': y"), "");
  EXPECT_EQ(prefix_of_subject("Revert \"drm: x\""), "");
  EXPECT_EQ(prefix_of_subject("This changes two things: a and b"), "");
  EXPECT_EQ(prefix_of_subject(""), "");
}

TEST(Prefix, MajorityOfTheHistoryWins) {
  EXPECT_EQ(choose_prefix({"treewide: x", "drm/a: x", "drm/a: y"}, kTable, "drivers/gpu/drm/b"),
            "drm/a");
}

TEST(Prefix, OfEqualsTheLatestWins) {
  EXPECT_EQ(choose_prefix({"new: x", "old: x", "old: y", "new: y"}, {}, "d"), "new");
}

TEST(Prefix, OneVoteDoesNotBeatTheTable) {
  EXPECT_EQ(choose_prefix({"treewide: x"}, kTable, "drivers/misc/sgi-gru"), "misc");
  EXPECT_EQ(choose_prefix({"kernel: x"}, kTable, "kernel"), "kernel");
}

TEST(Prefix, LongestDirectoryOfTheTableWins) {
  EXPECT_EQ(choose_prefix({}, kTable, "drivers/gpu/drm/ttm"), "drm/ttm");
  EXPECT_EQ(choose_prefix({}, kTable, "drivers/gpu/drm/amd/amdgpu"), "drm/amd");
  EXPECT_EQ(choose_prefix({}, kTable, "drivers/gpu/drm/ttmish"), "drm/ttmish");
  EXPECT_EQ(choose_prefix({}, kTable, "drivers/gpu/drm"), "drm");
  EXPECT_EQ(choose_prefix({}, {{"drivers/misc", "misc: {}"}}, "drivers/misc"), "misc");
  EXPECT_EQ(choose_prefix({}, {{"drivers/misc/", "misc: {}"}}, "drivers/misc/sgi-gru"),
            "misc: sgi-gru");
}

TEST(Prefix, DirectoryIsTheLastResort) {
  EXPECT_EQ(choose_prefix({}, {}, "drivers/misc/sgi-gru"), "misc: sgi-gru");
  EXPECT_EQ(choose_prefix({}, {}, "mm"), "mm");
}

}  // namespace
}  // namespace killify
