#include "cocci/complaint.h"

#include "support/text.h"

#include <algorithm>
#include <array>

namespace killify {

bool is_standing_remark(std::string_view line) {
  constexpr std::array<std::string_view, 3> kRemarks = {
      "Warning: PARSING:", "HANDLING: ", "init_defs_builtins:"};
  const std::string_view text = trim(line);
  return text.empty() || std::ranges::any_of(kRemarks, [&](std::string_view remark) {
           return text.starts_with(remark);
         });
}

std::string last_complaint(std::string_view diagnostics) {
  std::string last;
  for (const std::string& line : split_lines(diagnostics))
    if (!is_standing_remark(line)) last = trim(line);
  return last;
}

}  // namespace killify
