#include "tree/text_diff.h"

#include "unit/tree/git_fixture.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using testing::HasSubstr;

constexpr std::string_view kDriver = R"(// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>

static vm_fault_t first(struct vm_fault *vmf)
{
	int ret;

	ret = mutex_lock_interruptible(&lock);
	if (ret)
		goto out;

	a();
	b();
	c();
out:
	d();
	e();
	f();
	return ret;
}
)";

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string result(text);
  result.replace(result.find(from), from.size(), to);
  return result;
}

class TextDiffTest : public GitFixture {
 protected:
  // What git itself prints for the same change in a tree with the kernel's attributes.
  std::string gits_diff(const std::string& file, std::string_view before, std::string_view after) {
    const auto root = make_repository(
        "tree", {{".gitattributes", "*.c diff=cpp\n*.h diff=cpp\n"}, {file, std::string(before)}});
    write(root / file, after);
    return git(root, {"diff", "--no-color"}) + '\n';
  }
};

TEST_F(TextDiffTest, IsWhatGitPrints) {
  const std::string after = replaced(kDriver, "_interruptible", "_killable");
  const auto diff = unified_diff("drivers/x/y.c", kDriver, after);
  ASSERT_TRUE(diff) << diff.error().message;
  EXPECT_EQ(*diff, gits_diff("drivers/x/y.c", kDriver, after));
  EXPECT_THAT(*diff, HasSubstr("+\tret = mutex_lock_killable(&lock);"));
}

TEST_F(TextDiffTest, AHunkIsNotSaidToBeInALabel) {
  const std::string after = replaced(kDriver, "return ret", "return 0");
  const auto diff = unified_diff("y.c", kDriver, after);
  EXPECT_EQ(*diff, gits_diff("y.c", kDriver, after));
  EXPECT_THAT(*diff, HasSubstr("@@ static vm_fault_t first(struct vm_fault *vmf)\n"));
}

TEST_F(TextDiffTest, TwoHunksAtBothEndsOfAFile) {
  std::string after = replaced(kDriver, "linux/mm.h", "linux/sched.h");
  after = replaced(after, "\treturn ret;\n}\n", "\treturn ret;\n}\n\nint new_end;\n");
  EXPECT_EQ(*unified_diff("y.h", kDriver, after), gits_diff("y.h", kDriver, after));
}

TEST_F(TextDiffTest, NoNewlineAtTheEnd) {
  EXPECT_EQ(*unified_diff("y.c", "a\nb", "a\nc"), gits_diff("y.c", "a\nb", "a\nc"));
}

TEST_F(TextDiffTest, ALongTitleIsCutAsGitCutsIt) {
  const std::string before =
      "int " + std::string(100, 'x') + "(void)\n{\n\ta();\n\tb();\n\tc();\n\td();\n}\n";
  const std::string after = replaced(before, "d()", "e()");
  EXPECT_EQ(*unified_diff("y.c", before, after), gits_diff("y.c", before, after));
}

TEST_F(TextDiffTest, OtherFilesFollowGitsPlainRule) {
  const std::string before = "all:\n\ta\n\tb\n\tc\n\td\n";
  const std::string after = replaced(before, "\td", "\te");
  EXPECT_EQ(*unified_diff("Makefile", before, after), gits_diff("Makefile", before, after));
}

TEST_F(TextDiffTest, APatchOfItApplies) {
  const std::string after = replaced(kDriver, "\tb();\n", "\tb();\n\tbb();\n");
  const auto root = make_repository("tree", {{"y.c", std::string(kDriver)}});
  write(path("it.patch"), *unified_diff("y.c", kDriver, after));
  git(root, {"apply", path("it.patch")});
  EXPECT_EQ(*read_file(root / "y.c"), after);
}

TEST(TextDiff, EqualTextsDifferInNothing) {
  EXPECT_EQ(*unified_diff("a", "x\n", "x\n"), "");
  EXPECT_EQ(diff_stat("x\n", "x\n")->insertions, 0U);
}

TEST(TextDiff, StatCountsLines) {
  const auto stat = diff_stat("a\nb\nc\n", "a\nx\ny\nc\n");
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->insertions, 2U);
  EXPECT_EQ(stat->deletions, 1U);
}

TEST(TextDiff, ANewFileSaysSo) {
  const auto diff = unified_diff("new.c", "", "int a;\n");
  EXPECT_THAT(*diff, HasSubstr("+int a;\n"));
  EXPECT_THAT(*diff, HasSubstr("@@ -0,0 +1 @@\n"));
}

}  // namespace
}  // namespace killify
