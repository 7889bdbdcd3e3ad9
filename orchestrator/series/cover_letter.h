// The mail that introduces the series.
#pragma once

#include "series/series.h"
#include "support/error.h"

#include <string>

namespace killify {

// 0000-cover-letter.patch: the text of the cover template, then the changelog, the shortlog, the
// diffstat of all commits together and base-commit.
[[nodiscard]] Result<std::string> format_cover_letter(const Series& series);

}  // namespace killify
