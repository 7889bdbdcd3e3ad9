// Makes a directory hold the files of a commit, writing only what differs. For tree/ only.
#pragma once

#include "support/error.h"
#include "tree/repository.h"

#include <filesystem>

namespace killify {

// `directory` becomes the work tree of `snapshot`; `index` (in git's format) remembers between
// calls what was put there. Untracked files stay unless they are in the way. A file that has the
// wanted contents already is not touched, so its mtime stays.
[[nodiscard]] Status check_out_files(const Repository& repository, const Snapshot& snapshot,
                                     const std::filesystem::path& directory,
                                     const std::filesystem::path& index);

}  // namespace killify
