// `killify explain` on the small tree.
#include "json_schema.h"
#include "support/killify_run.h"

#include <gmock/gmock.h>

#include <map>

namespace killify::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

class Explaining : public ::testing::Test, protected MiniTree {
 protected:
  Explaining() { share_answers(); }

  [[nodiscard]] Completed explain(Words arguments) const {
    arguments.insert(arguments.begin(), {"--progress=none", "explain"});
    return killify(arguments);
  }
  [[nodiscard]] std::string good(const Words& arguments) const {
    const Completed done = explain(arguments);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    EXPECT_EQ(done.err, "");
    return done.out;
  }
};

TEST_F(Explaining, AHandlerIsToldWithItsSourceAndWhatToDo) {
  const auto lines = split_lines(good({"walnut_fault"}));
  EXPECT_THAT(lines, Contains(AllOf(StartsWith("finding "), HasSubstr("convert"))));
  EXPECT_THAT(lines,
              Contains(AllOf(StartsWith("        "), HasSubstr("mutex_lock_interruptible("))));
  EXPECT_THAT(lines, Contains(HasSubstr("walnut_fault() returns VM_FAULT_NOPAGE")));
  EXPECT_THAT(lines, Contains("  What to do"));
}

TEST_F(Explaining, WhatThePlanDoesStandsBesideTheVerdict) {
  const auto converted = good({"walnut_fault"});
  EXPECT_THAT(converted, HasSubstr("  What the plan does\n    Converts it in place, in the step "
                                   "\"convert drivers/gpu/drm/walnut\"; killify diff shows"));
  EXPECT_THAT(good({"walnut_fault", "--no-plan"}), Not(HasSubstr("killify diff")));

  const auto planned =
      parsed(killify({"--progress=none", "plan", "--format=json"}).out).at("findings");
  const auto audited =
      parsed(killify({"--progress=none", "audit", "--planned", "--format=json"}).out);
  EXPECT_EQ(JsonSchema("audit").mismatch(audited), "");
  ASSERT_EQ(audited.at("findings").size(), planned.size());
  std::map<std::string, int> kinds;
  std::string left;  // the id of one that the audit would convert
  for (std::size_t i = 0; i < planned.size(); ++i) {
    const auto& finding = audited.at("findings")[i];
    EXPECT_EQ(finding.at("id"), planned[i].at("id"));
    EXPECT_EQ(finding.at("planned"), planned[i].at("planned"));
    const std::string does = finding.at("planned").at("does");
    const std::string verdict = finding.at("verdict");
    ++kinds[does];
    EXPECT_EQ(does == "settled", verdict == "safe" || verdict == "suppressed");
    EXPECT_EQ(does == "left", finding.at("planned").at("step") == "" && does != "settled");
    if (does != "left") continue;
    EXPECT_NE(finding.at("planned").at("why"), "");
    EXPECT_NE(finding.at("planned").at("why"), "no semantic patch changes anything there");
    if (verdict == "convert") left = finding.at("id");
  }
  EXPECT_GT(kinds["converted"], 10);
  EXPECT_GT(kinds["threaded"], 3);
  ASSERT_NE(left, "");
  const auto text = good({left});
  EXPECT_THAT(text, AllOf(HasSubstr(" convert  "), HasSubstr("Leaves it alone: "),
                          Not(HasSubstr("killify diff"))));
  const auto json = parsed(good({left, "--format=json"}));
  EXPECT_EQ(JsonSchema("explain").mismatch(json), "");
  EXPECT_EQ(json.at("findings")[0].at("planned").at("does"), "left");
}

TEST_F(Explaining, AHelperIsToldWithEachHandlerThatReachesIt) {
  const auto text = good({"rowan_reserve"});
  EXPECT_THAT(text, AllOf(HasSubstr("rowan_fault()"), HasSubstr("rowan_pfn_mkwrite()")));
  EXPECT_THAT(good({"alder_reserve"}),
              AllOf(HasSubstr("if (alder_reserve(obj))"),
                    HasSubstr("return mutex_lock_interruptible("), HasSubstr("alder_ioctl()")));
}

TEST_F(Explaining, AnIdOrItsBeginningNamesOneFinding) {
  const auto audited = parsed(
      killify({"--progress=none", "audit", "--format=json", "--handler", "alder_fault"}).out);
  const std::string id = audited["findings"][0]["id"];
  const auto text = good({id});
  EXPECT_THAT(text, StartsWith("finding " + id + " "));
  EXPECT_EQ(good({id.substr(0, 8)}), text);
}

TEST_F(Explaining, AHandlerThatDoesNotSleepSaysSo) {
  EXPECT_THAT(good({"tin_fault"}), HasSubstr("no interruptible sleep is found"));
}

TEST_F(Explaining, TheJsonFitsItsSchema) {
  const auto document = parsed(good({"--format=json", "walnut_fault"}));
  EXPECT_EQ(JsonSchema("explain").mismatch(document), "");
  ASSERT_THAT(document["findings"], SizeIs(1));
  EXPECT_THAT(document["findings"][0]["chain"][0]["source"].get<std::string>(),
              HasSubstr("mutex_lock_interruptible("));
  const auto innocent = parsed(good({"--format=json", "tin_fault"}));
  EXPECT_EQ(JsonSchema("explain").mismatch(innocent), "");
  EXPECT_THAT(innocent["findings"], IsEmpty());
  EXPECT_THAT(innocent["handlers"], SizeIs(1));
}

TEST_F(Explaining, WhatIsNotKnownGetsASuggestion) {
  const Completed done = explain({"walnut_fautl"});
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_EQ(done.out, "");
  EXPECT_THAT(done.err, AllOf(StartsWith("killify: walnut_fautl: "),
                              HasSubstr("(did you mean 'walnut_fault'?)")));
  // A path narrows what is known.
  EXPECT_EQ(explain({"walnut_fault", "fs"}).exit_code, 2);
  EXPECT_THAT(explain({}).err, HasSubstr("FUNCTION|FINDING is required"));
  EXPECT_THAT(explain({"walnut_fault", "--format=sarif"}).err, HasSubstr("use one of json, text"));
}

}  // namespace
}  // namespace killify::test
