#include "facts/struct_field.h"

#include "facts/lexer.h"

#include <vector>

namespace killify {
namespace {

// Behind the '{' of "struct NAME {"; the number of tokens where there is none.
std::size_t body_of_struct(const std::vector<Token>& tokens, std::string_view name) {
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i)
    if (tokens[i].text == "struct" && tokens[i + 1].text == name && tokens[i + 2].text == "{")
      return i + 3;
  return tokens.size();
}

// The end of a declarator: "field;", "field:1;", "field[2];", "field, other;".
bool ends_declarator(const Token& token) {
  return token.text == ";" || token.text == ":" || token.text == "[" || token.text == ",";
}

}  // namespace

std::optional<FieldPlace> field_of_struct(std::string_view text, std::string_view name,
                                          std::string_view field) {
  std::vector<Token> tokens;
  for (const Token& token : tokens_of(text))
    if (!token.directive) tokens.push_back(token);
  std::optional<FieldPlace> found;
  int depth = 1;
  bool here = false;  // the declaration at hand is that of the field
  for (std::size_t i = body_of_struct(tokens, name); i < tokens.size() && depth > 0; ++i) {
    const std::string_view token = tokens[i].text;
    if (token == "{" || token == "(") ++depth;
    if (token == "}" || token == ")") --depth;
    if (depth != 1) continue;
    if (token == field && i + 1 < tokens.size() && ends_declarator(tokens[i + 1])) here = true;
    if (token != ";" || !here) continue;
    here = false;
    if (found) return std::nullopt;
    const auto at = static_cast<std::size_t>(tokens[i].text.data() - text.data());
    const auto end = text.find('\n', at);
    const auto start = text.rfind('\n', at) + 1;  // 0 where there is none
    FieldPlace place;
    place.behind = end == std::string_view::npos ? text.size() : end + 1;
    place.indentation = text.substr(start, text.find_first_not_of(" \t", start) - start);
    found = std::move(place);
  }
  return found;
}

}  // namespace killify
