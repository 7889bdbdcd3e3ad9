#include "prove/trial.h"

#include "prove/trial_json.h"
#include "unit/prove/samples.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

GuestReport report_of(const std::vector<std::string>& lines) {
  GuestReport report;
  for (const auto& line : lines) report.read(line);
  return report;
}

// As provoke.c prints it.
constexpr const char* kTrialLine =
    R"({"event":"trial","subject":"shape","sleep":"interruptible","result":"NOPAGE",)"
    R"("handler":"shapes_fault","access":"read-pipe","signal":"SIGUSR1","one_cpu":false,)"
    R"("entries":144466,"cpu_ms":952,"held_ms":1062,"finished":true,"ended_while_held":false,)"
    R"("handled_while_held":false,"handled":1,"killed_by":0,"returned":true,"value":4096,)"
    R"("errno":0,"intact":true})";

TEST(GuestReport, AWholeRunIsRead) {
  const auto report = report_of(
      {R"({"event":"start","kernel":"6.1.0","processors":2})"
       "\r",
       "", kTrialLine,
       R"({"event":"unusable","device":"/dev/dri/card1","driver":"qxl","why":"makes no buffer"})",
       R"({"event":"end"})"});
  EXPECT_EQ(report.kernel, "6.1.0");
  EXPECT_EQ(report.processors, 2);
  EXPECT_TRUE(report.complete);
  EXPECT_EQ(report.failure, "");
  EXPECT_THAT(report.unusable,
              ElementsAre(UnusableDevice{"/dev/dri/card1", "qxl", "makes no buffer"}));
  ASSERT_EQ(report.trials.size(), 1U);
  const Trial& trial = report.trials.front();
  EXPECT_EQ(trial.entries, 144466U);
  EXPECT_EQ(trial.sleep, "interruptible");
  EXPECT_EQ(trial.value, 4096);
  EXPECT_TRUE(trial.from_kernel_mode());
  EXPECT_EQ(trial_from(trial_json(trial)), trial);
}

TEST(GuestReport, WhatIsCutOffOrForeignIsAFailureAndKeepsWhatCameBefore) {
  const std::string line = kTrialLine;
  for (const std::string& bad :
       {line.substr(0, 100), std::string("Segmentation fault"), std::string(R"({"event":"trial"})"),
        std::string(R"({"event":"surprise"})"), std::string(R"(["event"])"),
        std::string(R"({"event":"trial","subject":7})")}) {
    const auto report =
        report_of({R"({"event":"start","kernel":"6.1.0","processors":2})", line, bad});
    EXPECT_NE(report.failure, "") << bad;
    EXPECT_EQ(report.trials.size(), 1U) << bad;
    EXPECT_FALSE(report.complete);
  }
}

TEST(GuestReport, TheGuestsOwnWordsAreKept) {
  const auto report =
      report_of({R"({"event":"failure","text":"/dev/killify_shapes: cannot open: No such file"})",
                 "rubbish"});
  EXPECT_THAT(report.failure, HasSubstr("cannot open"));
  EXPECT_THAT(report.trials, IsEmpty());
}

}  // namespace
}  // namespace killify
