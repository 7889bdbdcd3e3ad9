// What a terminal would act upon is shown, not done.
#include "support/visible.h"

#include "support/colour.h"

#include <gtest/gtest.h>

namespace killify {
namespace {

TEST(Visible, KeepsWhatIsPlain) {
  for (const std::string text : {"", "a\tb\n", "gr\u00fc\u00df", "\u65e5\u672c", "\U0001f600"})
    EXPECT_EQ(visible(text), text);
  const Paint paint(true);
  for (const auto& text : {paint.bold("a"), paint.red("a"), paint.green("a"), paint.yellow("a"),
                           paint.cyan("a"), paint.dim("a")})
    EXPECT_EQ(visible(text), text);
}

TEST(Visible, ShowsWhatATerminalActsUpon) {
  EXPECT_EQ(visible("a\033]0;title\007b"), "a\\x1b]0;title\\x07b");
  EXPECT_EQ(visible("\033[2J\033[8mx"), "\\x1b[2J\\x1b[8mx");
  EXPECT_EQ(visible("a\rb\x7f"), "a\\x0db\\x7f");
  EXPECT_EQ(visible("\xc2\x9b"
                    "2J"),
            "\\u009b2J");
  EXPECT_EQ(visible("a\u202eb\u2066c"), "a\\u202eb\\u2066c");
  EXPECT_EQ(visible(std::string("a\0b", 3)), "a\\x00b");
}

TEST(Visible, ShowsBytesThatAreNoText) {
  EXPECT_EQ(visible("\x9b"
                    "2J"),
            "\\x9b2J");
  EXPECT_EQ(visible("\xe2\x80"), "\\xe2\\x80") << "cut off";
  EXPECT_EQ(visible("\xc0\x9b\xed\xa0\x80"), "\\xc0\\x9b\\xed\\xa0\\x80")
      << "too long, a surrogate";
}

TEST(Visible, ALineMayEndAsInDos) {
  EXPECT_EQ(visible("a\r\nb\r\n"), "a\nb\n");
}

}  // namespace
}  // namespace killify
