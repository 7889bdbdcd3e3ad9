// One virtual machine, from its start to its end.
#pragma once

#include "prove/trial.h"
#include "support/error.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace killify {

struct Machine {
  std::filesystem::path kernel{};      // bzImage
  std::filesystem::path initramfs{};   // of Fixture::build()
  std::string parameters{};            // on top of what every machine gets
  std::vector<std::string> devices{};  // of qemu's -device
  std::string accelerator = "tcg";     // KVM may be there and not work; tcg always does
  std::chrono::milliseconds deadline{0};
  std::filesystem::path log{};  // gets the console
};

struct GuestRun {
  GuestReport report;
  std::vector<std::string> complaints;  // of the kernel
  std::string trouble;                  // why it did not come to its end, in one line; "" if it did
  std::string tail;                     // of the console, where there was trouble
  double seconds = 0;
};

// Boots the machine and takes what it reports; `on_trial` is told each trial as it comes. A machine
// that does not boot, stops half way or hangs until the deadline is a result. An error means that
// qemu is missing or refuses to start, or an interruption; the machine has ended then.
[[nodiscard]] Result<GuestRun> run_guest(const Machine& machine,
                                         const std::function<void(const Trial&)>& on_trial);

// The first line of qemu's --version; the error says what to install.
[[nodiscard]] Result<std::string> qemu_version();

}  // namespace killify
