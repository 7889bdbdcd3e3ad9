#include "apply/damage.h"

#include "apply/spatch_diff.h"
#include "facts/lexer.h"
#include "support/text.h"
#include "tree/text_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

namespace killify {
namespace {

constexpr std::size_t kColumns = 100;  // where checkpatch.pl complains
constexpr std::size_t kTabStop = 8;
constexpr std::size_t kShown = 50;  // columns of a comment that is named

// The numbers of the lines of `after` that `before` does not have, and a line near each loss.
struct Difference {
  std::set<int> added;
  std::vector<std::pair<int, int>> places;  // old line -> new line, at each hunk's line
};

Result<Difference> difference(const std::string& before, const std::string& after) {
  KILLIFY_TRY(const std::string diff, unified_diff("a", before, after));
  Difference found;
  const PrintedByPath printed = printed_by_path(diff);
  for (const auto& [path, diffs] : printed.diffs)
    for (const auto& hunks : diffs) {
      int old_line = 0;
      int new_line = 0;
      for (const std::string& line : hunks) {
        if (line.starts_with("@@ ")) {
          const auto minus = line.find('-');
          const auto plus = line.find('+');
          std::from_chars(line.data() + minus + 1, line.data() + line.size(), old_line);
          std::from_chars(line.data() + plus + 1, line.data() + line.size(), new_line);
          continue;
        }
        found.places.emplace_back(old_line, new_line);
        const char mark = line.empty() ? ' ' : line[0];
        if (mark == '+') found.added.insert(new_line);
        if (mark == ' ' || mark == '+') ++new_line;
        if (mark == ' ' || mark == '-') ++old_line;
      }
    }
  return found;
}

std::string mended(std::string line) {
  while (line.ends_with(' ') || line.ends_with('\t')) line.pop_back();
  const auto indent = line.find_first_not_of(" \t");
  if (indent == std::string::npos) return line;
  std::string blanks;
  std::string spaces;
  for (std::size_t i = 0; i < indent; ++i) {
    if (line[i] == ' ') {
      spaces += ' ';
      continue;
    }
    spaces.clear();  // the tab takes them in
    blanks += '\t';
  }
  return blanks + spaces + line.substr(indent);
}

std::size_t columns(std::string_view line) {
  std::size_t column = 0;
  for (const char c : line) {
    if (c == '\t')
      column += kTabStop - column % kTabStop;
    else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U)  // not the rest of a character
      ++column;
  }
  return column;
}

struct Comment {
  std::string text;  // on one line
  int line = 0;
};

void add_comments(std::string_view gap, int line, std::vector<Comment>& comments) {
  for (std::size_t i = 0; i + 1 < gap.size(); ++i) {
    if (gap[i] == '\n') ++line;
    if (gap[i] != '/' || (gap[i + 1] != '*' && gap[i + 1] != '/')) continue;
    const bool block = gap[i + 1] == '*';
    auto end = block ? gap.find("*/", i + 2) : gap.find('\n', i);
    end = end == std::string_view::npos ? gap.size() : end + (block ? 2 : 0);
    const std::string_view written = gap.substr(i, end - i);
    std::string words;
    for (const char c : written) {
      const bool blank = c == ' ' || c == '\t' || c == '\n';
      if (!blank)
        words += c;
      else if (!words.ends_with(' '))
        words += ' ';
    }
    comments.push_back({std::move(words), line});
    line += static_cast<int>(std::ranges::count(written, '\n'));
    i = end - 1;
  }
}

std::vector<Comment> comments_of(const std::string& text) {
  std::vector<Comment> comments;
  const char* behind = text.data();
  int line = 1;
  for (const Token& token : tokens_of(text)) {
    add_comments({behind, static_cast<std::size_t>(token.text.data() - behind)}, line, comments);
    behind = token.text.data() + token.text.size();
    line = token.line + static_cast<int>(std::ranges::count(token.text, '\n'));
  }
  add_comments({behind, static_cast<std::size_t>(text.data() + text.size() - behind)}, line,
               comments);
  return comments;
}

struct Conditional {
  std::string text;  // "#ifdef CONFIG_X"
  int line = 0;
};

// Those #if that are followed by their #endif.
std::vector<Conditional> empty_conditionals(const std::string& text) {
  std::vector<Conditional> empty;
  int opened = 0;
  const std::vector<std::string> lines = split_lines(text);
  const std::vector<Token> tokens = tokens_of(text);
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (!tokens[i].directive) opened = 0;
    if (!tokens[i].opens_directive) continue;
    const std::string_view word = tokens[i + 1].text;
    if (word == "endif" && opened != 0)
      empty.push_back({std::string(trim(lines.at(static_cast<std::size_t>(opened) - 1))), opened});
    opened = word == "if" || word == "ifdef" || word == "ifndef" ? tokens[i].line : 0;
  }
  return empty;
}

int new_line_of(int old_line, const Difference& differs) {
  int at = 1;
  for (const auto& [before, after] : differs.places)
    if (before <= old_line) at = after;
  return std::max(at, 1);
}

void name_lost_comments(const std::string& before, const std::string& after,
                        const Difference& differs, std::vector<Remark>& remarks) {
  std::map<std::string, int> there;
  for (const Comment& comment : comments_of(after)) ++there[comment.text];
  for (const Comment& comment : comments_of(before))
    if (--there[comment.text] < 0)
      remarks.push_back({new_line_of(comment.line, differs),
                         "a comment is gone: " + elide_middle(comment.text, kShown)});
}

// The brace of a new function on a line of its own: spatch prints some behind the parameters.
std::string with_own_braces(const std::string& after, const Difference& differs) {
  std::vector<std::string> lines = split_lines(after);
  for (const int number : differs.added) {
    if (number < 1 || static_cast<std::size_t>(number) > lines.size()) continue;
    std::string& line = lines[static_cast<std::size_t>(number) - 1];
    if (line.ends_with("){") && in_word(line.front())) line.insert(line.size() - 1, "\n");
  }
  return join(lines, "\n") + (after.ends_with('\n') ? "\n" : "");
}

}  // namespace

Result<CheckedText> checked_text(const std::string& before, const std::string& after) {
  KILLIFY_TRY(Difference differs, difference(before, after));
  const std::string text = with_own_braces(after, differs);
  if (text != after) {
    KILLIFY_TRY(differs, difference(before, text));
  }
  CheckedText checked;
  std::vector<std::string> lines = split_lines(text);
  for (const int number : differs.added) {
    if (number < 1 || static_cast<std::size_t>(number) > lines.size()) continue;
    std::string& line = lines[static_cast<std::size_t>(number) - 1];
    const bool carriage = line.ends_with('\r');
    if (carriage) line.pop_back();
    line = mended(std::move(line));
    if (const auto wide = columns(line); wide > kColumns)
      checked.remarks.push_back({number, fmt::format("a line of {} columns", wide)});
    if (carriage) line += '\r';
  }
  checked.text = join(lines, "\n");
  if (text.ends_with('\n')) checked.text += '\n';
  name_lost_comments(before, text, differs, checked.remarks);
  std::map<std::string, int> were_empty;
  for (const Conditional& one : empty_conditionals(before)) ++were_empty[one.text];
  for (const Conditional& one : empty_conditionals(text))
    if (--were_empty[one.text] < 0)
      checked.remarks.push_back({one.line, "nothing is left in " + elide_middle(one.text, kShown)});
  std::ranges::stable_sort(checked.remarks, {}, &Remark::line);
  return checked;
}

}  // namespace killify
