#include "verify/kbuild.h"

#include "support/digest.h"
#include "support/files.h"
#include "support/shell_safe.h"
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
$(info killify: checkflags $(CHECKFLAGS))
)";

// Sets it. On make's command line it would reach every make below, also those of tools/, which have
// a variable of that name for something else. GNU make reads what MAKEFILES names first, and only
// Kbuild's own makes run in the build directory.
std::string probe_setting(const fs::path& build_dir, const fs::path& probe) {
  return fmt::format("ifeq \"$(CURDIR)\" \"{}\"\noverride build := -f {} obj\nendif\n",
                     build_dir.string(), probe.string());
}

// The list of the files that the preparation read.
constexpr const char* kPreparedFrom = "prepared-from";

constexpr std::string_view kEnabled = "killify: enabled ";
constexpr std::string_view kDisabled = "killify: disabled ";
constexpr std::string_view kCheckflags = "killify: checkflags ";

// Which goals Kbuild called enabled, and which disabled; what it gives sparse.
struct Lists {
  std::set<std::string> enabled;
  std::set<std::string> disabled;
  std::string checkflags;
};

// `object_of` tells the object of a goal.
template <typename ObjectOf>
Lists read_lists(std::string_view out, ObjectOf object_of) {
  Lists lists;
  for (const std::string& line : split_lines(out)) {
    if (line.starts_with(kEnabled)) lists.enabled.insert(object_of(line.substr(kEnabled.size())));
    if (line.starts_with(kDisabled))
      lists.disabled.insert(object_of(line.substr(kDisabled.size())));
    if (line.starts_with(kCheckflags)) lists.checkflags = line.substr(kCheckflags.size());
  }
  return lists;
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

std::vector<fs::path> Kbuild::roots() const {
  // ccache makes what is below CCACHE_BASEDIR relative.
  return {options_.source, options_.source.lexically_relative(directory()),  // the longer one first
          options_.source.lexically_relative(build_dir())};
}

Status Kbuild::open_module() {
  if (options_.module.empty() || inside_ || aside_) return {};
  KILLIFY_TRY(const std::string makefile, read_file(options_.source / "Makefile"));
  aside_ = makefile.find("KBUILD_EXTMOD_OUTPUT") != std::string::npos;
  inside_ = !aside_;
  return {};
}

std::vector<std::string> Kbuild::module_arguments() const {
  std::vector<std::string> arguments;
  if (!options_.module.empty())
    arguments.push_back("M=" + (options_.source / options_.module).string());
  if (aside_) arguments.push_back("MO=" + directory().string());
  return arguments;
}

std::string Kbuild::goal_of(const std::string& object) const {
  return options_.module.empty() ? object : object.substr(options_.module.size() + 1);
}

std::string Kbuild::object_of(const std::string& goal) const {
  const std::string object = plain_target(without_roots(goal, {options_.source}));
  return aside_ && !object.starts_with(options_.module + "/") ? options_.module + "/" + object
                                                              : object;
}

Command Kbuild::command_in(const fs::path& directory, std::vector<std::string> argv) const {
  Command command;
  command.argv = std::move(argv);
  command.cwd = directory;
  command.env = {{"CCACHE_BASEDIR", options_.source.parent_path().string()},
                 {"CCACHE_NOHASHDIR", "1"}};
  command.deadline = options_.deadline;
  return command;
}

Result<Completed> Kbuild::make(const std::vector<std::string>& arguments, const fs::path& log,
                               const fs::path& makefile) const {
  const std::string wrapper = compiler_.through_ccache ? "ccache " : "";
  // Documents are checked beside the compiler, the same way whether make calls it or not.
  Command command = command_in(
      build_dir(), {"make", "-C", options_.source.string(), "O=" + build_dir().string(),
                    "ARCH=" + configuration_.arch, "CROSS_COMPILE=" + configuration_.cross,
                    "CC=" + wrapper + compiler_.program, "LOCALVERSION=", "W=1", "cmd_checkdoc=",
                    fmt::format("-j{}", options_.jobs), "-k", "--output-sync=target"});
  command.cwd.clear();
  if (configuration_.llvm) command.argv.emplace_back("LLVM=1");
  if (compiler_.through_ccache)
    command.argv.emplace_back(configuration_.llvm ? "HOSTCC=ccache clang" : "HOSTCC=ccache gcc");
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  // Nothing of the user's own kernel builds may change a verdict, and nothing that differs from run
  // to run may make ccache miss.
  for (const auto& [name, value] : std::initializer_list<std::pair<const char*, std::string>>{
           {"MAKEFLAGS", ""},
           {"MFLAGS", ""},
           {"MAKELEVEL", "0"},
           {"KCFLAGS", ""},
           {"KAFLAGS", ""},
           {"KCPPFLAGS", ""},
           {"KBUILD_EXTMOD", ""},
           {"LLVM", ""},
           {"MAKEFILES", makefile.string()},
           {"KCONFIG_CONFIG", ".config"},
           {"KBUILD_KCONFIG", configuration_.forced.empty() ? "" : forcing_file().string()},
           {"KCONFIG_ALLCONFIG", (options_.state / "fragment.config").string()},
           {"KBUILD_BUILD_TIMESTAMP", "Thu Jan  1 00:00:00 UTC 1970"},
           {"KBUILD_BUILD_USER", "killify"},
           {"KBUILD_BUILD_HOST", "localhost"}})
    command.env.emplace_back(name, value);
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
  MakeErrors errors = read_make_errors(made.err, roots());
  for (const std::string& object : objects) errors.by_target.erase(plain_target(object));
  const auto first = errors.by_target.find(errors.first);
  if (made.timed_out || made.signal != 0) {
    outcome.reason = what + ": " + made.how_it_ended();
  } else if (!errors.environment.empty()) {
    outcome.reason = what + ": " + errors.environment;
  } else if (!errors.by_target.empty()) {
    outcome.status = Outcome::Status::kFailed;
    outcome.error =
        std::move((first == errors.by_target.end() ? errors.by_target.begin() : first)->second);
  } else {
    outcome.reason = what + ": " + made.how_it_ended() + ", without a message about it";
  }
  return outcome;
}

Result<Outcome> Kbuild::configure(const fs::path& log) const {
  Outcome outcome;
  outcome.status = Outcome::Status::kBuilt;
  const fs::path config_file = build_dir() / ".config";
  KILLIFY_CHECK(write_file_atomic(options_.state / "fragment.config", configuration_.fragment));
  if (!configuration_.forced.empty()) {
    // "mainmenu" has to stand first, which a "source" before it would prevent.
    KILLIFY_TRY(std::string forcing, read_file(options_.source / "Kconfig"));
    for (const std::string& symbol : configuration_.forced)
      forcing += fmt::format("\nconfig {}\n\tdefault y\n", symbol);
    KILLIFY_CHECK(write_file_atomic(forcing_file(), forcing));
  }
  std::error_code error;
  fs::create_directories(build_dir(), error);
  if (error) return fail("{}: cannot make: {}", build_dir().string(), error.message());
  if (configuration_.base.empty()) {
    KILLIFY_CHECK(write_file_atomic(config_file, configuration_.base_config));
  } else {
    KILLIFY_TRY(const Completed made, make({configuration_.base}, log));
    if (!made.ok()) return failure(made, "make " + configuration_.base, {});
  }
  // The all*config targets read the fragment themselves, others do not know it.
  if (configuration_.base.starts_with("all")) return outcome;
  KILLIFY_TRY(const std::string config, read_file(config_file));
  KILLIFY_CHECK(write_file_atomic(config_file, config + '\n' + configuration_.fragment));
  KILLIFY_TRY(const Completed made, make({"olddefconfig"}, log));
  return made.ok() ? outcome : failure(made, "make olddefconfig", {});
}

std::string Kbuild::config() const {
  return read_file(build_dir() / ".config").value_or("");
}

Result<Outcome> Kbuild::prepare(const std::string& kconfig, const fs::path& log) {
  const std::string stamp =
      sha256(kconfig + '\n' + configuration_.base + '\n' + configuration_.base_config + '\n' +
             configuration_.fragment + '\n' + join(configuration_.forced, " ") + '\n' +
             compiler_.program + '\n' + compiler_.version);
  const fs::path stamp_file = build_dir() / ".killify-prepared";
  Outcome outcome;
  outcome.status = Outcome::Status::kBuilt;
  std::error_code error;
  if (fs::exists(busy_mark(), error)) {
    KILLIFY_CHECK(remove_tree(build_dir()));
    KILLIFY_CHECK(remove_tree(busy_mark()));
  }
  if (const auto last = read_file(stamp_file); last && *last == stamp) {
    KILLIFY_CHECK(note_preparation());
    return outcome;
  }

  KILLIFY_CHECK(remove_tree(stamp_file));
  KILLIFY_TRY(const Outcome configured, configure(log));
  if (configured.status != Outcome::Status::kBuilt) return configured;
  KILLIFY_TRY(const Completed made, make({"prepare", "modules_prepare"}, log));
  if (!made.ok()) return failure(made, "make prepare modules_prepare", {});

  forget_commands();
  prepared_from_.clear();
  KILLIFY_CHECK(remove_tree(options_.state / kPreparedFrom));
  KILLIFY_CHECK(note_preparation());
  KILLIFY_CHECK(write_file_atomic(stamp_file, stamp));
  return outcome;
}

Result<Outcome> Kbuild::refresh(const fs::path& log) const {
  return make_targets({"prepare", "modules_prepare"}, log);
}

Result<Outcome> Kbuild::make_targets(const std::vector<std::string>& targets,
                                     const fs::path& log) const {
  KILLIFY_TRY(const Completed made, make(targets, log));
  if (!made.ok()) return failure(made, "make " + join(targets, " "), {});
  Outcome outcome;
  outcome.status = Outcome::Status::kBuilt;
  return outcome;
}

bool Kbuild::preparation_reads(const std::string& file) const {
  return prepared_from_.contains(file);
}

// Every file that a command of the build directory read by the time that it was prepared.
Status Kbuild::note_preparation() {
  if (!prepared_from_.empty()) return {};
  const fs::path list = options_.state / kPreparedFrom;
  if (const auto known = read_file(list)) {
    for (std::string& file : split_lines(*known)) prepared_from_.insert(std::move(file));
    return {};
  }
  std::error_code error;
  for (fs::recursive_directory_iterator entry(build_dir(), error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() != ".cmd") continue;
    prepared_from_.merge(inputs_in(entry->path()));
  }
  if (error) return fail("{}: cannot list: {}", build_dir().string(), error.message());
  std::string text;
  for (const std::string& file : prepared_from_) text += file + '\n';
  return write_file_atomic(list, text);
}

Result<BuildRun> Kbuild::build(const std::vector<std::string>& objects, const fs::path& log) {
  using S = Outcome::Status;
  BuildRun run;
  KILLIFY_CHECK(open_module());
  // A goal is make's to expand, and stands in the command lines of Kbuild's own shells.
  std::vector<std::string> goals;
  std::vector<std::string> asked;
  for (const std::string& object : objects) {
    if (!is_shell_safe(object)) {
      run.objects[object].reason =
          "not built: make hands names to a shell, and this is no plain one";
    } else if (!options_.module.empty() && !object.starts_with(options_.module + "/")) {
      run.objects[object].reason =
          fmt::format("not built: it is outside of {}, which make is given as M=", options_.module);
    } else {
      asked.push_back(object);
      goals.push_back(goal_of(object));
    }
  }
  if (goals.empty()) return run;
  for (const std::string& object : asked) KILLIFY_CHECK(remove_tree(file_of(object)));

  const fs::path probe = options_.state / "probe.mk";
  const fs::path setting = options_.state / "probe-setting.mk";
  KILLIFY_CHECK(write_file_atomic(probe, kProbe));
  KILLIFY_CHECK(write_file_atomic(setting, probe_setting(directory(), probe)));
  std::vector<std::string> arguments = module_arguments();
  arguments.insert(arguments.end(), goals.begin(), goals.end());
  KILLIFY_TRY(const Completed made, make(arguments, log, setting));
  run.seconds = made.wall_seconds;

  const auto named = [this](const std::string& goal) { return object_of(goal); };
  const Lists lists = read_lists(made.out, named);
  MakeErrors errors = read_make_errors(made.err, roots());
  for (auto own = std::exchange(errors.by_target, {}); auto& [target, error] : own)
    errors.by_target[named(target)] = std::move(error);
  Warnings warnings;
  for (auto said = read_warnings(made.err, roots()); auto& [owner, of_owner] : said)
    warnings[owner.ends_with(".o") ? named(owner) : owner] = std::move(of_owner);
  checkflags_.clear();
  std::istringstream flags(lists.checkflags);
  for (std::string flag; flags >> flag;) checkflags_.push_back(std::move(flag));
  for (const std::string& object : asked) {
    const std::string name = plain_target(object);
    Outcome& outcome = run.objects[object];
    std::error_code error;
    const auto own = errors.by_target.find(name);
    if (lists.disabled.contains(name)) {
      outcome.status = S::kNotEnabled;
    } else if (lists.enabled.contains(name) && fs::exists(file_of(object), error) &&
               own == errors.by_target.end()) {
      outcome.status = S::kBuilt;
      keep_command(object);
      for (const std::string& owner : {path_of_source(object), name})
        if (const auto said = warnings.find(owner); said != warnings.end())
          outcome.warnings.insert(outcome.warnings.end(), said->second.begin(), said->second.end());
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

}  // namespace killify
