// What `killify verify` found, and how it is told.
#pragma once

#include "support/colour.h"
#include "support/error.h"
#include "tree/repository.h"
#include "verify/diagnostics.h"

#include <string>
#include <string_view>
#include <vector>

namespace killify {

enum class BuildStatus {
  kBuilt,         // compiled in this commit, for this report
  kFailed,        // does not compile, and the commit is to blame as far as can be told
  kFailedBefore,  // does not compile, and did not before this commit either
  kNotEnabled,    // the configuration leaves it out
  kNotJudged,     // `reason` says why
  kNothing,       // no compiler reads such a file
};

[[nodiscard]] std::string_view build_status_name(BuildStatus status);

// One changed file in one configuration.
struct ObjectResult {
  std::string source;  // the changed file
  std::string object;  // whose build the status is about; "" where there is none
  BuildStatus status = BuildStatus::kNotJudged;
  std::string reason;
  Diagnostic error;  // of kFailed and kFailedBefore

  bool operator==(const ObjectResult&) const = default;
};

struct BuildResult {
  std::string configuration;
  std::string arch;
  std::string compiler;  // its version; "" when it is not installed
  std::vector<ObjectResult> objects;
  double seconds = 0;   // of make, when it ran
  bool cached = false;  // judged by an earlier run
  std::string log;      // path; "" when no make ran
};

enum class CommitVerdict { kGood, kFailed, kNotJudged };

struct CommitResult {
  Oid oid;
  std::string subject;
  std::vector<BuildResult> builds;  // in the order of the configurations asked for

  // Failed: a file fails in some configuration. Not judged: none fails, but some file that a
  // compiler reads was built in no configuration, or could not be judged in one whose compiler is
  // there. Good: neither.
  [[nodiscard]] CommitVerdict verdict() const;
};

struct VerifyReport {
  std::vector<CommitResult> commits;

  // kFailed before kUnjudged before kOk.
  [[nodiscard]] Exit exit() const;
};

[[nodiscard]] std::string verify_text(const VerifyReport& report, const Paint& paint);

// Schema killify.verify/1 (docs/schema/verify.schema.json).
[[nodiscard]] std::string verify_json(const VerifyReport& report);

// One build as JSON, and back: the entry of the cache of results. An entry of another form is an
// error.
[[nodiscard]] std::string build_to_json(const BuildResult& build);
[[nodiscard]] Result<BuildResult> build_from_json(std::string_view text);

}  // namespace killify
