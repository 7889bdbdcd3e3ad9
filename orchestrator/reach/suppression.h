// Sleeps under blocked signals: between a call that blocks all signals but SIGKILL and its
// counterpart an interruptible sleep is in effect killable (ceph_block_sigs() of fs/ceph and its
// like).
#pragma once

#include "facts/tree_facts.h"
#include "reach/finding.h"
#include "support/error.h"

#include <set>
#include <string>

namespace killify {

// The names of the functions that fill a signal set with all but some signals and block it.
[[nodiscard]] Result<std::set<std::string>> signal_blockers(TreeFacts& facts);

// The blocker that a function on the chain calls before it leads on to the sleep; "" if none does.
[[nodiscard]] Result<std::string> blocked_by(TreeFacts& facts, const std::vector<Hop>& chain,
                                             const std::set<std::string>& blockers);

}  // namespace killify
