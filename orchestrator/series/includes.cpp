#include "series/includes.h"

#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>

namespace killify {
namespace {

// "if" of "#  if defined(X)", "" for a line that is no directive.
std::string_view directive(std::string_view line) {
  line = trim(line);
  if (!line.starts_with('#')) return {};
  line = trim(line.substr(1));
  return line.substr(0, line.find_first_not_of("abcdefghijklmnopqrstuvwxyz"));
}

// "linux/mm.h" of "#include <linux/mm.h>", "" for any other line.
std::string_view included(std::string_view line) {
  const std::size_t open = line.find('<');
  const std::size_t close = line.find('>');
  if (directive(line) != "include" || open == std::string_view::npos ||
      close == std::string_view::npos || close < open)
    return {};
  return line.substr(open + 1, close - open - 1);
}

// The offset behind "#ifndef X", "#define X" at the top of a header; 0 where it has no such guard.
std::size_t behind_guard(const std::string& text) {
  std::string_view guard;
  for (std::size_t start = 0; start < text.size();) {
    std::size_t end = text.find('\n', start);
    end = end == std::string::npos ? text.size() : end + 1;
    const std::string_view line = trim(std::string_view(text).substr(start, end - start));
    const std::string_view word = directive(line);
    const auto name = trim(line.substr(std::min(line.rfind(' ') + 1, line.size())));
    if (guard.empty() && word == "ifndef")
      guard = name;
    else if (!guard.empty() && word == "define")
      return name == guard ? end : 0;
    else if (!word.empty())
      return 0;
    start = end;
  }
  return 0;
}

}  // namespace

std::string with_include(const std::string& text, std::string_view header) {
  const std::string_view directory = header.substr(0, header.find('/') + 1);
  std::optional<std::size_t> before;  // where the new line goes
  std::optional<std::size_t> after_any;
  const std::size_t guarded = behind_guard(text);
  int conditions = guarded > 0 ? -1 : 0;  // the guard is no condition
  for (std::size_t start = 0; start < text.size();) {
    std::size_t end = text.find('\n', start);
    end = end == std::string::npos ? text.size() : end + 1;
    const std::string_view line = std::string_view(text).substr(start, end - start);
    const std::string_view name = included(line);
    const std::string_view word = directive(line);
    if (word.starts_with("if")) ++conditions;
    if (word == "endif") --conditions;
    if (conditions == 0 && word == "include") {
      if (name == header) return text;
      after_any = end;
      if (name.starts_with(directory)) {
        if (name < header)
          before = end;
        else if (!before)
          before = start;
      }
    }
    start = end;
  }
  if (!before) before = after_any;
  if (!before && guarded > 0)
    return text.substr(0, guarded) + fmt::format("\n#include <{}>\n", header) +
           text.substr(guarded);
  if (!before) return text;
  return text.substr(0, *before) + fmt::format("#include <{}>\n", header) + text.substr(*before);
}

}  // namespace killify
