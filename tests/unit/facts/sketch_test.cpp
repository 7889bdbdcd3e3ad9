#include "facts/sketch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// "LINE:KIND FUNCTION" of each use of "helper".
std::vector<std::string> uses(std::string_view text) {
  std::vector<std::string> found;
  for (const auto& use : Sketch::of(std::string(text))->uses("helper")) {
    const char* kind = use.kind == Use::Kind::kDefinition ? "definition"
                       : use.kind == Use::Kind::kCall     ? "call"
                       : use.kind == Use::Kind::kExport   ? "export"
                       : use.kind == Use::Kind::kMacro    ? "macro"
                                                          : "value";
    found.push_back(std::to_string(use.line) + ":" + kind +
                    (use.function.empty() ? "" : " " + use.function));
  }
  return found;
}

TEST(Uses, APrototypeAndADefinitionAreDeclarations) {
  EXPECT_THAT(uses("static int helper(int);\nint *helper(int a)\n{\n\treturn 0;\n}\n"),
              ElementsAre("1:definition", "2:definition helper"));
}

TEST(Uses, ACallNamesItsCaller) {
  EXPECT_THAT(uses("int f(void)\n{\n\treturn helper (1) +\n\t\thelper(2);\n}\n"),
              ElementsAre("3:call f", "4:call f"));
}

TEST(Uses, ATypeBeforeAFunctionPointerIsNotCalled) {
  EXPECT_THAT(uses("int f(void)\n{\n\thelper (*serve)(int) = g;\n\treturn helper(*a);\n}\n"),
              ElementsAre("3:value f", "4:call f"));
}

TEST(Uses, RecursionIsACall) {
  EXPECT_THAT(uses("int helper(int n)\n{\n\treturn helper(n - 1);\n}\n"),
              ElementsAre("1:definition helper", "3:call helper"));
}

TEST(Uses, AnExportIsNoAddress) {
  EXPECT_THAT(uses("EXPORT_SYMBOL_GPL(helper);\n"), ElementsAre("1:export"));
}

TEST(Uses, AnAddressIsAValue) {
  EXPECT_THAT(uses("struct ops o = { .open = helper };\nvoid f(void)\n{\n\tset(&helper);\n\tx = "
                   "a ? b : helper;\n}\n"),
              ElementsAre("1:value", "4:value f", "5:value f"));
}

TEST(Uses, AMacroThatUsesItIsNamed) {
  EXPECT_THAT(uses("#define CALL(x) \\\n\thelper(x)\n"), ElementsAre("2:macro CALL"));
}

TEST(Uses, AMacroOfThatNameIsADefinitionAndItsParametersAreNot) {
  EXPECT_THAT(uses("#define helper(x) old_helper(x)\n#define CALL(helper) helper(1)\n"),
              ElementsAre("1:definition"));
}

TEST(Uses, AConditionalDirectiveIsNone) {
  EXPECT_THAT(uses("#ifndef helper\n#undef helper\n#endif\n"), IsEmpty());
}

// A macro may make a function of its argument.
TEST(Uses, ACallInAnArgumentAtTopLevelIsNoDeclaration) {
  EXPECT_THAT(uses("DEFINE_WRAPPER(open, helper(file))\nint x = helper(1);\n"),
              ElementsAre("1:value", "2:value"));
}

TEST(Uses, MembersLabelsTextsAndCommentsAreSomethingElse) {
  EXPECT_THAT(uses("void f(void)\n{\n\to.helper(1); o->helper(1);\n\tgoto helper;\nhelper:\n"
                   "\tg(\"helper\"); /* helper() */\n}\n"),
              IsEmpty());
}

TEST(Uses, ATagIsSomethingElse) {
  EXPECT_THAT(uses("#define M struct helper *h\nstruct helper;\nunion helper u;\nint f(struct "
                   "helper *h, enum helper e);\n"
                   "void g(void)\n{\n\tstruct helper h;\n}\n"),
              IsEmpty());
}

TEST(Uses, ACaseIsNoLabel) {
  EXPECT_THAT(uses("int f(void)\n{\n\treturn x ? helper : 0;\n}\n"), ElementsAre("3:value f"));
}

// "LINE:CALLEE(ARGUMENTS) WHERE" of each call.
std::vector<std::string> calls(const std::string& text) {
  const auto sketch = Sketch::of(text);
  std::vector<std::string> found;
  for (const auto& call : sketch->calls()) {
    std::string said = std::to_string(call.line) + (call.through_field ? ":->" : ":");
    said += call.callee;
    const char* separator = "(";
    for (const auto& argument : sketch->arguments(call)) {
      said += separator + argument;
      separator = "|";
    }
    said += separator[0] == '(' ? "()" : ")";
    if (call.function >= 0)
      said += " in " + sketch->functions().at(static_cast<std::size_t>(call.function)).name;
    if (call.macro >= 0)
      said += " of " + sketch->macros().at(static_cast<std::size_t>(call.macro)).name;
    found.push_back(said);
  }
  return found;
}

TEST(Calls, HaveTheirArgumentsAndTheirFunction) {
  EXPECT_THAT(calls("int f(int a) __must_hold(lock)\n{\n\tif (a)\n\t\treturn g(&a->b, h(1,\n2), "
                    "(struct x *)c);\n}\n"),
              ElementsAre("4:g(&a->b|h(1,2)|(struct x*)c) in f", "4:h(1|2) in f"));
}

TEST(Calls, ThroughAFieldAreMarked) {
  EXPECT_THAT(calls("void f(void)\n{\n\to->ops->wait(o, true);\n\to.wait();\n}\n"),
              ElementsAre("3:->wait(o|true) in f", "4:->wait() in f"));
}

TEST(Calls, OfAMacroNameTheMacro) {
  EXPECT_THAT(calls("#define WAIT(x) \\\n\tdo { wait(x, #x); \\\n\t(x)->done(); } while (0)\n"
                    "void f(void)\n{\n\tWAIT(q);\n}\n"),
              ElementsAre("2:wait(x|#x) of WAIT", "3:->done() of WAIT", "6:WAIT(q) in f"));
}

TEST(Calls, ADeclarationIsNoneAndAnInitialiserIsOne) {
  EXPECT_THAT(calls("int g(int);\nstatic int *h(void);\nint x = i(1);\n"), ElementsAre("3:i(1)"));
}

TEST(Calls, BranchesDoNotMixIntoArguments) {
  EXPECT_THAT(calls("void f(void)\n{\n\tg(a,\n#ifdef X\n\t  b,\n#endif\n\t  c);\n}\n"),
              ElementsAre("3:g(a|b|c) in f"));
}

// "LINE:FIELD=TARGET WHERE" of each binding.
std::vector<std::string> bindings(const std::string& text) {
  const auto sketch = Sketch::of(text);
  std::vector<std::string> found;
  for (const auto& binding : sketch->bindings()) {
    auto said = std::to_string(binding.line) + ":" + std::string(binding.field) + "=" +
                std::string(binding.target);
    if (binding.function >= 0)
      said += " in " + sketch->functions().at(static_cast<std::size_t>(binding.function)).name;
    if (binding.macro >= 0)
      said += " of " + sketch->macros().at(static_cast<std::size_t>(binding.macro)).name;
    found.push_back(said);
  }
  return found;
}

TEST(Bindings, AreNamesGivenToFields) {
  EXPECT_THAT(bindings("struct ops o = {\n\t.fault = f,\n\t.in = { .open = &g }\n};\n"
                       "void set(void)\n{\n\tp->wait = h;\n\tp.n = 1;\n\tif (p->m == m)\n"
                       "\t\tp->sum = a + b;\n}\n"
                       "#define OPS(fn) { .fault = fn }\n#define SET o->x = y\n"),
              ElementsAre("2:fault=f", "3:open=g", "7:wait=h in set", "12:fault=fn of OPS",
                          "13:x=y of SET"));
}

TEST(Sketch, KnowsIncludesStructsAndMacros) {
  const auto sketch = Sketch::of(
      "#include \"a.h\"\n# include <linux/mm.h>\nstruct s { struct t { int a; } b; };\n"
      "struct s x;\n#define F() g()\n#define O (1)\n");
  EXPECT_THAT(sketch->includes(), ElementsAre("\"a.h\"", "<linux/mm.h>"));
  EXPECT_THAT(sketch->structs(), ElementsAre("s", "t"));
  ASSERT_EQ(sketch->macros().size(), 2U);
  EXPECT_TRUE(sketch->macros()[0].function_like);
  EXPECT_FALSE(sketch->macros()[1].function_like);
}

TEST(Sketch, TextsThatAreCutOffDoNoHarm) {
  for (const char* text : {"", "#", "#define", "#define A(", "#include", "#include <a", "f(",
                           "o.f =", "struct", "void f(void) {", "#define A \\\n"})
    EXPECT_THAT(Sketch::of(text)->uses("helper"), IsEmpty()) << text;
}

constexpr const char* kTwoFunctions = R"(static const struct ops two_ops = {
	.first = first,
};

static int first(int x)
{
	if (x) {
		return g(x);
	}
	return 0;
}

static int second(int x) {
	return h(x);
}
)";

TEST(Part, HasTheBodiesThatAreAskedFor) {
  const auto sketch = Sketch::of(kTwoFunctions);
  const auto part = with_bodies_of(*sketch, {"second"}, true);
  EXPECT_EQ(part.find("g(x)"), std::string::npos);
  EXPECT_NE(part.find("return h(x);"), std::string::npos);
  EXPECT_NE(part.find(".first = first"), std::string::npos);
  EXPECT_NE(part.find("static int first(int x)"), std::string::npos);
  EXPECT_EQ(std::count(part.begin(), part.end(), '\n'),
            std::count(sketch->text().begin(), sketch->text().end(), '\n'));
  EXPECT_EQ(with_bodies_of(*sketch, {"first", "second"}, true), sketch->text());
}

TEST(Part, LeavesOutOtherFunctionsWhereTheOutsideIsNotAskedFor) {
  const auto sketch = Sketch::of(
      "struct one { int x; };\n#include \"a.h\"\nstatic int\nfirst(int x)\n{\n\treturn g(x);\n}\n"
      "EXPORT_SYMBOL(first);\n\nint second(void)\n{\n\treturn 0;\n}\nint third(void) { return 1; "
      "}\n");
  EXPECT_EQ(with_bodies_of(*sketch, {"second"}, false),
            "struct one { int x; };\n#include \"a.h\"\n\n\n\n\n\nEXPORT_SYMBOL(first);\n\n"
            "int second(void)\n{\n\treturn 0;\n}\n\n");
}

// A macro that declares something and needs no ';' goes with what follows it, not a part of it.
TEST(Part, LeavesNoHalfOfAMacro) {
  const auto sketch = Sketch::of(
      "SELFTEST_DECLARE(static bool force;)\n\nstatic int first(void)\n{\n\treturn 1;\n}\n\n"
      "static int second(void)\n{\n\treturn 2;\n}\n");
  EXPECT_EQ(with_bodies_of(*sketch, {"second"}, false),
            "\n\n\n\n\n\n\nstatic int second(void)\n{\n\treturn 2;\n}\n");
}

TEST(Part, LeavesOutInitialisersWhereTheyAreNotAskedFor) {
  const auto sketch = Sketch::of(kTwoFunctions);
  const auto part = with_bodies_of(*sketch, {"first", "second"}, false);
  EXPECT_EQ(part.find(".first = first"), std::string::npos);
  EXPECT_NE(part.find("return g(x);"), std::string::npos);
  EXPECT_EQ(std::count(part.begin(), part.end(), '\n'),
            std::count(sketch->text().begin(), sketch->text().end(), '\n'));
}

TEST(Sketch, KnowsTheLineOfEachUse) {
  std::string text = "int f(void)\n{\n";
  for (int i = 0; i < 40; ++i) text += "\tused();\n";
  const auto sketch = Sketch::of(text + "}\n");
  std::vector<int> lines;
  for (const auto& use : sketch->uses("used")) lines.push_back(use.line);
  std::vector<int> all(40);
  std::iota(all.begin(), all.end(), 3);
  EXPECT_EQ(lines, all);
}

}  // namespace
}  // namespace killify
