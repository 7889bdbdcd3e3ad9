// What Coccinelle breaks is mended, or named.
#include "apply/damage.h"

namespace killify {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

CheckedText checked(const std::string& before, const std::string& after) {
  auto text = checked_text(before, after);
  EXPECT_TRUE(text) << text.error().message;
  return text ? std::move(*text) : CheckedText{};
}

std::vector<std::string> remarks(const CheckedText& text) {
  std::vector<std::string> said;
  for (const Remark& remark : text.remarks)
    said.push_back(fmt::format("{}: {}", remark.line, remark.what));
  return said;
}

TEST(Damage, BlanksAreMendedInAddedLinesOnly) {
  const auto text = checked("\tf();\n  \tkept(); \n", "  \tg(); \t\n  \tkept(); \n");
  EXPECT_EQ(text.text, "\tg();\n  \tkept(); \n");
  EXPECT_THAT(text.remarks, IsEmpty());
  EXPECT_EQ(checked("a\r\n", "b \r\n").text, "b\r\n");
  EXPECT_EQ(checked("a\n", "    four\n").text, "    four\n");
  EXPECT_EQ(checked("a", "b").text, "b");
}

TEST(Damage, TheBraceOfANewFunctionGetsALine) {
  const auto text =
      checked("int g(void){\n}\n", "static bool f(void){\n\treturn g(); \n}\n\nint g(void){\n}\n");
  EXPECT_EQ(text.text, "static bool f(void)\n{\n\treturn g();\n}\n\nint g(void){\n}\n");
  EXPECT_EQ(checked("", "#define each(x) for (;;){\n\tif (x){\n").text,
            "#define each(x) for (;;){\n\tif (x){\n");
}

TEST(Damage, ALostCommentIsNamed) {
  const auto text = checked("\tone();\n\tf(a, /* why */ b);\n\t// kept\n\ttwo();\n",
                            "\tone();\n\tg(a, b);\n\t// kept\n\ttwo();\n");
  EXPECT_THAT(remarks(text), ElementsAre("2: a comment is gone: /* why */"));
  EXPECT_THAT(checked("f(/* a\n * b */);\n", "g(/* a * b */);\n").remarks, IsEmpty());
  EXPECT_THAT(checked("f(\"/* no */\");\n", "f(\"none\");\n").remarks, IsEmpty());
}

TEST(Damage, AnEmptyIfIsNamed) {
  const auto text =
      checked("#ifdef A\n\tf();\n#endif\n#if B\n#endif\n", "#ifdef A\n#endif\n#if B\n#endif\n");
  EXPECT_THAT(remarks(text), ElementsAre("1: nothing is left in #ifdef A"));
  EXPECT_THAT(checked("#if B\n#endif\nf();\n", "#if B\n#endif\ng();\n").remarks, IsEmpty());
  EXPECT_THAT(
      checked("#ifdef A\nf();\n#else\ng();\n#endif\n", "#ifdef A\n#else\ng();\n#endif\n").remarks,
      IsEmpty());
}

TEST(Damage, AWideLineIsNamed) {
  EXPECT_THAT(remarks(checked("f();\n", "\t" + std::string(93, 'x') + "\n")),
              ElementsAre("1: a line of 101 columns"));
  EXPECT_THAT(checked("f();\n", "\t" + std::string(92, 'x') + "\n").remarks, IsEmpty());
  std::string umlauts;
  for (int i = 0; i < 92; ++i) umlauts += "ä";
  EXPECT_THAT(checked("f();\n", "\t" + umlauts + "\n").remarks, IsEmpty());
}

}  // namespace
}  // namespace killify
