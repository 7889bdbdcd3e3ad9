#include "series/tip_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Finding accused(const std::string& sink, const std::string& function,
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

Changes converting(const Finding& converted) {
  Changes changes;
  changes.changes.emplace_back();
  changes.changes.back().step.kind = StepKind::kConvert;
  changes.changes.back().step.findings = {converted};
  return changes;
}

TEST(TipCheck, LooksAtTheHandlersThatAreConverted) {
  auto changes = converting(accused("sleep", "a_fault"));
  changes.changes.emplace_back();  // only prepares
  changes.changes.back().step.kind = StepKind::kPrepare;
  changes.changes.back().step.findings = {accused("sleep", "b")};
  changes.changes.back().step.findings.back().handler.file = "b/b.c";
  std::vector<std::string> audited;
  const auto result = borne_out(
      {}, [&](const auto&) -> Result<Changes> { return changes; },
      [&](const auto&, const auto& paths) -> Result<Audit> {
        audited = paths;
        return Audit();
      });
  ASSERT_TRUE(result);
  EXPECT_THAT(audited, ElementsAre("a/a.c", "a/ops.c"));
}

// Carries out every finding; the sleep of "a_wait" stays in every tip.
Result<Changes> converted_all(const std::vector<Finding>& findings, const std::string& lifted_id) {
  Changes changes;
  for (const auto& one : findings) {
    changes.changes.push_back(converting(one).changes.front());
    if (!lifted_id.empty()) changes.changes.back().step.findings[0].id = lifted_id;
  }
  return changes;
}
Result<Audit> tip_with_a_wait(const Changes&, const std::vector<std::string>&) {
  Audit tip;
  tip.findings = {accused("sleep", "a_wait")};
  return tip;
}

TEST(TipCheck, WhatIsNotBorneOutIsUndoneAndTheOthersStay) {
  const auto result = borne_out(
      {accused("sleep", "a_wait"), accused("sleep", "a_lock")},
      [](const auto& findings) { return converted_all(findings, {}); }, tip_with_a_wait);
  ASSERT_TRUE(result);
  ASSERT_THAT(result->changes, SizeIs(1));
  EXPECT_EQ(result->changes[0].step.findings[0].id, "sleep@a_lock");
  ASSERT_THAT(result->left_out, SizeIs(1));
  EXPECT_EQ(result->left_out[0].finding.id, "sleep@a_wait");
}

TEST(TipCheck, AFindingThatWasLiftedIsUndoneWithTheOneItCameFrom) {
  const auto result = borne_out(
      {accused("sleep", "a_wait")},
      [](const auto& findings) -> Result<Changes> {
        auto changes = converted_all(findings, "lifted");
        changes->lifted["lifted"] = "sleep@a_wait";
        return changes;
      },
      tip_with_a_wait);
  ASSERT_TRUE(result);
  EXPECT_THAT(result->changes, IsEmpty());
  EXPECT_THAT(result->left_out, SizeIs(1));
}

// Nothing would be left out in the next round either.
TEST(TipCheck, AFindingThatNobodyKnowsIsAnError) {
  const auto result = borne_out(
      {accused("sleep", "a_wait")},
      [](const auto& findings) { return converted_all(findings, "stranger"); }, tip_with_a_wait);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("no finding of the audit leads there"));
}

TEST(TipCheck, ASleepThatIsStillThereIsNamed) {
  const auto changes = converting(accused("sleep", "a_wait"));
  Audit tip;
  EXPECT_THAT(still_there(tip, changes), IsEmpty());
  tip.findings = {accused("sleep", "a_other"), accused("other", "a_wait"),
                  accused("sleep", "a_wait", Verdict::kSafe),
                  accused("sleep", "a_wait", Verdict::kReview)};
  EXPECT_THAT(still_there(tip, changes), IsEmpty()) << "another one, or not certain";
  tip.findings.push_back(accused("sleep", "a_wait", Verdict::kThread));
  const auto still = still_there(tip, changes);
  ASSERT_THAT(still, SizeIs(1));
  EXPECT_EQ(still[0].finding.id, "sleep@a_wait");
  EXPECT_THAT(still[0].reason, HasSubstr("would still reach sleep() by a_fault() > a_wait()"));
}

TEST(TipCheck, AFunctionMayHaveANewName) {
  auto changes = converting(accused("sleep", "a_wait"));
  changes.changes.back().step.renamed[{"a/a.c", "a_wait"}] = "a_wait_state";
  Audit tip;
  tip.findings = {accused("sleep", "a_wait_state")};
  EXPECT_THAT(still_there(tip, changes), SizeIs(1));
}

TEST(TipCheck, WhatWasLeftAloneStays) {
  auto changes = converting(accused("sleep", "a_wait"));
  changes.left_out = {{accused("sleep", "a_wait"), "review: on purpose"}};
  Audit tip;
  tip.findings = {accused("sleep", "a_wait")};
  EXPECT_THAT(still_there(tip, changes), IsEmpty());
}

}  // namespace
}  // namespace killify
