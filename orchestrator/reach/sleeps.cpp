#include "reach/sleeps.h"

#include "facts/lexer.h"

#include <algorithm>
#include <cctype>

namespace killify {
namespace {

bool is_constant(std::string_view word) {
  return std::none_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

// Every name in it is written in capitals: its value does not depend on a variable.
bool only_constants(const std::vector<Token>& tokens) {
  return std::all_of(tokens.begin(), tokens.end(), [](const Token& token) {
    return token.kind != Token::Kind::kWord || is_constant(token.text);
  });
}

bool has_word(const std::vector<Token>& tokens, std::string_view word) {
  return std::any_of(tokens.begin(), tokens.end(),
                     [&](const Token& token) { return token.text == word; });
}

Holds condition_of(const SinkCondition& condition, const std::vector<std::string>& arguments) {
  using Kind = SinkCondition::Kind;
  if (condition.kind == Kind::kAlways) return Holds::kYes;
  if (condition.kind == Kind::kContextField || condition.argument >= arguments.size())
    return Holds::kUnknown;
  const auto& argument = arguments[condition.argument];
  if (condition.kind == Kind::kArgumentTrue) {
    if (argument == "true" || argument == "1") return Holds::kYes;
    if (argument == "false" || argument == "0") return Holds::kNo;
    return Holds::kUnknown;
  }
  auto tokens = tokens_of(argument);
  if (!only_constants(tokens)) return Holds::kUnknown;
  return has_word(tokens, condition.name) ? Holds::kYes : Holds::kNo;
}

}  // namespace

std::string plain_expression(std::string_view expression) {
  std::string plain;
  auto is_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  for (const auto& token : tokens_of(expression)) {
    if (token.text == "&" && plain.empty()) continue;
    bool two_words = !plain.empty() && is_word(plain.back()) && is_word(token.text.front());
    if (two_words || plain.ends_with(',')) plain += ' ';
    plain += token.text;
  }
  return plain;
}

std::string last_name(std::string_view expression) {
  auto tokens = tokens_of(expression);
  if (tokens.empty() || tokens.back().kind != Token::Kind::kWord) return {};
  return std::string(tokens.back().text);
}

std::vector<Sleep> sleeps_in(const FunctionFact& function, const SourceFacts& facts,
                             const std::vector<Token>& tokens, const Catalogue& catalogue) {
  std::vector<Sleep> sleeps;
  for (const auto* call : facts.calls_in(function.name)) {
    const auto* sink = catalogue.find(call->callee);
    if (sink == nullptr || call->line < function.first || call->line > function.last) continue;
    Sleep sleep{.sink = sink, .line = call->line, .object = {}, .decides = {}};
    sleep.condition = condition_of(sink->condition, call->arguments);
    if (sleep.condition == Holds::kUnknown && sink->condition.argument < call->arguments.size())
      sleep.decides = plain_expression(call->arguments[sink->condition.argument]);
    if (sink->object && *sink->object < call->arguments.size())
      sleep.object = plain_expression(call->arguments[*sink->object]);
    sleeps.push_back(std::move(sleep));
  }
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    const auto& token = tokens[i];
    if (token.line < function.first || token.line > function.last ||
        token.kind != Token::Kind::kWord || tokens[i + 1].text != "(")
      continue;
    const auto* sink = catalogue.find(std::string(token.text));
    if (sink == nullptr) continue;
    bool known = std::any_of(sleeps.begin(), sleeps.end(), [&](const Sleep& sleep) {
      return sleep.sink == sink && sleep.line == token.line;
    });
    if (known) continue;
    Sleep sleep{.sink = sink, .line = token.line, .object = {}, .decides = {}, .parsed = false};
    sleep.condition = Holds::kUnknown;
    sleeps.push_back(std::move(sleep));
  }
  std::stable_sort(sleeps.begin(), sleeps.end(),
                   [](const Sleep& a, const Sleep& b) { return a.line < b.line; });
  return sleeps;
}

}  // namespace killify
