#include "facts/lexer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> found;
  for (const auto& token : tokens_of(text)) found.emplace_back(token.text);
  return found;
}

// "LINE:TEXT" of each word.
std::vector<std::string> placed_words(std::string_view text) {
  std::vector<std::string> found;
  for (const auto& token : tokens_of(text))
    if (token.kind == Token::Kind::kWord)
      found.push_back(std::to_string(token.line) + ":" + std::string(token.text));
  return found;
}

std::vector<std::string> directive_words(std::string_view text) {
  std::vector<std::string> found;
  for (const auto& token : tokens_of(text))
    if (token.directive && token.kind == Token::Kind::kWord) found.emplace_back(token.text);
  return found;
}

TEST(Lexer, NothingComesOfBlanksAndComments) {
  EXPECT_THAT(words(""), IsEmpty());
  EXPECT_THAT(words(" \t\n/* a \" b */ // c ' d\n"), IsEmpty());
  EXPECT_THAT(words("/* not closed"), IsEmpty());
}

TEST(Lexer, PunctuationIsOneCharacterEach) {
  EXPECT_THAT(words("a->b+=0x1fUL;"), ElementsAre("a", "-", ">", "b", "+", "=", "0x1fUL", ";"));
}

TEST(Lexer, ALiteralIsOneToken) {
  EXPECT_THAT(words(R"(f("a \" /* b", '"', '\'', "\\");)"),
              ElementsAre("f", "(", R"("a \" /* b")", ",", R"('"')", ",", R"('\'')", ",", R"("\\")",
                          ")", ";"));
}

TEST(Lexer, LinesGoOnThroughCommentsContinuationsAndLiterals) {
  EXPECT_THAT(placed_words("a /* \n\n */ b\\\nc \"x\\\ny\" d\n// e\nf"),
              ElementsAre("1:a", "3:b", "4:c", "5:d", "7:f"));
}

TEST(Lexer, ADirectiveEndsWithItsLastContinuedLine) {
  EXPECT_THAT(directive_words("#define A \\\n b\nc\n  # if D /* \n */ e\nf"),
              ElementsAre("define", "A", "b", "if", "D", "e"));
}

TEST(Lexer, CarriageReturnsDoNotBreakAContinuation) {
  EXPECT_THAT(directive_words("#define A \\\r\n b\r\nc\r\n"), ElementsAre("define", "A", "b"));
  EXPECT_THAT(placed_words("#define A \\\r\n b\r\nc\r\n"), testing::Contains("3:c"));
}

TEST(Lexer, OnlyTheFirstSignOfALineOpensADirective) {
  const auto tokens = tokens_of("#define A(x) \\\n#x\n  #undef A\n");
  std::vector<int> openings;
  for (const auto& token : tokens)
    if (token.opens_directive) openings.push_back(token.line);
  EXPECT_THAT(openings, ElementsAre(1, 3));
}

TEST(Lexer, AnApostropheInAnErrorTextEndsWithItsLine) {
  EXPECT_THAT(placed_words("#error don't\nint x;"), testing::IsSupersetOf({"2:int", "2:x"}));
}

TEST(Lexer, TheFirstColumnIsKnown) {
  const auto tokens = tokens_of("}\n }\n");
  ASSERT_EQ(tokens.size(), 2U);
  EXPECT_TRUE(tokens[0].first_column);
  EXPECT_FALSE(tokens[1].first_column);
}

TEST(Lexer, BytesThatAreNoTextDoNoHarm) {
  EXPECT_THAT(placed_words("a \xe4\xff b\\"), ElementsAre("1:a", "1:b"));
}

}  // namespace
}  // namespace killify
