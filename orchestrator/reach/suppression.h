// Sleeps under blocked signals: between a call that blocks all signals but SIGKILL and its
// counterpart an interruptible sleep is in effect killable (ceph_block_sigs() of fs/ceph and its
// like).
#pragma once

#include "facts/tree_facts.h"
#include "reach/finding.h"
#include "support/error.h"

#include <map>
#include <set>
#include <string>

namespace killify {

// The functions of a tree that change which signals are blocked: by name, the files that a static
// one can be called in; no file for an external one.
struct SignalMaskers {
  using Functions = std::map<std::string, std::set<std::string>>;
  Functions blockers;   // fill a set with all signals but SIGKILL, and block it
  Functions restorers;  // those beside a blocker that set another mask
};
[[nodiscard]] Result<SignalMaskers> signal_maskers(TreeFacts& facts);
// The functions that signal_maskers() reads, by file: to be read with others.
[[nodiscard]] Result<std::map<std::string, std::set<std::string>>> masking_functions(
    TreeFacts& facts);

// What has blocked the signals where a chain comes to its sleep; "" if nothing certainly has, or if
// they may have been let in again.
[[nodiscard]] Result<std::string> blocked_by(TreeFacts& facts, const std::vector<Hop>& chain,
                                             const SinkCall& sink, const SignalMaskers& maskers);

// Whether a test only puts a pending signal aside: "if (signal_pending(current)) { found = 1;
// clear_thread_flag(TIF_SIGPENDING); }". Nothing ends because of it.
[[nodiscard]] bool puts_aside(const Sketch& sketch, const SinkCall& test);

}  // namespace killify
