#include "facts/guards.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <tuple>

namespace killify {
namespace {

Span span_of(const nlohmann::json& places) {
  return {{places.at(0), places.at(1)}, {places.at(2), places.at(3)}};
}

bool leaves_a_block(std::string_view word) {
  return word == "return" || word == "goto" || word == "break" || word == "continue";
}

}  // namespace

Guards::Guards(std::string_view text) : text_(text), tokens_(tokens_of(text)) {
  std::erase_if(tokens_, [](const Token& token) { return token.directive; });
  line_starts_.push_back(0);
  for (auto at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
    line_starts_.push_back(at + 1);
}

void Guards::add(const nlohmann::json& fact) {
  std::string condition = fact.at("condition");
  if (fact.at("fact") == "loop") {
    auto keyword = token_at(span_of(fact.at("at")).begin);
    auto body = behind_parentheses(keyword + 1);
    auto end = behind_statement(body);
    if (body < end && end <= tokens_.size()) {
      auto last = place_of(tokens_[end - 1]);
      cover({place_of(tokens_[body]), {last.line, last.column + 1}}, condition, true);
    }
    return;
  }
  const auto& then = fact.at("then");
  const auto& otherwise = fact.at("otherwise");
  if (!then.empty()) cover(span_of(then), condition, true);
  if (!otherwise.empty()) cover(span_of(otherwise), condition, false);
  if (fact.at("fact") != "branch" || !stands_alone(span_of(then).begin)) return;
  auto end = span_of(otherwise.empty() ? then : otherwise).end;
  if (leaves(span_of(then))) cover({end, block_end(end)}, condition, false);
  if (!otherwise.empty() && leaves(span_of(otherwise)))
    cover({end, block_end(end)}, condition, true);
}

void Guards::sort() {
  std::sort(covered_.begin(), covered_.end(), [](const Covered& a, const Covered& b) {
    return std::tie(a.span.begin, b.span.end, a.guard.condition, a.guard.holds) <
           std::tie(b.span.begin, a.span.end, b.guard.condition, b.guard.holds);
  });
}

std::vector<Guard> Guards::at(Place place, int first, int last) const {
  std::vector<Guard> guards;
  auto it = std::lower_bound(
      covered_.begin(), covered_.end(), first,
      [](const Covered& covered, int line) { return covered.span.begin.line < line; });
  for (; it != covered_.end() && !(place < it->span.begin) && it->span.begin.line <= last; ++it)
    if (place < it->span.end) guards.push_back(it->guard);
  return guards;
}

void Guards::cover(const Span& span, const std::string& condition, bool holds) {
  if (span.begin < span.end) covered_.push_back({span, {condition, holds}});
}

Place Guards::place_of(const Token& token) const {
  auto start = line_starts_[static_cast<std::size_t>(token.line) - 1];
  auto offset = static_cast<std::size_t>(token.text.data() - text_.data());
  return {token.line, static_cast<int>(offset - start)};
}

// The first token at the place or behind it.
std::size_t Guards::token_at(Place place) const {
  auto it = std::lower_bound(tokens_.begin(), tokens_.end(), place,
                             [this](const Token& token, Place at) { return place_of(token) < at; });
  return static_cast<std::size_t>(it - tokens_.begin());
}

// Whether the if of this body is a statement of a block, not the body of an else or of a loop: then
// what follows it runs behind it alone.
bool Guards::stands_alone(Place body) const {
  auto at = token_at(body);
  int depth = 0;
  while (at > 0) {
    --at;
    if (is_mark(tokens_[at], ')')) ++depth;
    if (is_mark(tokens_[at], '(') && --depth == 0) break;
  }
  if (at < 2 || tokens_[at - 1].text != "if") return false;
  const auto& before = tokens_[at - 2];
  return is_mark(before, ';') || is_mark(before, '{') || is_mark(before, '}') ||
         is_mark(before, ':');
}

// Whether the statement is a return, goto, break or continue, or a block that ends so.
bool Guards::leaves(const Span& statement) const {
  auto first = token_at(statement.begin);
  auto end = token_at(statement.end);
  if (first >= end) return false;
  if (!is_mark(tokens_[first], '{')) return leaves_a_block(tokens_[first].text);
  if (end - first < 3 || !is_mark(tokens_[end - 2], ';')) return false;
  auto last = end - 3;
  while (last > first && !is_mark(tokens_[last], ';') && !is_mark(tokens_[last], '{') &&
         !is_mark(tokens_[last], '}') && !is_mark(tokens_[last], ':'))
    --last;
  return leaves_a_block(tokens_[last + 1].text);
}

// Where the block around the place ends, or a label lets something else in.
Place Guards::block_end(Place place) const {
  int depth = 0;
  for (auto at = token_at(place); at < tokens_.size(); ++at) {
    const auto& token = tokens_[at];
    if (is_mark(token, '{')) ++depth;
    bool closes = is_mark(token, '}');
    bool begins = at > 0 && (is_mark(tokens_[at - 1], ';') || is_mark(tokens_[at - 1], '}') ||
                             is_mark(tokens_[at - 1], '{'));
    bool of_switch = token.text == "case" || token.text == "default";
    // A label in a block below may be jumped to from before the place; a case there may not.
    bool label =
        begins && is_word(token) &&
        (of_switch ? depth == 0 : at + 1 < tokens_.size() && is_mark(tokens_[at + 1], ':'));
    bool outside = closes && --depth < 0;
    if (outside || label || (closes && token.first_column)) return place_of(token);
  }
  return place;
}

std::size_t Guards::behind_parentheses(std::size_t open) const {
  int depth = 0;
  for (auto at = open; at < tokens_.size(); ++at) {
    if (is_mark(tokens_[at], '(')) ++depth;
    if (is_mark(tokens_[at], ')') && --depth == 0) return at + 1;
  }
  return tokens_.size();
}

// Behind the statement that starts there. "name ( ... )" with no ';' behind it is a loop macro.
std::size_t Guards::behind_statement(std::size_t first) const {
  if (first >= tokens_.size()) return tokens_.size();
  const auto& token = tokens_[first];
  if (is_mark(token, '{')) {
    int depth = 0;
    for (auto at = first; at < tokens_.size(); ++at) {
      if (is_mark(tokens_[at], '{')) ++depth;
      if (is_mark(tokens_[at], '}') && (--depth == 0 || tokens_[at].first_column)) return at + 1;
    }
    return tokens_.size();
  }
  if (token.text == "do" || token.text == "else") {
    auto body = behind_statement(first + 1);
    return token.text == "do" ? behind_statement(body) : body;
  }
  if (is_word(token) && first + 1 < tokens_.size() && is_mark(tokens_[first + 1], '(')) {
    auto behind = behind_parentheses(first + 1);
    bool control = token.text == "if" || token.text == "for" || token.text == "while";
    if (behind < tokens_.size() &&
        (control || is_word(tokens_[behind]) || is_mark(tokens_[behind], '{'))) {
      auto end = behind_statement(behind);
      bool has_else = token.text == "if" && end < tokens_.size() && tokens_[end].text == "else";
      return has_else ? behind_statement(end) : end;
    }
  }
  int depth = 0;
  for (auto at = first; at < tokens_.size(); ++at) {
    if (is_mark(tokens_[at], '(') || is_mark(tokens_[at], '{')) ++depth;
    if (is_mark(tokens_[at], ')') || is_mark(tokens_[at], '}')) --depth;
    if (depth <= 0 && is_mark(tokens_[at], ';')) return at + 1;
  }
  return tokens_.size();
}

}  // namespace killify
