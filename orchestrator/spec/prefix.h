// The subject prefix of a commit: "drm/etnaviv", "misc: sgi-gru".
#pragma once

#include "spec/series_spec.h"

#include <string>
#include <string_view>
#include <vector>

namespace killify {

// The prefix of one subject, "" if it has none ("Linux 6.1", a merge, a revert).
[[nodiscard]] std::string prefix_of_subject(std::string_view subject);

// `history` are the subjects of the commits that touched the files, the latest first. The most used
// prefix wins when two commits or more agree on it (one alone may be a treewide change); else the
// table of the series file, where the longest directory wins and "{}" in a prefix stands for the
// next directory of the path; else the single vote; else the directory itself.
[[nodiscard]] std::string choose_prefix(const std::vector<std::string>& history,
                                        const std::vector<SubjectPrefix>& table,
                                        std::string_view directory);

}  // namespace killify
