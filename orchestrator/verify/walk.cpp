#include "verify/walk.h"

#include "support/clock.h"
#include "support/digest.h"
#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace killify {
namespace {

namespace fs = std::filesystem;

// Part of every key of the cache of results: raise it when the same inputs are judged differently.
constexpr std::string_view kResultsVersion = "6";
// Long enough to be unique in a cache, short enough for a path.
constexpr std::size_t kKeyLength = 16;

}  // namespace

std::set<std::string> objects_in(const std::vector<ChangedSource>& sources) {
  std::set<std::string> objects;
  for (const ChangedSource& source : sources)
    objects.insert(source.objects.begin(), source.objects.end());
  return objects;
}

std::vector<std::string> paths_from(const std::vector<CommitChange>& changes, std::size_t first) {
  std::set<std::string> paths;
  for (std::size_t i = first; i < changes.size(); ++i)
    paths.insert(changes[i].paths.begin(), changes[i].paths.end());
  return {paths.begin(), paths.end()};
}

fs::path state_directory(const fs::path& cache, const Workshop& workshop,
                         const std::string& configuration) {
  const fs::path objects = workshop.repository().common_dir();
  return cache / "verify" / sha256(objects.string()).substr(0, kKeyLength) / configuration;
}

std::string work_tree_of(const std::string& configuration) {
  return "verify-" + configuration;
}

Walk::Walk(const VerifyRequest& request, Workshop& workshop, const Configuration& configuration,
           const std::vector<CommitChange>& changes, const JobShare& share,
           std::function<void(std::string_view)> say)
    : request_(request),
      workshop_(workshop),
      configuration_(configuration),
      changes_(changes),
      say_(std::move(say)),
      share_(share),
      state_(state_directory(request.cache, workshop, configuration.name)),
      durations_(state_ / "seconds.json") {}

Status Walk::open() {
  auto found = find_compiler(configuration_);
  if (!found && found.error().exit == Exit::kInterrupted)
    return tl::unexpected<Error>(found.error());
  if (found)
    compiler_ = std::move(*found);
  else
    missing_ = found.error().message;
  KILLIFY_TRY(sparse_, sparse_version());
  earlier_.resize(changes_.size());
  if (missing_.empty()) read_results();
  return {};
}

// An entry that cannot be read is as good as none: it is written anew.
void Walk::read_results() {
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    const auto text = read_file(result_file(changes_[i]));
    if (earlier_[i] || !text) continue;
    if (auto known = build_from_json(*text)) {
      known->cached = true;
      earlier_[i] = std::move(*known);
    }
  }
}

Status Walk::lock() {
  const auto known = [](const auto& result) { return result.has_value(); };
  const bool all_known = request_.renamed.empty() && std::ranges::all_of(earlier_, known);
  if (!missing_.empty() || all_known) return {};
  std::error_code error;
  fs::create_directories(state_, error);
  if (!error) fs::create_directories(request_.cache / "logs", error);
  if (error) return fail("{}: cannot make: {}", state_.string(), error.message());
  say_("waiting for the build directory");
  KILLIFY_TRY(lock_, FileLock::wait(state_ / "lock"));
  // What whoever had it has judged.
  read_results();
  return {};
}

std::optional<double> Walk::expected_seconds(std::size_t index, bool first) const {
  {
    const std::lock_guard lock(earlier_mutex_);
    if (!missing_.empty() || earlier_.at(index)) return 0;
  }
  auto seconds = durations_.commit(changes_[index].paths);
  if (!first || started_) return seconds;
  const auto start = durations_.start();
  return seconds && start ? std::optional(*seconds + *start) : std::nullopt;
}

BuildResult Walk::empty_result() const {
  BuildResult build;
  build.configuration = configuration_.name;
  build.arch = configuration_.arch;
  build.compiler = compiler_.version;
  return build;
}

bool Walk::digests_wanted() const {
  return std::ranges::any_of(changes_, &CommitChange::neutral);
}

// Which objects a header's commit compiles depends on the other commits.
fs::path Walk::result_file(const CommitChange& change) const {
  const bool header =
      std::ranges::any_of(change.paths, [](const auto& path) { return path.ends_with(".h"); });
  const std::string around = header ? join(paths_from(changes_, 0), "\n") : std::string();
  const std::string module = request_.module.empty() ? "" : "module\n" + request_.module;
  const std::string neutral = change.neutral ? "neutral\n" + join(change.may_change, "\n") : "";
  const std::string key = fmt::format(
      "{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}", kResultsVersion, change.commit.tree,
      change.parent_tree, configuration_.name, configuration_.arch, configuration_.base,
      configuration_.base_config + configuration_.fragment, configuration_.llvm, compiler_.program,
      compiler_.version, sparse_, join(change.paths, "\n"), around, neutral + module);
  return request_.cache / "verify" / "results" / (sha256(key) + ".json");
}

fs::path Walk::log_file(const Oid& commit, std::string_view what) const {
  return request_.cache / "logs" /
         fmt::format("{}-{}{}.log", short_oid(commit), configuration_.name, what);
}

// `changed`: the paths in which `commit` differs from where the work tree is.
Status Walk::move_to(const Oid& commit, const std::vector<std::string>& changed) {
  if (at_ == commit) return {};
  say_("checking out");
  KILLIFY_TRY(tree_, workshop_.check_out(work_tree_of(configuration_.name), commit));
  if (tree_.string().find_first_of(" :") != std::string::npos)
    return fail(
        "{}: make cannot build below a path with a space or a colon; choose another --cache",
        tree_.string());
  if (!kbuild_)
    kbuild_.emplace(configuration_, compiler_,
                    KbuildOptions{tree_, state_, 1, request_.deadline, request_.module});
  if (at_.empty() || std::ranges::any_of(changed, decides_commands)) {
    kbuild_->forget_commands();
    disabled_.clear();
    prepared_ = false;
  }
  stale_ |= std::ranges::any_of(changed,
                                [&](const auto& path) { return kbuild_->preparation_reads(path); });
  at_ = commit;
  return {};
}

void Walk::remember(const Compiled& compiled) {
  for (const auto& [object, outcome] : compiled.objects) {
    if (outcome.status == Outcome::Status::kBuilt) {
      const auto digest = compiled.digests.find(object);
      known_[object] = {outcome.warnings,
                        digest == compiled.digests.end() ? "" : digest->second,
                        false,
                        {},
                        outcome.unchecked};
    } else if (outcome.status == Outcome::Status::kFailed) {
      known_[object].failed = true;
      known_[object].error = outcome.error;
    }
  }
}

// The parent of changes_[index], with every object that this and later commits touch.
Status Walk::build_parent(std::size_t index) {
  known_.clear();
  at_.clear();
  KILLIFY_CHECK(move_to(changes_[index].parent, {}));
  const auto objects = objects_in(objects_of(tree_, paths_from(changes_, index)));
  if (objects.empty()) return {};
  const fs::path log = log_file(at_, "-parent");
  std::error_code error;
  fs::remove(log, error);
  KILLIFY_TRY(const Compiled compiled, compile(objects, {}, log));
  remember(compiled);
  return {};
}

Result<BuildResult> Walk::judge(std::size_t index) {
  const CommitChange& change = changes_.at(index);
  if (!missing_.empty()) {
    BuildResult build = empty_result();
    for (const std::string& path : change.paths)
      build.objects.push_back({path, "", BuildStatus::kNotJudged, missing_, {}, false});
    return build;
  }
  if (earlier_.at(index)) return *earlier_[index];
  return build_commit(index);
}

// What judge() finds in no cache.
Result<BuildResult> Walk::build_commit(std::size_t index) {
  const CommitChange& change = changes_.at(index);
  auto begin = std::chrono::steady_clock::now();
  if (at_.empty() || at_ != change.parent) {
    if (change.parent.empty())
      at_.clear();
    else
      KILLIFY_CHECK(build_parent(index));
    if (!started_) durations_.note_start(seconds_since(begin));
    begin = std::chrono::steady_clock::now();
  }
  started_ = true;
  KILLIFY_CHECK(build_independent(index));
  if (earlier_[index]) return *earlier_[index];
  KILLIFY_CHECK(move_to(change.commit.oid, change.paths));
  const auto sources = objects_of(tree_, change.paths);
  const auto own = objects_in(sources);
  std::set<std::string> wanted = own;
  for (std::string& object : kbuild_->objects_that_read({change.paths.begin(), change.paths.end()}))
    wanted.insert(std::move(object));
  for (const std::string& path : change.paths) {
    if (!path.starts_with("include/") || !kbuild_->objects_that_read({path}).empty()) continue;
    for (std::string& object : users_of_public_header(tree_, path))
      wanted.insert(std::move(object));
  }

  Compiled compiled;
  const fs::path log = log_file(change.commit.oid, "");
  if (!wanted.empty()) {
    std::error_code error;
    fs::remove(log, error);
    KILLIFY_TRY(compiled, compile(wanted, own, log));
  }
  KILLIFY_TRY(BuildResult build, conclude_build(change, sources, log, compiled));
  durations_.note_commit(change.paths, seconds_since(begin));
  KILLIFY_CHECK(durations_.save());
  return build;
}

// What `compiled` means for the commit where the work tree is, kept for the next run.
Result<BuildResult> Walk::conclude_build(const CommitChange& change,
                                         const std::vector<ChangedSource>& sources,
                                         const fs::path& log, Compiled& compiled) {
  BuildResult build = empty_result();
  std::error_code error;
  if (!compiled.objects.empty() && fs::exists(log, error)) build.log = log.string();
  build.seconds = compiled.seconds;
  judge_sources(sources, compiled, build.objects);
  KILLIFY_CHECK(explain_what_is_off(build.objects));
  KILLIFY_CHECK(measure_lines(change, compiled, build.lines));
  KILLIFY_CHECK(compare_with_parent(change, compiled, log, build));
  if (!at_.empty()) remember(compiled);

  // What could not be judged (a deadline, a full disk) is tried again the next time.
  const bool final = std::ranges::none_of(build.objects, [](const ObjectResult& object) {
    return object.status == BuildStatus::kNotJudged ||
           (object.status == BuildStatus::kFailed && !object.reason.empty());
  });
  if (final) KILLIFY_CHECK(write_file_atomic(result_file(change), build_to_json(build)));
  return build;
}

}  // namespace killify
