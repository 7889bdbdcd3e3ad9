// When is a conversion proven? The rule knows counts and ends, no times: how fast a machine is must
// not decide.
#pragma once

#include "prove/trial.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// A handler that was entered more often while the lock was held spins. On any machine it is tens of
// thousands of times a second; the guest waits until this is passed or nothing moves.
inline constexpr std::uint64_t kSpinEntries = 1000;
// One entry that sleeps; one more after VM_FAULT_RETRY, or for the look at the memory that some
// system calls take first.
inline constexpr std::uint64_t kFewEntries = 3;

enum class Harm {
  kSpin,      // the handler is called again and again until the lock is free
  kBusError,  // the access fails because of a signal that the program would have handled
};

enum class PathVerdict {
  kProven,     // the harm is there before and gone after, and SIGKILL ends the task
  kRefuted,    // not so
  kUnchanged,  // the same before and after: this path is not converted
  kNotJudged,  // trials are missing
};

[[nodiscard]] std::string_view path_verdict_name(PathVerdict verdict);

// One way from a fault to a lock, before and after its conversion.
struct Path {
  std::string name{};  // "a handler that returns VM_FAULT_NOPAGE", "bochs-drm: ttm_bo_vm_fault()"
  Harm harm = Harm::kSpin;
  bool driver = false;  // of the kernel; else a shape of the fixture
  // Said to be converted: then the same before and after is a refutation.
  bool claimed = false;
  // Half a conversion, that must be refuted: it shows that the experiment can tell.
  bool control = false;
  // Only faults from kernel mode are said to be cured: from user mode a signal may do what it did.
  bool kernel_only = false;
  std::vector<Trial> before{};
  std::vector<Trial> after{};

  PathVerdict verdict = PathVerdict::kNotJudged;
  std::vector<std::string> reasons{};  // of any verdict but kProven
};

// Fills in verdict and reasons.
void judge(Path& path);

}  // namespace killify
