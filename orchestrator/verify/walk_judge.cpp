// What the outcomes of one commit mean: for its files, its lines, and against its parent.
#include "support/text.h"
#include "verify/availability.h"
#include "verify/walk.h"

#include <algorithm>
#include <set>
#include <utility>

namespace killify {
namespace {

namespace fs = std::filesystem;

// A header's lines are looked for in the objects that include it, one after the other, until all
// are found; what so many did not let through is under an #if that is off.
constexpr std::size_t kReadersOfHeader = 8;

ObjectResult result(const ChangedSource& source, std::string object, BuildStatus status,
                    std::string reason = {}) {
  return ObjectResult{source.path, std::move(object), status, std::move(reason), {}, false};
}

ObjectResult from_outcome(const ChangedSource& source, const std::string& object,
                          const Outcome& outcome, bool by_make) {
  ObjectResult judged = result(source, object, BuildStatus::kNotJudged, outcome.reason);
  judged.by_make = by_make;
  switch (outcome.status) {
    case Outcome::Status::kBuilt:
      judged.status = BuildStatus::kBuilt;
      judged.reason = outcome.unchecked;
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

// A warning of a header comes with each object that includes it.
void add_once(std::vector<Warning>& all, const std::vector<Warning>& more) {
  for (const Warning& warning : more)
    if (std::ranges::find(all, warning) == all.end()) all.push_back(warning);
}

}  // namespace

ObjectResult Walk::judge_header(const ChangedSource& source, const Compiled& compiled) const {
  const std::pair<const std::string, Outcome>* proof = nullptr;
  for (const auto& entry : compiled.objects) {
    const auto& [object, outcome] = entry;
    if (outcome.status == Outcome::Status::kNotEnabled) continue;
    const bool own = std::ranges::find(source.objects, object) != source.objects.end();
    if (!own && !kbuild_->compiled_from(object, source.path)) continue;
    // What goes wrong in one object that includes it outweighs what goes well in others.
    if (outcome.status != Outcome::Status::kBuilt)
      return from_outcome(source, object, outcome, compiled.by_make.contains(object));
    if (proof == nullptr && kbuild_->compiled_from(object, source.path)) proof = &entry;
  }
  if (proof != nullptr)
    return from_outcome(source, proof->first, proof->second,
                        compiled.by_make.contains(proof->first));
  return result(source, "", BuildStatus::kNotEnabled,
                "no object that was built for this commit includes it");
}

// A source is judged by every enabled object that compiles it, and is "not enabled" when there is
// none.
void Walk::judge_sources(const std::vector<ChangedSource>& sources, const Compiled& compiled,
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
      results.push_back(judge_header(source, compiled));
      continue;
    }
    const std::size_t before = results.size();
    for (const std::string& object : source.objects) {
      const Outcome& outcome = compiled.objects.at(object);
      if (outcome.status == Outcome::Status::kNotEnabled) continue;
      // An object of another name speaks for the source only where it did read it.
      if (object != source.objects.front() && outcome.status == Outcome::Status::kBuilt &&
          !kbuild_->compiled_from(object, source.path))
        continue;
      results.push_back(from_outcome(source, object, outcome, compiled.by_make.contains(object)));
    }
    if (results.size() == before)
      results.push_back(result(source, source.objects.front(), BuildStatus::kNotEnabled));
  }
}

// Which symbols an object that is off waits for.
Status Walk::explain_what_is_off(std::vector<ObjectResult>& results) const {
  const auto off = [](const ObjectResult& object) {
    return object.status == BuildStatus::kNotEnabled && object.reason.empty();
  };
  if (std::ranges::none_of(results, off)) return {};
  const Repository& repository = workshop_.repository();
  KILLIFY_TRY(const Snapshot snapshot, repository.snapshot(at_));
  KILLIFY_TRY(const Availability availability, Availability::open(repository, snapshot));
  const auto enabled = enabled_symbols(kbuild_->config());
  for (ObjectResult& object : results) {
    if (!off(object)) continue;
    KILLIFY_TRY(const Gates missing, availability.missing(object.object, enabled));
    object.reason = availability.explain(missing, enabled);
  }
  return {};
}

Status Walk::measure_lines(const CommitChange& change, Compiled& compiled,
                           std::vector<FileLines>& lines) {
  for (const ChangedCode& code : change.code) {
    if (code.lines.empty()) continue;
    const bool header = code.path.ends_with(".h");
    std::vector<const Preprocessed*> readers;
    FileLines seen;
    for (const auto& [object, outcome] : compiled.objects) {
      if (outcome.status != Outcome::Status::kBuilt || !kbuild_->compiled_from(object, code.path))
        continue;
      auto text = compiled.preprocessed.find(object);
      if (text == compiled.preprocessed.end()) {
        KILLIFY_TRY(auto fresh, kbuild_->preprocess(object));
        if (!fresh) continue;
        text = compiled.preprocessed.emplace(object, std::move(*fresh)).first;
      }
      readers.push_back(&text->second);
      seen = lines_seen(code, readers);
      if (header && (seen.cut.empty() || readers.size() >= kReadersOfHeader)) break;
    }
    if (!seen.compiled.empty() || !seen.cut.empty()) lines.push_back(std::move(seen));
  }
  return {};
}

// What fails here and failed in the parent, too, is not this commit's doing; nor is a warning that
// was there before, and code that changed is where the commit was said to leave it alone.
Status Walk::compare_with_parent(const CommitChange& change, const Compiled& compiled,
                                 const fs::path& log, BuildResult& build) {
  if (change.parent.empty()) return {};
  // Objects that were not looked at in the parent, because nothing said that they would matter.
  std::set<std::string> unseen;
  for (const auto& [object, outcome] : compiled.objects) {
    const bool matters = outcome.status == Outcome::Status::kFailed || !outcome.warnings.empty() ||
                         !outcome.unchecked.empty() ||
                         (change.neutral && outcome.status == Outcome::Status::kBuilt);
    if (matters && !known_.contains(object)) unseen.insert(object);
  }
  std::map<std::string, std::string> doubts;
  if (!unseen.empty()) {
    KILLIFY_CHECK(move_to(change.parent, change.paths));
    KILLIFY_TRY(const Compiled parent, compile(unseen, {}, log));
    remember(parent);
    for (const auto& [object, outcome] : parent.objects)
      if (outcome.status == Outcome::Status::kUnknown) doubts[object] = outcome.reason;
    at_.clear();  // what is known of other objects is of the commit itself
  }

  for (ObjectResult& object : build.objects) {
    const auto before = known_.find(object.object);
    // A checker that fails on the parent as well fails for a reason of its own.
    if (object.status == BuildStatus::kBuilt && !object.reason.empty()) {
      if (before != known_.end() && !before->second.unchecked.empty())
        object.reason += ", before this commit as well";
      else
        object.status = BuildStatus::kNotJudged;
    }
    if (object.status != BuildStatus::kFailed) continue;
    if (before != known_.end() && before->second.failed) {
      object.status = BuildStatus::kFailedBefore;
      object.reason = "already failed before this commit";
    } else if (const auto doubt = doubts.find(object.object); doubt != doubts.end()) {
      object.reason = "whether it failed before could not be judged: " + doubt->second;
    }
  }
  for (const auto& [object, outcome] : compiled.objects) {
    if (outcome.status != Outcome::Status::kBuilt) continue;
    const auto before = known_.find(object);
    add_once(build.new_warnings,
             new_warnings(outcome.warnings,
                          before == known_.end() ? std::vector<Warning>() : before->second.warnings,
                          change.patch));
    if (!change.neutral || before == known_.end() || before->second.digest.empty()) continue;
    const auto digest = compiled.digests.find(object);
    const bool meant =
        std::ranges::any_of(change.may_change, [&name = object](const std::string& path) {
          return fs::path(path).replace_extension(".o") == name;
        });
    if (!meant && digest != compiled.digests.end() && digest->second != before->second.digest)
      build.changed_code.push_back(object);
  }
  return {};
}

}  // namespace killify
