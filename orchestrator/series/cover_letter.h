// The mail that introduces the series.
#pragma once

#include "series/postings.h"
#include "support/error.h"

#include <string>

namespace killify {

// 0000-cover-letter.patch: the text of the cover template, then the changelog, the shortlog, the
// diffstat of all commits of the posting together, base-commit, and a prerequisite-patch-id (as
// `git patch-id --stable` says it) for each patch of other postings that must be there.
[[nodiscard]] Result<std::string> format_cover_letter(const Series& series,
                                                      const PostingRange& posting);

}  // namespace killify
