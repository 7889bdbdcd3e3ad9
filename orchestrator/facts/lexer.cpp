#include "facts/lexer.h"

#include <array>

namespace killify {
namespace {

enum CharClass : std::uint8_t { kOther = 0, kLetter = 1, kDigit = 2 };

constexpr auto kClasses = [] {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned c = 'a'; c <= 'z'; ++c) classes[c] = kLetter;
  for (unsigned c = 'A'; c <= 'Z'; ++c) classes[c] = kLetter;
  for (unsigned c = '0'; c <= '9'; ++c) classes[c] = kDigit;
  classes['_'] = kLetter;
  return classes;
}();

std::uint8_t class_of(char c) {
  return kClasses[static_cast<unsigned char>(c)];
}

// The length of a backslash and the line break behind it, 0 where there is none.
std::size_t continuation_length(std::string_view text, std::size_t at) {
  if (text[at] != '\\') return 0;
  auto rest = text.substr(at, 3);
  if (rest.starts_with("\\\n")) return 2;
  return rest == "\\\r\n" ? 3 : 0;
}

}  // namespace

// Moves to the next token; false at the end of the text.
bool Lexer::skip_blanks() {
  while (at_ < text_.size()) {
    char c = text_[at_];
    char after = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (c == '\n') {
      ++line_;
      ++at_;
      line_start_ = true;
      directive_ = false;
    } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f') {
      ++at_;
    } else if (class_of(c) != kOther) {  // NOLINT(bugprone-branch-clone): the cheap test first
      return true;
    } else if (auto length = continuation_length(text_, at_); length > 0) {
      ++line_;  // the line, and a directive on it, go on
      at_ += length;
    } else if (c == '/' && after == '/') {
      auto end = text_.find('\n', at_);
      at_ = end == std::string_view::npos ? text_.size() : end;
    } else if (c == '/' && after == '*') {
      auto end = text_.find("*/", at_ + 2);
      auto stop = end == std::string_view::npos ? text_.size() : end + 2;
      auto comment = text_.substr(at_, stop - at_);
      for (auto at = comment.find('\n'); at != std::string_view::npos;
           at = comment.find('\n', at + 1))
        ++line_;
      at_ = stop;
    } else {
      return true;
    }
  }
  return false;
}

void Lexer::skip_literal(char quote) {
  for (++at_; at_ < text_.size(); ++at_) {
    if (auto length = continuation_length(text_, at_); length > 0) {
      ++line_;
      at_ += length - 1;
    } else if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
      ++at_;
    } else if (text_[at_] == quote) {
      ++at_;
      return;
    } else if (text_[at_] == '\n') {  // not closed: an apostrophe in an #error text
      return;
    }
  }
}

bool Lexer::next(Token& token) {
  if (!skip_blanks()) return false;
  auto start = at_;
  char c = text_[at_];
  token.opens_directive = line_start_ && c == '#';
  if (token.opens_directive) directive_ = true;
  token.line = line_;
  token.directive = directive_;
  token.first_column = start == 0 || text_[start - 1] == '\n';
  line_start_ = false;
  if (auto kind = class_of(c); kind == kLetter) {
    token.kind = Token::Kind::kWord;
    while (++at_ < text_.size() && class_of(text_[at_]) != kOther) {
    }
  } else if (kind == kDigit) {
    token.kind = Token::Kind::kNumber;
    while (at_ < text_.size() && (class_of(text_[at_]) != kOther || text_[at_] == '.')) ++at_;
  } else if (c == '"' || c == '\'') {
    token.kind = Token::Kind::kString;
    skip_literal(c);
  } else {
    token.kind = Token::Kind::kPunctuation;
    ++at_;
  }
  token.text = text_.substr(start, at_ - start);
  return true;
}

std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  tokens.reserve(text.size() / 4);
  read_tokens(text, tokens);
  return tokens;
}

void read_tokens(std::string_view text, std::vector<Token>& tokens) {
  tokens.clear();
  Lexer lexer(text);
  for (Token token; lexer.next(token);) tokens.push_back(token);
}

}  // namespace killify
