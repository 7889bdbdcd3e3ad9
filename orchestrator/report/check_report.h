// What check found, for people and for programs.
#pragma once

#include "check/check.h"
#include "support/colour.h"

#include <string>

namespace killify {

// A line for each mail, below it what is wrong; then what was not checked, and the sum.
[[nodiscard]] std::string check_text(const CheckReport& report, const Paint& paint);

// docs/schema/check.schema.json.
[[nodiscard]] std::string check_json(const CheckReport& report);

}  // namespace killify
