#include "verify/diagnostics.h"

#include "support/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <regex>

namespace killify {
namespace {

// Templates and macros can make one error hundreds of lines long.
constexpr std::size_t kBlockLines = 16;

// std::regex goes one call deeper with each character; no message needs more than this.

// Texts of failures that say nothing about the source.
constexpr std::array<std::string_view, 6> kEnvironment{
    "No space left on device",  "Disk quota exceeded",      "Cannot allocate memory",
    "virtual memory exhausted", "Killed signal terminated", "Input/output error"};

std::string without_prefix(std::string_view line, const std::string& prefix) {
  std::string out;
  out.reserve(line.size());
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t found = line.find(prefix, at);
    out.append(line.substr(at, found - at));
    if (found == std::string_view::npos) break;
    at = found + prefix.size();
  }
  return out;
}

}  // namespace

std::string without_roots(std::string line, const std::vector<std::filesystem::path>& roots) {
  for (const std::filesystem::path& root : roots) line = without_prefix(line, root.string() + "/");
  return line;
}

std::string plain_target(std::string_view target) {
  while (target.starts_with("./")) target.remove_prefix(2);
  return std::string(target);
}

namespace {

// "make[3]: *** [scripts/Makefile.build:250: drivers/x.o] Error 1" names drivers/x.o. The messages
// of the makes above it name directories, and those about targets that could not be tried are no
// errors.
std::optional<std::string> failed_target(const std::string& line) {
  static const std::regex kFailed(R"(^make(?:\[\d+\])?: \*\*\* \[(?:.*: )?([^\]]+)\] )");
  std::smatch match;
  if (!std::regex_search(line, match, kFailed)) return std::nullopt;
  return plain_target(match[1].str());
}

// "make[2]: *** No rule to make target 'a.h', needed by 'drivers/x.o'.  Stop." names drivers/x.o.
std::optional<std::string> target_without_prerequisite(const std::string& line) {
  static const std::regex kOrphan(R"(\*\*\* No rule to make target '[^']+', needed by '([^']+)')");
  std::smatch match;
  if (!std::regex_search(line, match, kOrphan)) return std::nullopt;
  return plain_target(match[1].str());
}

bool blames_environment(std::string_view line) {
  return std::any_of(kEnvironment.begin(), kEnvironment.end(), [&](std::string_view text) {
    return line.find(text) != std::string_view::npos;
  });
}

struct Located {
  std::string file;
  int line = 0;
  std::string text;
};

std::optional<Located> error_at(const std::string& line) {
  static const std::regex kError(R"(^([^\s:]+):(\d+):(?:\d+:)? (?:fatal )?error: (.*)$)");
  std::smatch match;
  if (!std::regex_match(line, match, kError)) return std::nullopt;
  Located located{match[1].str(), 0, match[3].str()};
  const std::string digits = match[2].str();
  std::from_chars(digits.data(), digits.data() + digits.size(), located.line);
  return located;
}

bool starts_other_diagnostic(const std::string& line) {
  static const std::regex kOther(
      R"(^(\S+:\d+:(\d+:)? (fatal )?(error|warning): |cc1|compilation terminated|\S+: (In function|At top level)|In file included from))");
  return std::regex_search(line, kOther);
}

bool is_context(const std::string& line) {
  static const std::regex kContext(
      R"(^(In file included from|\s+from |\S+: (In function|In member|At top level)))");
  return std::regex_search(line, kContext);
}

Diagnostic first_error(const std::vector<std::string>& lines) {
  Diagnostic diagnostic;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto located = error_at(lines[i]);
    if (!located) continue;
    std::size_t first = i;
    while (first > 0 && is_context(lines[first - 1])) --first;
    std::size_t last = i + 1;
    while (last < lines.size() && last - first < kBlockLines &&
           !starts_other_diagnostic(lines[last]))
      ++last;
    diagnostic.file = located->file;
    diagnostic.line = located->line;
    diagnostic.text = located->text;
    diagnostic.block = join({lines.begin() + static_cast<std::ptrdiff_t>(first),
                             lines.begin() + static_cast<std::ptrdiff_t>(last)},
                            "\n");
    return diagnostic;
  }
  // No compiler's error: a linker, objtool, a script or make itself. Its last lines tell most.
  const std::size_t first = lines.size() > kBlockLines ? lines.size() - kBlockLines : 0;
  diagnostic.block = join({lines.begin() + static_cast<std::ptrdiff_t>(first), lines.end()}, "\n");
  if (!lines.empty()) diagnostic.text = lines.back();
  return diagnostic;
}

}  // namespace

MakeErrors read_make_errors(std::string_view err, const std::vector<std::filesystem::path>& roots) {
  MakeErrors errors;
  std::vector<std::string> block;
  const auto close_block = [&](const std::string& target) {
    if (block.empty()) return;
    if (errors.by_target.empty()) errors.first = target;
    errors.by_target.emplace(target, first_error(block));
    block.clear();
  };
  for (std::string line : split_lines(err)) {
    line = without_roots(std::move(line), roots);
    if (line.size() > kLineLength) line.resize(kLineLength);
    if (errors.environment.empty() && blames_environment(line)) errors.environment = line;
    if (const auto failed = failed_target(line)) {
      close_block(*failed);
    } else if (const auto orphan = target_without_prerequisite(line)) {
      block = {line.substr(line.find("No rule"))};
      close_block(*orphan);
    } else if (!line.starts_with("make[") && !line.starts_with("make:")) {
      block.push_back(line);
    }
  }
  if (errors.by_target.empty()) close_block("");
  return errors;
}

}  // namespace killify
