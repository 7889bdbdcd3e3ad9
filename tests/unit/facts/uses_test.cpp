#include "facts/uses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// "LINE:KIND FUNCTION" of each use of "helper".
std::vector<std::string> uses(std::string_view text) {
  const auto tokens = tokens_of(text);
  std::vector<std::string> found;
  for (const auto& use : uses_of("helper", tokens, function_extents(tokens))) {
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

TEST(Uses, AMacroIsAUse) {
  EXPECT_THAT(uses("#define CALL(x) \\\n\thelper(x)\n"), ElementsAre("2:macro"));
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

TEST(Uses, ACaseIsNoLabel) {
  EXPECT_THAT(uses("int f(void)\n{\n\treturn x ? helper : 0;\n}\n"), ElementsAre("3:value f"));
}

}  // namespace
}  // namespace killify
