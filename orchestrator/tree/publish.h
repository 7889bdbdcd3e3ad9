// Hands a finished branch over to the user's repository. For tree/ only.
#pragma once

#include "support/error.h"
#include "tree/git_handle.h"
#include "tree/repository.h"

#include <filesystem>
#include <string>

namespace killify {

// Workshop::publish() from `workshop`, whose own objects are `own`, to the repository at
// `user_git_dir`. The objects are there before the branch names them, and 'git gc' leaves them
// alone meanwhile.
[[nodiscard]] Status publish_branch(const Repository& workshop, const GitOdb& own,
                                    const std::filesystem::path& user_git_dir,
                                    const std::string& branch, const Oid& tip);

}  // namespace killify
