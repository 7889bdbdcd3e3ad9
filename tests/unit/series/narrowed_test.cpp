#include "series/narrowed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

const std::string kText =
    "#include <a.h>\n"
    "\n"
    "static int one(void)\n{\n\tint a = 1;\n\n\treturn a;\n}\n"
    "\n"
    "int two(void)\n{\n\treturn one();\n}\n"
    "\n"
    "int three(void)\n{\n#define B \\\n\t3\n\treturn B;\n}\n"
    "\n"
    "int four(void) { return 4; }\n"
    "EXPORT_SYMBOL(four);\n";

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  return text.replace(text.find(what), what.size(), by);
}

TEST(NarrowedText, HasOneBodyAndEveryLineWhereItWas) {
  const auto less = narrowed(kText, "two");
  ASSERT_TRUE(less);
  const auto expected = replaced(kText, "\tint a = 1;\n\n\treturn a;\n", "\n\n\n");
  EXPECT_EQ(less->text, replaced(expected, "\treturn B;\n", "\n"));
  EXPECT_THAT(less->others, testing::ElementsAre("four"));
  EXPECT_EQ(function_in(less->text, *less), "int two(void)\n{\n\treturn one();\n}\n");
}

TEST(NarrowedText, GivesWhatBecameOfTheFunction) {
  const auto less = narrowed(kText, "two");
  ASSERT_TRUE(less);
  const auto changed = replaced(less->text, "return one()", "int a = one();\n\n\treturn a");
  EXPECT_EQ(function_in(changed, *less), "int two(void)\n{\n\tint a = one();\n\n\treturn a;\n}\n");
}

TEST(NarrowedText, GivesNothingWhereSomethingElseChanged) {
  const auto less = narrowed(kText, "two");
  ASSERT_TRUE(less);
  EXPECT_EQ(function_in(replaced(less->text, "<a.h>", "<b.h>"), *less), std::nullopt);
  EXPECT_EQ(function_in(replaced(less->text, "return 4", "return 5"), *less), std::nullopt);
  EXPECT_EQ(function_in("", *less), std::nullopt);
}

TEST(NarrowedText, IsOfOneFunction) {
  EXPECT_FALSE(narrowed(kText, "five"));
  EXPECT_FALSE(narrowed(kText + "#ifdef B\nint two(void)\n{\n}\n#endif\n", "two"));
}

TEST(WithFunctions, PutsThemWhereTheOldOnesWere) {
  const std::string one = "static int one(void)\n{\n\treturn 1;\n}\n";
  const std::string two = "int two(void)\n{\n\tone();\n\n\treturn one();\n}\n";
  auto expected = replaced(kText, "\tint a = 1;\n\n\treturn a;\n", "\treturn 1;\n");
  expected = replaced(expected, "\treturn one();\n", "\tone();\n\n\treturn one();\n");
  EXPECT_EQ(with_functions(kText, {{"two", two}, {"one", one}}), expected);
}

}  // namespace
}  // namespace killify
