#include "verify/warnings.h"

#include "support/text.h"
#include "verify/diagnostics.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <regex>
#include <utility>

namespace killify {
namespace {

// std::regex goes one call deeper with each character; no message needs more than this.

int number_of(const std::string& digits) {
  int number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

bool is_c_file(std::string_view file) {
  return file.ends_with(".c") || file.ends_with(".S");
}

// Offsets in objtool's text move with the code: "f+0x12" as "f".
std::string without_offsets(const std::string& text) {
  static const std::regex kOffset(R"(\+0x[0-9a-f]+)");
  return std::regex_replace(text, kOffset, "");
}

// Line numbers inside a message move, too: "previous definition at line 12".
std::string compared(const Warning& warning) {
  static const std::regex kNumber(R"((:|line )\d+)");
  return warning.file + '\n' + std::regex_replace(warning.text, kNumber, "$1");
}

std::vector<std::string> words_of(const std::string& text) {
  static const std::regex kWord(R"(\w+|[^\w\s])");
  return {std::sregex_token_iterator(text.begin(), text.end(), kWord),
          std::sregex_token_iterator()};
}

bool has_word(const Hunk& hunk, char mark, const std::string& word) {
  for (const std::string& line : split_lines(hunk.text)) {
    if (!line.starts_with(mark)) continue;
    const std::vector<std::string> words = words_of(line);
    if (std::ranges::find(words, word) != words.end()) return true;
  }
  return false;
}

// Whether both say the same of something that the patch has renamed.
bool is_renamed(const Warning& old, const Warning& now, const std::vector<FilePatch>& patch) {
  const std::vector<std::string> before = words_of(compared(old));
  const std::vector<std::string> after = words_of(compared(now));
  const auto [from, to] = std::ranges::mismatch(before, after);
  if (from == before.end() || to == after.end()) return false;
  std::vector<std::string> expected = before;
  std::ranges::replace(expected, *from, *to);
  const auto file = std::ranges::find(patch, now.file, &FilePatch::path);
  if (expected != after || file == patch.end()) return false;
  return std::ranges::any_of(file->hunks, [from = *from, to = *to](const Hunk& hunk) {
    return has_word(hunk, '-', from) && has_word(hunk, '+', to);
  });
}

}  // namespace

Warnings read_warnings(std::string_view err, const std::vector<std::filesystem::path>& roots,
                       const std::string& source) {
  static const std::regex kIncluded(R"(^(?:In file included from|\s+from) ([^\s:]+):\d+)");
  static const std::regex kObjtool(R"(^([^\s:]+\.o): warning: objtool: (.*)$)");
  static const std::regex kWarning(R"(^([^\s:]+):(\d+):(?:\d+:)? warning: (.*)$)");
  static const std::regex kSection(R"(^WARNING: modpost: ([^\s:(]+)[\s:(]*(.*)$)");
  Warnings warnings;
  std::string includer;  // the last one of a chain: the compiler's own input
  for (std::string line : split_lines(err)) {
    line = without_roots(std::move(line), roots);
    if (line.size() > kLineLength) line.resize(kLineLength);
    std::smatch match;
    if (std::regex_search(line, match, kIncluded)) {
      includer = match[1];
    } else if (std::regex_match(line, match, kObjtool)) {
      warnings[match[1]].push_back({match[1], 0, without_offsets("objtool: " + match[2].str())});
    } else if (std::regex_match(line, match, kSection)) {
      warnings[match[1]].push_back({match[1], 0, without_offsets(match[2])});
    } else if (std::regex_match(line, match, kWarning)) {
      Warning warning{plain_target(match[1].str()), number_of(match[2]), match[3]};
      const std::string owner = !source.empty()           ? source
                                : is_c_file(warning.file) ? warning.file
                                                          : includer;
      warnings[owner].push_back(std::move(warning));
    }
  }
  return warnings;
}

std::vector<Warning> new_warnings(const std::vector<Warning>& now,
                                  const std::vector<Warning>& before,
                                  const std::vector<FilePatch>& patch) {
  std::map<std::string, int> known;
  for (const Warning& warning : before) ++known[compared(warning)];
  std::vector<Warning> added;
  for (const Warning& warning : now)
    if (--known[compared(warning)] < 0) added.push_back(warning);
  for (const Warning& old : before) {
    int& left = known[compared(old)];
    const auto renamed = std::ranges::find_if(
        added, [&](const Warning& warning) { return is_renamed(old, warning, patch); });
    if (left <= 0 || renamed == added.end()) continue;
    --left;
    added.erase(renamed);
  }
  return added;
}

}  // namespace killify
