#include "series/alignment.h"

#include <algorithm>
#include <string_view>

namespace killify {
namespace {

constexpr std::size_t kTab = 8;

// The columns behind the parentheses that a line opens, and how many of the others it closes.
class Parentheses {
 public:
  void take(std::string_view line) {
    if (line.starts_with('}')) open_.clear();  // ends a function, whatever stood in its comments
    std::size_t column = 0;
    char quote = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const char c = line[i];
      column = next_column(column, c);
      if (quote != 0) {
        if (c == '\\' && i + 1 < line.size()) column = next_column(column, line[++i]);
        if (c == quote) quote = 0;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (line.substr(i).starts_with("//")) {
        return;
      } else if (c == '(') {
        open_.push_back(column);
      } else if (c == ')' && !open_.empty()) {
        open_.pop_back();
      }
    }
  }

  [[nodiscard]] const std::vector<std::size_t>& open() const { return open_; }

 private:
  std::vector<std::size_t> open_;
};

std::size_t indentation(std::string_view line) {
  std::size_t column = 0;
  for (const char c : line) {
    if (c != ' ' && c != '\t') break;
    column = next_column(column, c);
  }
  return column;
}

std::string indented(std::string_view line, std::size_t column) {
  const std::size_t code = std::min(line.find_first_not_of(" \t"), line.size());
  return std::string(column / kTab, '\t') + std::string(column % kTab, ' ') +
         std::string(line.substr(code));
}

}  // namespace

std::size_t next_column(std::size_t column, char c) {
  return c == '\t' ? (column / kTab + 1) * kTab : column + 1;
}

std::vector<std::string> realigned(const std::vector<std::string>& before,
                                   std::vector<std::string> after, Align which) {
  Parentheses was;
  Parentheses is;
  for (std::size_t i = 0; i < std::min(before.size(), after.size()); ++i) {
    if (!was.open().empty() && was.open().size() == is.open().size()) {
      const auto column = indentation(before[i]);
      const auto open = was.open().back();
      const bool belongs = column == open || (which == Align::kBehind && column > open);
      if (belongs && column != is.open().back()) after[i] = indented(after[i], is.open().back());
    }
    was.take(before[i]);
    is.take(after[i]);
  }
  return after;
}

}  // namespace killify
