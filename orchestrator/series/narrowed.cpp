#include "series/narrowed.h"

#include "facts/sketch.h"
#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace killify {
namespace {

// The line of a body, and those below it, which are empty.
std::string mark_of(std::size_t number, std::size_t lines) {
  return fmt::format("/*@{}@*/", number) + std::string(lines, '\n');
}

bool is_directive(const std::string& line) {
  return trim(line).starts_with('#');
}

}  // namespace

NarrowedText narrowed(const std::string& text, const std::string& function) {
  NarrowedText result;
  if (!text.ends_with('\n')) return {.text = text, .bodies = {}};
  const auto lines = split_lines(text);
  const auto sketch = Sketch::of(text);
  std::size_t copied = 0;  // lines
  auto copy = [&](std::size_t end) {
    for (; copied < end; ++copied) result.text += lines[copied] + '\n';
  };
  for (const auto& extent : sketch->functions()) {
    const auto first = static_cast<std::size_t>(extent.first) - 1;
    const auto last = static_cast<std::size_t>(extent.last) - 1;
    if (extent.name == function || first < copied || last >= lines.size()) continue;
    const auto begin = lines.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = lines.begin() + static_cast<std::ptrdiff_t>(last);
    const auto brace = std::find(begin, end, "{");
    if (brace == end || *end != "}" || brace + 1 == end ||
        std::any_of(brace + 1, end, is_directive))
      continue;
    copy(static_cast<std::size_t>(brace + 1 - lines.begin()));
    result.text += mark_of(result.bodies.size(), static_cast<std::size_t>(end - brace) - 1);
    result.bodies.push_back(join({brace + 1, end}, "\n") + '\n');
    copied = last;
  }
  copy(lines.size());
  return result;
}

std::optional<std::string> restored(const NarrowedText& narrowed, const std::string& changed) {
  std::string text;
  std::size_t copied = 0;
  for (std::size_t i = 0; i < narrowed.bodies.size(); ++i) {
    const auto& body = narrowed.bodies[i];
    const auto mark = mark_of(i, static_cast<std::size_t>(std::ranges::count(body, '\n')));
    const auto at = changed.find(mark, copied);
    if (at == std::string::npos || !changed.substr(at + mark.size()).starts_with('}')) return {};
    text += changed.substr(copied, at - copied) + body;
    copied = at + mark.size();
  }
  return text + changed.substr(copied);
}

}  // namespace killify
