#include "prove/rule.h"

#include "unit/prove/samples.h"

#include <gmock/gmock.h>

#include <csignal>
#include <functional>

namespace killify {
namespace {

using test::good_trials;
using test::half_converted_trials;
using test::judged;
using test::spinning_trials;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Path claimed() {
  Path path;
  path.claimed = true;
  return path;
}

// The good trials, with one of them changed.
std::vector<Trial> good_but(const std::string& access, const std::string& signal, bool one_cpu,
                            const std::function<void(Trial&)>& change) {
  auto trials = good_trials();
  for (Trial& one : trials)
    if (one.access == access && one.signal == signal && one.one_cpu == one_cpu) change(one);
  return trials;
}

TEST(Rule, ASpinThatIsGoneIsProven) {
  const auto path = judged(spinning_trials(), good_trials());
  EXPECT_EQ(path.verdict, PathVerdict::kProven);
  EXPECT_THAT(path.reasons, IsEmpty());
}

TEST(Rule, CountsDecideAndTimesDoNot) {
  auto before = spinning_trials();
  auto after = good_trials();
  for (Trial& one : before) one.cpu_ms = one.held_ms = 1;
  for (Trial& one : after) one.cpu_ms = one.held_ms = 100000;
  EXPECT_EQ(judged(before, after).verdict, PathVerdict::kProven);

  for (Trial& one : before)
    if (one.entries > kSpinEntries) one.entries = kSpinEntries + 1;
  for (Trial& one : after) one.entries = kFewEntries;
  EXPECT_EQ(judged(before, after, claimed()).verdict, PathVerdict::kProven);
  for (Trial& one : before)
    if (one.entries > kSpinEntries) one.entries = kSpinEntries;
  EXPECT_EQ(judged(before, after, claimed()).verdict, PathVerdict::kRefuted);
}

// A strategy that leaves handlers as they are says nothing of faults from user mode.
TEST(Rule, WhatIsSaidOfKernelModeIsNotAskedOfUserMode) {
  auto before = spinning_trials();
  const auto bus_error = [](Trial& one) {
    one.killed_by = SIGBUS;
    one.intact = one.returned = false;
  };
  for (Trial& one : before)
    if (one.access == "store" && one.signal == "SIGUSR1") bus_error(one);
  const auto after = good_but("store", "SIGUSR1", false, bus_error);
  EXPECT_EQ(judged(before, after, claimed()).verdict, PathVerdict::kRefuted);
  auto kernel_only = claimed();
  kernel_only.kernel_only = true;
  EXPECT_EQ(judged(before, after, kernel_only).verdict, PathVerdict::kProven);
  // Not so where that is new, where kernel mode has it, or where SIGKILL does not end the task.
  EXPECT_EQ(judged(spinning_trials(), after, kernel_only).verdict, PathVerdict::kRefuted);
  EXPECT_EQ(judged(before, good_but("read-pipe", "SIGUSR1", false, bus_error), kernel_only).verdict,
            PathVerdict::kRefuted);
  EXPECT_EQ(
      judged(before,
             good_but("store", "SIGKILL", false, [](Trial& one) { one.ended_while_held = false; }),
             kernel_only)
          .verdict,
      PathVerdict::kRefuted);
}

// Newer schedulers let the holder of the lock run at last.
TEST(Rule, OnOneProcessorASpinThatEndsIsASpin) {
  auto before = spinning_trials();
  for (Trial& one : before) one.finished = true;
  EXPECT_EQ(judged(before, good_trials(), claimed()).verdict, PathVerdict::kProven);
  for (Trial& one : before)
    if (one.one_cpu) one.entries = kFewEntries;
  const auto path = judged(before, good_trials(), claimed());
  EXPECT_EQ(path.verdict, PathVerdict::kRefuted);
  EXPECT_THAT(path.reasons, Contains(HasSubstr("entered 3 times before: no spin")));
}

TEST(Rule, KillableAloneFailsWhereATaskIsKilled) {
  const auto path = judged(spinning_trials(), half_converted_trials());
  EXPECT_EQ(path.verdict, PathVerdict::kRefuted);
  EXPECT_THAT(path.reasons, SizeIs(2));
  EXPECT_THAT(path.reasons, Each(HasSubstr("SIGKILL")));
}

TEST(Rule, EachThingThatMayGoWrongAfterwardsRefutes) {
  struct Wrong {
    const char* access;
    const char* signal;
    bool one_cpu;
    std::function<void(Trial&)> change;
    const char* says;
  };
  const std::vector<Wrong> all{
      {"read-zero", "SIGUSR1", false, [](Trial& t) { t.entries = kFewEntries + 1; }, "4 times"},
      {"write-pipe", "SIGUSR1", false,
       [](Trial& t) {
         t.intact = false;
         t.value = -1;
         t.error = 14;
       },
       "errno 14"},
      {"store", "SIGUSR1", false,
       [](Trial& t) {
         t.returned = t.intact = false;
         t.killed_by = SIGBUS;
       },
       "killed by signal 7"},
      {"store", "SIGKILL", false, [](Trial& t) { t.ended_while_held = false; }, "does not end"},
      {"read-pipe", "SIGUSR1", true, [](Trial& t) { t.finished = false; }, "never finishes"},
  };
  for (const Wrong& wrong : all) {
    const auto path = judged(spinning_trials(),
                             good_but(wrong.access, wrong.signal, wrong.one_cpu, wrong.change));
    EXPECT_EQ(path.verdict, PathVerdict::kRefuted) << wrong.says;
    EXPECT_THAT(path.reasons, SizeIs(1));
    EXPECT_THAT(path.reasons, Contains(HasSubstr(wrong.says)));
  }
}

TEST(Rule, WhereNobodyClaimsAConversionTheSameAsBeforeIsUnchanged) {
  EXPECT_EQ(judged(spinning_trials(), spinning_trials()).verdict, PathVerdict::kUnchanged);
  EXPECT_EQ(judged(good_trials(), good_trials()).verdict, PathVerdict::kUnchanged);
  EXPECT_EQ(judged(spinning_trials(), spinning_trials(), claimed()).verdict, PathVerdict::kRefuted);
  EXPECT_EQ(judged(good_trials(), good_trials(), claimed()).verdict, PathVerdict::kRefuted);
  // A series that brings the spin in.
  EXPECT_EQ(judged(good_trials(), spinning_trials()).verdict, PathVerdict::kRefuted);
}

TEST(Rule, AMissingTrialIsNotJudged) {
  for (std::size_t i = 0; i < good_trials().size(); ++i) {
    auto few = good_trials();
    few.erase(few.begin() + static_cast<std::ptrdiff_t>(i));
    const auto path = judged(spinning_trials(), few);
    EXPECT_EQ(path.verdict, PathVerdict::kNotJudged);
    EXPECT_THAT(path.reasons, SizeIs(1));
    EXPECT_THAT(path.reasons, Each(HasSubstr("no trial after")));
  }
  EXPECT_EQ(judged({}, {}).verdict, PathVerdict::kNotJudged);
}

TEST(Rule, AHandlerThatReturnsSigbusBreaksTheAccessBefore) {
  auto before = good_trials();
  for (Trial& one : before)
    if (one.signal == "SIGUSR1") {
      one.intact = false;
      one.value = -1;
      one.error = 14;
    }
  Path path = claimed();
  path.harm = Harm::kBusError;
  EXPECT_EQ(judged(before, good_trials(), path).verdict, PathVerdict::kProven);
  EXPECT_EQ(judged(good_trials(), good_trials(), path).verdict, PathVerdict::kRefuted);
  EXPECT_EQ(judged(before, before, path).verdict, PathVerdict::kRefuted);
}

}  // namespace
}  // namespace killify
