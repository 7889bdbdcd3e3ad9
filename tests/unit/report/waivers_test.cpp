#include "report/waivers.h"

#include "support/files.h"
#include "support/temp_dir.h"
#include "unit/report/audit_sample.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;

class Waivers : public ::testing::Test {
 protected:
  Result<std::vector<FindingWaiver>> read(const std::string& text) {
    const auto file = scratch_.path() / "waivers.yaml";
    EXPECT_TRUE(write_file_atomic(file, text));
    return read_finding_waivers(file);
  }
  void expect_refused(const std::string& text, const std::string& part) {
    const auto waivers = read(text);
    ASSERT_FALSE(waivers) << text;
    EXPECT_THAT(waivers.error().message, HasSubstr(part));
    EXPECT_THAT(waivers.error().message, HasSubstr("waivers.yaml:2:"));
  }

  TempDir scratch_ = TempDir::make(std::filesystem::temp_directory_path()).value();
  std::vector<Finding> findings_ = test::sample_audit().audit.findings;
  std::vector<std::string> notes_;
};

TEST_F(Waivers, AHandlerAndASleepNameAllOpenFindingsOfThem) {
  const auto waivers = read(
      "waivers:\n- {handler: box_fault, sink: mutex_lock_interruptible, reason: never held long, "
      "by: A. Person}\n");
  ASSERT_TRUE(waivers) << waivers.error().message;
  const auto waived = waived_of(findings_, *waivers, notes_);
  EXPECT_THAT(waived, ElementsAre(Key("beef00000001"), Key("beef00000003")));
  EXPECT_EQ(waived.at("beef00000003").reason, "never held long");
  EXPECT_EQ(waived.at("beef00000003").by, "A. Person");
  EXPECT_THAT(notes_, IsEmpty());
}

TEST_F(Waivers, AnIdNamesOneFinding) {
  const auto waivers = read("waivers:\n- {id: beef00000002, reason: seen, by: me}\n");
  EXPECT_THAT(waived_of(findings_, *waivers, notes_), ElementsAre(Key("beef00000002")));
}

TEST_F(Waivers, WhatMatchesNothingOpenIsTold) {
  const auto waivers = read(
      "waivers:\n- {id: beef00000005, reason: it is safe, by: me}\n"
      "- {handler: box_fault, sink: down_interruptible, reason: gone, by: me}\n");
  EXPECT_THAT(waived_of(findings_, *waivers, notes_), IsEmpty());
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("waivers.yaml:2:3: this waiver matches no finding"),
                                  HasSubstr("waivers.yaml:3:3: this waiver matches no finding")));
}

TEST_F(Waivers, AnEntryThatIsNotWholeIsRefused) {
  expect_refused("waivers:\n- {handler: box_fault, reason: half, by: me}\n",
                 "names a handler and a sink, or an id");
  expect_refused("waivers:\n- {reason: of what, by: me}\n", "names a handler and a sink, or an id");
  expect_refused("waivers:\n- {id: beef, reason: short, by: me}\n", "at least 8");
  expect_refused("waivers:\n- {id: beef00000002, by: me}\n", "reason");
  expect_refused("waivers:\n- {id: beef00000002, raeson: typo, by: me}\n", "reason");
}

}  // namespace
}  // namespace killify
