// The objects of sources that a commit leaves alone, before and after it.
#include "support/digest.h"
#include "support/parallel.h"
#include "support/temp_dir.h"
#include "support/text.h"
#include "verify/verify_report.h"
#include "verify/walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace killify {
namespace {

namespace fs = std::filesystem;

// Part of the cache's key: raise it when the same code is compared differently.
constexpr std::string_view kComparisonVersion = "4";

using S = Outcome::Status;

std::string problem_of(const Outcome& outcome) {
  return outcome.reason.empty() ? outcome.error.text : outcome.reason;
}

}  // namespace

fs::path Walk::callers_file(const CommitChange& change, const std::vector<std::string>& sources,
                            const std::map<std::string, std::string>& renamed) const {
  std::string names;
  for (const auto& [before, after] : renamed) names += fmt::format("{} {}\n", before, after);
  return request_.cache / "verify" / "callers" /
         (sha256(join({std::string(kComparisonVersion), result_file(change).string(),
                       join(sources, "\n"), names},
                      "\n")) +
          ".json");
}

Result<std::vector<Caller>> Walk::compare_callers(
    std::size_t index, const std::vector<std::string>& sources,
    const std::map<std::string, std::string>& renamed) {
  const CommitChange& change = changes_.at(index);
  if (!missing_.empty() || change.parent.empty()) return std::vector<Caller>();
  const fs::path file = callers_file(change, sources, renamed);
  if (const auto text = read_file(file))
    if (auto known = callers_from_json(*text)) return std::move(*known);
  // From wherever the work tree is.
  KILLIFY_CHECK(move_to(change.parent, paths_from(changes_, 0)));
  KILLIFY_TRY(CallerRun made, compile_callers(change, sources, renamed));
  // What could not be judged (a deadline, a full disk) is tried again the next time.
  if (made.final) KILLIFY_CHECK(write_file_atomic(file, callers_to_json(made.callers)));
  return std::move(made.callers);
}

// The work tree holds the parent.
Result<Walk::CallerRun> Walk::compile_callers(const CommitChange& change,
                                              const std::vector<std::string>& sources,
                                              const std::map<std::string, std::string>& renamed) {
  const fs::path log = log_file(change.commit.oid, "-callers");
  std::error_code error;
  fs::remove(log, error);
  const auto changed_sources = objects_of(tree_, sources);
  KILLIFY_TRY(const Compiled before, compile_only(objects_in(changed_sources), {}, log));

  KILLIFY_TRY(const TempDir kept, TempDir::make(state_));
  const auto kept_file = [&](std::size_t i) { return kept.path() / fmt::format("{}.o", i); };
  std::vector<Caller> callers;
  std::set<std::string> objects;
  for (const ChangedSource& source : changed_sources)
    for (const std::string& object : source.objects) {
      const Outcome& outcome = before.objects.at(object);
      if (outcome.status == S::kNotEnabled ||
          (object != source.objects.front() && !kbuild_->compiled_from(object, source.path)))
        continue;
      Caller caller{source.path, object, configuration_.name};
      const auto together = std::ranges::find_if(change.paths, [&](const std::string& path) {
        return path.ends_with(".c") && kbuild_->compiled_from(object, path);
      });
      if (outcome.status != S::kBuilt) {
        caller.problem = "in the parent: " + problem_of(outcome);
      } else if (together != change.paths.end()) {
        caller.problem = "compiled with " + *together + ", which the commit changes";
      } else {
        fs::copy_file(kbuild_->file_of(object), kept_file(callers.size()), error);
        if (error) return fail("{}: cannot copy: {}", object, error.message());
        objects.insert(object);
      }
      callers.push_back(std::move(caller));
    }

  KILLIFY_CHECK(move_to(change.commit.oid, change.paths));
  KILLIFY_TRY(const Compiled after, compile_only(objects, {}, log));
  say_("comparing " + counted(callers.size(), "object"));
  KILLIFY_CHECK(parallel_for(callers.size(), share_.each(), [&](std::size_t i) -> Status {
    Caller& caller = callers[i];
    if (!caller.problem.empty()) return {};
    const Outcome& outcome = after.objects.at(caller.object);
    if (outcome.status != S::kBuilt) {
      caller.problem = problem_of(outcome);
      caller.broken = outcome.status == S::kFailed;
      return {};
    }
    KILLIFY_TRY(const std::string old_code, kbuild_->disassemble(kept_file(i)));
    KILLIFY_TRY(const std::string new_code, kbuild_->disassemble(kbuild_->file_of(caller.object)));
    if (old_code.empty() || new_code.empty())
      caller.problem = "objdump cannot read it";
    else
      caller.difference = compare_code(old_code, new_code, renamed);
    return {};
  }));
  const auto judged = [](const auto& entry) { return entry.second.status != S::kUnknown; };
  return CallerRun{std::move(callers), std::ranges::all_of(before.objects, judged) &&
                                           std::ranges::all_of(after.objects, judged)};
}

}  // namespace killify
