// Results as a person reads them in a terminal, and as a program reads them.
#pragma once

#include "series/changes.h"
#include "series/series.h"
#include "support/colour.h"
#include "support/error.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// A diff with git's colours.
[[nodiscard]] std::string painted_diff(std::string_view diff, const Paint& paint);

// One line: how many sleeps were left out, by kind of reason; "" for none.
[[nodiscard]] std::string left_out_summary(const std::vector<LeftOut>& left_out,
                                           std::string_view where = "killify plan");

// The steps with their sites, and everything that was left out with its reason.
[[nodiscard]] std::string plan_text(const Changes& changes, const Paint& paint);

// Schema killify.plan/1 (docs/schema/plan.schema.json).
[[nodiscard]] Result<std::string> changes_json(const Changes& changes);

// What generate did: the branch, its commits and where the mails are.
[[nodiscard]] std::string series_text(const Series& series, const std::filesystem::path& directory,
                                      const std::vector<std::string>& files);

}  // namespace killify
