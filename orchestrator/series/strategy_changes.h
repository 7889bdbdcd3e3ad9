// The commits of a strategy that a campaign brings along: text behind fields of structs, and a
// semantic patch on the whole tree, each a commit of its own.
#pragma once

#include "facts/tree_facts.h"
#include "series/change.h"
#include "series/message.h"
#include "spec/strategy.h"
#include "support/error.h"
#include "support/progress.h"
#include "tree/repository.h"

#include <filesystem>
#include <string>
#include <vector>

namespace killify {

struct StrategyRequest {
  const Strategy& strategy;
  const Repository& repository;
  unsigned jobs = 1;
  std::filesystem::path cache;
};

// One change for each commit, in the order of the file. An error where the tree has no place for
// one of them, or where the result is not what the strategy says to be in place: half of it is
// worse than nothing.
[[nodiscard]] Result<std::vector<Change>> strategy_changes(TreeFacts& facts,
                                                           const StrategyRequest& request,
                                                           Progress& progress);

// The files that the strategy's control changes in the tree of `facts`: a tip of such a series.
[[nodiscard]] Result<std::vector<FileChange>> control_changes(TreeFacts& facts,
                                                              const StrategyRequest& request,
                                                              Progress& progress);

// One message for each of these changes.
[[nodiscard]] Result<std::vector<Message>> strategy_messages(const std::vector<Change>& changes,
                                                             const Strategy& strategy,
                                                             const Signature& author);

}  // namespace killify
