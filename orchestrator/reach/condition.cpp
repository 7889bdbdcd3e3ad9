#include "reach/condition.h"

#include <algorithm>
#include <array>
#include <utility>

namespace killify {
namespace {

using Span = std::span<const Token>;
using Kind = Condition::Kind;

// Each sign and its opposite, and what it is with the operands exchanged.
struct Sign {
  std::string_view sign;
  std::string_view opposite;
  std::string_view exchanged;
};
constexpr std::array<Sign, 6> kSigns = {{{"==", "!=", "=="},
                                         {"!=", "==", "!="},
                                         {"<", ">=", ">"},
                                         {">=", "<", "<="},
                                         {">", "<=", "<"},
                                         {"<=", ">", ">="}}};

const Sign& known(std::string_view sign) {
  return *std::ranges::find(kSigns, sign, &Sign::sign);
}

bool opens(const Token& token) {
  return is(token, "(") || is(token, "[") || is(token, "{");
}

// The operands of "&&" or "||", whose single character is `mark`.
std::vector<Span> parts_of(Span tokens, std::string_view mark) {
  std::vector<Span> parts;
  std::size_t first = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (opens(tokens[i])) {
      i = closing(tokens, i);
    } else if (is(tokens[i], mark) && is_at(tokens, i + 1, mark)) {
      parts.push_back(tokens.subspan(first, i - first));
      first = ++i + 1;
    }
  }
  parts.push_back(tokens.subspan(std::min(first, tokens.size())));
  return parts;
}

// Where the only comparison is, and how many characters it has; the size where there is none.
std::pair<std::size_t, std::size_t> comparison_in(Span tokens) {
  std::pair<std::size_t, std::size_t> found{tokens.size(), 0};
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (opens(tokens[i])) {
      i = closing(tokens, i);
      continue;
    }
    if (is(tokens[i], "?") || is(tokens[i], ",") || is_assignment(tokens, i))
      return {tokens.size(), 0};
    std::size_t length = 0;
    bool doubled = is_at(tokens, i + 1, "=");
    if ((is(tokens[i], "=") || is(tokens[i], "!")) && doubled) length = 2;
    if (is(tokens[i], "<") && !is_at(tokens, i + 1, "<")) length = doubled ? 2 : 1;
    if (is(tokens[i], ">") && !is_at(tokens, i + 1, ">") && !(i > 0 && is(tokens[i - 1], "-")))
      length = doubled ? 2 : 1;
    if (is(tokens[i], "<") && length == 0) ++i;  // a shift
    if (is(tokens[i], ">") && is_at(tokens, i + 1, ">")) ++i;
    if (length == 0) continue;
    if (found.second != 0) return {tokens.size(), 0};
    found = {i, length};
    i += length - 1;
  }
  return found;
}

// What may stand beside a comparison or behind "!".
bool is_operand(Span tokens) {
  while (!tokens.empty() && is(tokens[0], "!")) tokens = tokens.subspan(1);
  return is_postfix_expression(tokens) || without_parentheses(tokens).size() != tokens.size();
}

bool is_zero(Span tokens) {
  tokens = without_parentheses(tokens);
  return tokens.size() == 1 &&
         (is(tokens[0], "0") || is(tokens[0], "NULL") || is(tokens[0], "false"));
}

bool is_true(Span tokens) {
  return tokens.size() == 1 && is(tokens[0], "true");
}

bool is_constant(Span tokens) {
  return is_zero(tokens) || is_true(tokens) || !error_number(tokens).empty();
}

}  // namespace

std::span<const Token> without_parentheses(std::span<const Token> tokens) {
  while (tokens.size() > 2 && is(tokens[0], "(") && !is(tokens[1], "{") &&
         closing(tokens, 0) == tokens.size() - 1)
    tokens = tokens.subspan(1, tokens.size() - 2);
  return tokens;
}

std::string error_number(std::span<const Token> tokens) {
  tokens = without_parentheses(tokens);
  if (tokens.size() != 2 || !is(tokens[0], "-") || !is_word(tokens[1]) ||
      !tokens[1].text.starts_with('E'))
    return {};
  return "-" + std::string(tokens[1].text);
}

bool Condition::denies() const {
  return (kind == Kind::kValue && negated) ||
         (kind == Kind::kCompared && with == "0" && (sign == "==" || sign == ">="));
}

std::string Condition::text(const std::string& instead) const {
  auto of_operand = instead.empty() ? written(operand) : instead;
  bool simple = !instead.empty() || is_postfix_expression(operand);
  switch (kind) {
    case Kind::kTrue:
      return "1";
    case Kind::kFalse:
      return "0";
    case Kind::kValue:
      if (!negated) return of_operand;
      return simple ? "!" + of_operand : "!(" + of_operand + ")";
    case Kind::kCompared:
      return (simple ? of_operand : "(" + of_operand + ")") + " " + sign + " " + with;
    default:
      break;
  }
  std::string out;
  for (const auto& part : parts) {
    bool whole = part.kind == Kind::kCompared ||
                 (part.kind == Kind::kValue && (part.negated || is_operand(part.operand)));
    out += (out.empty()          ? ""
            : kind == Kind::kAll ? " && "
                                 : " || ") +
           (whole ? part.text() : "(" + part.text() + ")");
  }
  return out;
}

Condition opposite(Condition condition) {
  switch (condition.kind) {
    case Kind::kValue:
      condition.negated = !condition.negated;
      break;
    case Kind::kCompared:
      condition.sign = known(condition.sign).opposite;
      break;
    case Kind::kTrue:
      condition.kind = Kind::kFalse;
      break;
    case Kind::kFalse:
      condition.kind = Kind::kTrue;
      break;
    default:
      condition.kind = condition.kind == Kind::kAll ? Kind::kAny : Kind::kAll;
      for (auto& part : condition.parts) part = opposite(std::move(part));
  }
  return condition;
}

Condition ConditionReader::read(std::span<const Token> tokens) {
  plainer_ = false;
  return part(tokens, false);
}

Condition ConditionReader::part(std::span<const Token> tokens, bool negated) {
  tokens = without_parentheses(tokens);
  if (auto any = parts_of(tokens, "|"); any.size() > 1) return combined(any, false, negated);
  if (auto all = parts_of(tokens, "&"); all.size() > 1) return combined(all, true, negated);
  if (tokens.size() > 1 && is(tokens[0], "!") && is_operand(tokens.subspan(1))) {
    auto inner = part(tokens.subspan(1), !negated);
    plainer_ = plainer_ || negated || inner.kind != Kind::kValue;
    return inner;
  }
  auto [at, length] = comparison_in(tokens);
  if (at < tokens.size()) {
    auto left = tokens.first(at);
    auto right = tokens.subspan(at + length);
    bool both = (is_operand(left) || is_constant(left)) && !right.empty();
    if (both && (is_operand(right) || is_constant(right) || right.size() == 1))
      return compared(left, written(tokens.subspan(at, length)), right, negated);
  }
  Condition value;
  value.operand = tokens;
  value.negated = negated;
  return value;
}

Condition ConditionReader::combined(const std::vector<std::span<const Token>>& operands, bool all,
                                    bool negated) {
  Condition whole;
  whole.kind = all != negated ? Kind::kAll : Kind::kAny;
  const auto decides = whole.kind == Kind::kAll ? Kind::kFalse : Kind::kTrue;
  const auto idle = whole.kind == Kind::kAll ? Kind::kTrue : Kind::kFalse;
  for (const auto& operand : operands) {
    auto one = part(operand, negated);
    if (one.kind == decides) return one;
    if (one.kind != idle) whole.parts.push_back(std::move(one));
  }
  if (whole.parts.empty()) {
    whole.kind = idle;
    return whole;
  }
  return whole.parts.size() == 1 ? Condition(whole.parts.front()) : whole;
}

Condition ConditionReader::compared(std::span<const Token> left, std::string sign,
                                    std::span<const Token> right, bool negated) {
  if (is_constant(left) && !is_constant(right)) {
    std::swap(left, right);
    sign = known(sign).exchanged;
    plainer_ = true;
  }
  if (negated) sign = known(sign).opposite;
  Condition result;
  result.kind = Kind::kCompared;
  result.operand = without_parentheses(left);
  result.sign = sign;
  result.with = is_zero(right) ? "0" : written(right);
  if (sign != "==" && sign != "!=") return result;
  bool equal = sign == "==";
  if (is_true(right)) {
    plainer_ = true;
    return part(left, !equal);
  }
  if (is_zero(right)) {
    bool boolean =
        is(result.operand[0], "!") || ConditionReader(error_, holders_).read(left).is_boolean();
    plainer_ = plainer_ || boolean || !is(without_parentheses(right)[0], "0");
    return boolean ? part(left, equal) : result;
  }
  const auto number = error_number(right);
  if (number.empty() || error_.empty() || !holds_error(left)) return result;
  plainer_ = true;
  if (number != error_) {
    result.kind = equal ? Kind::kFalse : Kind::kTrue;
    return result;
  }
  result.kind = Kind::kValue;
  result.negated = !equal;
  return result;
}

bool ConditionReader::holds_error(std::span<const Token> operand) const {
  operand = without_parentheses(operand);
  if (operand.empty() || !is_word(operand[0]) || !holders_.contains(operand[0].text)) return false;
  return operand.size() == 1 || is_assignment(operand, 1) ||
         (is(operand[1], "(") && closing(operand, 1) == operand.size() - 1);
}

}  // namespace killify
