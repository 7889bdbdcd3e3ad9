// Which steps go out under one cover letter, where there are too many for one.
#pragma once

#include "plan/plan.h"
#include "spec/series_spec.h"

#include <cstddef>
#include <string>
#include <vector>

namespace killify {

// What the subjects of a directory's commits begin with: "drm" for "drm/i915", "misc" for
// "misc: sgi-gru".
[[nodiscard]] std::string subsystem_of(const std::string& directory,
                                       const std::vector<SubjectPrefix>& prefixes);

// More than `limit` steps are divided into postings: those of a subsystem follow one another, at
// most `limit` of them, as far as each step stays behind those that it needs and those that change
// the same files. So a posting needs earlier ones only, and every prefix builds as before. A limit
// of 0 never divides.
void divide_into_postings(std::vector<Step>& steps, const std::vector<SubjectPrefix>& prefixes,
                          std::size_t limit);

}  // namespace killify
