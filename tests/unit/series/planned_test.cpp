#include "series/planned.h"

#include "series/changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::Pair;

Finding finding(const std::string& id, Verdict verdict = Verdict::kConvert) {
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
  prepare.step.findings = {finding("odd")};
  Change convert;
  convert.step.name = "convert d";
  convert.step.findings = {finding("done"), finding("part"), finding("wrapper"),
                           finding("shared", Verdict::kThread)};
  convert.step.flips["shared"] = {{"d/box.c", "box_fault"}};
  changes.changes = {prepare, convert};
  changes.partly = {{"shared", "it is a macro"}};
  changes.lifted = {{"second", "wrapper"}};
  changes.left_out = {{finding("odd"), "review: a loop"},
                      {finding("shared"), "review: on another way to it, it is a macro"},
                      {finding("second"), "review: another caller"}};
  return changes;
}

Planned left(const std::string& why) {
  return {Planned::Kind::kLeft, {}, why};
}

TEST(Planned, EachFindingIsConvertedThreadedLeftOrSettled) {
  const auto planned =
      planned_of({finding("done"), finding("shared"), finding("odd"), finding("wrapper"),
                  finding("safe", Verdict::kSafe), finding("nowhere")},
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
  const auto planned = planned_of({finding("done"), finding("odd"), finding("shared")}, sample());
  EXPECT_EQ(planned_from(kept_text(planned)), planned);
  EXPECT_EQ(planned_from("[[1]]"), std::nullopt);
  EXPECT_EQ(planned_from("["), std::nullopt);
}

}  // namespace
}  // namespace killify
