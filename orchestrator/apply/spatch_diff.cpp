#include "apply/spatch_diff.h"

#include "support/text.h"

#include <charconv>
#include <cstddef>

namespace killify {
namespace {

// "@@ -12,3 +12,4 @@"
struct HunkHead {
  std::size_t old_first = 0;
  std::size_t old_count = 1;
  std::size_t new_count = 1;
};

// Reads a number and steps over it.
bool number(std::string_view& text, std::size_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool range(std::string_view& text, char sign, std::size_t& first, std::size_t& count) {
  if (text.empty() || text[0] != sign) return false;
  text.remove_prefix(1);
  if (!number(text, first)) return false;
  if (!text.starts_with(',')) return true;
  text.remove_prefix(1);
  return number(text, count);
}

std::optional<HunkHead> hunk_head(std::string_view line) {
  if (!line.starts_with("@@ ")) return std::nullopt;
  line.remove_prefix(3);
  HunkHead head;
  std::size_t new_first = 0;
  if (!range(line, '-', head.old_first, head.old_count) || !line.starts_with(' '))
    return std::nullopt;
  line.remove_prefix(1);
  if (!range(line, '+', new_first, head.new_count) || !line.starts_with(" @@")) return std::nullopt;
  return head;
}

// The lines with their ends; the last may have none.
std::vector<std::string_view> lines_with_ends(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto size = end == std::string_view::npos ? text.size() : end + 1;
    lines.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return lines;
}

// A line of a diff without its mark, and whether "\ No newline at end of file" follows it.
std::string body_of(const std::vector<std::string>& hunks, std::size_t at) {
  std::string line = hunks[at].empty() ? "" : hunks[at].substr(1);
  const bool open = at + 1 < hunks.size() && hunks[at + 1].starts_with('\\');
  return open ? line : line + '\n';
}

}  // namespace

PrintedByPath printed_by_path(std::string_view printed) {
  PrintedByPath found;
  const std::vector<std::string> lines = split_lines(printed);
  for (std::size_t i = 0; i < lines.size();) {
    const bool begins = lines[i].starts_with("--- ") && i + 2 < lines.size() &&
                        lines[i + 1].starts_with("+++ ") && hunk_head(lines[i + 2]);
    if (!begins) {
      found.other.push_back(lines[i++]);
      continue;
    }
    // diff writes a tab and a time behind the name where it has them.
    const std::string path = lines[i].substr(4, lines[i].find('\t') - 4);
    std::vector<std::string> hunks;
    i += 2;
    while (i < lines.size()) {
      const auto head = hunk_head(lines[i]);
      if (!head) break;
      hunks.push_back(lines[i++]);
      std::size_t before = head->old_count;
      std::size_t after = head->new_count;
      while (i < lines.size() && (before > 0 || after > 0 || lines[i].starts_with('\\'))) {
        const char mark = lines[i].empty() ? ' ' : lines[i][0];
        if (mark != '\\' && mark != '+' && before > 0) --before;
        if (mark != '\\' && mark != '-' && after > 0) --after;
        hunks.push_back(lines[i++]);
      }
    }
    found.diffs[path].push_back(std::move(hunks));
  }
  return found;
}

std::optional<std::string> with_hunks(std::string_view text,
                                      const std::vector<std::string>& hunks) {
  const std::vector<std::string_view> lines = lines_with_ends(text);
  std::string result;
  std::size_t at = 0;  // of the lines that are taken over
  for (std::size_t i = 0; i < hunks.size();) {
    const auto head = hunk_head(hunks[i++]);
    if (!head) return std::nullopt;
    // "-12,0": behind line 12.
    const std::size_t first = head->old_count == 0 ? head->old_first : head->old_first - 1;
    if (first < at || first > lines.size()) return std::nullopt;
    for (; at < first; ++at) result += lines[at];
    for (; i < hunks.size() && !hunks[i].starts_with("@@ "); ++i) {
      const char mark = hunks[i].empty() ? ' ' : hunks[i][0];
      if (mark == '\\') continue;
      const std::string line = body_of(hunks, i);
      if (mark == '+') {
        result += line;
        continue;
      }
      if (at >= lines.size() || lines[at] != line) return std::nullopt;
      if (mark == ' ') result += line;
      ++at;
    }
  }
  for (; at < lines.size(); ++at) result += lines[at];
  return result;
}

std::vector<ChangedPlace> changed_places(const std::vector<std::string>& hunks) {
  std::vector<ChangedPlace> places;
  std::size_t line = 0;
  bool open = false;
  for (const std::string& text : hunks) {
    if (const auto head = hunk_head(text)) {
      line = head->old_first;
      open = false;
      continue;
    }
    const char mark = text.empty() ? ' ' : text[0];
    if (mark == '\\') continue;
    const bool changes = mark == '-' || mark == '+';
    if (changes && !open) places.push_back({line});
    open = changes;
    if (mark == '-') ++places.back().removed;
    if (mark == '+') ++places.back().added;
    if (mark != '+') ++line;
  }
  return places;
}

}  // namespace killify
