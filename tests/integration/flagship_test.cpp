// The flagship's series of the fixture, commit by commit.
#include "support/frozen_commits.h"
#include "support/killify_run.h"

namespace killify::test {
namespace {

class Flagship : public ::testing::Test, protected MiniTree {
 protected:
  Flagship() { share_answers(); }
};

TEST_F(Flagship, HasTheCommitsThatWereRead) {
  const Completed made = killify({"--progress=none", "generate", "-o", out().string()});
  ASSERT_TRUE(made.ok()) << made.err;
  expect_frozen(frozen_commits(tree(), "main", kBranch), "mini-linux");
}

}  // namespace
}  // namespace killify::test
