// C tokens with their lines: what killify knows of a file without parsing it. It sees every line,
// also those that spatch gives up on, and is how a leftover or a missed use is noticed.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace killify {

struct Token {
  enum class Kind : std::uint8_t { kWord, kNumber, kString, kPunctuation };
  std::string_view text;  // points into the source; punctuation is one character a token
  int line = 0;
  Kind kind = Kind::kPunctuation;
  bool directive = false;        // stands in a preprocessor directive (continued lines included)
  bool opens_directive = false;  // the '#' of one
  bool first_column = false;     // starts its line
};

// Reads tokens one by one. Comments are skipped; a string or character literal is one token.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}
  // False at the end.
  bool next(Token& token);

 private:
  bool skip_blanks();
  void skip_literal(char quote);

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  bool line_start_ = true;  // nothing but blanks so far on this line
  bool directive_ = false;
};

[[nodiscard]] std::vector<Token> tokens_of(std::string_view text);
// The same in a list that is used again for one text after another.
void read_tokens(std::string_view text, std::vector<Token>& tokens);

// What a preprocessor or a parser would take a token for.
[[nodiscard]] inline bool is_word(const Token& token) {
  return token.kind == Token::Kind::kWord;
}
[[nodiscard]] inline bool is_mark(const Token& token, char c) {
  return token.kind == Token::Kind::kPunctuation && token.text[0] == c;
}

}  // namespace killify
