#include "series/layout.h"

#include "facts/lexer.h"
#include "series/token_pairs.h"
#include "support/text.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace killify {
namespace {

// Words that begin a statement which holds others, or a label.
constexpr std::array<std::string_view, 8> kCompound = {"if",     "for",  "while",   "do",
                                                       "switch", "case", "default", "else"};

// A text as tokens and what stands between them.
class Spaced {
 public:
  explicit Spaced(std::string_view text) : text_(text), tokens_(tokens_of(text)) {}

  [[nodiscard]] const std::vector<Token>& tokens() const { return tokens_; }

  // What stands before a token, behind the one before it; of the index behind the last: the end.
  [[nodiscard]] std::string_view gap(std::size_t at) const {
    const auto from = at == 0 ? 0 : begin_of(at - 1) + tokens_[at - 1].text.size();
    return text_.substr(from, (at == tokens_.size() ? text_.size() : begin_of(at)) - from);
  }

 private:
  [[nodiscard]] std::size_t begin_of(std::size_t at) const {
    return static_cast<std::size_t>(tokens_[at].text.data() - text_.data());
  }

  std::string_view text_;
  std::vector<Token> tokens_;
};

std::string without_blanks(std::string_view text) {
  std::string kept;
  std::ranges::copy_if(text, std::back_inserter(kept),
                       [](char c) { return c != ' ' && c != '\t'; });
  return kept;
}

// What stands before the end of the line; a comment of several lines is none of one.
std::string_view rest_of_line(std::string_view gap) {
  return gap.substr(0, gap.find('\n'));
}

bool same_but_for_blanks(std::string_view one, std::string_view other) {
  return one.find('\n') == one.npos && other.find('\n') == other.npos &&
         without_blanks(one) == without_blanks(other);
}

// What stands before the first token of a line, in that line; nothing where it is not the first.
std::optional<std::string_view> indent_of(std::string_view gap) {
  const auto line = gap.rfind('\n');
  if (line == gap.npos || !trim(gap.substr(line)).empty()) return std::nullopt;
  return gap.substr(line + 1);
}

class Layout {
 public:
  Layout(const std::string& before, const std::string& after)
      : before_(before), after_(after), pairs_(token_pairs(before_.tokens(), after_.tokens())) {
    const auto count = after_.tokens().size();
    for (std::size_t at = 0; at <= count; ++at) gaps_.emplace_back(after_.gap(at));
    dropped_.resize(count);
  }

  std::string text() {
    keep_gaps();
    for (std::size_t at = 0; at < dropped_.size(); ++at) keep_indent(at);
    for (std::size_t at = 0; at < dropped_.size(); ++at) keep_comment(at);
    for (std::size_t at = 1; at < dropped_.size(); ++at) drop_braces(at);
    std::string text;
    for (std::size_t at = 0; at < dropped_.size(); ++at) {
      text += gaps_[at];
      if (!dropped_[at]) text += after_.tokens()[at].text;
    }
    return text + gaps_.back();
  }

 private:
  void keep_gaps() {
    for (std::size_t at = 1; at < dropped_.size(); ++at) {
      if (!pairs_[at] || !pairs_[at - 1] || *pairs_[at] != *pairs_[at - 1] + 1) continue;
      if (took_a_keywords_place(at - 1)) continue;
      const auto was = before_.gap(*pairs_[at]);
      if (same_but_for_blanks(was, gaps_[at])) gaps_[at] = was;
    }
  }

  // "while (f(x))" that became "f(x)": no call has a blank there.
  [[nodiscard]] bool took_a_keywords_place(std::size_t at) const {
    const auto was = before_.tokens()[*pairs_[at]].text;
    return was != after_.tokens()[at].text && std::ranges::find(kCompound, was) != kCompound.end();
  }

  // The token's pair, or what stands before the pair of the next one, where that is the same: of
  // two "return" the one that is new may have got the pair.
  [[nodiscard]] std::optional<std::size_t> pair_by_next(std::size_t at) const {
    if (pairs_[at]) return pairs_[at];
    if (at + 1 == pairs_.size() || !pairs_[at + 1] || *pairs_[at + 1] == 0) return std::nullopt;
    const auto before_it = *pairs_[at + 1] - 1;
    if (before_.tokens()[before_it].text != after_.tokens()[at].text) return std::nullopt;
    return before_it;
  }

  [[nodiscard]] bool begins_statement(std::size_t at) const {
    if (at == 0) return false;
    const auto before_it = after_.tokens()[at - 1].text;
    return before_it == ";" || before_it == "{" || before_it == "}";
  }

  // A statement in several lines that spatch put into braces is indented as its second line is.
  void keep_indent(std::size_t at) {
    const auto pair = begins_statement(at) ? pair_by_next(at) : std::nullopt;
    if (!pair) return;
    const auto was = indent_of(before_.gap(*pair));
    const auto now = indent_of(gaps_[at]);
    if (!was || !now || was->find(' ') != was->npos || now->find(' ') == now->npos) return;
    gaps_[at].replace(gaps_[at].size() - now->size(), now->size(), *was);
  }

  // A comment behind a token, on its line, stays there where new tokens came between.
  void keep_comment(std::size_t at) {
    if (!pairs_[at]) return;
    const auto was = rest_of_line(before_.gap(*pairs_[at] + 1));
    const auto comment = trim(was);
    if (comment.empty() || trim(rest_of_line(gaps_[at + 1])) == comment) return;
    for (auto gap = at + 2; gap < gaps_.size() && !pairs_[gap - 1]; ++gap) {
      const auto rest = rest_of_line(gaps_[gap]);
      if (trim(rest) != comment) continue;
      gaps_[gap].erase(0, rest.size());
      gaps_[at + 1].insert(0, was);
      return;
    }
  }

  // Of the statement in new braces that open there, where it is one, and simple: where they close.
  [[nodiscard]] std::optional<std::size_t> closing_of_one(std::size_t open) const {
    const auto& tokens = after_.tokens();
    if (!is_mark(tokens[open], '{') || pairs_[open] ||
        !(is_mark(tokens[open - 1], ')') || tokens[open - 1].text == "else"))
      return std::nullopt;
    std::size_t close = open + 1;
    int depth = 0;
    for (; close < tokens.size(); ++close) {
      const auto& token = tokens[close];
      if (token.directive || is_mark(token, '{')) return std::nullopt;
      if (is_mark(token, '}')) break;
      if (is_mark(token, '(')) ++depth;
      if (is_mark(token, ')')) --depth;
      if (is_mark(token, ';') && depth == 0) break;
    }
    if (close == open + 1 || close + 1 >= tokens.size() || !is_mark(tokens[close], ';'))
      return std::nullopt;
    const auto& first = tokens[open + 1].text;
    if (std::ranges::find(kCompound, first) != kCompound.end() || is_mark(tokens[open + 2], ':') ||
        !is_mark(tokens[close + 1], '}') || pairs_[close + 1])
      return std::nullopt;
    return close + 1;
  }

  void drop_braces(std::size_t open) {
    const auto close = closing_of_one(open);
    if (!close) return;
    dropped_[open] = true;
    dropped_[*close] = true;
    if (trim(gaps_[open]).empty()) gaps_[open].clear();
    const bool else_behind =
        *close + 1 < dropped_.size() && after_.tokens()[*close + 1].text == "else";
    if (else_behind && gaps_[*close + 1].find('\n') == std::string::npos)
      gaps_[*close + 1].clear();
    else if (const auto line = gaps_[*close].rfind('\n'); line != std::string::npos)
      gaps_[*close].erase(line);
  }

  Spaced before_;
  Spaced after_;
  std::vector<std::optional<std::size_t>> pairs_;
  std::vector<std::string> gaps_;  // before each token of `after`, and behind the last
  std::vector<bool> dropped_;
};

}  // namespace

std::string with_layout_of(const std::string& before, const std::string& after) {
  return before == after ? after : Layout(before, after).text();
}

}  // namespace killify
