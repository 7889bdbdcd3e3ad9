#include "prove/lean_kernel.h"

#include "support/digest.h"
#include "support/files.h"
#include "support/temp_dir.h"
#include "support/text.h"
#include "verify/kbuild.h"
#include "verify/kconfig.h"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <utility>

namespace killify {
namespace {

namespace fs = std::filesystem;
using Built = Outcome::Status;

// A whole kernel on a busy machine.
constexpr std::chrono::hours kBuildPatience{3};
constexpr const char* kImage = "arch/x86/boot/bzImage";

std::string reason_of(const Outcome& outcome) {
  if (outcome.error.text.empty()) return outcome.reason;
  return fmt::format("{}:{}: {}", outcome.error.file, outcome.error.line, outcome.error.text);
}

// The options that a fragment sets and a configuration does not have, one a line.
std::string options_missing(std::string_view fragment, std::string_view config) {
  const auto has = enabled_symbols(config);
  std::string missing;
  for (const std::string& symbol : enabled_symbols(fragment))
    if (!has.contains(symbol)) missing += symbol + '\n';
  return missing;
}

std::optional<LeanKernel> kept(const fs::path& place) {
  const auto missing = read_file(place / "missing");
  if (!missing) return std::nullopt;
  return LeanKernel{place / "bzImage", place / "initramfs", split_lines(*missing), {}};
}

}  // namespace

Result<LeanKernels> LeanKernels::open(const LeanOptions& options, const Fixture& fixture,
                                      Workshop& workshop) {
  LeanKernels kernels(options, fixture, workshop);
  ConfigurationSpec spec{.name = options.locking ? "lean-locking" : "lean",
                         .arch = "x86_64",
                         .base = "allnoconfig",
                         .fragments = {fixture.file("lean.config")}};
  if (options.locking) spec.fragments.push_back(fixture.file("locking.config"));
  KILLIFY_TRY(kernels.configuration_, make_configuration(spec));
  KILLIFY_TRY(kernels.compiler_, find_compiler(kernels.configuration_));
  return kernels;
}

fs::path LeanKernels::place_of(const Oid& tree) const {
  const std::string key =
      sha256(fmt::format("{}\n{}\n{}\n{}\n{}", tree, configuration_.base, configuration_.fragment,
                         compiler_.version, fixture_.digest()));
  return options_.cache / "prove" / "kernels" / key.substr(0, kKeyLength);
}

Result<LeanKernel> LeanKernels::of(const CommitInfo& commit,
                                   const std::function<void(std::string_view)>& say) {
  const fs::path place = place_of(commit.tree);
  if (auto there = kept(place)) return std::move(*there);
  const fs::path objects = workshop_.repository().common_dir();
  const fs::path state = options_.cache / "prove" / "builds" /
                         sha256(objects.string()).substr(0, kKeyLength) / configuration_.name;
  say("waiting for the build directory");
  KILLIFY_TRY(const FileLock lock, FileLock::wait(state / "lock"));
  if (auto there = kept(place)) return std::move(*there);  // by another run, meanwhile
  remove_stale_temporaries(place.parent_path());
  return build(commit, state, place, say);
}

// In the order in which make needs it: the tree, .config, the kernel and Module.symvers, then the
// modules of the experiment. What is done is put in its place as a whole.
Result<LeanKernel> LeanKernels::build(const CommitInfo& commit, const fs::path& state,
                                      const fs::path& place,
                                      const std::function<void(std::string_view)>& say) {
  say("checking out");
  KILLIFY_TRY(const Snapshot snapshot, workshop_.repository().snapshot(commit.oid));
  KILLIFY_TRY(const fs::path tree, workshop_.check_out("prove-" + name(), commit.oid));
  if (tree.string().find_first_of(" :") != std::string::npos)
    return fail(
        "{}: make cannot build below a path with a space or a colon; choose another --cache",
        tree.string());
  const fs::path log =
      options_.cache / "logs" / fmt::format("{}-{}.log", short_oid(commit.oid), name());
  KILLIFY_CHECK(write_file_atomic(log, ""));
  Kbuild kbuild(configuration_, compiler_, {tree, state, options_.jobs, kBuildPatience});

  LeanKernel kernel;
  say("configuring");
  KILLIFY_TRY(Outcome outcome, kbuild.prepare(kconfig_digest(snapshot), log));
  if (outcome.status == Built::kBuilt) {
    say("building the kernel");
    KILLIFY_TRY(outcome, kbuild.make_targets({"bzImage", "modules"}, log));
  }
  if (outcome.status != Built::kBuilt) {
    kernel.trouble = fmt::format("cannot be built: {}; see {}", reason_of(outcome), log.string());
    return kernel;
  }

  say("building the modules");
  KILLIFY_TRY(const TempDir scratch, TempDir::make(place.parent_path()));
  const fs::path made = scratch.path() / "kernel";
  const MakeModules make = [&](const std::vector<std::string>& arguments) -> Status {
    KILLIFY_TRY(const Outcome modules, kbuild.make_targets(arguments, log));
    if (modules.status == Built::kBuilt) return {};
    return fail("{}: cannot be built for {}: {}; see {}", fixture_.file("").string(), commit.oid,
                reason_of(modules), log.string());
  };
  KILLIFY_CHECK(fixture_.build(make, tree / "include" / "uapi", made / "initramfs"));
  std::error_code error;
  fs::copy_file(state / "build" / kImage, made / "bzImage", error);
  if (error) return fail("{}: cannot be copied: {}", kImage, error.message());
  KILLIFY_TRY(const std::string asked, read_file(fixture_.file("lean.config")));
  KILLIFY_CHECK(write_file_atomic(made / "missing", options_missing(asked, kbuild.config())));
  fs::remove_all(place, error);
  fs::rename(made, place, error);
  if (error) return fail("{}: cannot be put in place: {}", place.string(), error.message());
  if (auto there = kept(place)) return std::move(*there);
  return fail("{}: cannot be read", place.string());
}

}  // namespace killify
