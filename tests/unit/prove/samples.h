// Trials as a guest reports them: of a handler that spins, and of one that was converted.
#pragma once

#include "prove/rule.h"

#include <csignal>
#include <string>
#include <vector>

namespace killify::test {

inline Trial trial(const std::string& access, const std::string& signal, bool one_cpu = false) {
  Trial trial;
  trial.subject = "bochs-drm";
  trial.handler = "ttm_bo_vm_fault";
  trial.access = access;
  trial.signal = signal;
  trial.one_cpu = one_cpu;
  trial.entries = 2;
  trial.finished = true;
  const bool killed = signal == "SIGKILL";
  trial.ended_while_held = killed;
  trial.killed_by = killed ? SIGKILL : 0;
  trial.handled = killed ? 0 : 1;
  trial.returned = !killed;
  trial.intact = !killed;
  trial.value = killed ? 0 : 4096;
  return trial;
}

// As good as can be: sleeps, and dies when it is told.
inline std::vector<Trial> good_trials() {
  std::vector<Trial> trials;
  for (const char* access : {"read-pipe", "read-zero", "read-memfd", "write-pipe", "store"})
    trials.push_back(trial(access, "SIGUSR1"));
  for (const char* access : {"read-pipe", "write-pipe", "store"})
    trials.push_back(trial(access, "SIGKILL"));
  trials.push_back(trial("read-pipe", "SIGUSR1", true));
  return trials;
}

// An interruptible sleep and VM_FAULT_NOPAGE.
inline std::vector<Trial> spinning_trials() {
  auto trials = good_trials();
  for (Trial& one : trials) {
    if (!one.from_kernel_mode()) {
      one.handled_while_held = one.signal != "SIGKILL";
      continue;
    }
    one.entries = 90000;
    one.cpu_ms = 860;
    one.ended_while_held = false;
    one.finished = !one.one_cpu;
  }
  return trials;
}

// A killable sleep, but still VM_FAULT_NOPAGE: a kill makes it spin.
inline std::vector<Trial> half_converted_trials() {
  auto trials = good_trials();
  for (Trial& one : trials) {
    if (one.signal != "SIGKILL" || !one.from_kernel_mode()) continue;
    one.entries = 107000;
    one.ended_while_held = false;
  }
  return trials;
}

inline Path judged(std::vector<Trial> before, std::vector<Trial> after, Path path = {}) {
  path.before = std::move(before);
  path.after = std::move(after);
  judge(path);
  return path;
}

}  // namespace killify::test
