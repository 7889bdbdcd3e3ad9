// What a step does as the plan and the manifest write it.
#pragma once

#include "series/change.h"

#include <nlohmann/json.hpp>

namespace killify {

[[nodiscard]] nlohmann::ordered_json sites_json(const std::vector<SiteChange>& sites);
[[nodiscard]] nlohmann::ordered_json additions_json(const std::vector<Addition>& additions);

}  // namespace killify
