#include "prove/prove.h"

#include "prove/fixture.h"
#include "prove/guest.h"
#include "prove/kernel_log.h"
#include "prove/lean_kernel.h"
#include "prove/stock_kernel.h"
#include "support/files.h"
#include "support/process.h"
#include "support/temp_dir.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace killify {
namespace {

namespace fs = std::filesystem;

// Display devices of qemu for which the lean configuration has a driver. Which of these sit on TTM
// is seen in the kernel that runs.
const std::vector<std::string> kDevices{"bochs-display", "qxl"};

// A shape before and after, as the fixture's module names it.
struct ShapePath {
  const char* name;
  Harm harm;
  bool control;
  const char* before;  // of an interruptible sleep
  const char* after;   // of a killable one
};
constexpr ShapePath kShapePaths[] = {
    {"shape: NOPAGE on a signal; then killable, SIGBUS", Harm::kSpin, false, "NOPAGE", "SIGBUS"},
    {"shape: as TTM, RETRY and then NOPAGE; then killable", Harm::kSpin, false, "RETRY", "RETRY"},
    {"shape: SIGBUS on a signal; then killable", Harm::kBusError, false, "SIGBUS", "SIGBUS"},
    {"control: NOPAGE on a signal; then killable, but still NOPAGE", Harm::kSpin, true, "NOPAGE",
     "NOPAGE"},
};

template <typename Predicate>
std::vector<Trial> pick(const std::vector<Trial>& trials, const Predicate& predicate) {
  std::vector<Trial> picked;
  std::ranges::copy_if(trials, std::back_inserter(picked), predicate);
  return picked;
}

void add_shapes(const std::vector<Trial>& before, const std::vector<Trial>& after,
                std::vector<Path>& paths) {
  for (const ShapePath& shape : kShapePaths) {
    Path path{.name = shape.name, .harm = shape.harm, .claimed = true, .control = shape.control};
    path.before = pick(before, [&](const Trial& trial) {
      return trial.sleep == "interruptible" && trial.result == shape.before;
    });
    path.after = pick(after, [&](const Trial& trial) {
      return trial.sleep == "killable" && trial.result == shape.after;
    });
    judge(path);
    paths.push_back(std::move(path));
  }
}

// The shapes as they are, before and after; `control` are the trials of a kernel without what ends
// the fault of a killed task.
void add_enclosed_shapes(const std::vector<Trial>& before, const std::vector<Trial>& after,
                         const std::vector<Trial>& control, std::vector<Path>& paths) {
  for (const ShapePath& shape : kShapePaths) {
    const std::string name = shape.name;
    Path path{.name = shape.control
                          ? "control: NOPAGE on a signal; the series without its last rule"
                          : name.substr(0, name.find(';')),
              .harm = shape.harm,
              .claimed = true,
              .control = shape.control,
              .kernel_only = true};
    const auto of_shape = [&](const Trial& trial) {
      return trial.sleep == "interruptible" && trial.result == shape.before;
    };
    path.before = pick(before, of_shape);
    path.after = pick(shape.control ? control : after, of_shape);
    judge(path);
    paths.push_back(std::move(path));
  }
}

// A path for each driver that either kernel could be tried with.
void add_drivers(const std::vector<Trial>& before, const std::vector<Trial>& after,
                 const SeriesRequest& series, std::vector<Path>& paths) {
  std::vector<std::string> subjects;
  for (const auto* trials : {&before, &after})
    for (const Trial& trial : *trials)
      if (trial.sleep.empty() && std::ranges::find(subjects, trial.subject) == subjects.end())
        subjects.push_back(trial.subject);
  for (const std::string& subject : subjects) {
    const auto of_subject = [&](const Trial& trial) {
      return trial.sleep.empty() && trial.subject == subject;
    };
    Path path{.driver = true, .before = pick(before, of_subject), .after = pick(after, of_subject)};
    const std::string handler = (path.before.empty() ? path.after : path.before).front().handler;
    path.name = fmt::format("{}: {}()", subject, handler);
    path.claimed = series.enclosed || series.handlers.contains(handler);
    path.kernel_only = series.enclosed;
    judge(path);
    paths.push_back(std::move(path));
  }
}

// Boots, and counts trials while it runs.
class Runner {
 public:
  Runner(const ProveRequest& request, Progress& progress, std::size_t machines)
      : request_(request), progress_(progress) {
    // Only to say how far it is: nine trials of each subject, three shapes of each kind of sleep.
    constexpr std::size_t kTrials = 9;
    progress_.begin("Proving", machines == 1 ? 6 * kTrials : machines * 5 * kTrials);
  }

  void say(std::string_view what) { progress_.advance(done_, what); }

  // Boots `machine` and adds what it tells to `kernel`. While it runs its console is a file of this
  // run's own, so that two at once do not collide.
  [[nodiscard]] Result<std::vector<Trial>> boot(Machine machine, BootedKernel& kernel) {
    KILLIFY_TRY(const TempDir scratch, TempDir::make(request_.cache / "scratch"));
    machine.accelerator = request_.accelerator;
    machine.deadline = request_.deadline;
    machine.log = scratch.path() / "console";
    say(kernel.role + ": booting");
    KILLIFY_TRY(GuestRun run, run_guest(machine, [&](const Trial& trial) {
                  ++done_;
                  say(fmt::format("{}: {} {} {} {}", kernel.role, trial.subject, trial.sleep,
                                  trial.result, trial.access));
                }));
    KILLIFY_TRY(const std::string console, read_file(machine.log));
    const fs::path kept =
        request_.cache / "logs" / fmt::format("prove-{}-{}.log", kernel.role, kernel.configuration);
    KILLIFY_CHECK(write_file_atomic(kept, console));
    kernel.log = kept.string();
    kernel.release = run.report.kernel;
    kernel.unusable = std::move(run.report.unusable);
    kernel.complaints = std::move(run.complaints);
    kernel.trouble = std::move(run.trouble);
    kernel.tail = std::move(run.tail);
    kernel.seconds = run.seconds;
    return std::move(run.report.trials);
  }

  void end(const Proof& proof) {
    progress_.end(fmt::format("{} trials, {}", done_, proof_verdict_name(proof.verdict())));
  }

 private:
  const ProveRequest& request_;
  Progress& progress_;
  std::size_t done_ = 0;
};

}  // namespace

Result<Proof> prove_stock(const ProveRequest& request, const std::string& version,
                          Progress& progress) {
  Proof proof;
  proof.accelerator = request.accelerator;
  KILLIFY_TRY(proof.qemu, qemu_version());
  KILLIFY_TRY(const Fixture fixture, Fixture::open());
  Runner runner(request, progress, 1);
  runner.say("looking for Debian's kernel");
  const fs::path directory = request.cache / "prove" / "stock";
  KILLIFY_TRY(const StockKernel kernel, stock_kernel(directory, version));
  const fs::path initramfs = directory / "initramfs" /
                             fmt::format("{}_{}_{}", kernel.package, kernel.version,
                                         fixture.digest().substr(0, kKeyLength));
  if (std::error_code error; !fs::exists(initramfs, error)) {
    runner.say("building the modules");
    const MakeModules make = [&](const std::vector<std::string>& arguments) -> Status {
      Command command{.argv = kernel.make, .env = {{"MAKEFLAGS", ""}}};
      command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
      KILLIFY_TRY(const Completed made, run(command));
      if (made.ok()) return {};
      return fail("{}: cannot be built for {}: {}", fixture.file("").string(), kernel.package,
                  log_tail(made.err, 3));
    };
    KILLIFY_CHECK(fixture.build(make, kernel.uapi, initramfs));
  }
  BootedKernel booted{.role = "stock",
                      .source = fmt::format("{} {}", kernel.package, kernel.version),
                      .configuration = "debian"};
  const Machine machine{
      .kernel = kernel.image, .initramfs = initramfs, .parameters = "killify_shapes=both"};
  KILLIFY_TRY(const auto trials, runner.boot(machine, booted));
  proof.kernels.push_back(std::move(booted));
  add_shapes(trials, trials, proof.paths);
  runner.end(proof);
  return proof;
}

Result<Proof> prove_series(const ProveRequest& request, const SeriesRequest& series,
                           Workshop& workshop, Progress& progress) {
  Proof proof;
  proof.series = true;
  proof.accelerator = request.accelerator;
  KILLIFY_TRY(proof.qemu, qemu_version());
  KILLIFY_TRY(const Fixture fixture, Fixture::open());
  KILLIFY_TRY(LeanKernels kernels,
              LeanKernels::open({request.cache, request.jobs, series.locking}, fixture, workshop));
  Runner runner(request, progress, series.control ? 3 : 2);
  std::vector<Trial> before;
  std::vector<Trial> after;
  std::vector<Trial> control;
  // All are built before the first is booted: a series that does not build is known early.
  struct Side {
    const char* role;
    const char* shapes;
    const CommitInfo& commit;
    std::vector<Trial>& trials;
    LeanKernel kernel;
  };
  std::vector<Side> sides{
      {"before", "interruptible", series.base, before, {}},
      {"after", series.enclosed ? "interruptible" : "killable", series.tip, after, {}}};
  if (series.control) sides.push_back({"control", "interruptible", *series.control, control, {}});
  for (Side& side : sides) {
    KILLIFY_TRY(side.kernel, kernels.of(side.commit, [&](std::string_view what) {
      runner.say(fmt::format("{}: {}", side.role, what));
    }));
  }
  for (Side& side : sides) {
    BootedKernel booted{.role = side.role,
                        .source = side.commit.oid,
                        .tree = side.commit.tree,
                        .configuration = kernels.name(),
                        .missing = side.kernel.missing,
                        .trouble = side.kernel.trouble};
    if (booted.trouble.empty()) {
      const Machine machine{.kernel = side.kernel.image,
                            .initramfs = side.kernel.initramfs,
                            .parameters = fmt::format("killify_shapes={}", side.shapes),
                            .devices = kDevices};
      KILLIFY_TRY(side.trials, runner.boot(machine, booted));
    }
    proof.kernels.push_back(std::move(booted));
  }
  add_drivers(before, after, series, proof.paths);
  if (series.enclosed)
    add_enclosed_shapes(before, after, control, proof.paths);
  else
    add_shapes(before, after, proof.paths);
  runner.end(proof);
  return proof;
}

}  // namespace killify
