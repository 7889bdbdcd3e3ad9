#include "facts/outline.h"

#include <algorithm>

namespace killify {
namespace {

bool is(const Token& token, char c) {
  return token.kind == Token::Kind::kPunctuation && token.text[0] == c;
}

bool is_word(const Token& token) {
  return token.kind == Token::Kind::kWord;
}

// The index behind the bracket that closes tokens[open]; the size where none does.
std::size_t behind_closing(const std::vector<Token>& tokens, std::size_t open, char opening,
                           char closing) {
  int depth = 0;
  for (auto i = open; i < tokens.size(); ++i) {
    if (is(tokens[i], opening)) ++depth;
    if (is(tokens[i], closing) && --depth == 0) return i + 1;
  }
  return tokens.size();
}

bool is_control_word(std::string_view word) {
  return word == "if" || word == "for" || word == "while" || word == "switch" || word == "do" ||
         word == "else" || word == "return" || word == "sizeof";
}

// The tokens outside of preprocessor directives.
std::vector<Token> code_of(const std::vector<Token>& tokens) {
  std::vector<Token> code;
  code.reserve(tokens.size());
  std::copy_if(tokens.begin(), tokens.end(), std::back_inserter(code),
               [](const Token& token) { return !token.directive; });
  return code;
}

// The index of the brace that closes a body opened at code[open]: the first brace in the first
// column, or where the depth says so.
std::size_t body_end(const std::vector<Token>& code, std::size_t open) {
  int depth = 0;
  for (auto i = open; i < code.size(); ++i) {
    if (is(code[i], '{')) ++depth;
    if (is(code[i], '}') && (--depth == 0 || code[i].first_column)) return i;
  }
  return code.size() - 1;
}

// The index of the name that "code[word] (" declares: code[word], or the name inside of
// "int (*name(int x))(void)".
std::size_t declared_name(const std::vector<Token>& code, std::size_t word) {
  bool declarator = word + 4 < code.size() && is(code[word + 2], '*') && is_word(code[word + 3]) &&
                    is(code[word + 4], '(');
  return declarator ? word + 3 : word;
}

}  // namespace

std::vector<FunctionExtent> function_extents(const std::vector<Token>& tokens) {
  std::vector<FunctionExtent> functions;
  auto code = code_of(tokens);
  bool is_static = false;
  FunctionExtent candidate;  // "name ( ... )" seen since the last ';' or '}'
  bool type_behind = false;  // a word that is no attribute stands behind it
  for (std::size_t i = 0; i < code.size();) {
    const auto& token = code[i];
    if (is(token, ';') || is(token, '=') || is(token, '}')) {
      if (!is(token, '=')) is_static = false;
      candidate.name.clear();
      ++i;
    } else if (is_word(token) && i + 1 < code.size() && is(code[i + 1], '(') &&
               !is_control_word(token.text) && !token.text.starts_with("__attribute")) {
      // The first such name counts, because what follows the parameters are attributes; unless a
      // type stands between the two: the first was an attribute or a macro without a ';'.
      if (candidate.name.empty() || type_behind) {
        auto name = declared_name(code, i);
        candidate = {std::string(code[name].text), is_static, code[name].line, code[name].line};
        type_behind = false;
      }
      i = behind_closing(code, i + 1, '(', ')');
    } else if (is(token, '{')) {
      auto end = body_end(code, i);
      if (!candidate.name.empty()) {
        candidate.last = code[end].line;
        functions.push_back(candidate);
        candidate.name.clear();
        is_static = false;
      }
      i = end + 1;
    } else {
      if (is_word(token) && token.text == "static") is_static = true;
      type_behind = type_behind || (is_word(token) && !token.text.starts_with("__"));
      if (candidate.name.empty()) type_behind = false;
      ++i;
    }
  }
  return functions;
}

std::vector<MacroDefinition> macro_definitions(const std::vector<Token>& tokens) {
  std::vector<MacroDefinition> macros;
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
    if (!tokens[i].opens_directive || tokens[i + 1].text != "define") continue;
    MacroDefinition macro{std::string(tokens[i + 2].text), {}, {}, tokens[i + 2].line};
    auto j = i + 3;
    // The '(' of a function-like macro touches its name.
    const auto* name_end = tokens[i + 2].text.data() + tokens[i + 2].text.size();
    if (j < tokens.size() && tokens[j].directive && is(tokens[j], '(') &&
        tokens[j].text.data() == name_end) {
      for (++j; j < tokens.size() && !is(tokens[j], ')'); ++j)
        if (is_word(tokens[j])) macro.parameters.emplace_back(tokens[j].text);
      ++j;
    }
    for (; j < tokens.size() && tokens[j].directive && !tokens[j].opens_directive; ++j)
      macro.body.push_back(tokens[j]);
    macros.push_back(std::move(macro));
    i = j - 1;
  }
  return macros;
}

std::vector<std::string> call_arguments(const std::vector<Token>& tokens, std::size_t open) {
  auto end = behind_closing(tokens, open, '(', ')');
  if (end == open || !is(tokens[end - 1], ')')) return {};
  std::vector<std::string> arguments(1);
  int depth = 0;
  for (auto i = open + 1; i + 1 < end; ++i) {
    if (is(tokens[i], '(')) ++depth;
    if (is(tokens[i], ')')) --depth;
    if (is(tokens[i], ',') && depth == 0)
      arguments.emplace_back();
    else
      arguments.back() += tokens[i].text;
  }
  return arguments;
}

}  // namespace killify
