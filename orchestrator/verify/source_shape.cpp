#include "verify/source_shape.h"

#include "support/text.h"

#include <fmt/format.h>

#include <cctype>

namespace killify {
namespace {

bool in_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

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
      first_.push_back(fmt::format("{} (line {})", trim(text), line));
      open(line, std::string(trim(text)));
    } else if (word == "endif") {
      if (!first_.empty()) first_.pop_back();
    } else if (!first_.empty()) {  // #else or #elif
      open(line, fmt::format("{} of {}", trim(text), first_.back()));
    }
    return around;
  }

 private:
  void open(int line, std::string condition) {
    all_.push_back({current(), line, std::move(condition)});
    open_.push_back(all_.size() - 1);
  }

  std::vector<SourceGroup>& all_;
  std::vector<std::size_t> open_;
  std::vector<std::string> first_;  // the #if of each open one
};

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
  int number = 0;
  for (const std::string& line : split_lines(without_comments(text))) {
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
        entry.group = groups.read(word, line, number);
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
