// Hands a finished branch over to the user's repository. For tree/ only.
#pragma once

#include "support/error.h"
#include "tree/repository.h"

#include <string>

namespace killify {

// Workshop::publish() between two open repositories.
[[nodiscard]] Status publish_branch(const Repository& workshop, const Repository& user,
                                    const std::string& branch, const Oid& tip);

}  // namespace killify
