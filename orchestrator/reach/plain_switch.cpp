#include "reach/plain_switch.h"

#include "reach/condition.h"
#include "reach/plain_code.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

namespace killify {
namespace {

using Span = std::span<const Token>;

class Switch {
 public:
  Switch(const Tokens& tokens, std::size_t at, const SwitchQuestion& question)
      : tokens_(tokens),
        at_(at),
        question_(question),
        close_(closing(tokens, at + 1)),
        end_(end_of_statement(tokens, at)) {}

  bool rewrite(Rewriting& out) {
    if (end_ >= tokens_.size() || !is(tokens_[close_ + 1], "{")) return false;
    const auto asked = without_parentheses(Span(tokens_).subspan(at_ + 2, close_ - at_ - 2));
    if (asked.empty() || !is_word(asked[0]) || !question_.holders.contains(asked[0].text))
      return false;
    const auto first = static_cast<std::size_t>(asked.data() - tokens_.data());
    // "switch (ret = f())" and "switch (f())" ask about a variable first.
    const bool assigns = is_assignment(asked, 1);
    const bool calls = is_at(asked, 1, "(") && closing(asked, 1) == asked.size() - 1;
    if (asked.size() > 1 && !assigns && !calls) return false;
    const auto name =
        calls ? fmt::format("result_{}", question_.number) : std::string(asked[0].text);
    const auto behind = fmt::format("behind_{}", question_.number);
    out.drop(at_, first);
    out.drop(first + asked.size(), close_);
    auto before = question_.unbraced ? std::string("{ ") : std::string();
    if (asked.size() == 1)
      out.drop(first);
    else
      out.add_before(first, before + (calls ? name + " = " : ""));
    const auto begin = asked.size() > 1 ? "; if (" : before + "if (";
    out.put(close_, fmt::format("{}{}) {{ {} }} switch (any_{})", begin, name, for_error(behind),
                                question_.number));
    out.add_behind(end_, fmt::format(" {}: ;{}", behind, question_.unbraced ? " }" : ""));
    return true;
  }

 private:
  // What leads to a part of the body.
  struct Entry {
    enum class Match { kNo, kMaybe, kYes };
    std::size_t at;  // behind the colon
    Match match;
    bool is_default;
  };

  // The statements for the error.
  std::string for_error(const std::string& behind) {
    read_entries();
    const Entry* sure = nullptr;
    const Entry* otherwise = nullptr;
    for (const auto& entry : entries_) {
      if (entry.match == Entry::Match::kYes) sure = &entry;
      if (entry.is_default) otherwise = &entry;
    }
    std::string code;
    int alternatives = 0;
    if (sure == nullptr)
      for (const auto& entry : entries_) {
        if (entry.match != Entry::Match::kMaybe) continue;
        const auto body = body_at(entry.at, behind);
        if (!body) return unknown();
        code += fmt::format("if (maybe_{}_{}) {{ {} }} ", question_.number, ++alternatives, *body);
      }
    const auto* last = sure != nullptr ? sure : otherwise;
    if (last == nullptr) return code + "goto " + behind + ";";
    const auto body = body_at(last->at, behind);
    return body ? code + *body : unknown();
  }

  static std::string unknown() { return fmt::format("return {};", kUnknownResult); }

  void read_entries() {
    for (auto i = close_ + 2; i < end_; ++i) {
      if (is(tokens_[i], "{") || is(tokens_[i], "(")) i = closing(tokens_, i);
      const bool is_default = is_at(tokens_, i, "default") && is_at(tokens_, i + 1, ":");
      if (!is_at(tokens_, i, "case") && !is_default) continue;
      auto colon = i;
      while (colon < end_ && !is(tokens_[colon], ":")) ++colon;
      const auto label = Span(tokens_).subspan(i + 1, colon - i - 1);
      entries_.push_back({colon + 1, is_default ? Entry::Match::kNo : match(label), is_default});
      i = colon;
    }
  }

  [[nodiscard]] Entry::Match match(Span label) const {
    label = without_parentheses(label);
    if (label.size() == 1 && label[0].kind == Token::Kind::kNumber) return Entry::Match::kNo;
    const auto number = error_number(label);
    if (number.empty() || question_.error.empty()) return Entry::Match::kMaybe;
    return number == question_.error ? Entry::Match::kYes : Entry::Match::kNo;
  }

  // A copy of what runs from there until it leaves the switch; nothing where a copy would not do
  // the same.
  [[nodiscard]] std::optional<std::string> body_at(std::size_t first,
                                                   const std::string& behind) const {
    std::string code;
    bool left = false;
    for (auto i = first; i < end_ && !left;) {
      if (is(tokens_[i], "case") || is(tokens_[i], "default")) {
        while (i < end_ && !is(tokens_[i], ":")) ++i;
        ++i;
        continue;
      }
      const auto last = end_of_statement(tokens_, i);
      if (last >= end_) return std::nullopt;
      const auto one = copied(i, last, behind);
      if (!one) return std::nullopt;
      code += *one + ' ';
      left = leaves(tokens_, i, last);
      i = last + 1;
    }
    return left ? code : code + "goto " + behind + ";";
  }

  [[nodiscard]] std::optional<std::string> copied(std::size_t first, std::size_t last,
                                                  const std::string& behind) const {
    const auto statement = Span(tokens_).subspan(first, last - first + 1);
    Tokens copy(statement.begin(), statement.end());
    const auto jump = "goto " + behind;
    std::size_t inside = 0;  // the end of a loop or a switch, whose own "break" it is
    for (std::size_t i = 0; i < copy.size(); ++i) {
      if (copy[i].directive || is(copy[i], question_.callee) || is_label(statement, i))
        return std::nullopt;
      if (i < inside) continue;
      if (is_loop(statement, i)) inside = end_of_statement(statement, i);
      if (is(copy[i], "break")) copy[i].text = jump;
    }
    // The jumps point elsewhere, and so do not run into what is around them.
    return written(copy);
  }

  // What a goto may lead to: a copy would be a second one.
  [[nodiscard]] static bool is_label(Span tokens, std::size_t at) {
    return is_word(tokens[at]) && is_at(tokens, at + 1, ":") && !is(tokens[at], "default") &&
           (at == 0 || std::string_view(";{}").find(tokens[at - 1].text) != std::string_view::npos);
  }

  // One of a macro, too.
  [[nodiscard]] static bool is_loop(Span tokens, std::size_t at) {
    if (is(tokens[at], "do")) return true;
    if (!is_word(tokens[at]) || is(tokens[at], "if") || !is_at(tokens, at + 1, "(")) return false;
    return is(tokens[at], "for") || is(tokens[at], "while") || is(tokens[at], "switch") ||
           is_at(tokens, closing(tokens, at + 1) + 1, "{");
  }

  const Tokens& tokens_;
  std::size_t at_;
  const SwitchQuestion& question_;
  std::size_t close_;
  std::size_t end_;
  std::vector<Entry> entries_;
};

}  // namespace

bool plain_switch(const Tokens& tokens, std::size_t at, const SwitchQuestion& question,
                  Rewriting& out) {
  return Switch(tokens, at, question).rewrite(out);
}

}  // namespace killify
