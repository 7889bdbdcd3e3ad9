// What carrying out a plan makes of small drivers, and what the check afterwards turns down.
#include "series/changes.h"

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

Changes changes_of(test::SmallTree& tree, Grouping grouping = Grouping::kDriver) {
  const auto found = test::value_of(audit(*tree.facts, tree.series, {}));
  auto plan = test::value_of(make_plan(*tree.facts, tree.series, found.findings,
                                       group_by(grouping, tree.series.commit.prefixes)));
  return test::value_of(carry_out(*tree.facts, tree.series,
                                  group_by(grouping, tree.series.commit.prefixes), std::move(plan),
                                  *tree.progress));
}

std::string handler(const std::string& name, const std::string& body) {
  return "static vm_fault_t " + name + "(struct vm_fault *vmf)\n{\n" + body + "\treturn 0;\n}\n\n";
}

std::string ops(const std::string& bindings) {
  return "static const struct vm_operations_struct box_ops = {\n" + bindings + "};\n";
}

const std::string kLock =
    "\tif (mutex_lock_interruptible(&box->lock))\n\t\treturn VM_FAULT_NOPAGE;\n";

TEST(CarryOut, ConvertsTheSleepAndItsResult) {
  test::SmallTree tree({{"d/box.c", handler("box_fault", kLock) + ops("\t.fault = box_fault,\n")}});
  const auto result = changes_of(tree);
  ASSERT_THAT(result.changes, SizeIs(1));
  const auto& change = result.changes[0];
  ASSERT_THAT(change.files, SizeIs(1));
  EXPECT_THAT(change.files[0].after, HasSubstr("if (mutex_lock_killable(&box->lock))\n"
                                               "\t\treturn VM_FAULT_SIGBUS;\n"));
  EXPECT_THAT(change.files[0].before, HasSubstr("mutex_lock_interruptible"));
  ASSERT_THAT(change.sites, SizeIs(1));
  EXPECT_EQ(change.sites[0].on_signal, "VM_FAULT_NOPAGE");
  EXPECT_EQ(change.sites[0].on_fatal, "VM_FAULT_SIGBUS");
  EXPECT_EQ(change.sites[0].line, 3);
  EXPECT_THAT(change.semantic_patches,
              ElementsAre("convert/fatal-return.cocci", "convert/mutex.cocci"));
}

// One handler of a driver cannot be shown to end its fault: the other is converted without it.
TEST(CarryOut, AHandlerThatDoesNotEndTheFaultIsLeftAlone) {
  test::SmallTree tree(
      {{"d/box.c",
        handler("box_fault", kLock) +
            handler("odd_fault",
                    "\tif (mutex_lock_interruptible(&box->lock))\n\t\treturn odd(vmf, box);\n") +
            ops("\t.fault = box_fault,\n\t.page_mkwrite = odd_fault,\n")}});
  const auto result = changes_of(tree);
  ASSERT_THAT(result.changes, SizeIs(1));
  ASSERT_THAT(result.changes[0].sites, SizeIs(1));
  EXPECT_EQ(result.changes[0].sites[0].function, "box_fault");
  const auto& after = result.changes[0].files[0].after;
  EXPECT_THAT(after, HasSubstr("if (mutex_lock_interruptible(&box->lock))\n\t\treturn odd("));
  ASSERT_THAT(result.left_out, SizeIs(1));
  EXPECT_THAT(result.left_out[0].reason,
              HasSubstr("review: what odd_fault() returns on a fatal signal cannot be told"));
}

// A helper that two functions of a handler call: the longer way counts like the shorter one.
TEST(CarryOut, EveryWayToASleepHasToEndTheFault) {
  test::SmallTree tree(
      {{"d/box.c",
        "static int take(struct box *box)\n{\n\treturn mutex_lock_interruptible(&box->lock);\n}\n\n"
        "static int other(struct box *box)\n{\n\tif (take(box))\n\t\tbox->failed++;\n"
        "\treturn box->state;\n}\n\n" +
            handler("box_fault",
                    "\tif (other(vmf->box))\n\t\treturn VM_FAULT_NOPAGE;\n"
                    "\tif (take(vmf->box))\n\t\treturn VM_FAULT_NOPAGE;\n") +
            ops("\t.fault = box_fault,\n")}});
  const auto result = changes_of(tree);
  EXPECT_THAT(result.changes, IsEmpty());
  EXPECT_THAT(result.left_out, SizeIs(1));
}

// Two commits that change one file build on each other.
TEST(CarryOut, AStepStartsFromWhatTheOneBeforeLeft) {
  const std::string wait =
      "\tif (wait_event_interruptible(box->wq, box->done))\n"
      "\t\treturn VM_FAULT_NOPAGE;\n";
  const std::string bind = ops("\t.fault = box_fault,\n");
  test::SmallTree tree({{"drivers/misc/box/a.c", handler("box_fault", wait) + bind},
                        {"drivers/misc/box/box.h", "struct box {\n\twait_queue_head_t wq;\n};\n"},
                        {"drivers/misc/box/c.c",
                         "void box_done(struct box *box)\n{\n"
                         "\twake_up_interruptible(&box->wq);\n}\n" +
                             handler("box_fault", kLock) + bind}});
  const auto result = changes_of(tree, Grouping::kFile);
  ASSERT_THAT(result.changes, SizeIs(2)) << result.left_out.size();
  const auto& last = result.changes[1].files.back();
  EXPECT_EQ(last.path, "drivers/misc/box/c.c");
  EXPECT_THAT(last.before, HasSubstr("\twake_up(&box->wq)"));
  EXPECT_THAT(last.after, HasSubstr("\twake_up(&box->wq)"));
  EXPECT_THAT(last.after, HasSubstr("mutex_lock_killable"));
}

// The semantic patch does not see through the pointer arithmetic, so the wait stays with it.
TEST(CarryOut, AWakeUpThatIsNotConvertedKeepsItsWait) {
  test::SmallTree tree(
      {{"drivers/misc/box/a.c",
        "struct box {\n\twait_queue_head_t wq;\n};\n" +
            handler("box_fault",
                    "\tif (wait_event_interruptible(box->wq, box->done))\n"
                    "\t\treturn VM_FAULT_NOPAGE;\n") +
            ops("\t.fault = box_fault,\n") +
            "void box_done(struct box *box)\n{\n\twake_up_interruptible(&(*(box + 1)).wq);\n"
            "\twake_up_interruptible(1 + &box->wq);\n}\n"}});
  const auto result = changes_of(tree);
  EXPECT_THAT(result.changes, IsEmpty());
  ASSERT_THAT(result.left_out, SizeIs(1));
  EXPECT_THAT(result.left_out[0].reason,
              HasSubstr("does not convert this wake-up (drivers/misc/box/a.c:"));
}

TEST(CarryOut, NothingIsDoneTwice) {
  test::SmallTree first(
      {{"d/box.c", handler("box_fault", kLock) + ops("\t.fault = box_fault,\n")}});
  const auto once = changes_of(first);
  test::SmallTree second({{"d/box.c", once.changes.at(0).files.at(0).after}});
  const auto again = changes_of(second);
  EXPECT_THAT(again.changes, IsEmpty());
  EXPECT_THAT(again.left_out, IsEmpty());
}

}  // namespace
}  // namespace killify
