// What a fault handler returns when a sleep on its path reports a signal: the error followed from
// the sleep through its callers to the handler's return (semantic-patches/facts/on-signal.cocci).
#pragma once

#include "reach/finding.h"
#include "support/error.h"

#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <vector>

namespace killify {

// One way out of the handler.
struct SignalExit {
  std::string returns;             // "VM_FAULT_NOPAGE", "ignored", "unknown"
  bool guarded = false;            // only where a fatal signal is pending
  bool loops = false;              // "ignored", and the sleep is reached again
  bool mmap_lock_dropped = false;  // on this way
  std::string translator;          // the function that made it from the error, if one did
};

// Asks a semantic patch of facts/ about a file: of the base tree, or as a change left it.
using Ask = std::function<Result<std::vector<nlohmann::json>>(
    const std::string& patch, const std::vector<std::string>& defines, const std::string& path)>;
// Finds the file that defines a function which `path` calls; "" if there is none.
using Locate =
    std::function<Result<std::string>(const std::string& function, const std::string& path)>;

// The exits for a sleep `sleep` (the primitive's name) in the last function of `chain`. `error` is
// what the primitive returns ("-EINTR").
[[nodiscard]] Result<std::vector<SignalExit>> signal_exits(const Ask& ask, const Locate& locate,
                                                           const std::vector<Hop>& chain,
                                                           const std::string& sleep,
                                                           const std::string& error);

// All of them in one word for a person: the worst first (a spin, then a bus error).
[[nodiscard]] std::string worst_result(const std::vector<SignalExit>& exits);

// True when every exit ends the fault under a fatal signal: an error result, or VM_FAULT_RETRY
// where mmap_lock was dropped, or a wait that is only cut short.
[[nodiscard]] bool ends_fault(const std::vector<SignalExit>& exits);

}  // namespace killify
