// What a partial clone left with its remote.
#pragma once

#include "support/error.h"
#include "support/progress.h"
#include "tree/repository.h"

#include <optional>
#include <string>
#include <string_view>

namespace killify {

// The remote that promised what is not here, of a partial clone.
[[nodiscard]] std::optional<std::string> promisor(const Repository& repository);

// That `what` is not here, and how to fetch it.
[[nodiscard]] Error lacking(const Repository& repository, std::string_view what,
                            const std::string& remote);

// Brings the contents that a partial clone lacks, all in one batch and by git, which knows the
// user's way to the remote. What cannot be had moves from the snapshot's entries to its `lacking`,
// and a note says why. Nothing happens in a repository that is whole.
[[nodiscard]] Status fetch_promised(const Repository& repository, Snapshot& snapshot,
                                    Progress& progress);

// As above, for what needs every file: what cannot be had is an error.
[[nodiscard]] Status fetch_all_promised(const Repository& repository, const Oid& commit,
                                        Progress& progress);

}  // namespace killify
