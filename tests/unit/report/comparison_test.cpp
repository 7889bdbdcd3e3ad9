#include "report/comparison.h"

#include "report/audit_json.h"
#include "unit/report/audit_sample.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Comparison, WithItselfNothingIsNewAndNothingGone) {
  const auto tree = test::sample_audit();
  const auto before = open_sleeps_in(audit_json(tree), "audit.json");
  ASSERT_TRUE(before) << before.error().message;
  EXPECT_EQ(*before, open_sleeps(tree.audit.findings));
  const auto same = compare(tree.audit.findings, *before, "audit.json");
  EXPECT_THAT(same.fresh, IsEmpty());
  EXPECT_THAT(same.gone, IsEmpty());
  EXPECT_EQ(same.unchanged, 3U);
}

TEST(Comparison, OfSeveralAlikeEachCounts) {
  const auto tree = test::sample_audit();
  auto before = open_sleeps(tree.audit.findings);
  auto now = tree.audit.findings;
  now.push_back(now[1]);
  now.back().id = "beef00000009";
  now.erase(now.begin());  // tin_fault's
  const auto changed = compare(now, before, "v6.1");
  EXPECT_THAT(changed.fresh, ElementsAre("beef00000009"));
  EXPECT_THAT(changed.gone, ElementsAre(KnownSleep{"tin_fault", "dma_resv_lock_interruptible",
                                                   "ttm_reserve", "thread"}));
  EXPECT_EQ(changed.unchanged, 2U);
}

// What one look answers may be two findings in another audit.
TEST(Comparison, WhatIsJoinedCountsAsItselfBefore) {
  const auto tree = test::sample_audit();
  auto joined = tree;
  auto& review = joined.audit.findings[2];
  review.also = {tree.audit.findings[2].sink};
  review.also[0].name = "signal_pending";
  const auto before = open_sleeps_in(audit_json(joined), "audit.json");
  ASSERT_TRUE(before) << before.error().message;
  EXPECT_EQ(*before, open_sleeps(joined.audit.findings));
  EXPECT_THAT(compare(joined.audit.findings, *before, "audit.json").fresh, IsEmpty());
  EXPECT_THAT(compare(tree.audit.findings, *before, "audit.json").gone,
              ElementsAre(KnownSleep{"box_fault", "signal_pending", "box_fault", "review"}));
  EXPECT_THAT(compare(joined.audit.findings, open_sleeps(tree.audit.findings), "v6.1").fresh,
              ElementsAre("beef00000003"));
}

TEST(Comparison, WhatIsSettledIsNotThere) {
  auto now = test::sample_audit().audit.findings;
  const auto before = open_sleeps(now);
  now[1].verdict = Verdict::kSafe;
  const auto changed = compare(now, before, "v6.1");
  EXPECT_EQ(changed.gone.size(), 1U);
  EXPECT_EQ(changed.unchanged, 2U);
}

TEST(Comparison, AnotherFileIsRefusedByName) {
  for (const char* text : {"", "{}", R"({"schema": "killify.plan/1"})", "[]"}) {
    const auto read = open_sleeps_in(text, "old.json");
    ASSERT_FALSE(read) << text;
    EXPECT_THAT(read.error().message, HasSubstr("old.json: is "));
    EXPECT_THAT(read.error().message, HasSubstr("killify audit --format=json"));
  }
}

}  // namespace
}  // namespace killify
