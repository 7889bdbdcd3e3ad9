// What kind of thing each line of a C file is, and which #if it stands under: without a
// preprocessor, so that lines that no configuration lets through are known, too.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace killify {

enum class LineKind {
  kBlank,        // nothing, or a comment
  kConditional,  // #if and its like
  kDefine,
  kDirective,  // #include, #undef, #pragma ...
  kCode,
};

struct SourceLine {
  LineKind kind = LineKind::kBlank;
  std::size_t group = 0;  // index of the group that it stands in
  int starts = 0;         // the line where its directive starts, where a '\' continues one
  std::string macro;      // of kDefine: its name
};

// An expression of the preprocessor, and what it must be.
struct Need {
  std::string expression;  // "defined(CONFIG_X)"
  bool holds = true;

  bool operator==(const Need&) const = default;
};

// The lines from one of #if, #elif, #else to the next of them or #endif. Group 0 is the file.
struct SourceGroup {
  std::size_t parent = 0;
  int line = 0;
  std::string condition;      // "#ifdef CONFIG_X", "#else of #ifdef CONFIG_X (line 3)"
  std::vector<Need> needs{};  // all of them, for its lines to come through where the parent's do
};

struct SourceShape {
  std::vector<SourceLine> lines;  // line N is at [N - 1]
  std::vector<SourceGroup> groups;

  [[nodiscard]] const SourceLine& line(int number) const {
    return lines.at(static_cast<std::size_t>(number - 1));
  }
};

[[nodiscard]] SourceShape shape_of(std::string_view text);

// The same text with a blank for each character of a comment; lines stay where they are.
[[nodiscard]] std::string without_comments(std::string_view text);

}  // namespace killify
