// What the command line says, before anything is opened.
#pragma once

#include "reach/finding.h"
#include "spec/series_spec.h"
#include "support/colour.h"
#include "support/progress.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace killify {

enum class Format { kText, kJson, kSarif, kDot, kJunit };

// Options of all commands.
struct GlobalOptions {
  std::string tree = ".";
  std::string cache;  // empty: default_cache_dir()
  unsigned jobs = 1;
  ColourMode colour = ColourMode::kAuto;
  ProgressMode progress = ProgressMode::kAuto;
  bool verbose = false;
};

// A semantic patch of the user's, in the place of a campaign.
struct PatchOptions {
  std::string file;  // empty: a campaign
  std::vector<std::string> defines;
  std::string macro_file;
  bool include_headers = false;
  std::string spatch_options;
  std::string subject;        // empty: what the semantic patch says of itself
  std::string template_file;  // of the commit messages; empty: our own
};

// Options of the commands that look at a tree.
struct TreeOptions {
  std::string series = "killable-fault-handlers";
  std::string revision = "HEAD";
  Format format = Format::kText;
  std::string group;  // driver | file | maintainers; empty: what the series says
  std::string strategy = kThreadStrategy;  // or kConvertOnlyStrategy, or one of the campaign's own
  std::optional<unsigned> patches;         // under one cover letter; else what the series says
  std::vector<std::string> paths;
  std::vector<std::string> modules;  // directories of drivers that are in no kernel
  PatchOptions patch;
};

struct ImportOptions {
  std::string source;
  std::string destination;
};

struct AuditOptions {
  std::set<Verdict> fail_on;
  std::set<Verdict> verdicts;  // empty: all of them
  std::string handler;         // empty: all of them
  std::string output;          // a file; empty: stdout
  std::string waivers;         // a file; empty: waivers.yaml beside the series, where there is one
  std::string since;           // a revision, or a file that audit wrote
  bool planned = false;        // what the plan does with each finding, too
  bool all = false;            // settled findings and every registration, too
};

struct PlanOptions {
  bool compare = false;  // the campaign's strategies side by side
};

struct DiffOptions {
  bool stat = false;
  bool exit_code = false;
  bool no_pager = false;
};

struct GenerateOptions {
  std::string output;
  std::string branch;  // empty: killify/<series>/v<reroll>
  unsigned reroll = 1;
  std::string changelog;  // a file
  std::string proof;      // files: what prove and verify --format=json printed of this series
  std::string verified;
};

struct CheckOptions {
  std::string directory;  // with the mails
  std::string revision;   // what they apply to; empty: what they say
};

struct ReportOptions {
  std::string directory;  // that generate wrote
  std::string verify;     // files: what these commands printed with --format=json; or empty
  std::string proof;
  std::string html;  // a file to write; empty: text on stdout
};

struct ProveOptions {
  std::optional<std::string> stock;  // Debian's kernel of that version; "": of this machine's suite
  std::string series;                // BASE..TIP, a branch, or a directory that generate wrote
  std::string accelerator = "tcg";
  unsigned deadline_minutes = 30;
  bool locking = false;
  Format format = Format::kText;
};

struct VerifyOptions {
  std::string what;                         // a range, a branch or the output directory of generate
  std::vector<std::string> configurations;  // empty: what the series says
  unsigned deadline_minutes = 30;
  bool first_failure = false;  // stop after it
  bool builds_only = false;
  bool callers = false;  // compare the code of those whom the series leaves alone
  unsigned commit = 0;   // 1 is the first of the range; 0: all
};

}  // namespace killify
