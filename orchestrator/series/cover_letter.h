// The mail that introduces the series.
#pragma once

#include "series/postings.h"
#include "support/error.h"

#include <cstddef>
#include <string>

namespace killify {

// A letter of a series that nobody has to scroll through: its text, without what git adds below.
inline constexpr std::size_t kCoverLines = 60;

// Where the paragraphs about an experiment are when they would make the letter longer.
inline constexpr const char* kProofName = "proof.txt";

// 0000-cover-letter.patch: the text of the cover template, then the changelog, the shortlog, the
// diffstat of all commits of the posting together, base-commit, and a prerequisite-patch-id (as
// `git patch-id --stable` says it) for each patch of other postings that must be there.
struct CoverLetter {
  std::string mail;
  bool proof_aside = false;  // it names kProofName, which has to be beside it
};
[[nodiscard]] Result<CoverLetter> format_cover_letter(const Series& series,
                                                      const PostingRange& posting);

}  // namespace killify
