#include "verify/patch.h"

#include "support/text.h"

#include <algorithm>
#include <charconv>

namespace killify {
namespace {

// The number at the start of `text`.
int number_at(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// Counts of "@@ -1,4 +1,6 @@": where the new side starts, how long both sides are.
struct Range {
  int first = 0;
  int before = 1;
  int after = 1;
};

Range read_range(std::string_view header) {
  Range range;
  const std::size_t minus = header.find('-');
  const std::size_t plus = header.find('+');
  if (minus == header.npos || plus == header.npos) return range;
  const std::string_view old_side = header.substr(minus + 1, header.find(' ', minus) - minus - 1);
  const std::string_view new_side = header.substr(plus + 1, header.find(' ', plus) - plus - 1);
  range.first = number_at(new_side);
  if (const auto comma = old_side.find(','); comma != old_side.npos)
    range.before = number_at(old_side.substr(comma + 1));
  if (const auto comma = new_side.find(','); comma != new_side.npos)
    range.after = number_at(new_side.substr(comma + 1));
  return range;
}

char sign_of(const std::string& line) {
  return line.empty() ? ' ' : line.front();
}

bool is_change(const std::string& line) {
  return sign_of(line) == '+' || sign_of(line) == '-' || sign_of(line) == '\\';
}

bool ends_in_cr_lf(const std::string& line) {
  return line.ends_with('\r');
}

// Where the hunk has the line of the new file that comes `count` lines behind its first.
std::size_t place_of(const std::vector<std::string>& hunk, int count) {
  std::size_t at = 1;  // behind the "@@"
  for (; at < hunk.size(); ++at)
    if (sign_of(hunk[at]) != '-' && sign_of(hunk[at]) != '\\' && count-- == 0) break;
  return at;
}

}  // namespace

std::vector<FilePatch> read_patch(std::string_view diff) {
  std::vector<FilePatch> files;
  bool in_file = false;
  int before = 0;  // lines of the hunk that are still to come, by side
  int after = 0;
  int line = 0;
  for (const std::string& text : split_lines(diff)) {
    if (before > 0 || after > 0) {
      const char sign = sign_of(text);
      if (in_file) {
        Hunk& hunk = files.back().hunks.back();
        hunk.text += text + '\n';
        if (sign == '+') hunk.added.push_back(line);
      }
      if (sign == '\\') continue;  // "\ No newline at end of file"
      if (sign != '+') --before;
      if (sign != '-') {
        --after;
        ++line;
      }
    } else if (text.starts_with("diff ")) {
      in_file = false;
    } else if (text.starts_with("+++ b/")) {
      in_file = true;
      files.push_back({text.substr(6), {}});
    } else if (text.starts_with("@@ ")) {
      const Range range = read_range(text);
      before = range.before;
      after = range.after;
      line = range.first;
      if (in_file) files.back().hunks.push_back({range.first, range.after, {}, text + '\n'});
    }
  }
  return files;
}

const Hunk* hunk_behind(const std::vector<FilePatch>& patch, std::string_view file, int line) {
  const auto found = std::ranges::find(patch, file, &FilePatch::path);
  if (found == patch.end() || found->hunks.empty()) return nullptr;
  const Hunk* nearest = &found->hunks.front();
  for (const Hunk& hunk : found->hunks)
    if (hunk.first <= line) nearest = &hunk;
  return nearest;
}

bool keeps_carriage_return(const std::vector<FilePatch>& patch, std::string_view file, int line) {
  const Hunk* hunk = hunk_behind(patch, file, line);
  if (hunk == nullptr) return false;
  const std::vector<std::string> lines = split_lines(hunk->text);
  const std::size_t at = place_of(lines, line - hunk->first);
  if (at == lines.size() || sign_of(lines[at]) != '+' || !ends_in_cr_lf(lines[at])) return false;
  if (lines[at].find_last_not_of(" \t\r") + 2 != lines[at].size()) return false;
  std::size_t first = at;
  while (first > 1 && is_change(lines[first - 1])) --first;
  std::size_t last = at;
  while (last + 1 < lines.size() && is_change(lines[last + 1])) ++last;
  bool replaces = false;
  for (std::size_t i = first; i <= last; ++i) {
    if (sign_of(lines[i]) != '-') continue;
    if (!ends_in_cr_lf(lines[i])) return false;
    replaces = true;
  }
  if (replaces) return true;
  if (first > 1) return ends_in_cr_lf(lines[first - 1]);
  return last + 1 < lines.size() && ends_in_cr_lf(lines[last + 1]);
}

}  // namespace killify
