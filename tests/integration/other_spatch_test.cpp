// Another version of spatch, as other distributions have it: what it prints looks otherwise, and
// the commits are the same. scripts/debian-spatch fetches one; KILLIFY_OTHER_SPATCH is its
// directory.
#include "support/killify_run.h"

#include <gmock/gmock.h>

namespace killify::test {
namespace {

TEST(OtherSpatch, GivesTheSameCommits) {
  const char* other = std::getenv("KILLIFY_OTHER_SPATCH");
  if (other == nullptr || *other == '\0') GTEST_SKIP() << "KILLIFY_OTHER_SPATCH names none";
  const auto log_of = [](const MiniTree& tree, const Environment& environment) {
    const Completed done =
        tree.killify({"--progress=none", "generate", "-o", tree.out().string()}, environment);
    EXPECT_TRUE(done.ok()) << done.err;
    return tree.git({"log", "--patch", kBranch});
  };
  const MiniTree here;
  here.share_answers();
  const MiniTree there;
  EXPECT_EQ(log_of(there, {{"PATH", std::string(other) + ":" + std::getenv("PATH")}}),
            log_of(here, {}));
}

}  // namespace
}  // namespace killify::test
