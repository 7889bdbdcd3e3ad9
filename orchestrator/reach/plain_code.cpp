#include "reach/plain_code.h"

#include "reach/condition.h"
#include "reach/plain_switch.h"
#include "reach/statements.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace killify {
namespace {

using Span = std::span<const Token>;
using Kind = Condition::Kind;

// More than any function needs; a step that would undo another one must not go on for ever.
constexpr int kMaxSteps = 500;

// The variables that may hold what the callee returns, and the callee itself.
std::set<std::string, std::less<>> holders_in(const Tokens& tokens, const std::string& callee) {
  std::set<std::string, std::less<>> holders{callee};
  for (auto before = holders.size() - 1; before != holders.size();) {
    before = holders.size();
    for (std::size_t i = 1; i < tokens.size(); ++i) {
      if (!is_assignment(tokens, i) || !is_word(tokens[i - 1])) continue;
      int depth = 0;
      for (auto at = i + 1; at < tokens.size() && !is(tokens[at], ";"); ++at) {
        depth += is(tokens[at], "(") ? 1 : is(tokens[at], ")") ? -1 : 0;
        if (depth < 0 || (depth == 0 && is(tokens[at], ","))) break;
        if (!is_member(tokens, at) && holders.contains(tokens[at].text))
          holders.emplace(tokens[i - 1].text);
      }
    }
  }
  return holders;
}

// One step at a time: what it finds first is said plainly, and the text read again.
class PlainCode {
 public:
  PlainCode(const Tokens& tokens, const std::string& callee, const std::string& error, int number)
      : tokens_(tokens),
        callee_(callee),
        error_(error),
        number_(number),
        holders_(holders_in(tokens, callee)),
        reader_(error_, holders_),
        out_(tokens) {
    for (int depth = 0; const auto& token : tokens) {
      depth -= is(token, ")") || is(token, "]") ? 1 : 0;
      depth_.push_back(depth);
      depth += is(token, "(") || is(token, "[") ? 1 : 0;
    }
  }

  bool step() {
    for (std::size_t i = 1; i + 1 < tokens_.size(); ++i)
      if (!tokens_[i].directive && step_at(i)) return true;
    return false;
  }

  [[nodiscard]] std::string text() const { return out_.text_from(0); }

 private:
  bool step_at(std::size_t at) {
    if (is(tokens_[at], "if") && is_at(tokens_, at + 1, "("))
      return condition(at) || condition_with_assignment(at) || negative_with_else(at);
    if (!begins(at)) return false;
    const auto end = end_of_statement(tokens_, at);
    if (end >= tokens_.size()) return false;
    if (is_at(tokens_, at + 1, "(")) {
      const auto close = closing(tokens_, at + 1);
      if (is_at(tokens_, close + 1, "{") && macro_with_block(at, close, end)) return true;
    }
    if (has_directive(at, end)) return false;
    if (is(tokens_[at], "switch"))
      return is_at(tokens_, at + 1, "(") && concerns(at + 2, closing(tokens_, at + 1)) &&
             plain_switch(tokens_, at, {error_, holders_, callee_, number_, unbraced(at)}, out_);
    if (!is(tokens_[end], ";")) return false;
    if (is(tokens_[at], "return")) return concerns(at, end) && returned(at, end);
    for (auto i = at + 1; i < end; ++i)
      if (depth_[i] == depth_[at] && is_assignment(tokens_, i))
        return concerns(i, end) && assigned(at, i, end);
    return false;
  }

  [[nodiscard]] Span span(std::size_t first, std::size_t end) const {
    return Span(tokens_).subspan(first, end - first);
  }

  [[nodiscard]] bool has_directive(std::size_t first, std::size_t last) const {
    return std::ranges::any_of(span(first, last + 1), &Token::directive);
  }

  // Whether the error has a part in what is written there.
  [[nodiscard]] bool concerns(std::size_t first, std::size_t end) const {
    for (auto i = first; i < end; ++i)
      if (!is_member(tokens_, i) && holders_.contains(tokens_[i].text)) return true;
    return false;
  }

  // The only call of the callee there; `end` where there is none, or more than one.
  [[nodiscard]] std::size_t callee_in(std::size_t first, std::size_t end) const {
    auto found = end;
    for (auto i = first; i < end; ++i) {
      if (!is(tokens_[i], callee_)) continue;
      if (found != end) return end;
      found = i;
    }
    return found;
  }

  [[nodiscard]] bool calls(std::size_t first, std::size_t end) const {
    return std::ranges::any_of(span(first, end),
                               [&](const Token& token) { return is(token, callee_); });
  }

  [[nodiscard]] bool has_label(std::size_t first, std::size_t end) const {
    for (auto i = first + 1; i < end; ++i)
      if (is(tokens_[i], ":") && is_label(i)) return true;
    return false;
  }

  // Whether the colon is that of a label or a case.
  [[nodiscard]] bool is_label(std::size_t colon) const {
    if (colon < 2 || depth_[colon] != 0) return false;
    if (is_word(tokens_[colon - 1]) &&
        (is(tokens_[colon - 2], ";") || is(tokens_[colon - 2], "{") ||
         is(tokens_[colon - 2], "}") || (is(tokens_[colon - 2], ":") && is_label(colon - 2))))
      return true;
    for (auto i = colon;
         i-- > 0 && std::string_view(";{}?").find(tokens_[i].text) == std::string_view::npos;)
      if (is(tokens_[i], "case")) return true;
    return false;
  }

  // Whether the token before ends what may stand in front of a single statement.
  [[nodiscard]] bool unbraced(std::size_t at) const {
    if (is(tokens_[at - 1], "else") || is(tokens_[at - 1], "do")) return true;
    if (!is(tokens_[at - 1], ")")) return false;
    for (auto open = at - 1; open-- > 1;) {
      if (!is(tokens_[open], "(") || closing(tokens_, open) != at - 1) continue;
      const auto head = tokens_[open - 1].text;
      return head == "if" || head == "for" || head == "while" || head == "switch";
    }
    return false;
  }

  [[nodiscard]] bool begins(std::size_t at) const {
    if (depth_[at] != 0) return false;
    const auto& before = tokens_[at - 1];
    return is(before, ";") || is(before, "{") || is(before, "}") ||
           (is(before, ":") && is_label(at - 1)) || unbraced(at);
  }

  // Braces around what takes the place of the statement.
  void enclose(std::size_t at, std::size_t end) {
    if (!unbraced(at)) return;
    out_.add_before(at, "{ ");
    out_.add_behind(end, " }");
  }

  // Puts a condition in place of another one, a call in its line. False where that cannot be.
  bool put_condition(std::size_t first, std::size_t end, const Condition& condition) {
    auto where = first;
    if (calls(first, end)) {
      where = callee_in(first, end);
      if (where == end) return false;
    }
    out_.drop(first, end);
    out_.put(where, condition.text());
    return true;
  }

  // "IF_LOG(x) { ... }" runs its block as often as it likes; that it is a macro, spatch cannot
  // know.
  bool macro_with_block(std::size_t at, std::size_t close, std::size_t end) {
    constexpr std::array<std::string_view, 4> kHeads = {"if", "for", "while", "switch"};
    constexpr std::array<std::string_view, 3> kJumps = {"break", "continue", "return"};
    const auto name = tokens_[at].text;
    if (!is_word(tokens_[at]) || name.find("for_each") != std::string_view::npos ||
        std::ranges::find(kHeads, name) != kHeads.end() || calls(at, end))
      return false;
    // What a jump leaves, or what is done in its arguments, depends on what it is.
    for (auto i = at; i < end; ++i) {
      const auto jump = std::ranges::find(kJumps, tokens_[i].text);
      if (jump != kJumps.end() && (i < close || *jump != "return")) return false;
      if (tokens_[i].directive && i < close) return false;
    }
    out_.drop(at + 2, close);
    out_.put(at, fmt::format("while (any_{})", number_));
    out_.drop(at + 1);
    out_.drop(close);
    return true;
  }

  bool condition(std::size_t at) {
    const auto close = closing(tokens_, at + 1);
    if (close >= tokens_.size() || has_directive(at, close) || !concerns(at, close)) return false;
    auto read = reader_.read(span(at + 2, close));
    if (!reader_.is_plainer()) return false;
    if (read.kind == Kind::kTrue || read.kind == Kind::kFalse)
      return decided(at, close, read.kind == Kind::kTrue);
    return put_condition(at + 2, close, read);
  }

  // An if that goes one way only.
  bool decided(std::size_t at, std::size_t close, bool truth) {
    const auto end = end_of_statement(tokens_, close + 1);
    const auto all = end_of_statement(tokens_, at);
    if (end >= tokens_.size() || all >= tokens_.size()) return false;
    const auto first = truth ? end + 1 : at;
    const auto last = truth ? all + 1 : all > end ? end + 2 : end;
    if (has_label(first, last) || calls(first, last) || has_directive(at, all)) return false;
    out_.drop(first, last);
    if (truth) out_.drop(at, close + 1);
    if (!truth && all == end) out_.put(end, ";");
    return true;
  }

  bool condition_with_assignment(std::size_t at) {
    const auto close = closing(tokens_, at + 1);
    if (!begins(at) || close >= tokens_.size() || has_directive(at, close)) return false;
    auto variable = at + 2;
    while (is(tokens_[variable], "(") || is(tokens_[variable], "!")) ++variable;
    if (!is_word(tokens_[variable]) || !is_assignment(tokens_, variable + 1)) return false;
    const bool bare = variable == at + 2;
    if (!bare && !is(tokens_[variable - 1], "(")) return false;
    const auto end = bare ? close : closing(tokens_, variable - 1);
    const auto all = end_of_statement(tokens_, at);
    if (all >= tokens_.size() || !concerns(variable + 2, end)) return false;
    for (auto i = variable; i < end; ++i)
      if (is(tokens_[i], ",") && depth_[i] == depth_[variable]) return false;
    const auto before = bare ? std::string() : written(span(at + 2, variable - 1));
    out_.drop(at, variable);
    enclose(at, all);
    const auto rest = "; if (" + before + std::string(tokens_[variable].text);
    out_.put(end, bare ? rest + ")" : rest);
    return true;
  }

  bool negative_with_else(std::size_t at) {
    const auto close = closing(tokens_, at + 1);
    const auto end = end_of_statement(tokens_, close + 1);
    if (close >= tokens_.size() || !is_at(tokens_, end + 1, "else")) return false;
    const auto all = end_of_statement(tokens_, at);
    if (all >= tokens_.size() || has_directive(at, close) || has_directive(end, all) ||
        !concerns(at, close) || calls(end, all))
      return false;
    auto read = reader_.read(span(at + 2, close));
    if (!read.denies() || (read.sign == "==" && asked_below_zero(tokens_, read.operand, at)))
      return false;
    if (!put_condition(at + 2, close, opposite(std::move(read)))) return false;
    out_.add_behind(close, " { " + written(span(end + 2, all + 1)) + " } else {");
    out_.add_behind(end, " }");
    out_.drop(end + 1, all + 1);
    return true;
  }

  bool returned(std::size_t at, std::size_t end) {
    const auto value = without_parentheses(span(at + 1, end));
    if (value.empty()) return false;
    const auto first = static_cast<std::size_t>(value.data() - tokens_.data());
    const auto last = first + value.size();
    if (auto [question, colon] = choice_in(first, last); question < last) {
      out_.drop(at, first);
      out_.drop(last, end);
      const auto result = fmt::format("result_{}", number_);
      const bool itself = colon == question + 1;
      out_.add_before(first, itself ? result + " = " : "if (");
      out_.put(question, itself ? fmt::format("; if ({0}) {{ return {0}", result) : ") { return");
      out_.put(colon, "; } return");
      enclose(at, end);
      return true;
    }
    if (!reader_.read(value).is_boolean()) return false;
    out_.drop(last, end);
    out_.drop(at, first);
    out_.add_before(first, "if (");
    out_.add_before(end, ") { return true; } return false");
    enclose(at, end);
    return true;
  }

  // The "?" and the ":" of an expression that chooses; `end` where it does not.
  [[nodiscard]] std::pair<std::size_t, std::size_t> choice_in(std::size_t first,
                                                              std::size_t end) const {
    auto question = first;
    const auto depth = depth_[first];
    while (question < end && !(is(tokens_[question], "?") && depth_[question] == depth)) ++question;
    int open = 0;
    for (auto i = question; i < end; ++i) {
      if (depth_[i] != depth) continue;
      open += is(tokens_[i], "?") ? 1 : is(tokens_[i], ":") ? -1 : 0;
      if (open == 0) return {question, i};
    }
    return {end, end};
  }

  // What is given a value: an expression, or a variable that is declared there.
  struct Target {
    std::string name;
    bool declared = false;
    bool known = true;
  };

  [[nodiscard]] Target target(std::size_t at, std::size_t sign, std::size_t end) const {
    const auto left = span(at, sign);
    if (is_postfix_expression(left)) return {written(left)};
    bool type = left.size() > 1 && is_word(left.back());
    for (const auto& token : left) type = type && (is_word(token) || is(token, "*"));
    for (auto i = sign; i < end; ++i) type = type && !(is(tokens_[i], ",") && depth_[i] == 0);
    return {std::string(left.back().text), type, type};
  }

  bool assigned(std::size_t at, std::size_t sign, std::size_t end) {
    const auto left = target(at, sign, end);
    const auto value = without_parentheses(span(sign + 1, end));
    if (!left.known || value.empty()) return false;
    const auto first = static_cast<std::size_t>(value.data() - tokens_.data());
    const auto last = first + value.size();
    if (auto [question, colon] = choice_in(first, last); question < last) {
      const bool itself = colon == question + 1;
      keep_target(left, at, sign, first, itself ? left.name + " = " : "if (");
      out_.drop(last, end);
      out_.put(question, itself ? fmt::format("; if (!{0}) {{ {0} =", left.name)
                                : fmt::format(") {{ {} =", left.name));
      out_.put(colon, itself ? "" : fmt::format("; }} else {{ {} =", left.name));
      out_.add_before(end, "; }");
      enclose(at, end);
      return true;
    }
    auto read = reader_.read(value);
    if (read.is_boolean() && calls(first, last)) {
      const auto operand = static_cast<std::size_t>(read.operand.data() - tokens_.data());
      if ((read.kind != Kind::kValue && read.kind != Kind::kCompared) || read.operand.empty() ||
          !is(read.operand[0], callee_) || !is_postfix_expression(read.operand))
        return false;
      const auto result = fmt::format("result_{}", number_);
      keep_target(left, at, sign, operand, result + " = ");
      out_.drop(operand + read.operand.size(), end);
      out_.add_before(end, fmt::format("; {} = {}", left.name, read.text(result)));
      enclose(at, end);
      return true;
    }
    return !unbraced(at) && said_of_another(left, read, end);
  }

  // Drops what stands before the value, but for a declaration, and puts something else there.
  void keep_target(const Target& left, std::size_t at, std::size_t sign, std::size_t first,
                   const std::string& instead) {
    out_.drop(left.declared ? sign : at, first);
    if (left.declared) out_.put(sign, ";");
    out_.add_before(first, instead);
  }

  // After "x = T;", where T is about a variable with the error, x is T until one of them changes.
  bool said_of_another(const Target& left, const Condition& value, std::size_t end) {
    if ((value.kind != Kind::kValue && value.kind != Kind::kCompared) ||
        value.operand.size() != 1 || !is_word(value.operand[0]) ||
        !holders_.contains(value.operand[0].text) || left.name == value.operand[0].text)
      return false;
    const auto instead = value.is_boolean() ? "(" + value.text() + ")" : value.text();
    bool any = false;
    for (auto first = end + 1; first < tokens_.size() && !is(tokens_[first], "}");) {
      const auto last = end_of_statement(tokens_, first);
      if (last >= tokens_.size() || has_directive(first, last) || has_label(first, last) ||
          is_label_ahead(first) || changes(left.name, first, last) ||
          changes(value.operand[0].text, first, last))
        break;
      for (auto i = first; i < last; ++i) {
        if (!is(tokens_[i], left.name) || is_member(tokens_, i)) continue;
        out_.put(i, instead);
        any = true;
      }
      first = last + 1;
    }
    return any;
  }

  [[nodiscard]] bool is_label_ahead(std::size_t at) const {
    return is(tokens_[at], "case") || is(tokens_[at], "default") ||
           (is_word(tokens_[at]) && is_at(tokens_, at + 1, ":"));
  }

  [[nodiscard]] bool changes(std::string_view name, std::size_t first, std::size_t last) const {
    for (auto i = first; i < last; ++i) {
      if (!is(tokens_[i], name) || is_member(tokens_, i)) continue;
      if (is(tokens_[i - 1], "&") && !is(tokens_[i - 2], "&")) return true;
      if (is_assignment(tokens_, i + 1)) return true;
      // "x |= 1", "x++", "--x"
      if (is_at(tokens_, i + 2, "=") && !is_at(tokens_, i + 3, "=") &&
          std::string_view("+-*/%&|^").find(tokens_[i + 1].text) != std::string_view::npos)
        return true;
      for (const char* twice : {"+", "-"})
        if ((is_at(tokens_, i + 1, twice) && is_at(tokens_, i + 2, twice)) ||
            (is(tokens_[i - 1], twice) && is(tokens_[i - 2], twice)))
          return true;
    }
    return false;
  }

  const Tokens& tokens_;
  const std::string& callee_;
  const std::string& error_;
  int number_;
  std::set<std::string, std::less<>> holders_;
  ConditionReader reader_;
  Rewriting out_;
  std::vector<int> depth_;
};

}  // namespace

std::string plain_code(std::string text, const std::string& callee, const std::string& error) {
  for (int number = 1; number <= kMaxSteps; ++number) {
    const auto tokens = tokens_of(text);
    PlainCode code(tokens, callee, error, number);
    if (!code.step()) break;
    text = code.text();
  }
  return text;
}

}  // namespace killify
