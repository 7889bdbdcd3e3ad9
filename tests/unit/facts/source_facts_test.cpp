#include "facts/source_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::SizeIs;

json definition(const char* name, int first, int last) {
  return {{"fact", "definition"}, {"name", name}, {"returns", "int"},
          {"line", first},        {"last", last}, {"parameters", {"struct x * x"}}};
}

json call(const char* function, const char* callee, int line) {
  return {{"fact", "call"},
          {"function", function},
          {"callee", callee},
          {"line", line},
          {"arguments", {"& a -> b", "1"}}};
}

TEST(SourceFacts, AreReadFromWhatTheSemanticPatchPrints) {
  SpatchAnswer answer;
  answer.facts = {call("f", "g", 3),
                  definition("f", 2, 4),
                  {{"fact", "static"}, {"name", "f"}, {"line", 2}},
                  {{"fact", "binding"},
                   {"struct", "ops"},
                   {"variable", "o"},
                   {"field", "fault"},
                   {"target", "& f"},
                   {"line", 6}},
                  {{"fact", "assignment"},
                   {"type", "struct ops *"},
                   {"object", "p -> o"},
                   {"field", "fault"},
                   {"target", "f"},
                   {"line", 3},
                   {"function", "f"}}};
  const auto facts = facts_from(
      {"a.c", "static int\nf(struct x *x)\n{ p->o->fault = f; g(&a->b, 1);\n}\n"}, answer);
  EXPECT_EQ(facts.status, ParseStatus::kComplete);
  ASSERT_THAT(facts.functions, SizeIs(1));
  EXPECT_TRUE(facts.functions[0].is_static);
  EXPECT_EQ(facts.functions[0].returns, "int");
  EXPECT_EQ(facts.functions[0].last, 4);
  ASSERT_THAT(facts.calls, SizeIs(1));
  EXPECT_THAT(facts.calls[0].arguments, ElementsAre("& a -> b", "1"));
  ASSERT_THAT(facts.bindings, SizeIs(2));
  EXPECT_EQ(facts.bindings[0].function, "f");
  EXPECT_EQ(facts.bindings[1].type, "struct ops");
}

TEST(SourceFacts, AFunctionThatOnlyTheTokensShowIsThereAndUnparsed) {
  const auto facts = facts_from({"a.c", "static int f(void)\n{\n\tODD {\n}\n"}, {});
  ASSERT_NE(facts.function("f"), nullptr);
  EXPECT_FALSE(facts.function("f")->parsed);
  EXPECT_TRUE(facts.function("f")->is_static);
  EXPECT_EQ(facts.status, ParseStatus::kPartial);
}

TEST(SourceFacts, LostLinesMakeThemPartial) {
  SpatchAnswer answer;
  answer.lost = {{3, 5}};
  const auto facts = facts_from({"a.c", "int x;\n\n\n\n\n"}, answer);
  EXPECT_EQ(facts.status, ParseStatus::kPartial);
  EXPECT_TRUE(facts.lost_in(5, 9));
  EXPECT_FALSE(facts.lost_in(6, 9));
}

TEST(SourceFacts, AFailureKeepsItsNameAndTheTokens) {
  SpatchAnswer answer;
  answer.end = SpatchEnd::kTimedOut;
  answer.why = "a.c: too long";
  const auto facts = facts_from({"a.c", "int f(void)\n{\n}\n"}, answer);
  EXPECT_EQ(facts.status, ParseStatus::kTimedOut);
  EXPECT_EQ(facts.why, "a.c: too long");
  EXPECT_NE(facts.function("f"), nullptr);
}

// One definition is parsed, the one in the other branch is not: it must not hide behind the first.
TEST(SourceFacts, DefinitionsInTwoBranchesAreTwo) {
  SpatchAnswer answer;
  answer.facts = {
      definition("f", 2, 5), {{"fact", "static"}, {"name", "f"}, {"line", 2}}, call("f", "g", 4)};
  const auto facts =
      facts_from({"a.c",
                  "#ifdef A\nstatic int f(struct x *x)\n{\n\tg(&a->b, 1);\n}\n#else\n"
                  "int f(struct x *x)\n{\n}\n#endif\n"},
                 answer);
  const auto both = facts.functions_named("f");
  ASSERT_THAT(both, SizeIs(2));
  EXPECT_TRUE(both[0]->is_static);
  EXPECT_FALSE(both[1]->is_static);
  EXPECT_FALSE(both[1]->parsed);
  EXPECT_THAT(facts.calls_in(*both[0]), SizeIs(1));
  EXPECT_THAT(facts.calls_in(*both[1]), SizeIs(0));
  EXPECT_THAT(facts.calls_in("f"), SizeIs(1));
}

}  // namespace
}  // namespace killify
