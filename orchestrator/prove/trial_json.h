// A trial as the guest prints it and as the report repeats it. For prove/ only.
#pragma once

#include "prove/trial.h"

#include <nlohmann/json.hpp>

namespace killify {

[[nodiscard]] nlohmann::ordered_json trial_json(const Trial& trial);
// Throws nlohmann's exception where a key is missing or of another type.
[[nodiscard]] Trial trial_from(const nlohmann::ordered_json& json);

}  // namespace killify
