#include "series/narrowed.h"

#include "facts/sketch.h"
#include "support/text.h"

#include <algorithm>
#include <cstddef>
#include <map>

namespace killify {
namespace {

using Lines = std::vector<std::string>;

// Empties all other lines.
void leave_directives(Lines::iterator first, Lines::iterator last) {
  bool continued = false;
  for (auto line = first; line != last; ++line) {
    const bool directive = continued || trim(*line).starts_with('#');
    continued = directive && line->ends_with('\\');
    if (!directive) line->clear();
  }
}

std::string text_of(Lines::const_iterator first, Lines::const_iterator last) {
  std::string text;
  for (auto line = first; line != last; ++line) text += *line + '\n';
  return text;
}

// Iterators to the first line of a function and behind its last.
auto lines_of(const Lines& lines, const FunctionExtent& extent) {
  return std::pair(lines.begin() + extent.first - 1, lines.begin() + extent.last);
}

}  // namespace

std::optional<NarrowedText> narrowed(const std::string& text, const std::string& function) {
  if (!text.ends_with('\n')) return std::nullopt;
  const auto sketch = Sketch::of(text);
  const auto& functions = sketch->functions();
  if (std::ranges::count(functions, function, &FunctionExtent::name) != 1) return std::nullopt;
  const auto& wanted = *std::ranges::find(functions, function, &FunctionExtent::name);
  auto lines = split_lines(text);
  NarrowedText result;
  for (const auto& extent : functions) {
    if (extent.name == function) continue;
    const auto first = lines.begin() + extent.first - 1;
    const auto last = lines.begin() + extent.last - 1;
    const auto brace = std::find(first, last, "{");
    const bool overlaps = extent.first <= wanted.last && extent.last >= wanted.first;
    if (overlaps || brace == last || *last != "}")
      result.others.insert(extent.name);
    else
      leave_directives(brace + 1, last);
  }
  const auto [first, last] = lines_of(lines, wanted);
  result.before = text_of(lines.cbegin(), first);
  result.behind = text_of(last, lines.cend());
  result.text = result.before + text_of(first, last) + result.behind;
  return result;
}

std::optional<std::string> function_in(const std::string& changed, const NarrowedText& narrowed) {
  const auto outside = narrowed.before.size() + narrowed.behind.size();
  if (changed.size() < outside || !changed.starts_with(narrowed.before) ||
      !changed.ends_with(narrowed.behind))
    return std::nullopt;
  return changed.substr(narrowed.before.size(), changed.size() - outside);
}

std::string with_functions(const std::string& text, const std::vector<NewFunction>& functions) {
  const auto sketch = Sketch::of(text);
  const auto lines = split_lines(text);
  std::map<int, std::pair<const FunctionExtent*, const NewFunction*>> places;  // by line
  for (const auto& one : functions) {
    const auto extent = std::ranges::find(sketch->functions(), one.name, &FunctionExtent::name);
    places[extent->first] = {&*extent, &one};
  }
  std::string result;
  auto copied = lines.begin();
  for (const auto& [line, place] : places) {
    const auto [first, last] = lines_of(lines, *place.first);
    result += text_of(copied, first) + place.second->text;
    copied = last;
  }
  return result + text_of(copied, lines.end());
}

}  // namespace killify
