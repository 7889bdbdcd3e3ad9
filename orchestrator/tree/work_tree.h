// Whether somebody's work tree holds what is committed.
#pragma once

#include "tree/repository.h"

#include <string>

namespace killify {

// A file of which the index or the work tree has another version than `head`, or none; "" when
// there is none, or no work tree. Files that git does not track do not count. The index is left as
// it is.
[[nodiscard]] std::string changed_file(const Repository& repository, const Snapshot& head);

}  // namespace killify
