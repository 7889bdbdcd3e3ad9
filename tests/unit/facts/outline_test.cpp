#include "facts/outline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// "name:first-last", with "static " before it.
std::vector<std::string> functions(std::string_view text) {
  std::vector<std::string> found;
  for (const auto& extent : function_extents(tokens_of(text)))
    found.push_back((extent.is_static ? "static " : "") + extent.name + ":" +
                    std::to_string(extent.first) + "-" + std::to_string(extent.last));
  return found;
}

std::vector<std::string> texts(const std::vector<Token>& tokens) {
  std::vector<std::string> found;
  for (const auto& token : tokens) found.emplace_back(token.text);
  return found;
}

TEST(FunctionExtents, RunFromTheNameToTheClosingBrace) {
  EXPECT_THAT(functions("static int\nf(int a)\n{\n\tif (a) {\n\t}\n\treturn g(a);\n}\n"
                        "void h(void) { }\n"),
              ElementsAre("static f:2-7", "h:8-8"));
}

TEST(FunctionExtents, AttributesAreNoNames) {
  EXPECT_THAT(
      functions("static noinline int __sched f(void)\n{\n}\n"
                "static __printf(1, 2) int g(const char *t, ...)\n{\n}\n"
                "int h(void) __releases(lock) __acquires(lock)\n{\n}\n"
                "static int __attribute__((unused)) i(void)\n{\n}\n"
                "static void __printf(1, 2)\nj(const char *t, ...)\n{\n}\n"),
      ElementsAre("static f:1-3", "static g:4-6", "h:7-9", "static i:10-12", "static j:14-16"));
}

TEST(FunctionExtents, DeclarationsAndDataAreNone) {
  EXPECT_THAT(
      functions("int f(int);\n"
                "MODULE_LICENSE(\"GPL\");\n"
                "static DEFINE_MUTEX(m);\n"
                "struct s {\n\tstruct {\n\t\tint (*f)(int);\n\t} in;\n};\n"
                "static const struct s a = { .in = { .f = g } }, b[] = {\n{ .x = h(1) },\n};\n"
                "static int (*p)(void) = f;\n"
                "typedef int (*q)(int);\n"),
      IsEmpty());
}

TEST(FunctionExtents, AMacroWithoutASemicolonIsNotTheFunctionBehindIt) {
  EXPECT_THAT(functions("DECLARE_THING(a)\nstatic int f(void)\n{\n}\n"
                        "DECLARE_THING(b)\nvoid g(void)\n{\n}\n"),
              ElementsAre("static f:2-4", "g:6-8"));
}

TEST(FunctionExtents, AMacroWithABodyIsOne) {
  EXPECT_THAT(functions("SYSCALL_DEFINE1(f, int, a)\n{\n\treturn a;\n}\n"),
              ElementsAre("SYSCALL_DEFINE1:1-4"));
}

TEST(FunctionExtents, AFunctionMayReturnAPointerToAFunction) {
  EXPECT_THAT(functions("static int (*get(int n))(void)\n{\n\treturn t[n];\n}\n"),
              ElementsAre("static get:1-4"));
}

TEST(FunctionExtents, BranchesThatOpenABraceTwiceCostOneFunction) {
  EXPECT_THAT(functions("#ifdef A\nint f(int a) {\n#else\nint f(long a) {\n#endif\n\treturn 0;\n}\n"
                        "static int g(void)\n{\n}\n"),
              ElementsAre("f:2-7", "static g:8-10"));
}

TEST(FunctionExtents, AParenthesisLeftOpenByABranchCostsOneFunction) {
  EXPECT_THAT(functions("int f(int a\n#ifdef A\n\t, int b)\n#else\n\t)\n#endif\n{\n}\n"
                        "#ifdef B\nint g(void (*a)(\n#else\nint g(\n#endif\nvoid)\n{\n}\n"
                        "int h(void)\n{\n}\n"),
              testing::Contains("h:17-19"));
}

TEST(FunctionExtents, BranchesMayDefineANameTwice) {
  EXPECT_THAT(functions("#ifdef A\nint f(void)\n{\n}\n#else\nstatic int f(void)\n{\n}\n#endif\n"),
              ElementsAre("f:2-4", "static f:6-8"));
}

TEST(FunctionExtents, AFunctionThatIsCutOffEndsWithTheText) {
  EXPECT_THAT(functions("int f(void)\n{\n\tif (x) {\n"), ElementsAre("f:1-3"));
}

TEST(MacroDefinitions, HaveParametersAndABody) {
  const std::string text =
      "#define OPS(name, fn) \\\n\tstruct ops name##_ops = { \\\n\t\t.fault = fn, .n = #name }\n"
      "  #define PLAIN (1)\n#define EMPTY\nint x;\n";
  const auto macros = macro_definitions(tokens_of(text));
  ASSERT_EQ(macros.size(), 3U);
  EXPECT_EQ(macros[0].name, "OPS");
  EXPECT_EQ(macros[0].line, 1);
  EXPECT_THAT(macros[0].parameters, ElementsAre("name", "fn"));
  EXPECT_THAT(texts(macros[0].body),
              ElementsAre("struct", "ops", "name", "#", "#", "_ops", "=", "{", ".", "fault", "=",
                          "fn", ",", ".", "n", "=", "#", "name", "}"));
  EXPECT_EQ(macros[1].name, "PLAIN");
  EXPECT_THAT(macros[1].parameters, IsEmpty());
  EXPECT_THAT(texts(macros[1].body), ElementsAre("(", "1", ")"));
  EXPECT_EQ(macros[2].name, "EMPTY");
  EXPECT_THAT(macros[2].body, IsEmpty());
}

TEST(CallArguments, AreSplitAsThePreprocessorDoes) {
  const auto tokens = tokens_of("f(a->b, g(c, d), \"x,y\")");
  EXPECT_THAT(call_arguments(tokens, 1), ElementsAre("a->b", "g(c,d)", "\"x,y\""));
}

TEST(CallArguments, OfACallThatIsNotClosedAreNone) {
  EXPECT_THAT(call_arguments(tokens_of("f(a, b"), 1), IsEmpty());
}

}  // namespace
}  // namespace killify
