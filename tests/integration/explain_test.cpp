// `killify explain` on the small tree.
#include "json_schema.h"
#include "support/killify_run.h"

#include <gmock/gmock.h>

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
  EXPECT_THAT(good({"tin_fault"}), HasSubstr("no interruptible sleep is reached"));
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
