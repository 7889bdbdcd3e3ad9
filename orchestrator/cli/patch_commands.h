// The commands with a semantic patch of the user's (--patch) in the place of a campaign.
#pragma once

#include "cli/options.h"
#include "support/error.h"

namespace killify {

// Its report mode, where it has one; else the places that it would change.
[[nodiscard]] Result<Exit> patch_audit(const GlobalOptions& global, const TreeOptions& tree);
[[nodiscard]] Result<Exit> patch_plan(const GlobalOptions& global, const TreeOptions& tree);
[[nodiscard]] Result<Exit> patch_diff(const GlobalOptions& global, const TreeOptions& tree,
                                      const DiffOptions& options);
[[nodiscard]] Result<Exit> patch_generate(const GlobalOptions& global, const TreeOptions& tree,
                                          const GenerateOptions& options);

}  // namespace killify
