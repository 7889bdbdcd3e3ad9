#include "prove/guest.h"

#include "prove/kernel_log.h"
#include "support/files.h"
#include "support/process.h"
#include "support/text.h"

#include <fmt/format.h>

namespace killify {
namespace {

constexpr const char* kQemu = "qemu-system-x86_64";
// The lean kernel with two display devices uses about 100 MiB, Debian's about 200.
constexpr int kMemoryMib = 512;
// One to watch from, one for the task with a real-time priority.
constexpr int kProcessors = 2;
constexpr std::size_t kTailLines = 20;
// A panic restarts the machine, and a restart ends it.
constexpr const char* kParameters = "console=ttyS0 panic=-1";

std::vector<std::string> arguments_of(const Machine& machine) {
  std::vector<std::string> argv{
      kQemu, "-accel", machine.accelerator, "-m", std::to_string(kMemoryMib), "-smp",
      std::to_string(kProcessors), "-nodefaults", "-no-user-config", "-no-reboot", "-display",
      "none", "-kernel", machine.kernel.string(), "-initrd", machine.initramfs.string(), "-append",
      fmt::format("{} {}", kParameters, machine.parameters),
      // The first port is the console, the second one the report.
      "-serial", "file:" + machine.log.string(), "-serial", "stdio"};
  for (const std::string& device : machine.devices) argv.insert(argv.end(), {"-device", device});
  return argv;
}

std::string name_of(const Trial& trial) {
  std::string name = trial.subject;
  for (const auto* part : {&trial.sleep, &trial.result, &trial.access, &trial.signal})
    if (!part->empty()) name += " " + *part;
  return name;
}

// Why the run is not whole; "" if it is.
std::string trouble_of(const GuestReport& report, const Completed& qemu) {
  if (!report.failure.empty()) return report.failure;
  if (report.complete) return {};
  const std::string end =
      qemu.timed_out ? qemu.how_it_ended() : "the machine stopped (" + qemu.how_it_ended() + ")";
  if (report.kernel.empty()) return "does not come to its first program: " + end;
  if (report.trials.empty()) return "does not come to the end of a trial: " + end;
  return fmt::format("{}, after '{}'", end, name_of(report.trials.back()));
}

}  // namespace

Result<std::string> qemu_version() {
  if (find_program(kQemu).empty())
    return fail("{} is not installed; apt-get install qemu-system-x86", kQemu);
  KILLIFY_TRY(const Completed asked, run({.argv = {kQemu, "--version"}}));
  const auto lines = split_lines(asked.out);
  if (!asked.ok() || lines.empty()) return fail("{} --version: {}", kQemu, asked.how_it_ended());
  return lines.front();
}

Result<GuestRun> run_guest(const Machine& machine,
                           const std::function<void(const Trial&)>& on_trial) {
  KILLIFY_CHECK(write_file_atomic(machine.log, ""));

  GuestRun guest;
  Command command{.argv = arguments_of(machine), .deadline = machine.deadline};
  command.on_line = [&](std::string_view line) {
    const std::size_t known = guest.report.trials.size();
    guest.report.read(line);
    if (guest.report.trials.size() > known) on_trial(guest.report.trials.back());
  };
  KILLIFY_TRY(const Completed qemu, run(command));
  guest.seconds = qemu.wall_seconds;

  KILLIFY_TRY(const std::string console, read_file(machine.log));
  if (!qemu.ok() && !qemu.timed_out && console.empty())
    return fail("{}: {}: {}", kQemu, qemu.how_it_ended(), log_tail(qemu.err, 1));
  guest.complaints = kernel_complaints(console);
  guest.trouble = trouble_of(guest.report, qemu);
  if (guest.report.kernel.empty() && machine.accelerator != "tcg")
    guest.trouble += fmt::format("; {} may not work here: leave --accel out", machine.accelerator);
  if (!guest.trouble.empty()) guest.tail = log_tail(console, kTailLines);
  return guest;
}

}  // namespace killify
