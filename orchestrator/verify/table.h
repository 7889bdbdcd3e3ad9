// The table of commits and configurations that grows above the live line while verify works.
#pragma once

#include "verify/configuration.h"
#include "verify/verify_report.h"

#include <string>
#include <vector>

namespace killify {

[[nodiscard]] std::string table_head(const std::vector<Configuration>& configurations);
// A word for each build: what is worst about it.
[[nodiscard]] std::string table_row(const CommitResult& result);

// Of one build.
enum class CellState { kWaiting, kRunning, kDone };
// The row of a commit that is not judged yet; only what is done stands in `result`.
[[nodiscard]] std::string table_row_under_way(const CommitResult& result,
                                              const std::vector<Configuration>& configurations,
                                              const std::vector<CellState>& cells);

}  // namespace killify
