// Builds each commit of a range: the objects of its changed files, in each configuration.
#pragma once

#include "support/error.h"
#include "support/progress.h"
#include "tree/workshop.h"
#include "verify/callers.h"
#include "verify/conclude.h"
#include "verify/configuration.h"
#include "verify/verify_report.h"

#include <chrono>
#include <filesystem>
#include <map>
#include <vector>

namespace killify {

struct VerifyRequest {
  std::vector<CommitInfo> commits;  // oldest first
  std::vector<Configuration> configurations;
  // The user named them, so that another one may compile a line that these cut.
  bool named = false;
  std::filesystem::path cache;
  unsigned jobs = 1;
  // Of one make call: half an hour is several times what preparing a kernel or building the objects
  // of one driver takes.
  std::chrono::milliseconds deadline = std::chrono::minutes(30);
  bool first_failure = false;  // stop after the first commit that fails
  bool checks = true;          // checkpatch, recipients, message and mail, too
  Acceptance acceptance;
  std::vector<NeutralCommits> neutral;
  // Where make finds a module that is in no kernel (M=): "module/evdi"; "": the kernel is built.
  std::string module;
  // What commits renamed: the code of their unchanged callers is compared, each in the first
  // configuration that builds it.
  std::map<Oid, std::vector<RenamedFunction>> renamed;
};

// Per configuration one work tree of the workshop is walked forward through the commits, with one
// build directory (verify/walk.h). What was judged is kept in the cache by content: a second run is
// immediate, and a run that was interrupted goes on at the commit where it was. A configuration
// without its compiler is not an error: its objects are not judged. Logs are
// <cache>/logs/<commit>-<configuration>.log.
[[nodiscard]] Result<VerifyReport> verify(const VerifyRequest& request, Workshop& workshop,
                                          Progress& progress);

}  // namespace killify
