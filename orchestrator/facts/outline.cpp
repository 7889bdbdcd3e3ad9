#include "facts/outline.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace killify {
namespace {

// "word (" at top level is no declaration of such a word.
bool is_no_name(std::string_view word) {
  return word == "if" || word == "for" || word == "while" || word == "switch" || word == "do" ||
         word == "else" || word == "return" || word == "sizeof" || word.starts_with("__attribute");
}

// Words that stand before a function's type, or where it would stand.
bool is_no_type(std::string_view word) {
  return word == "static" || word == "extern" || word == "inline" || word == "noinline" ||
         word == "asmlinkage" || word.starts_with("__");
}

// Without blanks, but for those that keep two words apart.
void append_token(const Token& token, std::string& text) {
  auto last = text.empty() ? '\0' : text.back();
  bool touches = std::isalnum(static_cast<unsigned char>(last)) != 0 || last == '_';
  if (touches && token.kind != Token::Kind::kPunctuation) text += ' ';
  text += token.text;
}

}  // namespace

void Outliner::take(const Token& token) {
  line_ = token.line;
  switch (place_) {
    case Place::kOutside:
      take_outside(token);
      break;
    case Place::kParentheses:
      take_in_parentheses(token);
      break;
    case Place::kBody:
      take_in_body(token);
      break;
  }
}

void Outliner::take_outside(const Token& token) {
  auto word = std::exchange(word_, {});
  if (is_mark(token, '(') && !word.text.empty() && !is_no_name(word.text)) {
    // The first such name counts, because what follows the parameters are attributes; unless a
    // type stands between the two, or the first looks like an attribute and the second does not:
    // then it was one, or a macro without a ';'.
    bool attribute = candidate_.name.starts_with("__") && !word.text.starts_with("__");
    names_candidate_ = candidate_.name.empty() || type_behind_ || attribute;
    if (names_candidate_) {
      candidate_ = {std::string(word.text), is_static_, word.line, word.line, !typed_};
      type_behind_ = false;
    }
    place_ = Place::kParentheses;
    depth_ = 1;
    inside_ = 0;
    return;
  }
  if (!word.text.empty()) {
    if (word.text == "static") is_static_ = true;
    type_behind_ = !candidate_.name.empty() && (type_behind_ || !word.text.starts_with("__"));
    typed_ = typed_ || !is_no_type(word.text);
  }
  if (is_word(token)) {
    word_ = token;
  } else if (is_mark(token, ';') || is_mark(token, '=') || is_mark(token, '}')) {
    if (!is_mark(token, '=')) is_static_ = typed_ = false;
    candidate_.name.clear();
  } else if (is_mark(token, '{')) {
    in_function_ = !candidate_.name.empty();
    if (in_function_) {
      functions_.push_back(candidate_);
      candidate_.name.clear();
      is_static_ = typed_ = false;
    }
    place_ = Place::kBody;
    depth_ = 1;
  }
}

void Outliner::take_in_parentheses(const Token& token) {
  // The parenthesis was closed in another branch of an #if.
  if (token.first_column && (is_mark(token, '{') || is_mark(token, '}'))) {
    place_ = Place::kOutside;
    take_outside(token);
    return;
  }
  if (is_mark(token, '(')) ++depth_;
  if (is_mark(token, ')') && --depth_ == 0) place_ = Place::kOutside;
  if (!names_candidate_) return;
  // "( * name (" is the begin of a function that returns a pointer to a function.
  switch (inside_++) {
    case 0:
      names_candidate_ = is_mark(token, '*');
      break;
    case 1:
      names_candidate_ = is_word(token);
      declarator_ = token;
      break;
    case 2:
      if (is_mark(token, '('))
        candidate_ = {std::string(declarator_.text), is_static_, declarator_.line,
                      declarator_.line};
      names_candidate_ = false;
      break;
    default:
      break;
  }
}

void Outliner::take_in_body(const Token& token) {
  if (token.kind != Token::Kind::kPunctuation) return;
  if (token.text[0] == '{') ++depth_;
  if (token.text[0] == '}' && (--depth_ == 0 || token.first_column)) end_body();
}

void Outliner::end_body() {
  if (in_function_) functions_.back().last = line_;
  in_function_ = false;
  place_ = Place::kOutside;
}

std::vector<FunctionExtent> Outliner::finish() {
  if (place_ == Place::kBody) end_body();
  return std::exchange(functions_, {});
}

std::size_t behind_closing(const std::vector<Token>& tokens, std::size_t open) {
  int depth = 0;
  for (auto i = open; i < tokens.size(); ++i) {
    if (is_mark(tokens[i], '(')) ++depth;
    if (is_mark(tokens[i], ')') && --depth == 0) return i + 1;
  }
  return tokens.size();
}

std::vector<FunctionExtent> function_extents(const std::vector<Token>& tokens) {
  Outliner outliner;
  for (const auto& token : tokens)
    if (!token.directive) outliner.take(token);
  return outliner.finish();
}

std::vector<MacroDefinition> macro_definitions(const std::vector<Token>& tokens) {
  std::vector<MacroDefinition> macros;
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
    if (!tokens[i].opens_directive || tokens[i + 1].text != "define") continue;
    const auto& name = tokens[i + 2];
    MacroDefinition macro;
    macro.name = name.text;
    macro.line = name.line;
    auto j = i + 3;
    // The '(' of a function-like macro touches its name.
    if (j < tokens.size() && tokens[j].directive && is_mark(tokens[j], '(') &&
        tokens[j].text.data() == name.text.data() + name.text.size()) {
      macro.function_like = true;
      for (++j; j < tokens.size() && !is_mark(tokens[j], ')'); ++j) {
        if (is_word(tokens[j])) macro.parameters.emplace_back(tokens[j].text);
        if (is_mark(tokens[j], '.')) macro.variadic = true;
      }
      ++j;
    }
    j = std::min(j, tokens.size());
    auto end = j;
    while (end < tokens.size() && tokens[end].directive && !tokens[end].opens_directive) ++end;
    macro.body.assign(tokens.begin() + static_cast<std::ptrdiff_t>(j),
                      tokens.begin() + static_cast<std::ptrdiff_t>(end));
    macro.last = tokens[end - 1].line;
    macros.push_back(std::move(macro));
    i = end - 1;
  }
  return macros;
}

std::vector<std::string> call_arguments(const std::vector<Token>& tokens, std::size_t open) {
  auto end = behind_closing(tokens, open);
  if (end == open || !is_mark(tokens[end - 1], ')')) return {};
  std::vector<std::string> arguments(1);
  int depth = 0;
  for (auto i = open + 1; i + 1 < end; ++i) {
    if (is_mark(tokens[i], '(')) ++depth;
    if (is_mark(tokens[i], ')')) --depth;
    if (is_mark(tokens[i], ',') && depth == 0)
      arguments.emplace_back();
    else if (!tokens[i].directive || tokens[open].directive)
      append_token(tokens[i], arguments.back());
  }
  return arguments;
}

}  // namespace killify
