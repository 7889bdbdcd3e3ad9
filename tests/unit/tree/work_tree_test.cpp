#include "tree/work_tree.h"

#include "unit/tree/git_fixture.h"

#include <gtest/gtest.h>

namespace killify {
namespace {

namespace fs = std::filesystem;

class WorkTreeTest : public GitFixture {
 protected:
  WorkTreeTest()
      : root_(make_repository("tree", {{"Makefile", "VERSION = 6\n"}, {"a/a.c", "int a;\n"}})) {}

  [[nodiscard]] static std::string changed(const fs::path& root) {
    const auto repository = Repository::open(root).value();
    return changed_file(repository, repository.snapshot("HEAD").value());
  }

  fs::path root_;
};

TEST_F(WorkTreeTest, WhatIsCommittedIsNoChange) {
  EXPECT_EQ(changed(root_), "");
  write(root_ / "untracked.o", "x");
  EXPECT_EQ(changed(root_), "");
  write(root_ / "a/a.c", "int a;\n");  // the same again, at another time
  EXPECT_EQ(changed(root_), "");
}

TEST_F(WorkTreeTest, AChangeIsFoundWhetherStagedOrNot) {
  write(root_ / "a/a.c", "int b;\n");
  EXPECT_EQ(changed(root_), "a/a.c");
  git(root_, {"add", "a/a.c"});
  EXPECT_EQ(changed(root_), "a/a.c");
  git(root_, {"commit", "-q", "-m", "Change"});
  EXPECT_EQ(changed(root_), "");
  write(root_ / "new.c", "int c;\n");
  git(root_, {"add", "new.c"});
  EXPECT_EQ(changed(root_), "new.c");
  git(root_, {"rm", "-q", "-f", "new.c"});
  fs::remove(root_ / "Makefile");
  EXPECT_EQ(changed(root_), "Makefile");
}

TEST_F(WorkTreeTest, WhatWasNotCheckedOutIsNoChange) {
  git(root_, {"clone", "-q", "--no-checkout", root_, path("without")});
  EXPECT_EQ(changed(path("without")), "");
  git(root_, {"clone", "-q", "--bare", root_, path("bare")});
  EXPECT_EQ(changed(path("bare")), "");
  git(root_, {"sparse-checkout", "set", "--no-cone", "/Makefile"});
  ASSERT_FALSE(fs::exists(root_ / "a/a.c"));
  EXPECT_EQ(changed(root_), "");
}

}  // namespace
}  // namespace killify
