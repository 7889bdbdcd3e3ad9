// From changes and their messages to a branch, patches and a cover letter: what generate does with
// any series.
#pragma once

#include "cli/session.h"
#include "series/series.h"
#include "support/error.h"
#include "tree/workshop.h"

#include <string>
#include <vector>

namespace killify {

// The subject prefix of each change.
[[nodiscard]] Result<std::vector<std::string>> prefixes_of(const std::vector<Change>& changes,
                                                           const Session& session);

// What is known of a series before it has commits.
[[nodiscard]] Result<Series> series_of(const Session& session, const std::string& name,
                                       const TreeOptions& tree, const GenerateOptions& options,
                                       const Signature& identity);

// Asks for recipients, points the branch at the commits, writes the files and says what is next. Of
// a module outside of the kernel nobody can tell the recipients.
[[nodiscard]] Status publish(Series series, const GlobalOptions& global, const TreeOptions& tree,
                             const GenerateOptions& options, Session& session, Workshop& workshop);

}  // namespace killify
