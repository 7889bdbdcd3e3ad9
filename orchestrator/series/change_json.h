// A converted sleep as the plan and the manifest write it.
#pragma once

#include "series/change.h"

#include <nlohmann/json.hpp>

namespace killify {

[[nodiscard]] nlohmann::ordered_json sites_json(const std::vector<SiteChange>& sites);

}  // namespace killify
