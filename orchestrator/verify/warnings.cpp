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
constexpr std::size_t kLineLength = 4096;

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
                                  const std::vector<Warning>& before) {
  std::map<std::string, int> known;
  for (const Warning& warning : before) ++known[compared(warning)];
  std::vector<Warning> added;
  for (const Warning& warning : now)
    if (--known[compared(warning)] < 0) added.push_back(warning);
  return added;
}

}  // namespace killify
