#include "series/planned.h"

#include "series/changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::Pair;

Finding planned_finding(const std::string& id, Verdict verdict = Verdict::kConvert) {
  Finding result;
  result.id = id;
  result.verdict = verdict;
  return result;
}

// The step converts "done", "part" and "wrapper", threads a state to "shared", and leaves "odd".
Changes sample() {
  Changes changes;
  Change prepare;
  prepare.step.kind = StepKind::kPrepare;
  prepare.step.findings = {planned_finding("odd")};
  Change convert;
  convert.step.name = "convert d";
  convert.step.findings = {planned_finding("done"), planned_finding("part"),
                           planned_finding("wrapper"), planned_finding("shared", Verdict::kThread)};
  convert.step.flips["shared"] = {{"d/box.c", "box_fault"}};
  changes.changes = {prepare, convert};
  changes.partly = {{"shared", "it is a macro"}};
  changes.lifted = {{"second", "wrapper"}};
  changes.left_out = {{planned_finding("odd"), "review: a loop"},
                      {planned_finding("shared"), "review: on another way to it, it is a macro"},
                      {planned_finding("second"), "review: another caller"}};
  return changes;
}

Planned left(const std::string& why) {
  return {Planned::Kind::kLeft, {}, why};
}

TEST(Planned, EachFindingIsConvertedThreadedLeftOrSettled) {
  const auto planned =
      planned_of({planned_finding("done"), planned_finding("shared"), planned_finding("odd"),
                  planned_finding("wrapper"), planned_finding("safe", Verdict::kSafe),
                  planned_finding("nowhere")},
                 sample());
  EXPECT_THAT(planned,
              ElementsAre(Pair("done", Planned{Planned::Kind::kConverted, "convert d", {}}),
                          Pair("nowhere", left("no semantic patch changes anything there")),
                          Pair("odd", left("review: a loop")),
                          Pair("safe", Planned{Planned::Kind::kSettled, {}, {}}),
                          Pair("shared", Planned{Planned::Kind::kThreaded, "convert d",
                                                 "review: on another way to it, it is a macro"}),
                          Pair("wrapper", left("review: another caller"))))
      << "of a wrapper one caller is left";
}

TEST(Planned, IsKeptAsText) {
  const auto planned = planned_of(
      {planned_finding("done"), planned_finding("odd"), planned_finding("shared")}, sample());
  EXPECT_EQ(planned_from(kept_text(planned)), planned);
  EXPECT_EQ(planned_from("[[1]]"), std::nullopt);
  EXPECT_EQ(planned_from("["), std::nullopt);
}

}  // namespace
}  // namespace killify
