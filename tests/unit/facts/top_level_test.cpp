// Where the definitions and prototypes of a function begin and end.
#include "facts/top_level.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

std::vector<TopLevelItem> items(const std::string& text) {
  return top_level_items(*Sketch::of(text), "box_lock");
}

TEST(TopLevelItems, ADefinitionHasItsCommentAndItsExport) {
  const auto found = items(
      "#include \"box.h\"\n"
      "\n"
      "/**\n"
      " * box_lock - take it\n"
      " */\n"
      "int __sched\n"
      "box_lock(struct box *box)\n"
      "{\n"
      "\treturn take(box);\n"
      "}\n"
      "\n"
      "EXPORT_SYMBOL_GPL(box_lock);\n");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_TRUE(found[0].definition);
  EXPECT_FALSE(found[0].is_static);
  EXPECT_TRUE(found[0].apart);
  EXPECT_EQ(found[0].comment, 3);
  EXPECT_EQ(found[0].first, 6);
  EXPECT_EQ(found[0].last, 10);
  EXPECT_EQ(found[0].exported, 12);
}

TEST(TopLevelItems, EveryVariantIsOne) {
  const auto found = items(
      "#ifdef CONFIG_BOX\n"
      "extern int box_lock(struct box *box,\n"
      "\t\t    int how);\n"
      "#else\n"
      "static inline int box_lock(struct box *box, int how)\n"
      "{\n"
      "\treturn 0;\n"
      "}\n"
      "#endif\n");
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_FALSE(found[0].definition);
  EXPECT_EQ(found[0].first, 2);
  EXPECT_EQ(found[0].last, 3);
  EXPECT_EQ(found[0].comment, 0);
  EXPECT_TRUE(found[1].definition);
  EXPECT_TRUE(found[1].is_static);
  EXPECT_EQ(found[1].first, 5);
  EXPECT_EQ(found[1].last, 8);
}

TEST(TopLevelItems, ACommentBehindCodeIsNotTheFunctions) {
  const auto found = items("int a; /* of\n * a */\nint box_lock(void);\n");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].comment, 0);
}

TEST(TopLevelItems, CodeOnTheSameLineIsSeen) {
  const auto found = items("int a; int box_lock(void);\n");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_FALSE(found[0].apart);
}

TEST(TopLevelItems, CallsAndMacrosAreNone) {
  EXPECT_THAT(items("#define box_lock(b) take(b)\nint f(void)\n{\n\treturn box_lock(b);\n}\n"),
              IsEmpty());
}

}  // namespace
}  // namespace killify
