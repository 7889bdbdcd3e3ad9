// Which driver a file belongs to.
#pragma once

#include "spec/series_spec.h"

#include <string>
#include <vector>

namespace killify {

// The directory of the driver that a file belongs to. The prefix table of the series says where
// drivers live: below a directory whose prefix has "{}", each next directory (or file) is one
// ("drivers/gpu/drm/i915" for a file in i915/gem); another directory of the table is one itself;
// outside the table it is the file's directory.
[[nodiscard]] std::string driver_of(const std::string& file,
                                    const std::vector<SubjectPrefix>& prefixes);

}  // namespace killify
