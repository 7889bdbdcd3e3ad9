// Which files have the words that spatch asks for.
#include "apply/needed_words.h"

#include "support/small_tree.h"

namespace killify {
namespace {

using ::testing::ElementsAre;

class NeededWordsTest : public ::testing::Test {
 protected:
  NeededWordsTest()
      : tree_({{"a.c", "int uno(void) { return dos(tres); }\n"},
               {"b.c", "int dos(void) { return quattro(int); }\n"},
               {"c.h", "int tres; /* dos */\n"}}) {}

  [[nodiscard]] std::optional<std::set<std::string>> files(const std::string& query) {
    const auto needed = NeededWords::parse(query);
    EXPECT_TRUE(needed) << query;
    return needed ? needed->files(*tree_.words) : std::nullopt;
  }
  test::SmallTree tree_;
};

TEST_F(NeededWordsTest, OneOfSeveralOrAllOfThem) {
  EXPECT_THAT(*files("uno"), ElementsAre("a.c"));
  EXPECT_THAT(*files("uno || quattro"), ElementsAre("a.c", "b.c"));
  EXPECT_THAT(*files("dos && tres"), ElementsAre("a.c"));
  EXPECT_THAT(*files("(uno || tres) && (dos || nothing)"), ElementsAre("a.c"));
  EXPECT_THAT(*files("nothing"), ElementsAre());
}

TEST_F(NeededWordsTest, AWordThatTheIndexDoesNotHoldIsAnywhere) {
  EXPECT_EQ(files("uno || kernel.h"), std::nullopt);
  EXPECT_EQ(files("kernel.h"), std::nullopt);
  EXPECT_THAT(*files("uno && kernel.h"), ElementsAre("a.c"));
}

TEST_F(NeededWordsTest, WhatIsNoQueryIsNone) {
  for (const std::string query : {"", "uno ||", "(uno", "uno dos", "|| uno", "uno)"})
    EXPECT_FALSE(NeededWords::parse(query)) << query;
}

}  // namespace
}  // namespace killify
