#include "support/text.h"

#include <gtest/gtest.h>

namespace killify {
namespace {

using Strings = std::vector<std::string>;

TEST(SplitLines, DropsTheNewlines) {
  EXPECT_EQ(split_lines(""), Strings());
  EXPECT_EQ(split_lines("a\nb\n"), (Strings{"a", "b"}));
  EXPECT_EQ(split_lines("a\n\nb"), (Strings{"a", "", "b"}));
  EXPECT_EQ(split_lines("\n"), (Strings{""}));
}

TEST(Trim, TakesBlanksFromBothEnds) {
  EXPECT_EQ(trim(" \t a b\n"), "a b");
  EXPECT_EQ(trim(" \n\t"), "");
  EXPECT_EQ(trim(""), "");
}

TEST(ListInWords, JoinsAsASentenceDoes) {
  EXPECT_EQ(list_in_words({}), "");
  EXPECT_EQ(list_in_words({"a"}), "a");
  EXPECT_EQ(list_in_words({"a", "b"}), "a and b");
  EXPECT_EQ(list_in_words({"a", "b", "c"}), "a, b and c");
}

TEST(Fill, WrapsAtWords) {
  EXPECT_EQ(fill("one two three four", 9), "one two\nthree\nfour");
  EXPECT_EQ(fill("one two", 7), "one two");
  EXPECT_EQ(fill("one two", 6), "one\ntwo");
}

TEST(Fill, KeepsParagraphsApart) {
  EXPECT_EQ(fill("a\nb\n\n\n c\n\td\n\ne  f\n", 20), "a b\n\n c\n\td\n\ne f\n");
}

TEST(Fill, LetsAWordThatIsTooLongStickOut) {
  EXPECT_EQ(fill("a drivers/gpu/drm/etnaviv b", 10), "a\ndrivers/gpu/drm/etnaviv\nb");
}

TEST(Fill, CountsCharactersNotBytes) {
  EXPECT_EQ(fill("ää öö", 5), "ää öö");
}

TEST(Fill, OfNothingIsNothing) {
  EXPECT_EQ(fill("", 10), "");
  EXPECT_EQ(fill("\n \n", 10), "");
}

TEST(ElideMiddle, KeepsBothEnds) {
  EXPECT_EQ(elide_middle("abcdefghij", 10), "abcdefghij");
  EXPECT_EQ(elide_middle("abcdefghij", 9), "abc...hij");
  EXPECT_EQ(elide_middle("abcdefghij", 8), "ab...hij");
  EXPECT_EQ(elide_middle("abcdefghij", 2), "..");
  EXPECT_EQ(elide_middle("abcdefghij", 0), "");
}

TEST(ElideMiddle, DoesNotCutACharacter) {
  EXPECT_EQ(elide_middle("ääääääää", 7), "ää...ää");
}

TEST(DidYouMean, FindsNearWords) {
  const Strings commands = {"audit", "diff", "generate", "verify"};
  EXPECT_EQ(did_you_mean("generat", commands), " (did you mean 'generate'?)");
  EXPECT_EQ(did_you_mean("veriyf", commands), " (did you mean 'verify'?)");
  EXPECT_EQ(did_you_mean("dif", commands), " (did you mean 'diff'?)");
}

TEST(DidYouMean, SaysNothingWhereNothingIsNear) {
  EXPECT_EQ(did_you_mean("zebra", {"audit", "diff"}), "");
  EXPECT_EQ(did_you_mean("ab", {"cd"}), "");
  EXPECT_EQ(did_you_mean("x", {"y"}), "");
  EXPECT_EQ(did_you_mean("word", {}), "");
}

TEST(Counted, AgreesInNumber) {
  EXPECT_EQ(counted(0, "file"), "0 files");
  EXPECT_EQ(counted(1, "file"), "1 file");
  EXPECT_EQ(counted(2, "entry", "entries"), "2 entries");
}

TEST(Text, IsEscapedForXml) {
  EXPECT_EQ(escaped("a < b && \"c\" > d\n\t\x01"),
            "a &lt; b &amp;&amp; &quot;c&quot; &gt; d&#10;&#9;?");
}

}  // namespace
}  // namespace killify
