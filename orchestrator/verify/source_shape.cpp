#include "verify/source_shape.h"

#include "support/text.h"

#include <fmt/format.h>

#include <cctype>
#include <optional>

namespace killify {
namespace {

// "define" of "#  define X"; "" where the line is no directive.
std::string_view directive_of(std::string_view line) {
  line = trim(line);
  if (!line.starts_with('#')) return {};
  line = trim(line.substr(1));
  std::size_t end = 0;
  while (end < line.size() && in_word(line[end])) ++end;
  return line.substr(0, end);
}

std::string macro_of(std::string_view line) {
  std::string_view rest = line.substr(line.find("define") + 6);
  rest = trim(rest);
  std::size_t end = 0;
  while (end < rest.size() && in_word(rest[end])) ++end;
  return std::string(rest.substr(0, end));
}

// What a directive asks: "defined(X)" of "#ifdef X", the expression of "#if" and "#elif".
Need need_of(std::string_view word, std::string_view text) {
  const std::string rest(trim(text.substr(text.find(word) + word.size())));
  if (word == "ifdef" || word == "elifdef") return {"defined(" + rest + ")", true};
  if (word == "ifndef" || word == "elifndef") return {"defined(" + rest + ")", false};
  return {rest, true};
}

// The groups that are open while lines are read.
class Groups {
 public:
  explicit Groups(std::vector<SourceGroup>& all) : all_(all) {
    all_.push_back({0, 0, ""});
    open_.push_back(0);
  }
  [[nodiscard]] std::size_t current() const { return open_.back(); }

  // The line of a conditional directive; it stands in the group around the one that it opens.
  std::size_t read(std::string_view word, std::string_view text, int line) {
    const bool begins = word.starts_with("if");
    if (!begins && open_.size() > 1) open_.pop_back();
    const std::size_t around = current();
    if (begins) {
      chains_.push_back({fmt::format("{} (line {})", trim(text), line), {}});
      open(line, std::string(trim(text)), need_of(word, text));
    } else if (word == "endif") {
      if (!chains_.empty()) chains_.pop_back();
    } else if (!chains_.empty()) {
      const std::string condition = fmt::format("{} of {}", trim(text), chains_.back().first);
      open(line, condition, word == "else" ? std::nullopt : std::optional(need_of(word, text)));
    }
    return around;
  }

 private:
  // An #if, and what the groups of its chain so far asked.
  struct Chain {
    std::string first;
    std::vector<Need> asked;
  };

  void open(int line, std::string condition, const std::optional<Need>& need) {
    SourceGroup group{current(), line, std::move(condition), {}};
    for (const Need& before : chains_.back().asked)
      group.needs.push_back({before.expression, !before.holds});
    if (need) {
      group.needs.push_back(*need);
      chains_.back().asked.push_back(*need);
    }
    all_.push_back(std::move(group));
    open_.push_back(all_.size() - 1);
  }

  std::vector<SourceGroup>& all_;
  std::vector<std::size_t> open_;
  std::vector<Chain> chains_;
};

// A directive with the lines that a '\\' continues it on, as one.
std::string whole_directive(const std::vector<std::string>& lines, std::size_t at) {
  std::string text(trim(lines[at]));
  while (text.ends_with('\\') && at + 1 < lines.size()) {
    text.pop_back();
    text = std::string(trim(text)) + ' ' + std::string(trim(lines[++at]));
  }
  return text;
}

}  // namespace

std::string without_comments(std::string_view text) {
  enum class In { kCode, kLineComment, kComment, kString, kCharacter } in = In::kCode;
  std::string out(text);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const char c = text[i];
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    switch (in) {
      case In::kCode:
        if (c == '/' && (next == '*' || next == '/')) {
          in = next == '*' ? In::kComment : In::kLineComment;
          out[i] = out[i + 1] = ' ';
          ++i;
        } else if (c == '"') {
          in = In::kString;
        } else if (c == '\'') {
          in = In::kCharacter;
        }
        break;
      case In::kLineComment:
        if (c == '\n')
          in = In::kCode;
        else
          out[i] = ' ';
        break;
      case In::kComment:
        if (c == '*' && next == '/') {
          out[i] = out[i + 1] = ' ';
          ++i;
          in = In::kCode;
        } else if (c != '\n') {
          out[i] = ' ';
        }
        break;
      case In::kString:
      case In::kCharacter:
        if (c == '\\') ++i;
        // No literal goes over the end of a line: an apostrophe in an assembler's comment is none.
        else if (c == '\n' || c == (in == In::kString ? '"' : '\''))
          in = In::kCode;
        break;
    }
  }
  return out;
}

SourceShape shape_of(std::string_view text) {
  SourceShape shape;
  Groups groups(shape.groups);
  bool continued = false;
  const auto lines = split_lines(without_comments(text));
  int number = 0;
  for (const std::string& line : lines) {
    ++number;
    SourceLine entry;
    entry.group = groups.current();
    entry.starts = number;
    if (continued) {
      const SourceLine& before = shape.lines.back();
      entry.kind = before.kind;
      entry.group = before.group;
      entry.starts = before.starts;
      entry.macro = before.macro;
    } else if (const std::string_view word = directive_of(line); !word.empty()) {
      if (word.starts_with("if") || word.starts_with("el") || word == "endif") {
        entry.kind = LineKind::kConditional;
        entry.group = groups.read(word, whole_directive(lines, shape.lines.size()), number);
      } else {
        entry.kind = word == "define" ? LineKind::kDefine : LineKind::kDirective;
        if (word == "define") entry.macro = macro_of(line);
      }
    } else if (!trim(line).empty()) {
      entry.kind = LineKind::kCode;
    }
    const bool directive = entry.kind != LineKind::kCode && entry.kind != LineKind::kBlank;
    continued = directive && trim(line).ends_with('\\');
    shape.lines.push_back(std::move(entry));
  }
  return shape;
}

}  // namespace killify
