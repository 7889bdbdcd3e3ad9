// A series as one page: what it changes, and beside it what verify and prove found.
#pragma once

#include "prove/proof.h"
#include "series/manifest.h"
#include "support/colour.h"
#include "support/error.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// What verify said of a commit.
struct VerifiedCommit {
  std::string verdict;                      // "good", "failed", "not_judged"
  std::vector<std::string> configurations;  // in which it was built
  std::vector<std::string> complaints;      // that are not waived, "CHECK: WHERE: TEXT"
  std::size_t objects = 0;                  // that were built
  std::size_t warnings = 0;                 // new ones of the compiler
};
using VerifiedCommits = std::map<Oid, VerifiedCommit>;

// From the text of a killify.verify/1; `name` is the file's, for the error.
[[nodiscard]] Result<VerifiedCommits> read_verified(std::string_view text, std::string_view name);

// How these commits were built, for a cover letter: by which configurations, and with what result.
// An error where the text is of other commits, or one of them failed.
[[nodiscard]] Result<std::string> verified_sentence(const VerifiedCommits& verified,
                                                    const std::vector<Oid>& commits,
                                                    std::string_view name);

struct SeriesReport {
  Manifest manifest;
  std::optional<VerifiedCommits> verified;  // where verify was run
  std::optional<Proof> proof;               // where prove was run
};

[[nodiscard]] std::string series_report_text(const SeriesReport& report, const Paint& paint);
// The same as a page of its own, without scripts and without anything from elsewhere.
[[nodiscard]] std::string series_report_html(const SeriesReport& report);

}  // namespace killify
