// Which configurations to build in, where nobody named any: the fewest that build every changed
// file, and one more for each side of an #ifdef that would be left out.
#pragma once

#include "support/error.h"
#include "support/progress.h"
#include "tree/workshop.h"
#include "verify/availability.h"
#include "verify/changes.h"
#include "verify/configuration.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace killify {

struct Choice {
  std::vector<Configuration> configurations;
  std::vector<std::string> reasons;  // a line each: what was chosen for what, what cannot be built
};

// The symbols that are on in a configuration; nothing where its compiler is not installed.
using EnabledIn = std::function<Result<std::optional<std::set<std::string>>>(const Configuration&)>;

// The host's own allmodconfig is asked first, then those of other architectures; an object that
// none of them builds is tried with what its symbols depend on switched on.
[[nodiscard]] Result<Choice> choose_configurations(const std::vector<CommitChange>& changes,
                                                   const Availability& availability,
                                                   const EnabledIn& enabled_in);

// The same for commits of a workshop: make and the tree's own conf write each .config.
[[nodiscard]] Result<Choice> choose_configurations(const std::vector<CommitInfo>& commits,
                                                   Workshop& workshop,
                                                   const std::filesystem::path& cache,
                                                   Progress& progress);

}  // namespace killify
