// The diffs that spatch prints become texts again.
#include "apply/spatch_diff.h"

#include "tree/text_diff.h"

namespace killify {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kPrinted =
    "a.c:3: said by a script\n"
    "--- /tree/a.c\n"
    "+++ /tmp/cocci-output-1-a.c\n"
    "@@ -1,3 +1,2 @@\n"
    " one\n"
    "--- two\n"
    " three\n"
    "--- /tree/b.h\t2026-01-01\n"
    "+++ /tmp/cocci-output-1-b.h\n"
    "@@ -1 +1 @@ f()\n"
    "-old\n"
    "\\ No newline at end of file\n"
    "+new\n"
    "said at the end\n";

TEST(SpatchDiff, IsToldFromWhatScriptsPrint) {
  const auto printed = printed_by_path(kPrinted);
  EXPECT_THAT(printed.other, ElementsAre("a.c:3: said by a script", "said at the end"));
  ASSERT_THAT(printed.diffs, SizeIs(2));
  EXPECT_THAT(printed.diffs.at("/tree/a.c"),
              ElementsAre(ElementsAre("@@ -1,3 +1,2 @@", " one", "--- two", " three")));
  EXPECT_EQ(with_hunks("one\n-- two\nthree\nfour\n", printed.diffs.at("/tree/a.c")[0]),
            "one\nthree\nfour\n");
  EXPECT_EQ(with_hunks("old", printed.diffs.at("/tree/b.h")[0]), "new\n");
}

TEST(SpatchDiff, FitsToTheLetterOrNotAtAll) {
  const std::vector<std::string> hunks = {"@@ -2,2 +2,1 @@", " b", "-c"};
  EXPECT_EQ(with_hunks("a\nb\nc\n", hunks), "a\nb\n");
  EXPECT_EQ(with_hunks("a\nb\nd\n", hunks), std::nullopt);
  EXPECT_EQ(with_hunks("a\nb\n", hunks), std::nullopt);
  EXPECT_EQ(with_hunks("a\n", {"@@ -9,1 +9,1 @@", " b"}), std::nullopt);
  EXPECT_EQ(with_hunks("a\n", {"@@ what @@", " a"}), std::nullopt);
}

TEST(SpatchDiff, GoesWithWhatGitPrints) {
  const std::string before = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\r\nl";
  const std::string after = "0\na\nb\nc\nd\ne\nf\ng\nh\nj\nK\r\nl\nm\n";
  const auto diff = unified_diff("x", before, after);
  ASSERT_TRUE(diff);
  const auto printed = printed_by_path(*diff);
  ASSERT_THAT(printed.diffs, SizeIs(1));
  EXPECT_EQ(with_hunks(before, printed.diffs.begin()->second.front()), after);
}

TEST(SpatchDiff, PlacesAreCountedInTheOldText) {
  const auto places = changed_places(
      {"@@ -10,4 +10,4 @@", " a", "-b", "+c", "+d", " e", "-f", "@@ -50,0 +51 @@", "+g"});
  ASSERT_THAT(places, SizeIs(3));
  EXPECT_EQ(places[0].line, 11U);
  EXPECT_EQ(places[0].removed, 1U);
  EXPECT_EQ(places[0].added, 2U);
  EXPECT_EQ(places[1].line, 13U);
  EXPECT_EQ(places[2].line, 50U);
  EXPECT_THAT(changed_places({}), IsEmpty());
}

}  // namespace
}  // namespace killify
