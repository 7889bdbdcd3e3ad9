// From changes to commits in killify's own repository.
#pragma once

#include "series/change.h"
#include "series/recipients.h"
#include "support/error.h"
#include "tree/repository.h"
#include "tree/workshop.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace killify {

// The identity with the date of the commit number `index` (from 0): that of the base plus one
// second for each commit. No clock is read, so that the same tree and series give the same commit
// ids.
[[nodiscard]] Signature commit_signature(const Signature& identity, const CommitInfo& base,
                                         std::size_t index);

// One commit on top of the other, the first on `base`. `messages` go with the changes; to and cc
// stay empty.
[[nodiscard]] Result<std::vector<SeriesCommit>> commit_series(Workshop& workshop,
                                                              const CommitInfo& base,
                                                              std::vector<Change> changes,
                                                              std::vector<Message> messages,
                                                              const Signature& identity);

struct Addressed {
  std::vector<Recipients> covers;     // of the cover letters, by posting
  std::vector<std::string> warnings;  // a commit that nobody maintains, a cover to too many people
};

// Fills in to and cc from the scripts/get_maintainer.pl of the tree at `tree`, with at most `jobs`
// of it running. A commit with a file whose name is not safe in a shell gets a warning instead.
[[nodiscard]] Result<Addressed> address_commits(const std::filesystem::path& tree,
                                                std::vector<SeriesCommit>& commits, unsigned jobs);

}  // namespace killify
