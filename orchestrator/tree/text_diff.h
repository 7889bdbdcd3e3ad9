// Unified diffs between two texts, as git prints them.
#pragma once

#include "support/error.h"

#include <string>
#include <string_view>

namespace killify {

struct DiffStat {
  std::size_t insertions = 0;
  std::size_t deletions = 0;
};

// "diff --git a/PATH b/PATH" with index line, three lines of context and the function on the hunk
// line; "" when the texts are equal. Needs no repository and writes nothing.
[[nodiscard]] Result<std::string> unified_diff(std::string_view path, std::string_view before,
                                               std::string_view after);
[[nodiscard]] Result<DiffStat> diff_stat(std::string_view before, std::string_view after);

}  // namespace killify
