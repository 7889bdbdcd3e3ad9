// From the sleeps of small drivers to the runs of semantic patches, and why others stay.
#include "plan/planner.h"

#include "spec/driver.h"
#include "support/small_plan.h"
#include "support/small_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using test::plan_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// What stays, as "FILE: REASON".
std::vector<std::string> stays(const Plan& plan) {
  std::vector<std::string> found;
  for (const auto& left : plan.left_out)
    found.push_back(left.finding.sink.file + ": " + left.reason);
  return found;
}

std::vector<std::string> groups(const Plan& plan) {
  std::vector<std::string> found;
  for (const auto& step : plan.steps) found.push_back(step.group);
  return found;
}

// A driver whose handler does `body`, with more code behind it.
std::string driver(const std::string& body, const std::string& more = {}) {
  return "static vm_fault_t box_fault(struct vm_fault *vmf)\n{\n" + body +
         "\treturn 0;\n}\n\nstatic const struct vm_operations_struct box_ops = {\n"
         "\t.fault = box_fault,\n};\n" +
         more;
}

const std::string kLock =
    "\tif (mutex_lock_interruptible(&box->lock))\n\t\treturn VM_FAULT_NOPAGE;\n";
const std::string kWait =
    "\tif (wait_event_interruptible(box->wq, box->done))\n\t\treturn VM_FAULT_NOPAGE;\n";
const std::string kQueue = "struct box {\n\twait_queue_head_t wq;\n};\n";
const std::string kWake =
    "void box_done(struct box *box)\n{\n\twake_up_interruptible(&box->wq);\n}\n";

TEST(Planner, ASleepAloneIsConvertedAndItsResult) {
  test::SmallTree tree({{"drivers/misc/box/box.c", driver(kLock)}});
  const auto plan = plan_of(tree);
  ASSERT_THAT(plan.steps, SizeIs(1));
  const auto& step = plan.steps[0];
  EXPECT_EQ(step.group, "drivers/misc/box");
  EXPECT_THAT(step.files, ElementsAre("drivers/misc/box/box.c"));
  ASSERT_THAT(step.runs, SizeIs(3));
  EXPECT_EQ(step.runs[0].patch, "convert/mutex.cocci");
  EXPECT_EQ(step.runs[0].defines, (std::map<std::string, std::string>{
                                      {"fn", "box_fault"}, {"mutex_lock_interruptible", ""}}));
  EXPECT_EQ(step.runs[1].patch, "convert/fatal-return.cocci");
  EXPECT_EQ(step.runs[1].defines,
            (std::map<std::string, std::string>{{"fn", "box_fault"},
                                                {"only_signal", ""},
                                                {"result", "VM_FAULT_SIGBUS"},
                                                {"sleep", "mutex_lock_killable"}}));
  EXPECT_EQ(step.runs[2].patch, "convert/fatal-exit.cocci");
  EXPECT_THAT(plan.left_out, IsEmpty());
}

TEST(Planner, TheResultIsAStepThatCanBeSwitchedOff) {
  test::SmallTree tree({{"d/box.c", driver(kLock)}});
  tree.series.on_fatal_signal.reset();
  const auto plan = plan_of(tree);
  ASSERT_THAT(plan.steps, SizeIs(1));
  EXPECT_THAT(plan.steps[0].runs, SizeIs(1));
}

TEST(Planner, AHelpersCallerGetsTheResult) {
  test::SmallTree tree({{"d/box.c",
                         "static int helper(struct box *box)\n{\n"
                         "\treturn mutex_lock_interruptible(&box->lock);\n}\n" +
                             driver("\tif (helper(vmf->box))\n\t\treturn VM_FAULT_NOPAGE;\n")}});
  const auto plan = plan_of(tree);
  ASSERT_THAT(plan.steps, SizeIs(1));
  const auto& runs = plan.steps[0].runs;
  ASSERT_THAT(runs, SizeIs(2));
  EXPECT_EQ(runs[0].defines.at("fn"), "helper");
  EXPECT_EQ(runs[1].patch, "convert/fatal-return.cocci");
  EXPECT_EQ(runs[1].defines.at("fn"), "box_fault");
  EXPECT_EQ(runs[1].defines.at("sleep"), "helper");
  EXPECT_FALSE(runs[1].defines.contains("only_signal"));  // a helper has errors of its own
}

TEST(Planner, WhatCannotBeConvertedStaysWithItsReason) {
  test::SmallTree tree(
      {{"d/fence.c", driver("\tif (dma_fence_wait(f, intr))\n\t\treturn VM_FAULT_NOPAGE;\n")},
       {"d/shared.c", driver(kLock, "int f(void)\n{\n\treturn box_fault(0);\n}\n")},
       {"d/missing.c", driver("\tif (ww_mutex_lock_interruptible(&box->lock, 0))\n"
                              "\t\treturn VM_FAULT_NOPAGE;\n")},
       {"d/state.c", driver("\tif (wait_for_completion_state(&c, TASK_INTERRUPTIBLE))\n"
                            "\t\treturn VM_FAULT_NOPAGE;\n")}});
  const auto plan = plan_of(tree);
  EXPECT_THAT(plan.steps, IsEmpty());
  EXPECT_THAT(
      stays(plan),
      ElementsAre(
          "d/fence.c: review: whether it sleeps interruptibly depends on 'intr'",
          "d/missing.c: waits for a missing primitive: ww_mutex_lock_killable(): "
          "ww_mutex_lock_interruptible() is not defined as a function",
          HasSubstr("d/shared.c: review: the handler itself is shared: f() calls it, too"),
          "d/state.c: review: no semantic patch converts wait_for_completion_state() in place"));
}

TEST(Planner, OneCallThatStaysKeepsTheOthersOfItsFunction) {
  test::SmallTree tree(
      {{"d/box.c", driver(kLock + "#if 0\n\tif (odd) ) {\n" + kLock + "#endif\n")}});
  const auto plan = plan_of(tree);
  EXPECT_THAT(plan.steps, IsEmpty());
  EXPECT_THAT(stays(plan),
              testing::Contains(HasSubstr(
                  "another call of mutex_lock_interruptible() in box_fault() is to stay")));
}

TEST(Planner, AWaitIsConvertedWithItsWakeUps) {
  test::SmallTree tree({{"drivers/misc/box/box.c", driver(kWait)},
                        {"drivers/misc/box/box.h", kQueue},
                        {"drivers/misc/box/irq.c", kWake}});
  const auto plan = plan_of(tree);
  ASSERT_THAT(plan.steps, SizeIs(1)) << testing::PrintToString(stays(plan));
  EXPECT_THAT(plan.steps[0].queues, ElementsAre("box->wq"));
  EXPECT_EQ(plan.steps[0].runs.back(),
            (PatchRun{"convert/wake_up.cocci",
                      "drivers/misc/box/irq.c",
                      {{"queue", "wq"}, {"wake_up_interruptible", ""}}}));
}

TEST(Planner, AWaitThatMightNotBeWokenStays) {
  const auto bad = [](const std::string& more) { return driver(kWait, more); };
  test::SmallTree tree({
      {"drivers/misc/a_far/a.c", bad(kWake)},
      {"drivers/misc/b_never/a.c", bad(kQueue)},
      {"drivers/misc/c_other/a.c",
       bad(kQueue + kWake +
           "int f(struct box *b)\n{\n\treturn wait_event_interruptible(b->wq, 1);\n}\n")},
      {"drivers/misc/d_poll/a.c",
       bad(kQueue +
           "void f(struct box *b)\n{\n\twake_up_interruptible_sync_poll(&b->wq, 1);\n}\n")},
      {"drivers/misc/e_alias/a.c",
       bad(kQueue + kWake +
           "void f(struct box *b)\n{\n\tstruct wait_queue_head *q = &b->wq;\n"
           "\twake_up_interruptible(q);\n}\n")},
      {"drivers/misc/f_macro/a.c",
       bad(kQueue + kWake + "#define WAKE(b) wake_up_interruptible(&(b)->wq)\n")},
  });
  const auto plan = plan_of(tree);
  EXPECT_THAT(groups(plan), IsEmpty());
  EXPECT_THAT(
      stays(plan),
      ElementsAre(HasSubstr("the wait queue 'wq' is not declared in drivers/misc/a_far"),
                  HasSubstr("no wake-up of the wait queue 'wq' found in drivers/misc/b_never"),
                  HasSubstr("f() sleeps interruptibly on the same wait queue"),
                  HasSubstr("wake_up_interruptible_sync_poll() has no counterpart"),
                  HasSubstr("what becomes of the wait queue 'wq' here is not followed"),
                  HasSubstr("spatch cannot parse this use of the wait queue 'wq'")));
}

// Without the pass that adds, what the tree lacks is waited for, though it could be made.
TEST(Planner, ACampaignThatAddsNothingMakesNothing) {
  test::SmallTree tree(
      {{"include/linux/ww_mutex.h",
        "static inline int ww_mutex_lock_interruptible(struct ww_mutex *lock, void *ctx)\n{\n"
        "\treturn mutex_lock_interruptible(&lock->base);\n}\n"},
       {"drivers/misc/box/box.c", driver("\tif (ww_mutex_lock_interruptible(&box->lock, 0))\n"
                                         "\t\treturn VM_FAULT_NOPAGE;\n")}});
  const auto with = plan_of(tree);
  ASSERT_THAT(with.steps, SizeIs(2)) << testing::PrintToString(stays(with));
  tree.series.passes.add = false;
  const auto without = plan_of(tree);
  EXPECT_THAT(without.steps, IsEmpty());
  EXPECT_THAT(stays(without),
              ElementsAre(HasSubstr("waits for a missing primitive: ww_mutex_lock_killable(): the "
                                    "campaign adds nothing")));
}

// What already wakes every sleeper is not changed, and the others hear what they heard: whoever
// else sleeps on the queue does not matter, though another queue of the driver spares killable
// sleepers.
TEST(Planner, WhoeverElseSleepsHearsWakeUpsThatStay) {
  const std::string others =
      "int f(struct box *b)\n{\n\treturn wait_event_interruptible(b->wq, 1);\n}\n"
      "void g(struct box *b)\n{\n\twake_up(&b->wq);\n\twake_up_interruptible(&b->rq);\n}\n";
  test::SmallTree tree({{"drivers/misc/box/box.c", driver(kWait, kQueue + others)}});
  const auto plan = plan_of(tree);
  ASSERT_THAT(plan.steps, SizeIs(1)) << testing::PrintToString(stays(plan));
  for (const auto& run : plan.steps[0].runs) EXPECT_NE(run.patch, "convert/wake_up.cocci");
}

// add_wait_queue() and set_current_state() is a wait on a queue, too.
TEST(Planner, AQueueJoinedByHandIsJudgedLikeAnyOther) {
  const std::string by_hand =
      "\tadd_wait_queue(&box->wq, &wait);\n\tset_current_state(TASK_INTERRUPTIBLE);\n"
      "\tschedule();\n\tremove_wait_queue(&box->wq, &wait);\n";
  test::SmallTree tree({{"drivers/misc/box/box.c", driver(by_hand, kQueue + kWake)},
                        {"drivers/misc/deaf/box.c", driver(by_hand, kQueue)}});
  const auto plan = plan_of(tree);
  ASSERT_THAT(groups(plan), ElementsAre("drivers/misc/box"));
  EXPECT_EQ(plan.steps[0].runs.back().patch, "convert/wake_up.cocci");
  EXPECT_THAT(stays(plan), ElementsAre(HasSubstr("no wake-up of the wait queue 'wq'")));
}

TEST(Planner, StepsAreSortedAndGroupedAsAsked) {
  test::SmallTree tree({{"drivers/gpu/drm/zed/sub/z.c", driver(kLock)},
                        {"drivers/gpu/drm/zed/y.c", driver(kLock)},
                        {"drivers/gpu/drm/abc/a.c", driver(kLock)}});
  EXPECT_THAT(groups(plan_of(tree)), ElementsAre("drivers/gpu/drm/abc", "drivers/gpu/drm/zed"));
  EXPECT_THAT(groups(plan_of(tree, Grouping::kFile)),
              ElementsAre("drivers/gpu/drm/abc/a.c", "drivers/gpu/drm/zed/sub/z.c",
                          "drivers/gpu/drm/zed/y.c"));
}

TEST(DriverOf, FollowsThePrefixTable) {
  const std::vector<SubjectPrefix> prefixes = {
      {"drivers", "{}"}, {"drivers/gpu/drm", "drm/{}"}, {"arch/x86/entry", "x86/entry"}};
  EXPECT_EQ(driver_of("drivers/gpu/drm/i915/gem/x.c", prefixes), "drivers/gpu/drm/i915");
  EXPECT_EQ(driver_of("drivers/gpu/drm/core.c", prefixes), "drivers/gpu/drm/core.c");
  EXPECT_EQ(driver_of("drivers/xen/x.c", prefixes), "drivers/xen");
  EXPECT_EQ(driver_of("arch/x86/entry/vdso/x.c", prefixes), "arch/x86/entry");
  EXPECT_EQ(driver_of("fs/nfs/x.c", prefixes), "fs/nfs");
  EXPECT_EQ(driver_of("driversx/a/b.c", prefixes), "driversx/a");
  EXPECT_EQ(driver_of("x.c", prefixes), "x.c");
}

TEST(Vocabulary, IsWhatTheTreesHeadersHave) {
  test::SmallTree tree({{"d/a.c", "int in_source(int x);\n"},
                        {"include/a.h",
                         "/* in_comment() */\nextern struct s in_value;\n"
                         "int declared(int);\n"},
                        {"tools/include/a.h", "int in_tools(int);\n"}});
  Vocabulary vocabulary(*tree.facts);
  EXPECT_TRUE(test::value_of(vocabulary.has("declared")));
  EXPECT_TRUE(test::value_of(vocabulary.has("TASK_KILLABLE")));
  EXPECT_TRUE(test::value_of(vocabulary.has("wake_up")));
  for (const auto* absent : {"in_source", "in_comment", "in_value", "in_tools", "nowhere"})
    EXPECT_FALSE(test::value_of(vocabulary.has(absent))) << absent;
}

}  // namespace
}  // namespace killify
