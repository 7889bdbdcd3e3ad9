// Which commit a file belongs to.
#pragma once

#include "spec/series_spec.h"
#include "support/error.h"

#include <functional>
#include <string>

namespace killify {

// Names the group of a file: files of one group are changed in one commit.
using Grouper = std::function<Result<std::string>(const std::string& file)>;

// The grouper for kDriver and kFile.
[[nodiscard]] Grouper group_by(Grouping grouping, const std::vector<SubjectPrefix>& prefixes);

}  // namespace killify
