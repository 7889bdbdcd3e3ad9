// The campaigns that come with killify.
#pragma once

#include "support/error.h"

#include <string>
#include <vector>

namespace killify {

// What --campaign takes as a name, sorted.
[[nodiscard]] Result<std::vector<std::string>> campaign_names();

}  // namespace killify
