// What spatch complains of on stderr.
#pragma once

#include <string>
#include <string_view>

namespace killify {

// Whether a line is one that spatch prints in any run.
[[nodiscard]] bool is_standing_remark(std::string_view line);

// The last line that is none of these; "" where there is none.
[[nodiscard]] std::string last_complaint(std::string_view diagnostics);

}  // namespace killify
