// What `killify verify` found, and how it is told.
#pragma once

#include "support/colour.h"
#include "support/error.h"
#include "tree/repository.h"
#include "verify/callers.h"
#include "verify/diagnostics.h"
#include "verify/line_coverage.h"
#include "verify/warnings.h"

#include <cstddef>
#include <map>
#include <optional>
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
[[nodiscard]] Result<BuildStatus> build_status(std::string_view name);

// One changed file in one configuration.
struct ObjectResult {
  std::string source;  // the changed file
  std::string object;  // whose build the status is about; "" where there is none
  BuildStatus status = BuildStatus::kNotJudged;
  std::string reason;
  Diagnostic error;      // of kFailed and kFailedBefore
  bool by_make = false;  // by make in this commit; else by the command that make recorded before it
  std::string hunk{};    // of the commit's patch, that the error stems from

  bool operator==(const ObjectResult&) const = default;
};

struct BuildResult {
  std::string configuration;
  std::string arch;
  std::string compiler;  // its version; "" when it is not installed
  std::vector<ObjectResult> objects;
  std::vector<FileLines> lines;
  std::vector<Warning> new_warnings;
  std::vector<std::string> changed_code;  // objects, of a commit that was to leave them as they are
  double seconds = 0;                     // of make and the compiler, when they ran
  bool cached = false;                    // judged by an earlier run
  std::string log;                        // path; "" when nothing ran
};

struct UncoveredLine {
  std::string file;
  int line = 0;
  std::string why;
  // false: no object that reads the file was built, or settings that the user did not name decide
  bool judged = true;
  std::string waived;  // the reason, where the series gives one
};

// The changed lines of .c and .h files, over all configurations.
struct LineReport {
  std::size_t changed = 0;
  std::size_t compiled = 0;
  std::size_t not_code = 0;
  std::map<std::string, std::size_t> compiled_in;  // by configuration
  std::vector<UncoveredLine> uncovered;
};

struct CheckpatchCounts {
  unsigned errors = 0;
  unsigned warnings = 0;
  unsigned checks = 0;
};

// Something that makes a commit fail beside an object that does not compile.
struct Complaint {
  std::string check;  // "line", "warning", "object code", "callers", "checkpatch", "recipients",
                      // "message", "git am"
  std::string where;  // "drivers/x.c:12"; "" where it is about the commit
  std::string text;
  std::string waived;  // the reason, where the series gives one

  bool operator==(const Complaint&) const = default;
};

enum class CommitVerdict { kGood, kFailed, kNotJudged };

struct CommitResult {
  Oid oid;
  std::string subject;
  std::vector<BuildResult> builds;  // in the order of the configurations asked for
  LineReport lines{};
  std::optional<CheckpatchCounts> checkpatch{};  // where the tree has the script
  std::vector<Complaint> complaints{};
  std::string unchecked{};  // why the tree's scripts were not run; "" where nothing kept them
  std::optional<CallerReport> callers{};  // of a commit that renames functions, where asked for

  // Failed: a file fails in some configuration, or there is a complaint that is not waived. Not
  // judged: neither, but some file that a compiler reads was built in no configuration, or could
  // not be judged in one whose compiler is there, or a line was not, or the scripts were not run.
  // Good: none of these.
  [[nodiscard]] CommitVerdict verdict() const;
};

struct VerifyReport {
  std::vector<CommitResult> commits;
  std::vector<std::string> choices;  // why these configurations; empty where they were named
  std::size_t not_reached = 0;       // commits after the first failure

  // kFailed before kUnjudged before kOk.
  [[nodiscard]] Exit exit() const;
};

[[nodiscard]] std::string verify_text(const VerifyReport& report, const Paint& paint);

// Schema killify.verify/1 (docs/schema/verify.schema.json).
[[nodiscard]] std::string verify_json(const VerifyReport& report);

// JUnit's XML: a test suite a commit, a test case a file and configuration, and one a check.
[[nodiscard]] std::string verify_junit(const VerifyReport& report);

// One build as JSON, and back: the entry of the cache of results. An entry of another form is an
// error.
[[nodiscard]] std::string build_to_json(const BuildResult& build);
[[nodiscard]] Result<BuildResult> build_from_json(std::string_view text);

// Likewise.
[[nodiscard]] std::string callers_to_json(const std::vector<Caller>& callers);
[[nodiscard]] Result<std::vector<Caller>> callers_from_json(std::string_view text);

}  // namespace killify
