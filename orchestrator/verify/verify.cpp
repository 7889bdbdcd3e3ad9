#include "verify/verify.h"

#include "support/digest.h"
#include "support/files.h"
#include "support/interrupt.h"
#include "support/text.h"
#include "verify/kbuild.h"
#include "verify/objects.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <utility>

namespace killify {
namespace {

namespace fs = std::filesystem;

// Part of every key of the cache of results: raise it when the same inputs are judged differently.
constexpr std::string_view kResultsVersion = "1";
// Long enough to be unique in a cache, short enough for a path.
constexpr std::size_t kKeyLength = 16;
constexpr std::size_t kShortOid = 12;

ObjectResult result(const ChangedSource& source, std::string object, BuildStatus status,
                    std::string reason = {}) {
  return ObjectResult{source.path, std::move(object), status, std::move(reason), {}};
}

ObjectResult from_outcome(const ChangedSource& source, const std::string& object,
                          const Outcome& outcome) {
  ObjectResult judged = result(source, object, BuildStatus::kNotJudged, outcome.reason);
  switch (outcome.status) {
    case Outcome::Status::kBuilt:
      judged.status = BuildStatus::kBuilt;
      break;
    case Outcome::Status::kFailed:
      judged.status = BuildStatus::kFailed;
      judged.error = outcome.error;
      break;
    case Outcome::Status::kNotEnabled:
      judged.status = BuildStatus::kNotEnabled;
      break;
    case Outcome::Status::kUnknown:
      break;
  }
  return judged;
}

// What decides a configuration: Kconfig files, and the program that reads them.
std::string kconfig_digest(const Snapshot& snapshot) {
  std::string lines;
  for (const TreeEntry& entry : snapshot.entries) {
    const std::string_view name = std::string_view(entry.path).substr(entry.path.rfind('/') + 1);
    if (name.starts_with("Kconfig") || entry.path.starts_with("scripts/kconfig/") ||
        name.ends_with("_defconfig"))
      lines += entry.path + ' ' + entry.blob + '\n';
  }
  return sha256(lines);
}

// One configuration's way through the commits. The lock, the work tree and the build directory are
// taken when the first commit has to be built, so that a report from the cache costs nothing.
class Walk {
 public:
  // `say` hears what is going on.
  Walk(const VerifyRequest& request, Workshop& workshop, const Configuration& configuration,
       std::function<void(std::string_view)> say)
      : request_(request),
        workshop_(workshop),
        configuration_(configuration),
        say_(std::move(say)) {}

  [[nodiscard]] Status find_the_compiler() {
    auto found = find_compiler(configuration_);
    if (!found && found.error().exit == Exit::kInterrupted)
      return tl::unexpected<Error>(found.error());
    if (found)
      compiler_ = std::move(*found);
    else
      missing_ = found.error().message;
    return {};
  }

  [[nodiscard]] Result<BuildResult> judge(const CommitInfo& commit);

 private:
  // A commit's objects, built; `prepared` is not kBuilt where make did not come so far.
  struct Built {
    Outcome prepared;
    BuildRun run;
  };

  [[nodiscard]] BuildResult unjudged(const std::vector<std::string>& changed) const;
  [[nodiscard]] Result<fs::path> result_file(const CommitInfo& commit,
                                             const std::vector<std::string>& changed) const;
  [[nodiscard]] fs::path log_file(const Oid& commit) const {
    return request_.cache / "logs" /
           fmt::format("{}-{}.log", commit.substr(0, kShortOid), configuration_.name);
  }
  [[nodiscard]] Status start();
  [[nodiscard]] Status move_to(const Oid& commit);
  [[nodiscard]] Result<Built> build(const Oid& commit, const std::vector<std::string>& objects,
                                    const fs::path& log);
  void judge_sources(const std::vector<ChangedSource>& sources, const Built& built,
                     std::vector<ObjectResult>& results) const;
  [[nodiscard]] ObjectResult judge_header(const ChangedSource& source, const Built& built) const;
  [[nodiscard]] Status compare_with_parent(const CommitInfo& commit, const fs::path& log,
                                           std::vector<ObjectResult>& results);

  const VerifyRequest& request_;
  Workshop& workshop_;
  const Configuration& configuration_;
  std::function<void(std::string_view)> say_;
  Compiler compiler_;
  std::string missing_;  // why there is no compiler
  std::optional<FileLock> lock_;
  std::optional<Kbuild> kbuild_;
  fs::path state_;
  fs::path tree_;
};

BuildResult Walk::unjudged(const std::vector<std::string>& changed) const {
  BuildResult build;
  build.configuration = configuration_.name;
  build.arch = configuration_.arch;
  for (const std::string& path : changed)
    build.objects.push_back({path, "", BuildStatus::kNotJudged, missing_, {}});
  return build;
}

Result<fs::path> Walk::result_file(const CommitInfo& commit,
                                   const std::vector<std::string>& changed) const {
  Oid before;
  if (!commit.parents.empty()) {
    KILLIFY_TRY(const CommitInfo parent, workshop_.repository().commit(commit.parents.front()));
    before = parent.tree;
  }
  const std::string key = fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}", kResultsVersion,
                                      commit.tree, before, configuration_.name, configuration_.arch,
                                      configuration_.base, configuration_.fragment,
                                      compiler_.program, compiler_.version, join(changed, "\n"));
  return request_.cache / "verify" / "results" / (sha256(key) + ".json");
}

Status Walk::start() {
  if (lock_) return {};
  const fs::path objects = workshop_.repository().common_dir();
  state_ = request_.cache / "verify" / sha256(objects.string()).substr(0, kKeyLength) /
           configuration_.name;
  std::error_code error;
  fs::create_directories(state_, error);
  if (error) return fail("{}: cannot make: {}", state_.string(), error.message());
  say_("waiting for the build directory");
  KILLIFY_TRY(lock_, FileLock::wait(state_ / "lock"));
  return {};
}

Status Walk::move_to(const Oid& commit) {
  say_("checking out");
  KILLIFY_TRY(tree_, workshop_.check_out("verify-" + configuration_.name, commit));
  if (tree_.string().find_first_of(" :") != std::string::npos)
    return fail(
        "{}: make cannot build below a path with a space or a colon; choose another --cache",
        tree_.string());
  if (!kbuild_)
    kbuild_.emplace(configuration_, compiler_,
                    KbuildOptions{tree_, state_, request_.jobs, request_.deadline});
  return {};
}

Result<Walk::Built> Walk::build(const Oid& commit, const std::vector<std::string>& objects,
                                const fs::path& log) {
  Built built;
  say_("preparing");
  KILLIFY_TRY(const Snapshot snapshot, workshop_.repository().snapshot(commit));
  KILLIFY_TRY(built.prepared, kbuild_->prepare(kconfig_digest(snapshot), log));
  if (built.prepared.status == Outcome::Status::kBuilt) {
    say_("compiling " + counted(objects.size(), "object"));
    KILLIFY_TRY(built.run, kbuild_->build(objects, log));
  } else {
    for (const std::string& object : objects) built.run.objects[object] = built.prepared;
  }
  return built;
}

ObjectResult Walk::judge_header(const ChangedSource& source, const Built& built) const {
  for (const auto& [object, outcome] : built.run.objects)
    if (outcome.status == Outcome::Status::kBuilt && kbuild_->compiled_from(object, source.path))
      return result(source, object, BuildStatus::kBuilt);
  for (const std::string& object : source.objects) {
    const Outcome& outcome = built.run.objects.at(object);
    if (outcome.status == Outcome::Status::kFailed || outcome.status == Outcome::Status::kUnknown)
      return from_outcome(source, object, outcome);
  }
  return result(source, "", BuildStatus::kNotEnabled,
                "no object that was built for this commit includes it");
}

// A source is judged by every enabled object that compiles it, and is "not enabled" when there is
// none.
void Walk::judge_sources(const std::vector<ChangedSource>& sources, const Built& built,
                         std::vector<ObjectResult>& results) const {
  for (const ChangedSource& source : sources) {
    if (source.kind == SourceKind::kNothing) {
      results.push_back(result(source, "", BuildStatus::kNothing, source.reason));
      continue;
    }
    if (source.kind == SourceKind::kUnknown) {
      results.push_back(result(source, "", BuildStatus::kNotJudged, source.reason));
      continue;
    }
    if (source.kind == SourceKind::kHeader) {
      results.push_back(judge_header(source, built));
      continue;
    }
    const std::size_t before = results.size();
    for (const std::string& object : source.objects) {
      const Outcome& outcome = built.run.objects.at(object);
      if (outcome.status == Outcome::Status::kNotEnabled) continue;
      // An object of another name speaks for the source only where it did read it.
      if (object != source.objects.front() && outcome.status == Outcome::Status::kBuilt &&
          !kbuild_->compiled_from(object, source.path))
        continue;
      results.push_back(from_outcome(source, object, outcome));
    }
    if (results.size() == before)
      results.push_back(result(source, source.objects.front(), BuildStatus::kNotEnabled));
  }
}

// What fails here and failed in the parent, too, is not this commit's doing.
Status Walk::compare_with_parent(const CommitInfo& commit, const fs::path& log,
                                 std::vector<ObjectResult>& results) {
  std::set<std::string> failed;
  for (const ObjectResult& object : results)
    if (object.status == BuildStatus::kFailed) failed.insert(object.object);
  if (failed.empty() || commit.parents.empty()) return {};
  KILLIFY_CHECK(move_to(commit.parents.front()));
  KILLIFY_TRY(const Built parent,
              build(commit.parents.front(), {failed.begin(), failed.end()}, log));
  for (ObjectResult& object : results) {
    if (object.status != BuildStatus::kFailed) continue;
    const Outcome& before = parent.run.objects.at(object.object);
    if (before.status == Outcome::Status::kFailed) {
      object.status = BuildStatus::kFailedBefore;
      object.reason = "already failed before this commit";
    } else if (before.status == Outcome::Status::kUnknown) {
      object.reason = "whether it failed before could not be judged: " + before.reason;
    }
  }
  return {};
}

Result<BuildResult> Walk::judge(const CommitInfo& commit) {
  KILLIFY_TRY(const std::vector<std::string> changed,
              workshop_.repository().changed_paths(commit.oid));
  if (!missing_.empty()) return unjudged(changed);
  KILLIFY_TRY(const fs::path file, result_file(commit, changed));
  if (const auto text = read_file(file)) {
    // An entry that cannot be read is as good as none: it is written anew.
    if (auto known = build_from_json(*text)) {
      known->cached = true;
      return std::move(*known);
    }
  }

  BuildResult build_result;
  build_result.configuration = configuration_.name;
  build_result.arch = configuration_.arch;
  build_result.compiler = compiler_.version;
  KILLIFY_CHECK(start());
  KILLIFY_CHECK(move_to(commit.oid));
  const auto sources = objects_of(tree_, changed);
  std::set<std::string> wanted;
  for (const ChangedSource& source : sources)
    wanted.insert(source.objects.begin(), source.objects.end());

  Built built;
  const fs::path log = log_file(commit.oid);
  if (!wanted.empty()) {
    std::error_code error;
    fs::create_directories(log.parent_path(), error);
    fs::remove(log, error);
    build_result.log = log.string();
    KILLIFY_TRY(built, build(commit.oid, {wanted.begin(), wanted.end()}, log));
    build_result.seconds = built.run.seconds;
  }
  judge_sources(sources, built, build_result.objects);
  KILLIFY_CHECK(compare_with_parent(commit, log, build_result.objects));

  // What could not be judged (a deadline, a full disk) is tried again the next time.
  const bool final = std::none_of(
      build_result.objects.begin(), build_result.objects.end(), [](const ObjectResult& object) {
        return object.status == BuildStatus::kNotJudged ||
               (object.status == BuildStatus::kFailed && !object.reason.empty());
      });
  if (final) KILLIFY_CHECK(write_file_atomic(file, build_to_json(build_result)));
  return build_result;
}

}  // namespace

Result<VerifyReport> verify(const VerifyRequest& request, Workshop& workshop, Progress& progress) {
  VerifyReport report;
  for (const CommitInfo& commit : request.commits)
    report.commits.push_back({commit.oid, commit.subject, {}});

  const std::size_t total = request.commits.size() * request.configurations.size();
  std::size_t done = 0;
  progress.begin("Building", total);
  for (const Configuration& configuration : request.configurations) {
    std::string subject;
    Walk walk(request, workshop, configuration, [&](std::string_view what) {
      progress.advance(done, fmt::format("{}: {}: {}", configuration.name, subject, what));
    });
    KILLIFY_CHECK(walk.find_the_compiler());
    for (std::size_t i = 0; i < request.commits.size(); ++i) {
      if (interrupted()) return tl::unexpected<Error>(interrupted_error());
      subject = request.commits[i].subject;
      KILLIFY_TRY(BuildResult build, walk.judge(request.commits[i]));
      report.commits[i].builds.push_back(std::move(build));
      progress.advance(++done, fmt::format("{}: {}", configuration.name, subject));
    }
  }
  progress.end(fmt::format("{} in {}", counted(request.commits.size(), "commit"),
                           counted(request.configurations.size(), "configuration")));
  return report;
}

}  // namespace killify
