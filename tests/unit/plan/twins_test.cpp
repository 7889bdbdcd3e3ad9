// Which functions are models of killable counterparts, and what those need.
#include "plan/twins.h"

#include "support/small_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// What plan() says of box_lock_interruptible(), and the twins it plans.
struct Planned {
  std::string objection;
  std::vector<Twin> twins;
};

Planned planned(test::SmallTree& tree, const std::string& user = {}) {
  Vocabulary vocabulary(*tree.facts);
  TwinPlanner planner(*tree.facts, tree.series.catalogue, vocabulary, tree.series.passes);
  Planned result;
  result.objection =
      test::value_of(planner.plan("box_lock_interruptible", "box_lock_killable", user));
  result.twins = planner.twins_for("box_lock_killable");
  return result;
}

std::vector<std::string> names(const std::vector<Twin>& twins) {
  std::vector<std::string> found;
  for (const auto& twin : twins) found.push_back(twin.name);
  return found;
}

// The objection to a box_lock_interruptible() with that body.
std::string objection_to(const std::string& body, const std::string& more = {}) {
  test::SmallTree tree(
      {{"lib/box.c", more + "int box_lock_interruptible(struct box *box)\n{\n" + body + "}\n"}});
  auto result = planned(tree);
  EXPECT_EQ(result.twins.empty(), !result.objection.empty());
  return result.objection;
}

const std::string kState = "\treturn take(box, TASK_INTERRUPTIBLE);\n";
const std::string kTake = "static int take(struct box *box, int state)\n{\n\treturn state;\n}\n";

TEST(TwinPlanner, AStateThatIsHandedOnIsUnderstood) {
  EXPECT_EQ(objection_to(kState, kTake), "");
}

TEST(TwinPlanner, CalleesComeFirstAndStaticOnesGoAlong) {
  test::SmallTree tree(
      {{"include/linux/box.h", "int box_lock_interruptible(struct box *box);\n"},
       {"lib/box.c", kTake + "static int slow_interruptible(struct box *box)\n{\n" + kState +
                         "}\n\nint box_lock_interruptible(struct box *box)\n{\n"
                         "\treturn slow_interruptible(box);\n}\n"}});
  const auto result = planned(tree);
  EXPECT_EQ(result.objection, "");
  ASSERT_THAT(names(result.twins), ElementsAre("slow_killable", "box_lock_killable"));
  EXPECT_TRUE(result.twins[0].internal);
  EXPECT_EQ(result.twins[0].declared_in, "lib/box.c");
  EXPECT_FALSE(result.twins[1].internal);
  EXPECT_EQ(result.twins[1].declared_in, "include/linux/box.h");
  EXPECT_THAT(result.twins[1].files, ElementsAre("include/linux/box.h", "lib/box.c"));
  EXPECT_EQ(result.twins[1].renames.at("slow_interruptible"), "slow_killable");
}

TEST(TwinPlanner, AFunctionThatTheCommentSendsToGetsATwin) {
  test::SmallTree tree(
      {{"include/linux/box.h",
        "/**\n * box_lock_interruptible - or call box_lock_slow_interruptible()\n */\n"
        "int box_lock_interruptible(struct box *box);\n\n"
        "static inline int box_lock_slow_interruptible(struct box *box)\n{\n"
        "\treturn box_lock_interruptible(box);\n}\n"},
       {"lib/box.c", kTake + "int box_lock_interruptible(struct box *box)\n{\n" + kState + "}\n"}});
  const auto result = planned(tree);
  EXPECT_EQ(result.objection, "");
  EXPECT_THAT(names(result.twins), ElementsAre("box_lock_killable", "box_lock_slow_killable"));
}

TEST(TwinPlanner, WhatTheTreeHasIsNotPlanned) {
  test::SmallTree tree(test::Files{{"include/linux/box.h",
                                    "int box_lock_interruptible(struct box *box);\n"
                                    "int box_lock_killable(struct box *box);\n"}});
  const auto result = planned(tree);
  EXPECT_EQ(result.objection, "");
  EXPECT_THAT(result.twins, IsEmpty());
}

TEST(TwinPlanner, AnotherFilesStaticFunctionIsAnotherFunction) {
  test::SmallTree tree(
      {{"lib/box.c", kTake + "int box_lock_interruptible(struct box *box)\n{\n" + kState + "}\n"},
       {"lib/other.c",
        "static int box_lock_interruptible(void)\n{\n\tstatic int n;\n\treturn n;\n}\n"}});
  const auto result = planned(tree);
  EXPECT_EQ(result.objection, "");
  EXPECT_THAT(result.twins.at(0).files, ElementsAre("lib/box.c"));
}

TEST(TwinPlanner, AStaticFunctionIsItsFilesOwn) {
  test::SmallTree tree(test::Files{{"d/box.c",
                                    "static int box_lock_interruptible(struct box *box)\n{\n"
                                    "\treturn mutex_lock_interruptible(&box->lock);\n}\n"}});
  EXPECT_THAT(planned(tree).objection, HasSubstr("is not defined as a function"));
  const auto result = planned(tree, "d/box.c");
  EXPECT_EQ(result.objection, "");
  EXPECT_THAT(result.twins.at(0).files, ElementsAre("d/box.c"));
  EXPECT_FALSE(result.twins.at(0).internal);
}

// A callee may do something else with another state.
TEST(TwinPlanner, AStateThatIsComparedIsNoModel) {
  EXPECT_THAT(objection_to(kState,
                           "static int take(struct box *box, int state)\n{\n"
                           "\treturn state == TASK_INTERRUPTIBLE;\n}\n"),
              HasSubstr("may not do the same with another state"));
  EXPECT_THAT(objection_to(kState), HasSubstr("may not do the same with another state"));
  EXPECT_THAT(objection_to("\tint state = TASK_INTERRUPTIBLE;\n\n\treturn take(box, state);\n"),
              HasSubstr("otherwise than as an argument"));
}

// Whoever wakes the sleeper may not reach a killable one.
TEST(TwinPlanner, AWaitQueueIsNoModel) {
  EXPECT_THAT(objection_to("\treturn wait_event_interruptible(box->wq, box->free);\n"),
              HasSubstr("what wakes it"));
  EXPECT_THAT(objection_to("\tset_current_state(TASK_INTERRUPTIBLE);\n\tschedule();\n"),
              HasSubstr("what wakes it"));
}

TEST(TwinPlanner, OtherBodiesThatAreNoModels) {
  EXPECT_THAT(objection_to("\treturn box->lock;\n"), HasSubstr("nothing in"));
  EXPECT_THAT(objection_to("\treturn dma_fence_wait(box->fence, true);\n"),
              HasSubstr("gives dma_fence_wait() a flag"));
  EXPECT_THAT(objection_to("\treturn take(box, box->interruptible);\n"),
              HasSubstr("otherwise than by calling it"));
  EXPECT_THAT(objection_to("\tstatic int n;\n\n\treturn mutex_lock_interruptible(&box->lock);\n"),
              HasSubstr("static variable"));
  EXPECT_THAT(objection_to("\treturn down_interruptible(&box->lock);\n"),
              HasSubstr("down_interruptible() is not defined as a function"));
  std::string lines;
  for (int i = 0; i < 40; ++i) lines += "\tbox->n++;\n";
  EXPECT_THAT(objection_to(lines + kState, kTake), HasSubstr("too long to be copied"));
}

TEST(TwinPlanner, AMacroIsNoModel) {
  test::SmallTree tree(
      test::Files{{"include/linux/box.h",
                   "#define box_lock_interruptible(box) mutex_lock_interruptible(box)\n"}});
  EXPECT_THAT(planned(tree).objection, HasSubstr("is a macro (include/linux/box.h)"));
}

TEST(KillableName, SaysWhatTheOtherSays) {
  EXPECT_EQ(killable_name("a_lock_interruptible_nested"), "a_lock_killable_nested");
  EXPECT_EQ(killable_name("a_lock"), "");
}

}  // namespace
}  // namespace killify
