// What a series file wants threaded, and what of it a tree has.
#include "plan/asked_threads.h"

#include "plan/planner.h"
#include "support/small_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const test::Files kFiles = {
    {"include/linux/box.h",
     "struct box_ctx {\n\tbool no_wait;\n\tbool intr;\n\tint count;\n};\n\n"
     "struct new_ctx {\n\tbool no_wait;\n\tunsigned int state;\n};\n\n"
     "int box_wait(struct box *box, bool intr);\n"
     "int box_sleep(struct box *box, unsigned int state);\n"
     "int box_lock_state(struct box *box, unsigned int state);\n"
     "int box_lend(struct box *box, struct box_ctx *ctx);\n\n"
     "static inline int box_lock(struct box *box, bool intr)\n{\n"
     "\treturn box_lock_state(box, intr ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE);\n}\n"},
    {"lib/box.c",
     "int box_wait(struct box *box, bool intr)\n{\n"
     "\tif (intr)\n\t\treturn mutex_lock_interruptible(&box->lock);\n"
     "\tmutex_lock(&box->lock);\n\treturn 0;\n}\n\n"
     "int box_sleep(struct box *box, unsigned int state)\n{\n\treturn schedule_in(state);\n}\n\n"
     "int box_lock_state(struct box *box, unsigned int state)\n{\n"
     "\treturn schedule_in(state);\n}\n\n"
     "int box_lend(struct box *box, struct box_ctx *ctx)\n{\n"
     "\treturn box_wait(box, ctx->intr);\n}\n\n"
     "int box_give(struct box *box)\n{\n\tstruct box_ctx ctx = { false, true };\n\n"
     "\treturn box_lend(box, &ctx);\n}\n"}};

ThreadSpec function(const std::string& name, const std::string& parameter) {
  return {.name = name, .flag = parameter, .place = "s.yaml:7:9", .line = 7};
}

ThreadSpec context(const std::string& name, const std::string& field) {
  return {.kind = ThreadSpec::Kind::kContext,
          .name = name,
          .flag = field,
          .place = "s.yaml:7:9",
          .line = 7};
}

class AskedThreadsTest : public testing::Test {
 protected:
  Result<AskedThreads> ask(const ThreadSpec& thread, const std::vector<std::string>& paths = {}) {
    tree_.series.threads = {thread};
    return asked_threads(*tree_.facts, tree_.series, paths);
  }
  // Of the one that is left alone.
  std::string reason(const ThreadSpec& thread) {
    const auto asked = test::value_of(ask(thread));
    EXPECT_THAT(asked.findings, IsEmpty());
    return asked.left_out.size() == 1 ? asked.left_out[0].reason : "";
  }
  Plan plan_of(const ThreadSpec& thread) {
    const auto asked = test::value_of(ask(thread));
    return test::value_of(make_plan(*tree_.facts, tree_.series, asked.findings,
                                    group_by(Grouping::kDriver, tree_.series.commit.prefixes)));
  }

  test::SmallTree tree_{kFiles};
};

TEST_F(AskedThreadsTest, AreFindingsWithoutAHandler) {
  const auto asked = test::value_of(ask(function("box_wait", "intr")));
  EXPECT_THAT(asked.left_out, IsEmpty());
  ASSERT_THAT(asked.findings, SizeIs(1));
  EXPECT_TRUE(is_asked_for(asked.findings[0]));
  EXPECT_EQ(asked.findings[0].sink.file, "lib/box.c");
  EXPECT_EQ(asked.findings[0].sink.line, 1);
  const auto field = test::value_of(ask(context("box_ctx", "intr")));
  ASSERT_THAT(field.findings, SizeIs(1));
  EXPECT_EQ(field.findings[0].id, "box_ctx.intr");
  EXPECT_EQ(field.findings[0].sink.file, "include/linux/box.h");
}

TEST_F(AskedThreadsTest, AreThoseBelowThePathsOnly) {
  EXPECT_THAT(test::value_of(ask(function("box_wait", "intr"), {"lib"})).findings, SizeIs(1));
  for (const auto& thread : {function("box_wait", "intr"), function("box_lock", "intr"),
                             function("crate_wait", "intr"), context("box_ctx", "intr")}) {
    const auto asked = test::value_of(ask(thread, {"drivers/misc"}));
    EXPECT_THAT(asked.findings, IsEmpty()) << thread.text();
    EXPECT_THAT(asked.left_out, IsEmpty()) << thread.text();
  }
}

TEST_F(AskedThreadsTest, LeaveAloneWhatAnotherTreeHas) {
  EXPECT_THAT(reason(function("crate_wait", "intr")),
              HasSubstr("not in this tree: no file defines a function crate_wait"));
  EXPECT_THAT(reason(context("crate_ctx", "intr")),
              HasSubstr("not in this tree: no file defines a struct crate_ctx"));
  EXPECT_EQ(reason(function("box_lock", "intr")), "threaded already: there is box_lock_state()");
  EXPECT_EQ(reason(function("box_sleep", "intr")), "threaded already: box_sleep() takes a state");
  EXPECT_EQ(reason(context("new_ctx", "intr")), "threaded already: struct new_ctx keeps a state");
  EXPECT_EQ(reason(function("box_wait", "box")), "review: 'box' is no bool");
  EXPECT_EQ(reason(context("box_ctx", "count")), "review: 'count' is no bool");
}

TEST_F(AskedThreadsTest, NameTheSeriesFileWhereANameIsWrong) {
  EXPECT_EQ(ask(function("box_wait", "inter")).error().message,
            "s.yaml:7:9: box_wait() of lib/box.c has no parameter 'inter' (did you mean 'intr'?); "
            "name one of: box, intr");
  EXPECT_EQ(ask(context("box_ctx", "inter")).error().message,
            "s.yaml:7:9: struct box_ctx of include/linux/box.h has no field 'inter' (did you mean "
            "'intr'?); name one of: no_wait, intr, count");
}

TEST_F(AskedThreadsTest, AreStepsThatNoFaultNeeds) {
  const auto plan = plan_of(function("box_wait", "intr"));
  EXPECT_THAT(plan.left_out, IsEmpty());
  ASSERT_THAT(plan.steps, SizeIs(1));
  EXPECT_TRUE(is_asked_for_alone(plan.steps[0]));
  EXPECT_THAT(plan.steps[0].reason, HasSubstr("the series file asks for it"));
  ASSERT_THAT(plan.steps[0].threads.forms, SizeIs(1));
  EXPECT_EQ(plan.steps[0].threads.forms[0].renamed, "box_wait_state");
}

TEST_F(AskedThreadsTest, ThreadAContextToWhatItsFlagIsHandedTo) {
  const auto plan = plan_of(context("box_ctx", "intr"));
  EXPECT_THAT(plan.left_out, IsEmpty());
  ASSERT_THAT(plan.steps, SizeIs(2));
  EXPECT_EQ(plan.steps[0].threads.forms.at(0).renamed, "box_wait_state");
  const auto& threads = plan.steps[1].threads;
  ASSERT_THAT(threads.contexts, SizeIs(1));
  EXPECT_EQ(threads.contexts[0].position, 1U);
  EXPECT_THAT(threads.contexts[0].users, ElementsAre(FunctionKey("lib/box.c", "box_give"),
                                                     FunctionKey("lib/box.c", "box_lend")));
}

}  // namespace
}  // namespace killify
