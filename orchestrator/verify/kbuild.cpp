#include "verify/kbuild.h"

#include "support/digest.h"
#include "support/files.h"
#include "support/text.h"

#include <fmt/format.h>

#include <set>
#include <sstream>
#include <utility>

namespace killify {
namespace {

namespace fs = std::filesystem;

// Asked for an object that the configuration leaves out, Kbuild compiles it all the same: the
// pattern rule of the nearest directory that it does visit matches any path below, and the driver's
// own flags are then missing. So that "built" means "built as the configuration builds it", the
// makefile that Kbuild reads in every directory is wrapped: `build`, the variable by which it
// starts itself, is set to read this file instead. It includes the real one, says which of the
// goals the directory's lists hold, and turns those that are in no list into a rule that does
// nothing.
constexpr std::string_view kProbe = R"(include $(srctree)/scripts/Makefile.build

killify-goals := $(filter-out $(single-subdir-goals),$(filter %.o,$(MAKECMDGOALS)))
killify-on := $(filter $(killify-goals),$(real-obj-y) $(real-obj-m) $(lib-y) $(extra-y) $(always-y))
killify-off := $(filter-out $(killify-on),$(killify-goals))
$(foreach goal,$(killify-on),$(info killify: enabled $(goal)))
$(foreach goal,$(killify-off),$(info killify: disabled $(goal)))
$(killify-off): ; @:
)";

constexpr std::string_view kEnabled = "killify: enabled ";
constexpr std::string_view kDisabled = "killify: disabled ";

// Which goals Kbuild called enabled, and which disabled.
struct Lists {
  std::set<std::string> enabled;
  std::set<std::string> disabled;
};

Lists read_lists(std::string_view out) {
  Lists lists;
  for (const std::string& line : split_lines(out)) {
    if (line.starts_with(kEnabled))
      lists.enabled.insert(plain_target(line.substr(kEnabled.size())));
    if (line.starts_with(kDisabled))
      lists.disabled.insert(plain_target(line.substr(kDisabled.size())));
  }
  return lists;
}

fs::path command_file(const fs::path& object) {
  return object.parent_path() / ("." + object.filename().string() + ".cmd");
}

Status remove_tree(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) return fail("{}: cannot remove: {}", path.string(), error.message());
  return {};
}

}  // namespace

Kbuild::Kbuild(Configuration configuration, Compiler compiler, KbuildOptions options)
    : configuration_(std::move(configuration)),
      compiler_(std::move(compiler)),
      options_(std::move(options)) {
  // make and ccache resolve links; messages then match what we cut off them.
  std::error_code error;
  options_.source = fs::weakly_canonical(options_.source, error);
  options_.state = fs::weakly_canonical(options_.state, error);
}

MakeErrors Kbuild::errors_of(const Completed& made) const {
  // ccache makes what is below CCACHE_BASEDIR relative.
  return read_make_errors(made.err,
                          {options_.source, options_.source.lexically_relative(build_dir())});
}

Result<Completed> Kbuild::make(const std::vector<std::string>& arguments,
                               const fs::path& log) const {
  const std::string wrapper = compiler_.through_ccache ? "ccache " : "";
  Command command;
  command.argv = {"make",
                  "-C",
                  options_.source.string(),
                  "O=" + build_dir().string(),
                  "ARCH=" + configuration_.arch,
                  "CROSS_COMPILE=" + configuration_.cross,
                  "CC=" + wrapper + compiler_.program,
                  "LOCALVERSION=",
                  fmt::format("-j{}", options_.jobs),
                  "-k",
                  "--output-sync=target"};
  if (compiler_.through_ccache) command.argv.emplace_back("HOSTCC=ccache gcc");
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  // Nothing of the user's own kernel builds may change a verdict, and nothing that differs from run
  // to run may make ccache miss.
  command.env = {{"LC_ALL", "C"},
                 {"MAKEFLAGS", ""},
                 {"MFLAGS", ""},
                 {"MAKELEVEL", "0"},
                 {"KCFLAGS", ""},
                 {"KAFLAGS", ""},
                 {"KCPPFLAGS", ""},
                 {"KBUILD_EXTMOD", ""},
                 {"LLVM", ""},
                 // The kernel's Makefile drops LC_ALL; a message must not be translated.
                 {"LANG", "C"},
                 {"LANGUAGE", ""},
                 {"LC_MESSAGES", "C"},
                 {"KCONFIG_CONFIG", ".config"},
                 {"KCONFIG_ALLCONFIG", (options_.state / "fragment.config").string()},
                 {"KBUILD_BUILD_TIMESTAMP", "Thu Jan  1 00:00:00 UTC 1970"},
                 {"KBUILD_BUILD_USER", "killify"},
                 {"KBUILD_BUILD_HOST", "localhost"},
                 {"CCACHE_BASEDIR", options_.source.parent_path().string()},
                 {"CCACHE_NOHASHDIR", "1"}};
  command.deadline = options_.deadline;
  command.log = log;
  // Left behind when this process is killed, or make had to be: then a generator or a generated
  // header may be half written, and make would take it for finished. Otherwise make removed such a
  // thing.
  KILLIFY_CHECK(write_file_atomic(busy_mark(), ""));
  auto made = run(command);
  if (!made || !made->timed_out) KILLIFY_CHECK(remove_tree(busy_mark()));
  return made;
}

Outcome Kbuild::failure(const Completed& made, const std::string& what,
                        const std::vector<std::string>& objects) const {
  Outcome outcome;
  MakeErrors errors = errors_of(made);
  for (const std::string& object : objects) errors.by_target.erase(plain_target(object));
  if (made.timed_out || made.signal != 0) {
    outcome.reason = what + ": " + made.how_it_ended();
  } else if (!errors.environment.empty()) {
    outcome.reason = what + ": " + errors.environment;
  } else if (!errors.by_target.empty()) {
    outcome.status = Outcome::Status::kFailed;
    outcome.error = std::move(errors.by_target.begin()->second);
  } else {
    outcome.reason = what + ": " + made.how_it_ended() + ", without a message about it";
  }
  return outcome;
}

Result<Outcome> Kbuild::prepare(const std::string& kconfig, const fs::path& log) {
  const std::string stamp =
      sha256(kconfig + '\n' + configuration_.base + '\n' + configuration_.fragment + '\n' +
             compiler_.program + '\n' + compiler_.version);
  const fs::path stamp_file = build_dir() / ".killify-prepared";
  Outcome outcome;
  outcome.status = Outcome::Status::kBuilt;
  std::error_code error;
  if (fs::exists(busy_mark(), error)) {
    KILLIFY_CHECK(remove_tree(build_dir()));
    KILLIFY_CHECK(remove_tree(busy_mark()));
  }
  if (const auto last = read_file(stamp_file); last && *last == stamp) return outcome;

  KILLIFY_CHECK(remove_tree(stamp_file));
  KILLIFY_CHECK(write_file_atomic(options_.state / "fragment.config", configuration_.fragment));
  fs::create_directories(build_dir(), error);
  if (error) return fail("{}: cannot make: {}", build_dir().string(), error.message());

  KILLIFY_TRY(Completed made, make({configuration_.base}, log));
  if (!made.ok()) return failure(made, "make " + configuration_.base, {});
  // The all*config targets read the fragment themselves, others do not know it.
  if (!configuration_.base.starts_with("all")) {
    KILLIFY_TRY(const std::string config, read_file(build_dir() / ".config"));
    KILLIFY_CHECK(write_file_atomic(build_dir() / ".config", config + configuration_.fragment));
    KILLIFY_TRY(made, make({"olddefconfig"}, log));
    if (!made.ok()) return failure(made, "make olddefconfig", {});
  }
  KILLIFY_TRY(made, make({"prepare", "modules_prepare"}, log));
  if (!made.ok()) return failure(made, "make prepare modules_prepare", {});

  KILLIFY_CHECK(write_file_atomic(stamp_file, stamp));
  return outcome;
}

Result<BuildRun> Kbuild::build(const std::vector<std::string>& objects, const fs::path& log) {
  using S = Outcome::Status;
  BuildRun run;
  if (objects.empty()) return run;
  for (const std::string& object : objects) KILLIFY_CHECK(remove_tree(build_dir() / object));

  const fs::path probe = options_.state / "probe.mk";
  KILLIFY_CHECK(write_file_atomic(probe, kProbe));
  std::vector<std::string> arguments{"build=-f " + probe.string() + " obj"};
  arguments.insert(arguments.end(), objects.begin(), objects.end());
  KILLIFY_TRY(const Completed made, make(arguments, log));
  run.seconds = made.wall_seconds;

  const Lists lists = read_lists(made.out);
  const MakeErrors errors = errors_of(made);
  for (const std::string& object : objects) {
    const std::string name = plain_target(object);
    Outcome& outcome = run.objects[object];
    std::error_code error;
    const auto own = errors.by_target.find(name);
    if (lists.disabled.contains(name)) {
      outcome.status = S::kNotEnabled;
    } else if (lists.enabled.contains(name) && fs::exists(build_dir() / object, error) &&
               own == errors.by_target.end()) {
      outcome.status = S::kBuilt;
    } else if (own != errors.by_target.end() && errors.environment.empty()) {
      outcome.status = S::kFailed;
      outcome.error = own->second;
    } else if (!made.ok()) {
      outcome = failure(made, "make", objects);
    } else if (lists.enabled.contains(name)) {
      outcome.reason = "make ended well, but did not write the object";
    } else {
      outcome.reason = "make ended well, but did not say whether the object is enabled";
    }
  }
  return run;
}

bool Kbuild::compiled_from(const std::string& object, const std::string& file) const {
  const auto commands = read_file(build_dir() / command_file(object));
  if (!commands) return false;
  // Words of the file are paths among other things, absolute or relative to the tree, and may hold
  // "..".
  const std::string name = fs::path(file).filename().string();
  std::istringstream words(*commands);
  for (std::string word; words >> word;) {
    if (!word.ends_with(name)) continue;
    const std::string path = fs::path(word).lexically_normal().string();
    if (path == file || path.ends_with("/" + file)) return true;
  }
  return false;
}

}  // namespace killify
