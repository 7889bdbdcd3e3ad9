// Drivers' own names for a primitive.
#include "plan/wrappers.h"

#include "reach/audit.h"
#include "support/small_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;

Lifted lifted(const std::string& functions, const std::string& body,
              const std::string& other = {}) {
  test::SmallTree tree(
      {{"d/box.c",
        functions + "static vm_fault_t box_fault(struct vm_fault *vmf)\n{\n" + body +
            "\treturn 0;\n}\n\n" + other +
            "static const struct vm_operations_struct box_ops = {\n\t.fault = box_fault,\n};\n"}});
  const auto found = test::value_of(audit(*tree.facts, tree.series, {}));
  return test::value_of(lift_wrappers(*tree.facts, tree.series.catalogue, found.findings));
}

// (function that sleeps, what it sleeps in) of each finding
std::vector<std::pair<std::string, std::string>> sleeps(const Lifted& result) {
  std::vector<std::pair<std::string, std::string>> found;
  for (const auto& finding : result.findings)
    found.emplace_back(finding.sink.function, finding.sink.name);
  return found;
}

std::string wrapper(const std::string& name, const std::string& callee) {
  return "static int " + name + "(struct box *box)\n{\n\treturn " + callee + ";\n}\n\n";
}

const std::string kWrapper = wrapper("lock_interruptible", "mutex_lock_interruptible(&box->lock)");

TEST(LiftWrappers, TheCallerSleeps) {
  const auto result =
      lifted(kWrapper, "\tif (lock_interruptible(box))\n\t\treturn VM_FAULT_NOPAGE;\n");
  EXPECT_THAT(sleeps(result), ElementsAre(Pair("box_fault", "lock_interruptible")));
  EXPECT_THAT(result.findings.at(0).chain, SizeIs(1));
  EXPECT_EQ(result.findings.at(0).sink.line, 8);
  ASSERT_THAT(result.wrappers, SizeIs(1));
  EXPECT_EQ(result.wrappers[0].counterpart, "lock_killable");
  EXPECT_EQ(result.wrappers[0].result, SinkResult::kErrorOnlyOnSignal);
  EXPECT_EQ(result.wrappers[0].error, "-EINTR");
}

TEST(LiftWrappers, AWrapperOfAWrapper) {
  const auto result = lifted(kWrapper + wrapper("enter_interruptible", "lock_interruptible(box)"),
                             "\tif (enter_interruptible(box))\n\t\treturn VM_FAULT_NOPAGE;\n");
  EXPECT_THAT(sleeps(result), ElementsAre(Pair("box_fault", "enter_interruptible")));
  EXPECT_THAT(result.wrappers, SizeIs(2));
}

TEST(LiftWrappers, EachCallerIsOneFinding) {
  const auto result = lifted(kWrapper +
                                 "static int begin(struct box *box)\n{\n\tbox->n++;\n"
                                 "\treturn lock_interruptible(box);\n}\n\n",
                             "\tif (begin(box) || lock_interruptible(box))\n"
                             "\t\treturn VM_FAULT_NOPAGE;\n");
  EXPECT_THAT(sleeps(result), UnorderedElementsAre(Pair("box_fault", "lock_interruptible"),
                                                   Pair("begin", "lock_interruptible")));
  EXPECT_NE(result.findings.at(0).id, result.findings.at(1).id);
}

// The name is what matters: a function that does not say "interruptible" is converted in place.
TEST(LiftWrappers, OtherFunctionsStay) {
  const std::string call = "\tif (lock(box))\n\t\treturn VM_FAULT_NOPAGE;\n";
  EXPECT_THAT(sleeps(lifted(wrapper("lock", "mutex_lock_interruptible(&box->lock)"), call)),
              ElementsAre(Pair("lock", "mutex_lock_interruptible")));
  const std::string more =
      "static int lock_interruptible(struct box *box)\n{\n\tbox->n++;\n"
      "\treturn mutex_lock_interruptible(&box->lock);\n}\n\n";
  EXPECT_THAT(sleeps(lifted(more, "\tif (lock_interruptible(box))\n\t\treturn VM_FAULT_NOPAGE;\n")),
              ElementsAre(Pair("lock_interruptible", "mutex_lock_interruptible")));
}

TEST(LiftWrappers, SharedOnesStay) {
  const auto result =
      lifted(kWrapper, "\tif (lock_interruptible(box))\n\t\treturn VM_FAULT_NOPAGE;\n",
             "int box_ioctl(struct box *box)\n{\n\treturn lock_interruptible(box);\n}\n\n");
  EXPECT_THAT(sleeps(result), ElementsAre(Pair("lock_interruptible", "mutex_lock_interruptible")));
  EXPECT_THAT(result.wrappers, IsEmpty());
}

TEST(FailsOnSignalOnly, WhereNothingElseIsAnError) {
  Sink sink;
  sink.result = SinkResult::kErrorOrOther;
  EXPECT_FALSE(fails_on_signal_only(sink, {"lock", "NULL"}));
  sink.context = 1;
  EXPECT_TRUE(fails_on_signal_only(sink, {"lock", "NULL"}));
  EXPECT_FALSE(fails_on_signal_only(sink, {"lock", "ctx"}));
  EXPECT_FALSE(fails_on_signal_only(sink, {"lock"}));
}

}  // namespace
}  // namespace killify
