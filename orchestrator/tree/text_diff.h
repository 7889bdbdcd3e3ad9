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
// What `git patch-id --stable` says of a diff of one or more files: the same for the same change,
// wherever in the files it stands.
[[nodiscard]] Result<std::string> patch_id(std::string_view diff);
[[nodiscard]] Result<DiffStat> diff_stat(std::string_view before, std::string_view after);

}  // namespace killify
