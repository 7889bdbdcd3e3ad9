// Scope, suppression and verdicts, on drivers of a few lines.
#include "reach/audit.h"

#include "support/small_audit.h"
#include "support/small_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using test::findings_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// A helper that sleeps, and its one handler.
constexpr const char* kLocks = R"(static int helper(struct box *box)
{
	return mutex_lock_interruptible(&box->lock);
}

)";
constexpr const char* kLocked = R"(static vm_fault_t box_fault(struct vm_fault *vmf)
{
	if (helper(vmf->box))
		return VM_FAULT_NOPAGE;
	return 0;
}

static const struct vm_operations_struct box_ops = {
	.fault = box_fault,
};
)";

// "VERDICT: REASON" of the one finding in each of some variants of one driver: d/NAME.c with what
// stands before and behind the helper and the handler.
class Verdicts : public testing::Test {
 protected:
  static std::map<std::string, std::string> judge(const test::Files& behind,
                                                  test::Files more = {}) {
    for (const auto& [name, text] : behind) more["d/" + name + ".c"] = kLocks + (kLocked + text);
    test::SmallTree tree(std::move(more));
    std::map<std::string, std::string> verdicts;
    for (const auto& finding : findings_of(tree))
      verdicts[finding.sink.file] =
          std::string(verdict_name(finding.verdict)) + ": " + finding.reason;
    return verdicts;
  }
};

TEST_F(Verdicts, AHelperIsSharedWithEveryOtherUse) {
  const auto verdicts = judge({
      {"address", "void f(void)\n{\n\tset(helper);\n}\n"},
      {"alone", ""},
      {"indirect",
       "static int g(void)\n{\n\treturn helper(0);\n}\nint f(void)\n{\n\treturn g();\n}\n"},
      {"ioctl", "static long box_ioctl(void)\n{\n\treturn helper(0);\n}\n"},
      {"macro", "#define LOCK(x) helper(x)\n"},
      {"handler_called", "int f(struct vm_fault *v)\n{\n\treturn box_fault(v);\n}\n"},
      {"other_ops", "static struct own_ops o = { .fault = box_fault };\n"},
  });
  EXPECT_THAT(verdicts.at("d/address.c"),
              HasSubstr("thread: helper() is shared: its address is taken (d/address.c:"));
  EXPECT_EQ(verdicts.at("d/alone.c"), "convert: only fault handlers come here");
  EXPECT_THAT(verdicts.at("d/indirect.c"),
              HasSubstr("thread: helper() is shared: g() calls it, too"));
  EXPECT_THAT(verdicts.at("d/ioctl.c"),
              HasSubstr("thread: helper() is shared: box_ioctl() calls it, too"));
  EXPECT_THAT(verdicts.at("d/macro.c"),
              HasSubstr("thread: helper() is shared: LOCK() calls it, too"));
  EXPECT_THAT(verdicts.at("d/handler_called.c"),
              HasSubstr("thread: helper() is shared: box_fault() calls it, too"));
  EXPECT_THAT(verdicts.at("d/other_ops.c"),
              HasSubstr("thread: helper() is shared: box_fault() calls it, too"));
}

// A source that another one includes can name its static functions.
TEST_F(Verdicts, AnIncludedSourceIsNotAnotherFile) {
  const auto verdicts =
      judge({{"main", "#include \"tests/main.c\"\n"}, {"near", ""}},
            {{"d/tests/main.c", "static int test_it(void)\n{\n\treturn helper(0);\n}\n"}});
  EXPECT_THAT(verdicts.at("d/main.c"),
              HasSubstr("thread: helper() is shared: test_it() calls it, too"));
  EXPECT_THAT(verdicts.at("d/near.c"), HasSubstr("convert: "));
}

constexpr const char* kCore = R"(vm_fault_t core_fault(struct vm_fault *vmf)
{
	if (mutex_lock_interruptible(&core->lock))
		return VM_FAULT_NOPAGE;
	return 0;
}
static const struct vm_operations_struct core_ops = { .fault = core_fault };
)";
constexpr const char* kWrapper = R"(static vm_fault_t wrap_fault(struct vm_fault *vmf)
{
	return core_fault(vmf);
}
static const struct vm_operations_struct wrap_ops = { .fault = wrap_fault };
)";

TEST(Audit, AHandlerMayBeCalledByHandlersOfOtherFiles) {
  test::SmallTree tree({{"c/core.c", kCore}, {"d/wrap.c", kWrapper}});
  const auto findings = findings_of(tree);
  ASSERT_THAT(findings, SizeIs(2)) << "one of each handler";
  for (const auto& finding : findings)
    EXPECT_EQ(finding.verdict, Verdict::kConvert) << finding.reason;
}

TEST(Audit, AHandlerOfAnotherFileThatOthersCallIsNoExcuse) {
  test::SmallTree tree(
      {{"c/core.c", kCore},
       {"d/wrap.c", std::string(kWrapper) + "int f(void)\n{\n\treturn wrap_fault(0);\n}\n"}});
  const auto findings = findings_of(tree);
  ASSERT_THAT(findings, SizeIs(2));
  for (const auto& finding : findings) {
    EXPECT_EQ(finding.verdict, Verdict::kThread);
    EXPECT_THAT(finding.reason, HasSubstr("wrap_fault() calls it, too"));
  }
}

TEST(Audit, SaysHowTheSleepIsReachedAndWhatComesOfASignal) {
  test::SmallTree tree({{"d/box.c", std::string(kLocks) + kLocked}});
  const auto result = test::value_of(audit(*tree.facts, tree.series, {}));
  ASSERT_THAT(result.findings, SizeIs(1));
  const auto& finding = result.findings[0];
  ASSERT_THAT(finding.chain, SizeIs(2));
  EXPECT_EQ(finding.chain[0].function, "box_fault");
  EXPECT_EQ(finding.chain[0].line, 8);
  EXPECT_EQ(finding.chain[1].function, "helper");
  EXPECT_EQ(finding.chain[1].line, 3);
  EXPECT_EQ(finding.sink.object, "box->lock");
  EXPECT_EQ(finding.condition, "always");
  EXPECT_EQ(finding.on_signal, "VM_FAULT_NOPAGE");
  EXPECT_EQ(finding.id.size(), 12U);
  EXPECT_EQ(result.coverage.files, result.coverage.complete);
}

TEST(Audit, PathsLimitIt) {
  test::SmallTree tree(
      {{"d/box.c", std::string(kLocks) + kLocked}, {"d2/box.c", std::string(kLocks) + kLocked}});
  const auto result = test::value_of(audit(*tree.facts, tree.series, {"d"}));
  ASSERT_THAT(result.handlers, SizeIs(1));
  EXPECT_EQ(result.handlers[0].file, "d/box.c");
  EXPECT_THAT(test::value_of(audit(*tree.facts, tree.series, {"e"})).findings, IsEmpty());
}

// Each branch is one driver's code in some configuration.
TEST(Audit, DefinitionsInTwoBranchesAreBothLookedAt) {
  test::SmallTree tree({{"d/box.c",
                         "#ifdef CONFIG_A\nstatic int helper(struct box *box)\n{\n"
                         "\treturn 0;\n}\n#else\n" +
                             (kLocks + ("#endif\n" + std::string(kLocked)))}});
  const auto findings = findings_of(tree);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].sink.line, 9);
}

TEST(Audit, ASleepUnderBlockedSignalsIsSuppressed) {
  test::SmallTree tree({{"d/box.c", std::string(R"(static void block(sigset_t *old)
{
	sigset_t mask;

	siginitsetinv(&mask, sigmask(SIGKILL));
	sigprocmask(SIG_BLOCK, &mask, old);
}
static vm_fault_t box_fault(struct vm_fault *vmf)
{
	block(&old);
	if (mutex_lock_interruptible(&box->lock))
		return VM_FAULT_NOPAGE;
	return 0;
}
static vm_fault_t late_fault(struct vm_fault *vmf)
{
	if (mutex_lock_interruptible(&box->lock))
		return VM_FAULT_NOPAGE;
	block(&old);
	return 0;
}
static const struct vm_operations_struct box_ops = {
	.fault = box_fault,
	.page_mkwrite = late_fault,
};
)")}});
  const auto findings = findings_of(tree);
  ASSERT_THAT(findings, SizeIs(2));
  EXPECT_EQ(findings[0].verdict, Verdict::kSuppressed);
  EXPECT_EQ(findings[0].reason, "block() blocks all signals but SIGKILL around it");
  EXPECT_EQ(findings[1].verdict, Verdict::kConvert);
}

TEST(Audit, WhatCannotBeParsedOrDependsOnAVariableIsForAPerson) {
  test::SmallTree tree({{"d/box.c", std::string(R"(static vm_fault_t box_fault(struct vm_fault *vmf)
{
	if (dma_fence_wait(fence, intr))
		return VM_FAULT_NOPAGE;
	if (dma_fence_wait(fence, false))
		return VM_FAULT_NOPAGE;
	return 0;
}
static vm_fault_t odd_fault(struct vm_fault *vmf)
{
	ODD_BEGIN(a) {
		if (mutex_lock_interruptible(&box->lock))
			return VM_FAULT_NOPAGE;
	} ODD_END
	return 0;
}
static const struct vm_operations_struct box_ops = {
	.fault = box_fault,
	.page_mkwrite = odd_fault,
};
)")}});
  const auto findings = findings_of(tree);
  ASSERT_THAT(findings, SizeIs(2));
  EXPECT_EQ(findings[0].verdict, Verdict::kReview);
  EXPECT_EQ(findings[0].reason, "whether it sleeps interruptibly depends on 'intr'");
  EXPECT_EQ(findings[1].verdict, Verdict::kReview);
  EXPECT_EQ(findings[1].reason, "spatch cannot parse odd_fault(): look at d/box.c:12");
}

}  // namespace
}  // namespace killify
