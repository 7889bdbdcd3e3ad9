// A campaign whose roots are handed to functions, and whose sleeps become idle ones.
#include "json_schema.h"
#include "support/campaign_tree.h"

#include <gmock/gmock.h>

namespace killify::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

const std::string kIdleBranch = "killify/kthread-idle/v1";

class KthreadIdle : public ::testing::Test, protected CampaignTree {
 protected:
  KthreadIdle() : CampaignTree("kthread-idle") {}
};

TEST_F(KthreadIdle, WaitsBecomeIdleAndWakeUpsReachThem) {
  const std::string diff = with_campaign({"diff", "--no-pager"}).out;
  EXPECT_THAT(diff, HasSubstr("-\twake_up_interruptible(&redwing_sensor.redwing_wait);\n"
                              "+\twake_up(&redwing_sensor.redwing_wait);\n"));
  EXPECT_THAT(diff, HasSubstr("+\t\twait_event_idle(sensor->redwing_wait, "));
  // The thread that a function of its driver starts; what is left of the time is still asked for.
  EXPECT_THAT(diff, HasSubstr("+\t\tsensor->left = wait_event_idle_timeout("));
  // It takes a signal, the freezer stops it, others share its wait.
  EXPECT_THAT(
      diff, AllOf(Not(HasSubstr("bittern")), Not(HasSubstr("lapwing")), Not(HasSubstr("dipper"))));
}

TEST_F(KthreadIdle, WhatIsLeftHasItsReason) {
  const auto plan = parsed(with_campaign({"plan", "--format=json"}).out);
  std::map<std::string, std::string> reasons;
  for (const auto& left : plan["left_out"]) reasons[left["function"]] = left["reason"];
  EXPECT_THAT(reasons, SizeIs(2));
  EXPECT_EQ(reasons["dipper_wait"],
            "thread: dipper_wait() is shared: dipper_ioctl() calls it, too "
            "(drivers/hwmon/dipper.c:26)");
  EXPECT_THAT(reasons["lapwing_thread"], HasSubstr("calls set_freezable(): the freezer has to"));
}

TEST_F(KthreadIdle, TheSeriesSpeaksOfThreadsAndBuilds) {
  const Completed made = with_campaign({"generate", "-o", out().string()});
  ASSERT_TRUE(made.ok()) << made.err;
  const std::string log = git({"log", "--format=%s%n%b", "main.." + kIdleBranch});
  EXPECT_THAT(log, AllOf(HasSubstr("hwmon: Let redwing_thread() and siskin_thread() wait idly\n"),
                         Not(HasSubstr("fault")), Not(HasSubstr("killable"))));
  const std::string left = text_of(out() / "left-alone.txt");
  EXPECT_THAT(left, HasSubstr("fieldfare_work is given to kthread_run(), and no definition of it"));
  const Completed verified =
      killify({"--progress=none", "verify", "--format=json", out().string()});
  ASSERT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  const Completed checked = killify({"--progress=none", "check", out().string()});
  EXPECT_EQ(checked.exit_code, 0) << checked.out;
  const auto again = parsed(with_campaign({"plan", "--rev", kIdleBranch, "--format=json"}).out);
  EXPECT_TRUE(again["steps"].empty()) << again["steps"].dump(1);
}

TEST_F(KthreadIdle, ReportsSpeakOfThreads) {
  EXPECT_THAT(with_campaign({"audit"}).out,
              HasSubstr("5 registrations of 5 kernel threads in 1 driver; 4 of them sleep"));
  const std::string explained = with_campaign({"explain", "siskin_thread"}).out;
  EXPECT_THAT(explained,
              AllOf(HasSubstr("given to siskin_start() in drivers/hwmon/siskin.c:"),
                    HasSubstr("does not reach an idle sleeper"), Not(HasSubstr("fault"))));
  const auto audit = parsed(with_campaign({"audit", "--format=json"}).out);
  EXPECT_EQ(JsonSchema("audit").mismatch(audit), "");
  const auto safe = std::ranges::find_if(audit["findings"], [](const auto& finding) {
    return finding["handler"]["function"] == "bittern_thread";
  });
  ASSERT_NE(safe, audit["findings"].end());
  EXPECT_EQ((*safe)["verdict"], "safe");
  EXPECT_EQ((*safe)["reason"],
            "bittern_thread() calls allow_signal(): it gets signals (drivers/hwmon/bittern.c:25)");
}

}  // namespace
}  // namespace killify::test
