#include "series/tip_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Finding finding(const std::string& sink, const std::string& function,
                Verdict verdict = Verdict::kConvert) {
  Finding one;
  one.id = sink + "@" + function;
  one.handler.function = "a_fault";
  one.handler.file = "a/a.c";
  one.handler.registered_in = "a/ops.c";
  one.sink.name = sink;
  one.sink.function = function;
  one.sink.file = "a/a.c";
  one.chain = {{"a_fault", "a/a.c", 1, "direct", {}, {}}, {function, "a/a.c", 2, "direct", {}, {}}};
  one.verdict = verdict;
  return one;
}

Changes changes_of(const Finding& converted) {
  Changes changes;
  changes.changes.emplace_back();
  changes.changes.back().step.kind = StepKind::kConvert;
  changes.changes.back().step.findings = {converted};
  return changes;
}

TEST(TipCheck, LooksAtTheHandlersThatAreConverted) {
  auto changes = changes_of(finding("sleep", "a_fault"));
  changes.changes.emplace_back();  // only prepares
  changes.changes.back().step.kind = StepKind::kPrepare;
  changes.changes.back().step.findings = {finding("sleep", "b")};
  changes.changes.back().step.findings.back().handler.file = "b/b.c";
  EXPECT_THAT(audited_paths(changes), ElementsAre("a/a.c", "a/ops.c"));
}

TEST(TipCheck, ASleepThatIsStillThereIsNamed) {
  const auto changes = changes_of(finding("sleep", "a_wait"));
  Audit tip;
  EXPECT_THAT(still_there(tip, changes), IsEmpty());
  tip.findings = {finding("sleep", "a_other"), finding("other", "a_wait"),
                  finding("sleep", "a_wait", Verdict::kSafe),
                  finding("sleep", "a_wait", Verdict::kReview)};
  EXPECT_THAT(still_there(tip, changes), IsEmpty()) << "another one, or not certain";
  tip.findings.push_back(finding("sleep", "a_wait", Verdict::kThread));
  const auto still = still_there(tip, changes);
  ASSERT_THAT(still, SizeIs(1));
  EXPECT_EQ(still[0].finding.id, "sleep@a_wait");
  EXPECT_THAT(still[0].reason, HasSubstr("would still reach sleep() by a_fault() > a_wait()"));
}

TEST(TipCheck, AFunctionMayHaveANewName) {
  auto changes = changes_of(finding("sleep", "a_wait"));
  changes.changes.back().step.renamed[{"a/a.c", "a_wait"}] = "a_wait_state";
  Audit tip;
  tip.findings = {finding("sleep", "a_wait_state")};
  EXPECT_THAT(still_there(tip, changes), SizeIs(1));
}

TEST(TipCheck, WhatWasLeftAloneStays) {
  auto changes = changes_of(finding("sleep", "a_wait"));
  changes.left_out = {{finding("sleep", "a_wait"), "review: on purpose"}};
  Audit tip;
  tip.findings = {finding("sleep", "a_wait")};
  EXPECT_THAT(still_there(tip, changes), IsEmpty());
}

}  // namespace
}  // namespace killify
