// Strategies side by side.
#pragma once

#include "series/figures.h"

#include <string>
#include <vector>

namespace killify {

// A table with a column for each.
[[nodiscard]] std::string figures_text(const std::vector<Figures>& all);

// Schema killify.compare/1 (docs/schema/compare.schema.json).
[[nodiscard]] std::string figures_json(const std::vector<Figures>& all);

}  // namespace killify
