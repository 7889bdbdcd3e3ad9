#include "facts/source_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace killify {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

json definition(const char* name, int first, int last) {
  return {{"fact", "definition"}, {"name", name}, {"returns", "int"},
          {"line", first},        {"last", last}, {"parameters", {"struct x * x"}}};
}

json call(const char* function, const char* callee, int line, int column = 1) {
  return {{"fact", "call"},
          {"function", function},
          {"callee", callee},
          {"line", line},
          {"at", {line, column, line, column + 1}},
          {"arguments", {"& a -> b", "1"}}};
}

json branch(const char* condition, const std::vector<int>& then,
            const std::vector<int>& otherwise = {}) {
  return {{"fact", "branch"},
          {"condition", condition},
          {"line", then.front()},
          {"then", then},
          {"otherwise", otherwise}};
}

SourceFacts facts_of(const std::string& text, const SpatchAnswer& answer) {
  return facts_from("a.c", *Sketch::of(text), answer);
}

// "CONDITION" and "not CONDITION".
std::vector<std::string> guards_of(const CallFact& call) {
  std::vector<std::string> found;
  for (const auto& guard : call.guards)
    found.push_back((guard.holds ? "" : "not ") + guard.condition);
  return found;
}

TEST(SourceFacts, AreReadFromWhatTheSemanticPatchPrints) {
  SpatchAnswer answer;
  answer.facts = JsonFacts(std::vector<json>{call("f", "g", 3),
                                             definition("f", 2, 4),
                                             {{"fact", "binding"},
                                              {"struct", "ops"},
                                              {"variable", "o"},
                                              {"field", "fault"},
                                              {"target", "& f"},
                                              {"line", 6}}});
  const auto facts =
      facts_of("static int\nf(struct x *x)\n{ p->o->fault = f; g(&a->b, 1);\n}\n", answer);
  EXPECT_EQ(facts.status, ParseStatus::kComplete);
  ASSERT_THAT(facts.functions, SizeIs(1));
  EXPECT_TRUE(facts.functions[0].is_static);
  EXPECT_EQ(facts.functions[0].returns, "int");
  EXPECT_EQ(facts.functions[0].last, 4);
  ASSERT_THAT(facts.functions[0].parameters, SizeIs(1));
  EXPECT_EQ(facts.functions[0].parameters[0].type, "struct x *");
  EXPECT_EQ(facts.functions[0].parameters[0].name, "x");
  ASSERT_THAT(facts.calls, SizeIs(1));
  EXPECT_THAT(facts.calls[0].arguments, ElementsAre("& a -> b", "1"));
  ASSERT_THAT(facts.bindings, SizeIs(1));
  EXPECT_EQ(facts.bindings[0].type, "struct ops");
  EXPECT_EQ(facts.bindings[0].function, "");
}

TEST(SourceFacts, CallsThroughFieldsNameTheFieldAndItsBase) {
  SpatchAnswer answer;
  answer.facts = JsonFacts(std::vector<json>{
      definition("f", 1, 9), call("f", "x -> ops -> wait", 2), call("f", "x . ops [ i ] . get", 3),
      call("f", "( * x -> put )", 4), call("f", "( * fn )", 5), call("f", "table [ i ]", 6)});
  const auto facts = facts_of("int f(struct x *x)\n{\n\n\n\n\n\n\n}\n", answer);
  ASSERT_THAT(facts.field_calls, SizeIs(3));
  EXPECT_EQ(facts.field_calls[0].base, "x -> ops");
  EXPECT_EQ(facts.field_calls[0].callee, "wait");
  EXPECT_EQ(facts.field_calls[1].base, "x . ops [ i ]");
  EXPECT_EQ(facts.field_calls[2].callee, "put");
  ASSERT_THAT(facts.calls, SizeIs(1));
  EXPECT_EQ(facts.calls[0].callee, "fn");
  EXPECT_THAT(facts.field_calls_in(facts.functions[0]), SizeIs(3));
}

TEST(SourceFacts, AssignmentsAreValuesOfVariablesAndBindingsOfFields) {
  auto assignment = [](int line, const char* target, const char* operation, const char* value) {
    return json{{"fact", "assignment"}, {"function", "f"},       {"line", line},
                {"target", target},     {"operator", operation}, {"value", value}};
  };
  auto variable = [](const char* type, const char* name, const char* value) {
    return json{{"fact", "variable"}, {"function", "f"},  {"line", 2},
                {"type", type},       {"variable", name}, {"value", value}};
  };
  SpatchAnswer answer;
  answer.facts = JsonFacts(std::vector<json>{
      definition("f", 1, 9), variable("const struct ops *", "o", ""), variable("int", "n", "1"),
      assignment(2, "n", "=", "1"), assignment(3, "n", "|=", "FLAG"), assignment(4, "n", "+=", "2"),
      assignment(5, "o -> fault", "=", "g"), assignment(6, "x -> in . ops", "=", "& h"),
      assignment(7, "o -> n", "|=", "1"), assignment(7, "* p", "=", "1")});
  const auto facts = facts_of("int f(struct x *x)\n{\n\n\n\n\n\n\n}\n", answer);
  std::vector<std::string> values;
  for (const auto& value : facts.values)
    values.push_back(std::to_string(value.line) + ":" + value.variable + "=" + value.value);
  EXPECT_THAT(values, ElementsAre("2:n=1", "3:n=n | FLAG", "4:n="));
  EXPECT_THAT(facts.locals, SizeIs(2));
  ASSERT_THAT(facts.bindings, SizeIs(2));
  EXPECT_EQ(facts.bindings[0].type, "struct ops");
  EXPECT_EQ(facts.bindings[0].function, "f");
  EXPECT_EQ(facts.bindings[1].type, "");
  EXPECT_EQ(facts.bindings[1].variable, "x -> in");
  EXPECT_EQ(facts.bindings[1].field, "ops");
}

TEST(SourceFacts, ABranchGuardsWhatStandsInIt) {
  const std::string text =
      "int f(void)\n"  // 1
      "{\n"            // 2
      "\tif (a) {\n"   // 3
      "\t\tg();\n"     // 4
      "\t\tif (b)\n"   // 5
      "\t\t\th();\n"   // 6
      "\t} else\n"     // 7
      "\t\ti();\n"     // 8
      "\tj();\n"       // 9
      "}\n";
  SpatchAnswer answer;
  answer.facts = JsonFacts(std::vector<json>{
      definition("f", 1, 10), call("f", "g", 4, 2), call("f", "h", 6, 3), call("f", "i", 8, 2),
      call("f", "j", 9, 1), branch("a", {3, 8, 7, 2}, {8, 2, 8, 6}), branch("b", {6, 3, 6, 7})});
  const auto facts = facts_of(text, answer);
  ASSERT_THAT(facts.calls, SizeIs(4));
  EXPECT_THAT(guards_of(facts.calls[0]), ElementsAre("a"));
  EXPECT_THAT(guards_of(facts.calls[1]), ElementsAre("a", "b"));
  EXPECT_THAT(guards_of(facts.calls[2]), ElementsAre("not a"));
  EXPECT_THAT(guards_of(facts.calls[3]), IsEmpty());
}

TEST(SourceFacts, AnIfThatLeavesGuardsTheRestOfItsBlock) {
  const std::string text =
      "int f(void)\n"      // 1
      "{\n"                // 2
      "\tif (a)\n"         // 3
      "\t\treturn 0;\n"    // 4
      "\twhile (w) {\n"    // 5
      "\t\tif (b) {\n"     // 6
      "\t\t\tx = 1;\n"     // 7
      "\t\t\tcontinue;\n"  // 8
      "\t\t}\n"            // 9
      "\t\tg();\n"         // 10
      "\t}\n"              // 11
      "\th();\n"           // 12
      "\tif (c)\n"         // 13
      "\t\tx = 2;\n"       // 14
      "\telse if (d)\n"    // 15
      "\t\tgoto out;\n"    // 16
      "\ti();\n"           // 17
      "out:\n"             // 18
      "\tj();\n"           // 19
      "}\n";
  SpatchAnswer answer;
  answer.facts = JsonFacts(
      std::vector<json>{definition("f", 1, 20),
                        call("f", "g", 10, 2),
                        call("f", "h", 12, 1),
                        call("f", "i", 17, 1),
                        call("f", "j", 19, 1),
                        branch("a", {4, 2, 4, 11}),
                        branch("b", {6, 9, 9, 3}),
                        branch("c", {14, 2, 14, 8}, {15, 6, 16, 11}),
                        branch("d", {16, 2, 16, 11}),
                        {{"fact", "loop"}, {"condition", "w"}, {"line", 5}, {"at", {5, 1, 5, 6}}}});
  const auto facts = facts_of(text, answer);
  ASSERT_THAT(facts.calls, SizeIs(4));
  EXPECT_THAT(guards_of(facts.calls[0]), ElementsAre("not a", "w", "not b"));
  EXPECT_THAT(guards_of(facts.calls[1]), ElementsAre("not a"));
  EXPECT_THAT(guards_of(facts.calls[2]), ElementsAre("not a"));  // an else of c: says nothing of d
  EXPECT_THAT(guards_of(facts.calls[3]), IsEmpty());             // behind a label
}

TEST(SourceFacts, ACaseEndsWhatTheOneBeforeItLeft) {
  const std::string text =
      "int f(void)\n{\n\tswitch (x) {\n\tcase 1:\n\t\tif (a)\n\t\t\tbreak;\n\t\tg();\n"
      "\tcase 2:\n\t\th();\n\t}\n}\n";
  SpatchAnswer answer;
  answer.facts = JsonFacts(std::vector<json>{definition("f", 1, 11), call("f", "g", 7, 2),
                                             call("f", "h", 9, 2), branch("a", {6, 3, 6, 9})});
  const auto facts = facts_of(text, answer);
  ASSERT_THAT(facts.calls, SizeIs(2));
  EXPECT_THAT(guards_of(facts.calls[0]), ElementsAre("not a"));
  EXPECT_THAT(guards_of(facts.calls[1]), IsEmpty());
}

TEST(SourceFacts, StructsHaveTheirFields) {
  SpatchAnswer answer;
  answer.facts = JsonFacts(std::vector<json>{
      {{"fact", "struct"},
       {"name", "s"},
       {"line", 1},
       {"fields",
        {" int a , * b ;", " bool intr : 1 ;", " int ( * open ) ( struct x * , int ) ;",
         " struct {  int in ; } ;", " union {  struct y * yy ; } z ;",
         " struct t {  int deep ; } t ;", "#ifdef X", " long xs [ 4 ] ;", "#endif",
         " const struct ops * ops ;", "DECLARE_BITMAP ( bits , 3 ) ;"}}}});
  std::vector<std::string> fields;
  for (const auto& field : facts_of("", answer).fields)
    fields.push_back(field.in + "." + field.field + ": " + field.type);
  EXPECT_THAT(fields,
              ElementsAre("s.a: int", "s.b: int *", "s.intr: bool",
                          "s.open: int ( * ) ( struct x * , int )", "s.in: int", "s.yy: struct y *",
                          "s.z: union { }", "t.deep: int", "s.t: struct t", "s.xs: long [ 4 ]",
                          "s.ops: const struct ops *"));
}

TEST(SourceFacts, ParametersAreTakenApart) {
  auto fact = definition("f", 1, 1);
  fact["parameters"] = {"int ( * cb ) ( int , void * )",
                        "unsigned long flags",
                        "struct b y [ 3 ]",
                        "void *",
                        "unsigned int",
                        "struct c",
                        "..."};
  SpatchAnswer answer;
  answer.facts = JsonFacts(std::vector<json>{fact});
  const auto facts = facts_of("", answer);
  ASSERT_THAT(facts.functions, SizeIs(1));
  std::vector<std::string> parameters;
  for (const auto& parameter : facts.functions[0].parameters)
    parameters.push_back(parameter.name + ": " + parameter.type);
  EXPECT_THAT(parameters, ElementsAre("cb: int ( * ) ( int , void * )", "flags: unsigned long",
                                      "y: struct b [ 3 ]", ": void *", ": unsigned int",
                                      ": struct c", ": . . ."));
}

TEST(SourceFacts, AFunctionThatOnlyTheTokensShowIsThereAndUnparsed) {
  const auto facts = facts_of("static int f(void)\n{\n\tODD {\n}\n", {});
  ASSERT_NE(facts.function("f"), nullptr);
  EXPECT_FALSE(facts.function("f")->parsed);
  EXPECT_TRUE(facts.function("f")->is_static);
  EXPECT_EQ(facts.status, ParseStatus::kPartial);
}

TEST(SourceFacts, LostLinesMakeThemPartial) {
  SpatchAnswer answer;
  answer.lost = {{3, 5}};
  const auto facts = facts_of("int x;\n\n\n\n\n", answer);
  EXPECT_EQ(facts.status, ParseStatus::kPartial);
  EXPECT_TRUE(facts.lost_in(5, 9));
  EXPECT_FALSE(facts.lost_in(6, 9));
}

TEST(SourceFacts, AFailureKeepsItsNameAndTheTokens) {
  SpatchAnswer answer;
  answer.end = SpatchEnd::kTimedOut;
  answer.why = "a.c: too long";
  const auto facts = facts_of("int f(void)\n{\n}\n", answer);
  EXPECT_EQ(facts.status, ParseStatus::kTimedOut);
  EXPECT_EQ(facts.why, "a.c: too long");
  EXPECT_NE(facts.function("f"), nullptr);
}

// One definition is parsed, the one in the other branch is not: it must not hide behind the first.
TEST(SourceFacts, DefinitionsInTwoBranchesAreTwo) {
  SpatchAnswer answer;
  answer.facts = JsonFacts(std::vector<json>{definition("f", 2, 5), call("f", "g", 4)});
  const auto facts = facts_of(
      "#ifdef A\nstatic int f(struct x *x)\n{\n\tg(&a->b, 1);\n}\n#else\n"
      "int f(struct x *x)\n{\n}\n#endif\n",
      answer);
  const auto both = facts.functions_named("f");
  ASSERT_THAT(both, SizeIs(2));
  EXPECT_TRUE(both[0]->is_static);
  EXPECT_FALSE(both[1]->is_static);
  EXPECT_FALSE(both[1]->parsed);
  EXPECT_THAT(facts.calls_in(*both[0]), SizeIs(1));
  EXPECT_THAT(facts.calls_in(*both[1]), IsEmpty());
  EXPECT_THAT(facts.calls_in("f"), SizeIs(1));
}

}  // namespace
}  // namespace killify
