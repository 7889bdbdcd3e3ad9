// What a series leaves alone: one line a driver for the cover letter, all of it for a file.
#pragma once

#include "series/postings.h"

#include <cstddef>
#include <string>
#include <vector>

namespace killify {

// Beside the patches of a posting that leaves something alone.
inline constexpr const char* kLeftAloneName = "left-alone.txt";

// The sleeps left alone in the subsystem of a posting. The first has what is in no posting's, too.
[[nodiscard]] std::vector<const LeftOut*> left_alone_by(const Series& series,
                                                        const PostingRange& range);

// What a reason says to somebody who does not know our verdicts: without their names.
[[nodiscard]] std::string reason_in_words(const LeftOut& left);

// Whether nobody can say if a fault sleeps there; else nothing converts it safely.
[[nodiscard]] bool is_unknown(const LeftOut& left);

// "52 have no answer yet to whether ...": how many there are of each sort; "" where there are none.
[[nodiscard]] std::string left_alone_sorts(const std::vector<const LeftOut*>& left);

// A line for each driver with what it has, the most first; at most `lines` of them.
[[nodiscard]] std::string left_alone_groups(const Series& series,
                                            const std::vector<const LeftOut*>& left,
                                            std::size_t lines);

// The file: every sleep with its reason, and what could not be looked at. "" where nothing is.
[[nodiscard]] std::string left_alone_text(const Series& series, const PostingRange& range);

}  // namespace killify
