// Compiling objects in the commit where the work tree is: by make, or by the commands that make
// left.
#include "support/clock.h"
#include "support/parallel.h"
#include "support/text.h"
#include "verify/kconfig.h"
#include "verify/walk.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <utility>

namespace killify {
namespace {

namespace fs = std::filesystem;

// Without a base that can be built no commit can be judged.
Error base_error(const std::string& configuration, const Outcome& outcome, const fs::path& log) {
  const Diagnostic& error = outcome.error;
  const std::string where =
      error.file.empty() ? "" : fmt::format("{}:{}: ", error.file, error.line);
  return {fmt::format("the base does not prepare in {}: {}; see {}", configuration,
                      outcome.reason.empty() ? where + error.text : outcome.reason, log.string()),
          Exit::kUnjudged};
}

}  // namespace

// Compiles by make; `compiled` gets an outcome for each object.
Status Walk::make(const std::vector<std::string>& objects, const fs::path& log,
                  Compiled& compiled) {
  if (objects.empty()) return {};
  if (!prepared_) {
    say_("preparing");
    kbuild_->set_jobs(share_.each());
    KILLIFY_TRY(const Snapshot snapshot, workshop_.repository().snapshot(at_));
    KILLIFY_TRY(const Outcome outcome, kbuild_->prepare(kconfig_digest(snapshot), log));
    if (outcome.status != Outcome::Status::kBuilt) {
      if (at_ == changes_.front().parent)
        return tl::unexpected<Error>(base_error(configuration_.name, outcome, log));
      for (const std::string& object : objects) compiled.objects[object] = outcome;
      return {};
    }
    prepared_ = true;
  }
  say_("compiling " + counted(objects.size(), "object"));
  kbuild_->set_jobs(share_.each());
  KILLIFY_TRY(BuildRun run, kbuild_->build(objects, log));
  stale_ = false;  // make prepares before it builds
  compiled.seconds += run.seconds;
  for (auto& [object, outcome] : run.objects) {
    if (outcome.status == Outcome::Status::kNotEnabled) disabled_.insert(object);
    compiled.by_make.insert(object);
    compiled.objects[object] = std::move(outcome);
  }
  return {};
}

// What is asked of an object beside its compilation; it has a command.
Status Walk::examine(const std::string& object, bool preprocess, const fs::path& log,
                     std::mutex& mutex, Compiled& compiled) {
  KILLIFY_TRY(const auto found, kbuild_->check(object, log));
  std::string digest;
  if (digests_wanted()) {
    KILLIFY_TRY(digest, kbuild_->code_digest(object));
  }
  std::optional<Preprocessed> text;
  if (preprocess) {
    KILLIFY_TRY(text, kbuild_->preprocess(object));
  }
  const std::lock_guard lock(mutex);
  Outcome& outcome = compiled.objects.at(object);
  outcome.warnings.insert(outcome.warnings.end(), found.warnings.begin(), found.warnings.end());
  outcome.unchecked = found.failure;
  if (digests_wanted()) compiled.digests[object] = std::move(digest);
  if (text) compiled.preprocessed.emplace(object, std::move(*text));
  return {};
}

// By the commands that make left, several objects at once. The preprocessor's share of the work is
// done beside the compiler's, so that a commit of one object keeps two processors busy.
Status Walk::compile_by_command(const std::vector<std::string>& objects,
                                const std::set<std::string>& preprocess, const fs::path& log,
                                Compiled& compiled) {
  if (objects.empty()) return {};
  if (stale_) {
    say_("preparing");
    kbuild_->set_jobs(share_.each());
    KILLIFY_TRY(const Outcome outcome, kbuild_->refresh(log));
    if (outcome.status != Outcome::Status::kBuilt) {
      for (const std::string& object : objects) compiled.objects[object] = outcome;
      return {};
    }
    stale_ = false;
  }
  say_("compiling " + counted(objects.size(), "object"));
  std::vector<std::string> texts;
  std::ranges::copy_if(objects, std::back_inserter(texts),
                       [&](const auto& object) { return preprocess.contains(object); });
  std::mutex mutex;
  const auto start = std::chrono::steady_clock::now();
  KILLIFY_CHECK(
      parallel_for(objects.size() + texts.size(), share_.each(), [&](std::size_t i) -> Status {
        if (i < objects.size()) {
          KILLIFY_TRY(Outcome outcome, kbuild_->compile(objects[i], log));
          const std::lock_guard lock(mutex);
          compiled.objects[objects[i]] = std::move(outcome);
          return {};
        }
        const std::string& object = texts[i - objects.size()];
        KILLIFY_TRY(auto text, kbuild_->preprocess(object));
        const std::lock_guard lock(mutex);
        if (text) compiled.preprocessed.emplace(object, std::move(*text));
        return {};
      }));
  compiled.seconds += seconds_since(start);
  return {};
}

// All of `objects` in the commit where the work tree is, each by its command where it has one.
Result<Walk::Compiled> Walk::compile_only(const std::set<std::string>& objects,
                                          const std::set<std::string>& preprocess,
                                          const fs::path& log) {
  Compiled compiled;
  std::vector<std::string> by_command;
  std::vector<std::string> by_make;
  for (const std::string& object : objects) {
    if (disabled_.contains(object))
      compiled.objects[object].status = Outcome::Status::kNotEnabled;
    else
      (prepared_ && kbuild_->has_command(object) ? by_command : by_make).push_back(object);
  }
  KILLIFY_CHECK(make(by_make, log, compiled));
  KILLIFY_CHECK(compile_by_command(by_command, preprocess, log, compiled));
  return compiled;
}

// And what is asked of them beside that.
Result<Walk::Compiled> Walk::compile(const std::set<std::string>& objects,
                                     const std::set<std::string>& preprocess, const fs::path& log) {
  KILLIFY_TRY(Compiled compiled, compile_only(objects, preprocess, log));
  std::vector<std::string> built;
  std::set<std::string> texts;
  for (const auto& [object, outcome] : compiled.objects) {
    if (outcome.status != Outcome::Status::kBuilt || !kbuild_->has_command(object)) continue;
    built.push_back(object);
    if (preprocess.contains(object) && !compiled.preprocessed.contains(object))
      texts.insert(object);
  }
  std::mutex mutex;
  KILLIFY_CHECK(parallel_for(built.size(), share_.each(), [&](std::size_t i) {
    return examine(built[i], texts.contains(built[i]), log, mutex, compiled);
  }));
  return compiled;
}

}  // namespace killify
