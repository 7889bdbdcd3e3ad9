#include "series/layout.h"

#include <gtest/gtest.h>

#include <string>

namespace killify {
namespace {

std::string body(const std::string& code) {
  return "int f(void)\n{\n" + code + "}\n";
}

TEST(Layout, OnlyTheNameOfACallChanges) {
  EXPECT_EQ(with_layout_of(body("\t(void)wait_interruptible(a,b);\n"),
                           body("\t(void) wait_killable(a, b);\n")),
            body("\t(void)wait_killable(a,b);\n"));
  EXPECT_EQ(with_layout_of(body("\tret  =\twait_interruptible( a );\n"),
                           body("\tret = wait_killable(a);\n")),
            body("\tret  =\twait_killable( a );\n"));
}

TEST(Layout, ACallInTheKeywordsPlaceHasNoBlank) {
  const auto after = body("\twait(a, b);\n");
  EXPECT_EQ(with_layout_of(body("\twhile (wait_interruptible(a, b))\n\t\t;\n"), after), after);
}

TEST(Layout, LinesThatAreBrokenAnewStaySo) {
  const auto after = body("\terr = wait_killable(a, b);\n");
  EXPECT_EQ(with_layout_of(body("\terr = wait_interruptible(a,\n\t\t\t\t b);\n"), after), after);
}

TEST(Layout, NewCodeIsLeftAsItIs) {
  const auto after = body("\tif ( x )\n\t\treturn  1;\n\tg (a);\n");
  EXPECT_EQ(with_layout_of(body("\tg (a);\n"), after), after);
}

TEST(Layout, NewBracesAroundASingleStatementGo) {
  EXPECT_EQ(with_layout_of(body("\tif (lock(a))\n\t\treturn 1;\n"),
                           body("\tif (lock(a)) {\n\t\treturn 2;\n\t}\n")),
            body("\tif (lock(a))\n\t\treturn 2;\n"));
  EXPECT_EQ(with_layout_of(body("\tif (a)\n\t\tx = 1; /* why */\n\telse\n\t\tx = 2;\n"),
                           body("\tif (a) {\n\t\tx = 3;\n\t} /* why */ else {\n\t\tx = 4;\n\t}\n")),
            body("\tif (a)\n\t\tx = 3; /* why */\n\telse\n\t\tx = 4;\n"));
  EXPECT_EQ(with_layout_of(body("\twhile (a)\n\t\tg(a);\n\th();\n"),
                           body("\twhile (a) {\n\t\tk(a);\n\t}\n\th();\n")),
            body("\twhile (a)\n\t\tk(a);\n\th();\n"));
}

TEST(Layout, OtherBracesStay) {
  for (const auto& [before, after] :
       {std::pair("\tif (a) {\n\t\treturn 1;\n\t}\n", "\tif (a) {\n\t\treturn 2;\n\t}\n"),
        std::pair("\tif (a)\n\t\treturn 1;\n",
                  "\tif (a) {\n\t\tif (b)\n\t\t\treturn 2;\n\t\treturn 1;\n\t}\n"),
        std::pair("\tif (a)\n\t\treturn 1;\n", "\tif (a) {\n\t\tif (b)\n\t\t\treturn 2;\n\t}\n"),
        std::pair("\treturn 1;\n", "\tfor (;;) {\n\t}\n\treturn 1;\n"),
        std::pair("\tx = 1;\n", "\tstruct s x = {\n\t\t1\n\t};\n")})
    EXPECT_EQ(with_layout_of(body(before), body(after)), body(after));
}

TEST(Layout, ACommentStaysBehindItsCode) {
  EXPECT_EQ(
      with_layout_of(
          body("\tif (a)\n\t\treturn 1; /* once more */\n\tg();\n"),
          body("\tif (a) {\n\t\tif (b)\n\t\t\treturn 2;\n\t\treturn 1;\n\t} /* once more "
               "*/\n\tg();\n")),
      body(
          "\tif (a) {\n\t\tif (b)\n\t\t\treturn 2;\n\t\treturn 1; /* once more */\n\t}\n\tg();\n"));
  EXPECT_EQ(with_layout_of(body("\tx = 1; // once\n\tgoto out;\n"),
                           body("\tx = 1;\n\tif (b)\n\t\tx = 2; // once\n\tgoto out;\n")),
            body("\tx = 1; // once\n\tif (b)\n\t\tx = 2;\n\tgoto out;\n"));
}

TEST(Layout, AStatementOfSeveralLinesKeepsItsIndent) {
  const std::string choice = "return b ? 1 :\n\t\t       2;\n";
  const std::string look = "\tif (a) {\n\t\tif (c)\n\t\t\treturn 3;\n\t\t";
  EXPECT_EQ(
      with_layout_of(body("\tif (a)\n\t\t" + choice), body(look + "       " + choice + "\t}\n")),
      body(look + choice + "\t}\n"));
}

TEST(Layout, ATextOfAnotherKindIsLeftAsItIs) {
  std::string other;
  for (int i = 0; i < 4000; ++i) other += "x" + std::to_string(i) + " ;\n";
  EXPECT_EQ(with_layout_of(body("\tg (a);\n"), other), other);
  EXPECT_EQ(with_layout_of("", other), other);
  EXPECT_EQ(with_layout_of(other, ""), "");
}

}  // namespace
}  // namespace killify
