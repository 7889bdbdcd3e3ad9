#include "prove/proof.h"
#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstring>

namespace killify {
namespace {

constexpr std::size_t kTextWidth = 95;
constexpr std::size_t kMailWidth = 75;
// What the columns are.
constexpr const char* kLegend =
    "Handler entries, CPU and syscall are of four system calls that fault in the kernel while the "
    "lock is held and a signal is pending; signal: when the signal's handler runs, where user mode "
    "faults; kill: whether SIGKILL ends the task before the lock is free; one CPU: whether a task "
    "with a real-time priority ends that shares a processor with the holder of the lock.";

// As wide as a mail.
constexpr const char* kRow = "  {:<7}{:>16} {:>7}  {:<10}  {:<8}  {:<6}  {}\n";

std::string head() {
  return fmt::format(kRow, "", "handler entries", "CPU", "syscall", "signal", "kill", "one CPU");
}

std::vector<Trial> kernel_accesses(const std::vector<Trial>& trials) {
  std::vector<Trial> found;
  std::ranges::copy_if(trials, std::back_inserter(found), [](const Trial& trial) {
    return trial.from_kernel_mode() && trial.signal == "SIGUSR1" && !trial.one_cpu;
  });
  return found;
}

std::string entries_word(const std::vector<Trial>& trials) {
  const auto [least, most] =
      std::ranges::minmax(trials, {}, [](const Trial& trial) { return trial.entries; });
  if (least.entries == most.entries) return std::to_string(most.entries);
  return fmt::format("{}-{}", least.entries, most.entries);
}

std::string syscall_word(const std::vector<Trial>& trials) {
  const auto broken = std::ranges::find_if_not(trials, &Trial::intact);
  if (broken == trials.end()) return "full count";
  if (broken->killed_by != 0) return fmt::format("signal {}", broken->killed_by);
  const char* name = strerrorname_np(broken->error);
  return broken->value < 0 && name != nullptr ? name : fmt::format("gives {}", broken->value);
}

// What becomes of a signal during a store from user mode.
std::string signal_word(const Trial& store) {
  if (store.killed_by == SIGBUS) return "SIGBUS";
  if (store.killed_by != 0) return fmt::format("killed {}", store.killed_by);
  return store.handled_while_held ? "at once" : "delayed";
}

// A kill during each of the accesses.
std::string kill_word(const std::vector<Trial>& trials) {
  const bool waits = std::ranges::any_of(trials, [](const Trial& trial) {
    return trial.signal == "SIGKILL" && !trial.ended_while_held;
  });
  return waits ? "waits" : "ends";
}

std::string row(std::string_view when, const std::vector<Trial>& trials) {
  const auto kernel = kernel_accesses(trials);
  const Trial* store = find_trial(trials, "store", "SIGUSR1", false);
  const Trial* kill = find_trial(trials, "read-pipe", "SIGKILL", false);
  const Trial* one_cpu = find_trial(trials, "read-pipe", "SIGUSR1", true);
  if (kernel.empty()) return fmt::format("  {:<7}{:>16}\n", when, "-");
  const auto& slowest = *std::ranges::max_element(kernel, {}, &Trial::cpu_ms);
  return fmt::format(kRow, when, entries_word(kernel),
                     fmt::format("{:.2f} s", static_cast<double>(slowest.cpu_ms) / 1000),
                     syscall_word(kernel), store == nullptr ? "-" : signal_word(*store),
                     kill == nullptr ? "-" : kill_word(trials),
                     one_cpu == nullptr  ? "-"
                     : one_cpu->finished ? "ends"
                                         : "never ends");
}

std::string conclusion(const Path& path, const Paint& paint) {
  switch (path.verdict) {
    case PathVerdict::kProven:
      if (path.control) return paint.red("passes, though it must not: the experiment is blind");
      return paint.green(path.harm == Harm::kSpin ? "the spin is gone" : "the error is gone");
    case PathVerdict::kRefuted:
      return path.control ? paint.green("refuted, as it must be") : paint.red("refuted");
    case PathVerdict::kUnchanged:
      return paint.yellow("unchanged");
    case PathVerdict::kNotJudged:
      break;
  }
  return paint.yellow("not judged");
}

std::string kernel_text(const BootedKernel& kernel, const Paint& paint) {
  const std::string source =
      kernel.tree.empty() ? kernel.source : "commit " + std::string(short_oid(kernel.source));
  std::string text =
      fmt::format("{}: {}, Linux {}, {} configuration", paint.bold(kernel.role), source,
                  kernel.release.empty() ? "(not booted)" : kernel.release, kernel.configuration);
  text += kernel.seconds > 0 ? fmt::format(" ({:.0f} s)\n", kernel.seconds) : "\n";
  for (const std::string& option : kernel.missing)
    text += fmt::format("  {}: this tree does not offer it\n", option);
  for (const UnusableDevice& device : kernel.unusable)
    text += fmt::format("  {} {}: {}\n", paint.yellow("no trial on"),
                        device.driver.empty() ? device.device : device.driver, device.why);
  for (const std::string& complaint : kernel.complaints)
    text += fmt::format("  {}: {}\n", paint.red("the kernel says"), complaint);
  if (kernel.trouble.empty() && kernel.complaints.empty()) return text;
  if (!kernel.trouble.empty()) text += fmt::format("  {}\n", paint.red(kernel.trouble));
  for (const std::string& line : split_lines(kernel.tail)) text += "  | " + line + '\n';
  if (!kernel.log.empty()) text += fmt::format("  console: {}\n", kernel.log);
  return text;
}

std::string verdict_word(ProofVerdict verdict, const Paint& paint) {
  switch (verdict) {
    case ProofVerdict::kProven:
      return paint.green("proven");
    case ProofVerdict::kRefuted:
      return paint.red("refuted");
    case ProofVerdict::kNotJudged:
      break;
  }
  return paint.yellow("not judged");
}

}  // namespace

std::string proof_table(const Proof& proof, const Paint& paint) {
  std::string text = head();
  for (const Path& path : proof.paths) {
    text += paint.bold(path.name) + '\n' + row("before", path.before) + row("after", path.after);
    text += "  " + conclusion(path, paint) + '\n';
    if (path.control && path.verdict == PathVerdict::kRefuted) continue;
    for (const std::string& reason : path.reasons)
      for (const std::string& line : split_lines(fill(reason, kMailWidth - 4)))
        text += "    " + line + '\n';
  }
  return text;
}

std::string proof_paragraphs(const Proof& proof) {
  std::string text = fmt::format(
      "The kernels before and after were booted in QEMU ({}). A thread held the lock while tasks "
      "faulted and got a signal; how often the handler was entered was counted:\n\n{}\n"
      "{}\n\n",
      proof.accelerator, proof_table(proof, Paint(false)), kLegend);
  return text + join(limits_of(proof), " ") + '\n';
}

std::string proof_text(const Proof& proof, const Paint& paint) {
  std::string text;
  for (const BootedKernel& kernel : proof.kernels) text += kernel_text(kernel, paint);
  text += fmt::format("{}, {}\n\n", proof.qemu, proof.accelerator);
  text += proof_table(proof, paint);
  text += '\n' + fill(kLegend, kTextWidth) + "\n\n";
  for (const std::string& limit : limits_of(proof))
    text += paint.dim(fill(limit, kTextWidth)) + "\n";
  return text + "\n" + verdict_word(proof.verdict(), paint) + '\n';
}

}  // namespace killify
