// Scripts that come with killify.
#pragma once

#include "support/error.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// Runs scripts/NAME; what it printed, trimmed. The error is the last line of what it complained of,
// with `asked_by` ("debian:6.12") instead of its own name in front.
[[nodiscard]] Result<std::string> run_script(std::string_view name,
                                             const std::vector<std::string>& arguments,
                                             std::chrono::milliseconds deadline,
                                             std::string_view asked_by);

}  // namespace killify
