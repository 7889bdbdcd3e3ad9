#include "reach/sleeps.h"

#include "facts/lexer.h"

#include <algorithm>
#include <cctype>

namespace killify {
namespace {

// Every name in it is written in capitals: its value does not depend on a variable.
bool only_constants(std::string_view expression) {
  auto tokens = tokens_of(expression);
  return std::all_of(tokens.begin(), tokens.end(), [](const Token& token) {
    return token.kind != Token::Kind::kWord || token.text == "true" || token.text == "false" ||
           std::none_of(token.text.begin(), token.text.end(),
                        [](char c) { return c >= 'a' && c <= 'z'; });
  });
}

}  // namespace

SleepCondition condition_of(const Sink& sink, const std::vector<std::string>& arguments,
                            const Scope& scope) {
  SleepCondition result;
  auto look_at = [&](unsigned argument, const auto& truth) {
    if (argument >= arguments.size()) {
      result = {Truth::kUnknown, false, {}};
      return;
    }
    const auto& text = arguments[argument];
    auto holds = truth(evaluate(text, scope));
    if (holds == Truth::kTrue && result.holds == Truth::kUnknown) return;
    if (!only_constants(text)) result.by_constants = false;
    if (holds != Truth::kTrue || !only_constants(text)) result.decides = plain_expression(text);
    result.holds = holds;
  };
  const auto& condition = sink.condition;
  switch (condition.kind) {
    case SinkCondition::Kind::kAlways:
      break;
    case SinkCondition::Kind::kArgumentTrue:
      look_at(condition.argument, truth_of);
      break;
    case SinkCondition::Kind::kArgumentState:
    case SinkCondition::Kind::kArgumentFlag:
      look_at(condition.argument,
              [&](const Value& value) { return has_bit(value, condition.name); });
      break;
    case SinkCondition::Kind::kContextField:
      look_at(condition.argument, [&](const Value& value) {
        if (value.kind != Value::Kind::kObject) return Truth::kUnknown;
        return truth_of(field_of(value, condition.name));
      });
      if (!result.decides.empty()) result.decides += "->" + condition.name;
      break;
  }
  // A wait of no time only looks.
  if (sink.timeout && *sink.timeout < arguments.size() && result.holds != Truth::kFalse &&
      truth_of(evaluate(arguments[*sink.timeout], scope)) == Truth::kFalse) {
    result = {Truth::kFalse, only_constants(arguments[*sink.timeout]),
              plain_expression(arguments[*sink.timeout])};
  }
  return result;
}

std::string slept_on(const Sink& sink, const std::vector<std::string>& arguments) {
  return sink.object && *sink.object < arguments.size() ? plain_expression(arguments[*sink.object])
                                                        : std::string();
}

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
  for (const auto* call : facts.calls_in(function)) {
    const auto* sink = catalogue.find(call->callee);
    if (sink != nullptr)
      sleeps.push_back({sink, call->line, condition_of(*sink, call->arguments, {})});
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
    if (!known) sleeps.push_back({sink, token.line, {Truth::kUnknown, false, {}}, false});
  }
  std::stable_sort(sleeps.begin(), sleeps.end(),
                   [](const Sleep& a, const Sleep& b) { return a.line < b.line; });
  return sleeps;
}

}  // namespace killify
