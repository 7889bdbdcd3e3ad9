#include "prove/rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

namespace killify {
namespace {

// What the guest tries on each subject (provoke.c): without one of them a path is not judged.
struct Case {
  std::string_view access;
  std::string_view signal;
  bool one_cpu = false;
};
constexpr std::array<Case, 9> kCases{{{"read-pipe", "SIGUSR1"},
                                      {"read-zero", "SIGUSR1"},
                                      {"read-memfd", "SIGUSR1"},
                                      {"write-pipe", "SIGUSR1"},
                                      {"store", "SIGUSR1"},
                                      {"read-pipe", "SIGKILL"},
                                      {"write-pipe", "SIGKILL"},
                                      {"store", "SIGKILL"},
                                      {"read-pipe", "SIGUSR1", true}}};

std::string case_name(const Case& one) {
  return fmt::format("{} and {}{}", one.access, one.signal,
                     one.one_cpu ? " on one processor with a real-time priority" : "");
}

const Trial* find(const std::vector<Trial>& trials, const Case& one) {
  return find_trial(trials, one.access, one.signal, one.one_cpu);
}

// Does the harm show in this trial, before the conversion? "" if so (or if it cannot show here).
std::string missing_harm(const Case& one, const Trial& before, Harm harm) {
  if (one.signal == "SIGKILL" || !before.from_kernel_mode()) return {};
  if (harm == Harm::kBusError) return before.intact ? "the access succeeds before" : std::string();
  // Newer schedulers keep a share for ordinary tasks: there the holder gets to run, and the task,
  // which spun as long, ends.
  if (before.entries > kSpinEntries || (one.one_cpu && !before.finished)) return {};
  return fmt::format("the handler is entered {} times before: no spin", before.entries);
}

// What is wrong with a trial after the conversion; "" if nothing.
std::string wrong_after(const Case& one, const Trial& after) {
  if (one.signal == "SIGKILL") {
    if (!after.ended_while_held || after.killed_by != SIGKILL)
      return fmt::format(
          "the task does not end before the lock is released, the handler is "
          "entered {} times",
          after.entries);
  } else {
    if (!after.finished) return "never finishes";
    if (!after.returned || !after.intact)
      return after.killed_by != 0
                 ? fmt::format("the task is killed by signal {}", after.killed_by)
                 : fmt::format("the system call gives {} (errno {})", after.value, after.error);
  }
  if (after.entries > kFewEntries)
    return fmt::format("the handler is entered {} times", after.entries);
  return {};
}

// A signal where user mode faults does what it did before, and that is all that is said.
bool stays(const Path& path, const Case& one, const Trial* before, const Trial& after) {
  return path.kernel_only && before != nullptr && !after.from_kernel_mode() &&
         one.signal != "SIGKILL" && after.killed_by == before->killed_by &&
         after.finished == before->finished && after.returned == before->returned &&
         after.intact == before->intact;
}

// The harm is still there, in every trial in which it can show.
bool still_harmed(const Path& path) {
  return std::ranges::all_of(kCases, [&](const Case& one) {
    const Trial* after = find(path.after, one);
    return after != nullptr && missing_harm(one, *after, path.harm).empty();
  });
}

}  // namespace

std::string_view path_verdict_name(PathVerdict verdict) {
  constexpr std::array<std::string_view, 4> kNames{"proven", "refuted", "unchanged", "not_judged"};
  return kNames.at(static_cast<std::size_t>(verdict));
}

void judge(Path& path) {
  path.reasons.clear();
  std::vector<std::string> absent;
  std::vector<std::string> harmless;
  std::vector<std::string> wrong;
  for (const auto& [trials, when] :
       {std::pair(&path.before, "before"), std::pair(&path.after, "after")})
    if (trials->empty()) absent.push_back(fmt::format("no trial {}", when));
  const bool both = absent.empty();
  for (const Case& one : kCases) {
    const Trial* before = find(path.before, one);
    const Trial* after = find(path.after, one);
    for (const auto& [trial, when] : {std::pair(before, "before"), std::pair(after, "after")})
      if (both && trial == nullptr)
        absent.push_back(fmt::format("{}: no trial {}", case_name(one), when));
    if (before != nullptr)
      if (auto text = missing_harm(one, *before, path.harm); !text.empty())
        harmless.push_back(fmt::format("{}: {}", case_name(one), text));
    if (after != nullptr && !stays(path, one, before, *after))
      if (auto text = wrong_after(one, *after); !text.empty())
        wrong.push_back(fmt::format("{}: {}", case_name(one), text));
  }
  if (!absent.empty()) {
    path.verdict = PathVerdict::kNotJudged;
    path.reasons = std::move(absent);
  } else if (!path.claimed && harmless.empty() && still_harmed(path)) {
    path.verdict = PathVerdict::kUnchanged;
    path.reasons = {"the same before and after: not converted"};
  } else if (!path.claimed && !harmless.empty() && wrong.empty()) {
    path.verdict = PathVerdict::kUnchanged;
    path.reasons = std::move(harmless);
  } else if (!harmless.empty() || !wrong.empty()) {
    path.verdict = PathVerdict::kRefuted;
    path.reasons = std::move(wrong);
    path.reasons.insert(path.reasons.end(), harmless.begin(), harmless.end());
  } else {
    path.verdict = PathVerdict::kProven;
  }
}

}  // namespace killify
