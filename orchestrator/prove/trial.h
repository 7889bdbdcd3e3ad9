// What the guest of an experiment tells: one JSON object a line
// (kernel-fixtures/runtime/provoke.c).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// One access that faulted while somebody held the lock that the fault handler needs, and a signal
// that came while it waited.
struct Trial {
  std::string subject;  // "shape", or the DRM driver: "bochs-drm"
  std::string sleep;    // of a shape: "interruptible" or "killable"; "" of a driver
  std::string result;   // of a shape: "NOPAGE", "SIGBUS" or "RETRY"; "" of a driver
  std::string handler;  // the function that was counted
  std::string access;  // "read-pipe", "read-zero", "read-memfd", "write-pipe": kernel mode; "store"
  std::string signal;  // "SIGUSR1" or "SIGKILL"
  bool one_cpu = false;  // with a real-time priority, on the processor of the lock's holder

  std::uint64_t entries = 0;  // of the handler
  long cpu_ms = 0;            // that the task used
  long held_ms = 0;           // from the hold to the task's end
  bool finished = false;      // after the release, without help
  bool ended_while_held = false;
  bool handled_while_held = false;  // the signal's handler ran before the lock was free
  int handled = 0;                  // how often it ran
  int killed_by = 0;                // the signal that ended the task, 0 where it exited
  bool returned = false;            // from the access
  long value = 0;                   // of the system call
  int error = 0;                    // its errno
  bool intact = false;              // the data are where they belong

  [[nodiscard]] bool from_kernel_mode() const { return access != "store"; }
  bool operator==(const Trial&) const = default;
};

// The trial of this kind among `trials`, or nullptr.
[[nodiscard]] const Trial* find_trial(const std::vector<Trial>& trials, std::string_view access,
                                      std::string_view signal, bool one_cpu);

// A device on which no trial could be made.
struct UnusableDevice {
  std::string device;
  std::string driver;  // "" where it has not told
  std::string why;
  bool operator==(const UnusableDevice&) const = default;
};

struct GuestReport {
  std::string kernel;  // its release; "" before the guest has started to work
  int processors = 0;
  std::vector<Trial> trials;
  std::vector<UnusableDevice> unusable;
  std::string failure;  // what went wrong in the guest, in its own words; "" if nothing
  bool complete = false;

  // Takes one line. One that cannot be understood is a failure.
  void read(std::string_view line);
};

}  // namespace killify
