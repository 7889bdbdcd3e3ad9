#include "facts/function_head.h"

#include "facts/lexer.h"

#include <algorithm>

namespace killify {
namespace {

constexpr std::size_t kTab = 8;
constexpr std::size_t kWidth = 80;
constexpr std::size_t kMaxWidth = 100;  // of what cannot be broken (scripts/checkpatch.pl)

std::size_t offset_of(const std::string& text, const Token& token) {
  return static_cast<std::size_t>(token.text.data() - text.data());
}

// Whether it is the kernel-doc of that name: "/**", and then the name.
bool documents(std::string_view comment, std::string_view name) {
  if (!comment.starts_with("/**")) return false;
  const auto first = comment.find_first_not_of("/* \t\n");
  return first != std::string_view::npos && comment.substr(first).starts_with(name);
}

// The comment that ends on the line above `begin`; kernel-doc of the name also above blank lines.
TextRange comment_above(const std::string& text, std::size_t begin, std::string_view name) {
  std::size_t end = begin;
  while (end > 0 && (text[end - 1] == ' ' || text[end - 1] == '\t')) --end;
  if (end == 0 || text[end - 1] != '\n') return {};
  --end;
  const auto line_above = end;
  while (end > 0 && text[end - 1] == '\n') --end;
  if (end < 4 || text.compare(end - 2, 2, "*/") != 0) return {};
  auto open = text.rfind("/*", end - 2);
  if (open == std::string::npos) return {};
  const TextRange comment{open, end};
  const bool directly = end == line_above;
  return directly || documents(std::string_view(text).substr(open, end - open), name) ? comment
                                                                                      : TextRange{};
}

class HeadFinder {
 public:
  HeadFinder(const std::string& text, std::string_view name)
      : text_(text), name_(name), tokens_(tokens_of(text)) {}

  std::vector<FunctionHead> find() {
    std::size_t start = 0;  // the first token of what may be a declaration
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const auto& token = tokens_[i];
      if (is_mark(token, '{') && !token.directive) i = behind_braces(i) - 1;
      if (token.directive || is_mark(token, '{') || is_mark(token, ';') || is_mark(token, '}')) {
        start = i + 1;
      } else if (is_word(token) && token.text == name_ && i > start && i + 1 < tokens_.size() &&
                 is_mark(tokens_[i + 1], '(')) {
        if (auto next = take(start, i); next != i) {
          i = next - 1;
          start = next;
        }
      }
    }
    return std::move(heads_);
  }

 private:
  // The index behind the brace that closes tokens_[open]. A brace in the first column ends a
  // function, whatever #if branches opened twice.
  std::size_t behind_braces(std::size_t open) const {
    int depth = 0;
    for (auto i = open; i < tokens_.size(); ++i) {
      if (tokens_[i].directive) continue;
      if (is_mark(tokens_[i], '{')) ++depth;
      if (is_mark(tokens_[i], '}') && (--depth == 0 || tokens_[i].first_column)) return i + 1;
    }
    return tokens_.size();
  }

  // The declaration from token `start` on whose name is token `at`: the index behind it, or `at`
  // where it is none.
  std::size_t take(std::size_t start, std::size_t at) {
    auto first_is_type = is_word(tokens_[start]) && !is_mark(tokens_[at - 1], '=') &&
                         !is_mark(tokens_[at - 1], '(') && !is_mark(tokens_[at - 1], ',');
    if (!first_is_type) return at;
    FunctionHead head;
    head.begin = offset_of(text_, tokens_[start]);
    head.name = {offset_of(text_, tokens_[at]), offset_of(text_, tokens_[at]) + name_.size()};
    std::size_t i = at + 1;
    int depth = 0;
    std::size_t item = i + 1;  // the first token of a parameter
    for (; i < tokens_.size(); ++i) {
      if (is_mark(tokens_[i], '(')) ++depth;
      bool closes = is_mark(tokens_[i], ')') && --depth == 0;
      if (closes || (depth == 1 && is_mark(tokens_[i], ','))) {
        if (item < i) {
          const auto& last = tokens_[i - 1];
          head.parameters.push_back(
              {offset_of(text_, tokens_[item]), offset_of(text_, last) + last.text.size()});
        }
        item = i + 1;
      }
      if (closes) break;
    }
    if (i == tokens_.size()) return at;
    head.parentheses = {offset_of(text_, tokens_[at + 1]), offset_of(text_, tokens_[i]) + 1};
    if (head.parameters.size() == 1 && one_line(range(head.parameters[0])) == "void")
      head.parameters.clear();
    for (++i; i < tokens_.size() && !is_mark(tokens_[i], ';') && !is_mark(tokens_[i], '{'); ++i)
      if (is_mark(tokens_[i], '=') || is_mark(tokens_[i], '}') || is_mark(tokens_[i], ','))
        return at;
    if (i == tokens_.size()) return at;
    head.definition = is_mark(tokens_[i], '{');
    auto next = head.definition ? behind_braces(i) : i + 1;
    head.end = offset_of(text_, tokens_[next - 1]) + 1;
    head.comment = comment_above(text_, head.begin, name_);
    heads_.push_back(std::move(head));
    return next;
  }

  std::string_view range(TextRange range) const {
    return std::string_view(text_).substr(range.begin, range.end - range.begin);
  }

  const std::string& text_;
  std::string_view name_;
  std::vector<Token> tokens_;
  std::vector<FunctionHead> heads_;
};

}  // namespace

std::vector<FunctionHead> heads_of(const std::string& text, std::string_view name) {
  if (text.find(name) == std::string::npos) return {};
  return HeadFinder(text, name).find();
}

std::size_t column_behind(std::string_view text) {
  auto line = text.rfind('\n');
  std::size_t column = 0;
  for (char c : text.substr(line == std::string_view::npos ? 0 : line + 1))
    column = c == '\t' ? (column / kTab + 1) * kTab : column + 1;
  return column;
}

std::string aligned_list(const std::string& before, const std::vector<std::string>& items,
                         bool one_per_line) {
  auto indent = column_behind(before);
  auto next_line = "\n" + std::string(indent / kTab, '\t') + std::string(indent % kTab, ' ');
  auto text = before;
  for (std::size_t i = 0; i < items.size(); ++i) {
    auto item = items[i] + (i + 1 < items.size() ? "," : "");
    // What follows the last one, ")" or ");", has to fit, too.
    auto width = item.size() + (i + 1 < items.size() ? 0 : 2);
    bool fits = column_behind(text) + 1 + width <= kWidth;
    if (i > 0) text += one_per_line || !fits ? next_line : " ";
    // A choice that fits no line is three.
    if (column_behind(text) + item.size() > kMaxWidth)
      for (const auto* mark : {" ? ", " : "})
        if (auto at = item.find(mark); at != std::string::npos) item.replace(at + 2, 1, next_line);
    text += item;
  }
  return text;
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const auto& token : tokens_of(text)) {
    bool no_blank = line.empty() || line.back() == '*' || line.back() == '(' ||
                    line.back() == '[' || is_mark(token, ',') || is_mark(token, ')') ||
                    is_mark(token, '[') || is_mark(token, ']');
    if (is_mark(token, '(') && !line.empty() && line.back() == ')') no_blank = true;
    if (!no_blank) line += ' ';
    line += token.text;
  }
  return line;
}

}  // namespace killify
