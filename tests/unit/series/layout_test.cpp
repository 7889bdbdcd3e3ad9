#include "series/layout.h"

#include <gtest/gtest.h>

#include <string>

namespace killify {
namespace {

std::string function_of(const std::string& code) {
  return "int f(void)\n{\n" + code + "}\n";
}

TEST(Layout, OnlyTheNameOfACallChanges) {
  EXPECT_EQ(with_layout_of(function_of("\t(void)wait_interruptible(a,b);\n"),
                           function_of("\t(void) wait_killable(a, b);\n")),
            function_of("\t(void)wait_killable(a,b);\n"));
  EXPECT_EQ(with_layout_of(function_of("\tret  =\twait_interruptible( a );\n"),
                           function_of("\tret = wait_killable(a);\n")),
            function_of("\tret  =\twait_killable( a );\n"));
}

TEST(Layout, ACallInTheKeywordsPlaceHasNoBlank) {
  const auto after = function_of("\twait(a, b);\n");
  EXPECT_EQ(with_layout_of(function_of("\twhile (wait_interruptible(a, b))\n\t\t;\n"), after),
            after);
}

TEST(Layout, LinesThatAreBrokenAnewStaySo) {
  const auto after = function_of("\terr = wait_killable(a, b);\n");
  EXPECT_EQ(with_layout_of(function_of("\terr = wait_interruptible(a,\n\t\t\t\t b);\n"), after),
            after);
}

TEST(Layout, NewCodeIsLeftAsItIs) {
  const auto after = function_of("\tif ( x )\n\t\treturn  1;\n\tg (a);\n");
  EXPECT_EQ(with_layout_of(function_of("\tg (a);\n"), after), after);
}

TEST(Layout, NewBracesAroundASingleStatementGo) {
  EXPECT_EQ(with_layout_of(function_of("\tif (lock(a))\n\t\treturn 1;\n"),
                           function_of("\tif (lock(a)) {\n\t\treturn 2;\n\t}\n")),
            function_of("\tif (lock(a))\n\t\treturn 2;\n"));
  EXPECT_EQ(with_layout_of(
                function_of("\tif (a)\n\t\tx = 1; /* why */\n\telse\n\t\tx = 2;\n"),
                function_of("\tif (a) {\n\t\tx = 3;\n\t} /* why */ else {\n\t\tx = 4;\n\t}\n")),
            function_of("\tif (a)\n\t\tx = 3; /* why */\n\telse\n\t\tx = 4;\n"));
  EXPECT_EQ(with_layout_of(function_of("\twhile (a)\n\t\tg(a);\n\th();\n"),
                           function_of("\twhile (a) {\n\t\tk(a);\n\t}\n\th();\n")),
            function_of("\twhile (a)\n\t\tk(a);\n\th();\n"));
}

TEST(Layout, OtherBracesStay) {
  for (const auto& [before, after] :
       {std::pair("\tif (a) {\n\t\treturn 1;\n\t}\n", "\tif (a) {\n\t\treturn 2;\n\t}\n"),
        std::pair("\tif (a)\n\t\treturn 1;\n",
                  "\tif (a) {\n\t\tif (b)\n\t\t\treturn 2;\n\t\treturn 1;\n\t}\n"),
        std::pair("\tif (a)\n\t\treturn 1;\n", "\tif (a) {\n\t\tif (b)\n\t\t\treturn 2;\n\t}\n"),
        std::pair("\treturn 1;\n", "\tfor (;;) {\n\t}\n\treturn 1;\n"),
        std::pair("\tx = 1;\n", "\tstruct s x = {\n\t\t1\n\t};\n")})
    EXPECT_EQ(with_layout_of(function_of(before), function_of(after)), function_of(after));
}

TEST(Layout, ACommentStaysBehindItsCode) {
  EXPECT_EQ(
      with_layout_of(
          function_of("\tif (a)\n\t\treturn 1; /* once more */\n\tg();\n"),
          function_of("\tif (a) {\n\t\tif (b)\n\t\t\treturn 2;\n\t\treturn 1;\n\t} /* once more "
                      "*/\n\tg();\n")),
      function_of(
          "\tif (a) {\n\t\tif (b)\n\t\t\treturn 2;\n\t\treturn 1; /* once more */\n\t}\n\tg();\n"));
  EXPECT_EQ(with_layout_of(function_of("\tx = 1; // once\n\tgoto out;\n"),
                           function_of("\tx = 1;\n\tif (b)\n\t\tx = 2; // once\n\tgoto out;\n")),
            function_of("\tx = 1; // once\n\tif (b)\n\t\tx = 2;\n\tgoto out;\n"));
}

TEST(Layout, AStatementOfSeveralLinesKeepsItsIndent) {
  const std::string choice = "return b ? 1 :\n\t\t       2;\n";
  const std::string look = "\tif (a) {\n\t\tif (c)\n\t\t\treturn 3;\n\t\t";
  EXPECT_EQ(with_layout_of(function_of("\tif (a)\n\t\t" + choice),
                           function_of(look + "       " + choice + "\t}\n")),
            function_of(look + choice + "\t}\n"));
}

TEST(Layout, ATextOfAnotherKindIsLeftAsItIs) {
  std::string other;
  for (int i = 0; i < 4000; ++i) other += "x" + std::to_string(i) + " ;\n";
  EXPECT_EQ(with_layout_of(function_of("\tg (a);\n"), other), other);
  EXPECT_EQ(with_layout_of("", other), other);
  EXPECT_EQ(with_layout_of(other, ""), "");
}

}  // namespace
}  // namespace killify
