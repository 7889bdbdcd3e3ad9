#include "series/narrowed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using testing::SizeIs;

const std::string kText =
    "#include <a.h>\n"
    "\n"
    "static int one(void)\n{\n\tint a = 1;\n\n\treturn a;\n}\n"
    "\n"
    "int two(void)\n{\n\treturn one();\n}\n"
    "\n"
    "int three(void)\n{\n#ifdef A\n\treturn 3;\n#endif\n}\n"
    "\n"
    "int four(void) { return 4; }\n"
    "EXPORT_SYMBOL(four);\n";

TEST(NarrowedText, HasOneBodyAndEveryLineWhereItWas) {
  const auto less = narrowed(kText, "two");
  EXPECT_EQ(less.text,
            "#include <a.h>\n"
            "\n"
            "static int one(void)\n{\n/*@0@*/\n\n\n}\n"
            "\n"
            "int two(void)\n{\n\treturn one();\n}\n"
            "\n"
            "int three(void)\n{\n#ifdef A\n\treturn 3;\n#endif\n}\n"
            "\n"
            "int four(void) { return 4; }\n"
            "EXPORT_SYMBOL(four);\n");
  EXPECT_THAT(less.bodies, SizeIs(1));
  EXPECT_EQ(restored(less, less.text), kText);
}

TEST(NarrowedText, TakesTheChangesAlong) {
  const auto less = narrowed(kText, "two");
  auto changed = less.text;
  changed.replace(changed.find("return one()"), 12, "int a = one();\n\n\treturn a");
  auto expected = kText;
  expected.replace(expected.find("return one()"), 12, "int a = one();\n\n\treturn a");
  EXPECT_EQ(restored(less, changed), expected);
}

TEST(NarrowedText, IsNotRestoredWhereAMarkIsNotAsItWas) {
  const auto less = narrowed(kText, "two");
  auto gone = less.text;
  gone.erase(gone.find("/*@0@*/"), 7);
  EXPECT_EQ(restored(less, gone), std::nullopt);
  auto moved = less.text;
  moved.erase(moved.find("/*@0@*/") + 7, 1);
  EXPECT_EQ(restored(less, moved), std::nullopt);
}

TEST(NarrowedText, OfAFunctionThatIsNotThereHasNone) {
  EXPECT_THAT(narrowed(kText, "five").bodies, SizeIs(2));
}

}  // namespace
}  // namespace killify
