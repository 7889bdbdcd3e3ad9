#include "prove/kernel_log.h"

#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace killify {
namespace {

// How lib/bug.c, lockdep and the watchdogs begin their messages. Elsewhere in a line these words
// need not mean a bug ("Spectre V2 : WARNING: ...").
constexpr std::array<std::string_view, 5> kBeginnings{
    "WARNING: ", "INFO: possible ", "INFO: suspicious ", "INFO: trying to register", "INFO: task "};
// What stands behind the name of a subsystem ("watchdog: BUG: soft lockup").
constexpr std::array<std::string_view, 7> kParts{
    "BUG: ",  "kernel BUG at ",  "rcu: INFO: ", "general protection fault",
    "Oops: ", "Kernel panic - ", "refcount_t: "};

bool is_complaint(std::string_view text) {
  return std::ranges::any_of(kBeginnings, [&](auto part) { return text.starts_with(part); }) ||
         std::ranges::any_of(kParts, [&](auto part) { return text.find(part) != text.npos; });
}

// "[    2.908475] text" without the time, and without the task or processor that PRINTK_CALLER
// adds.
std::string_view without_time(std::string_view line) {
  line = trim(line);
  while (line.starts_with('[')) {
    const auto end = line.find(']');
    if (end == std::string_view::npos) break;
    line = trim(line.substr(end + 1));
  }
  return line;
}

}  // namespace

std::vector<std::string> kernel_complaints(std::string_view console) {
  std::vector<std::string> found;
  std::vector<std::size_t> repeated;
  for (const std::string& line : split_lines(console)) {
    const std::string_view text = without_time(line);
    if (!is_complaint(text)) continue;
    const auto known = std::ranges::find(found, text);
    if (known != found.end()) {
      ++repeated[static_cast<std::size_t>(known - found.begin())];
    } else {
      found.emplace_back(text);
      repeated.push_back(0);
    }
  }
  for (std::size_t i = 0; i < found.size(); ++i)
    if (repeated[i] != 0) found[i] += fmt::format(" (and {} more)", repeated[i]);
  return found;
}

std::string log_tail(std::string_view console, std::size_t count) {
  std::vector<std::string> lines;
  for (const std::string& line : split_lines(console))
    if (const auto text = trim(line); !text.empty()) lines.emplace_back(text);
  if (lines.size() > count)
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(count));
  return join(lines, "\n");
}

}  // namespace killify
