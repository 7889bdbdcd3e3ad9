#include "series/stale_code.h"

#include "facts/top_level.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <string_view>
#include <vector>

namespace killify {
namespace {

// Parts of words that a comment about signals has, in small letters.
constexpr std::array<std::string_view, 5> kOfSignals = {"interruptib", "interrupted", "signal",
                                                        "eintr", "erestart"};

bool speaks_of_signals(std::string_view comment) {
  std::string small(comment);
  std::ranges::transform(small, small.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::ranges::any_of(kOfSignals,
                             [&](std::string_view part) { return small.find(part) != small.npos; });
}

// Where a comment between these lines speaks of signals; 0: nowhere.
int comment_of_signals(std::string_view text, const std::vector<Token>& tokens, int first,
                       int last) {
  std::string_view rest = text;
  int line = 1;
  const auto look = [&](std::string_view gap) {
    // A comment's first line is told.
    const int begin = line + static_cast<int>(std::ranges::count(
                                 gap.substr(0, std::min(gap.find('/'), gap.size())), '\n'));
    line += static_cast<int>(std::ranges::count(gap, '\n'));
    return begin >= first && begin <= last && speaks_of_signals(gap) ? begin : 0;
  };
  for (const Token& token : tokens) {
    const auto before = static_cast<std::size_t>(token.text.data() - rest.data());
    if (const int found = look(rest.substr(0, before)); found > 0) return found;
    line += static_cast<int>(std::ranges::count(token.text, '\n'));
    rest.remove_prefix(before + token.text.size());
  }
  return look(rest);
}

// The labels that a function jumps to, and those that stand in it.
struct Labels {
  std::set<std::string> used;
  std::set<std::string> there;
};

Labels labels_between(const std::vector<Token>& tokens, int first, int last) {
  Labels labels;
  for (std::size_t i = 1; i + 1 < tokens.size(); ++i) {
    if (tokens[i].line < first || tokens[i].line > last || !is_word(tokens[i])) continue;
    const bool begins = is_mark(tokens[i - 1], ';') || is_mark(tokens[i - 1], '}') ||
                        is_mark(tokens[i - 1], '{') || is_mark(tokens[i - 1], ':');
    if (tokens[i - 1].text == "goto")
      labels.used.emplace(tokens[i].text);
    else if (begins && is_mark(tokens[i + 1], ':'))
      labels.there.emplace(tokens[i].text);
  }
  return labels;
}

}  // namespace

std::string stale_code(const Sketch& before, const Sketch& after, const std::string& function) {
  const auto tokens = tokens_of(after.text());
  const auto old_tokens = tokens_of(before.text());
  std::set<std::string> used_before;
  for (const TopLevelItem& item : top_level_items(before, function))
    if (item.definition) used_before.merge(labels_between(old_tokens, item.first, item.last).used);
  for (const TopLevelItem& item : top_level_items(after, function)) {
    if (!item.definition) continue;
    const int first = item.comment > 0 ? item.comment : item.first;
    if (const int line = comment_of_signals(after.text(), tokens, first, item.last); line > 0)
      return fmt::format("a comment of {}() speaks of signals (line {} of the new text)", function,
                         line);
    const Labels labels = labels_between(tokens, item.first, item.last);
    for (const std::string& label : labels.there)
      if (used_before.contains(label) && !labels.used.contains(label))
        return fmt::format("nothing would jump to the label {} of {}() any more", label, function);
  }
  return {};
}

}  // namespace killify
