#include "reach/statements.h"

#include <algorithm>

namespace killify {

bool is_at(std::span<const Token> tokens, std::size_t index, std::string_view text) {
  return index < tokens.size() && is(tokens[index], text);
}

std::size_t closing(std::span<const Token> tokens, std::size_t open) {
  auto opener = tokens[open].text;
  std::string_view closer = opener == "(" ? ")" : opener == "{" ? "}" : "]";
  int depth = 0;
  for (auto i = open; i < tokens.size(); ++i) {
    if (is(tokens[i], opener)) ++depth;
    if (is(tokens[i], closer) && --depth == 0) return i;
  }
  return tokens.size();
}

std::size_t end_of_statement(std::span<const Token> tokens, std::size_t begin) {
  if (begin >= tokens.size()) return tokens.size();
  if (is(tokens[begin], "{")) return closing(tokens, begin);
  if (is_word(tokens[begin]) && is_at(tokens, begin + 1, "(") && !is(tokens[begin], "do")) {
    auto close = closing(tokens, begin + 1);
    bool heads = is(tokens[begin], "if") || is(tokens[begin], "for") ||
                 is(tokens[begin], "while") || is(tokens[begin], "switch") ||
                 is_at(tokens, close + 1, "{");
    if (heads) {
      auto end = end_of_statement(tokens, close + 1);
      bool more = is(tokens[begin], "if") && is_at(tokens, end + 1, "else");
      return more ? end_of_statement(tokens, end + 2) : end;
    }
  }
  for (auto i = begin; i < tokens.size(); ++i) {
    if (is(tokens[i], ";")) return i;
    if (is(tokens[i], "(") || is(tokens[i], "{")) i = closing(tokens, i);
  }
  return tokens.size();
}

bool leaves(std::span<const Token> tokens, std::size_t begin, std::size_t end) {
  if (is(tokens[end], "}") && !is(tokens[begin], "{")) return false;
  auto last = is(tokens[end], "}") && end > begin ? end - 1 : end;
  if (!is(tokens[last], ";")) return false;
  auto first = last;
  while (first > begin && !is(tokens[first - 1], ";") && !is(tokens[first - 1], "{") &&
         !is(tokens[first - 1], "}"))
    --first;
  return is(tokens[first], "return") || is(tokens[first], "goto") || is(tokens[first], "break") ||
         is(tokens[first], "continue");
}

bool is_postfix_expression(std::span<const Token> tokens) {
  while (!tokens.empty() && (is(tokens[0], "*") || is(tokens[0], "&"))) tokens = tokens.subspan(1);
  if (tokens.empty() || !is_word(tokens[0])) return false;
  int depth = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const auto& token = tokens[i];
    if (is(token, "(") || is(token, "[")) ++depth;
    if (is(token, ")") || is(token, "]")) --depth;
    if (depth == 0 && i > 0 && is_word(token) && is_word(tokens[i - 1])) return false;
    if (depth == 0 && token.kind == Token::Kind::kPunctuation &&
        std::string_view(")].->").find(token.text) == std::string_view::npos)
      return false;
  }
  return true;
}

bool is_assignment(std::span<const Token> tokens, std::size_t at) {
  constexpr std::string_view kOperators = "=!<>+-*/%&|^";
  if (!is_at(tokens, at, "=") || is_at(tokens, at + 1, "=")) return false;
  return at == 0 || tokens[at - 1].kind != Token::Kind::kPunctuation ||
         kOperators.find(tokens[at - 1].text) == std::string_view::npos;
}

bool is_member(std::span<const Token> tokens, std::size_t at) {
  return at > 0 && (is(tokens[at - 1], ".") ||
                    (is(tokens[at - 1], ">") && at > 1 && is(tokens[at - 2], "-")));
}

bool asked_below_zero(std::span<const Token> tokens, std::span<const Token> operand,
                      std::size_t before) {
  for (std::size_t at = 0; at + operand.size() + 1 < before; ++at) {
    bool same = true;
    for (std::size_t i = 0; i < operand.size(); ++i)
      same = same && is(tokens[at + i], operand[i].text);
    if (same && is(tokens[at + operand.size()], "<") && is(tokens[at + operand.size() + 1], "0"))
      return true;
  }
  return false;
}

std::string written(std::span<const Token> tokens) {
  std::string text;
  const char* end = nullptr;
  for (const auto& token : tokens) {
    if (end != nullptr && end != token.text.data()) text += ' ';
    text += token.text;
    end = token.text.data() + token.text.size();
  }
  return text;
}

Rewriting::Rewriting(const Tokens& tokens) : tokens_(tokens) {
  instead_.reserve(tokens.size());
  for (const auto& token : tokens) instead_.emplace_back(token.text);
}

void Rewriting::drop(std::size_t first, std::size_t end) {
  for (auto i = first; i < end; ++i) drop(i);
}

std::string Rewriting::text_from(std::size_t first) const {
  std::string out;
  const auto* end_of_last = tokens_[first].text.data();
  bool apart = false;
  for (auto i = first; i < tokens_.size(); ++i) {
    const auto& token = tokens_[i];
    auto lines = std::count(end_of_last, token.text.data(), '\n');
    bool continued = token.directive && !token.opens_directive;
    for (auto n = lines; n > 0; --n) out += continued ? "\\\n" : "\n";
    apart = apart || (lines == 0 && end_of_last != token.text.data());
    end_of_last = token.text.data() + token.text.size();
    if (instead_[i].empty()) continue;
    // The first column means something to spatch.
    bool indented = out.ends_with('\n') && !token.first_column;
    if (indented || (apart && !out.ends_with('\n'))) out += indented ? '\t' : ' ';
    out += instead_[i];
    apart = false;
  }
  return out + '\n';
}

}  // namespace killify
