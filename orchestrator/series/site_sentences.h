// What a commit of a campaign with words of its own does, in sentences.
#pragma once

#include "series/change.h"
#include "series/message_template.h"
#include "spec/series_spec.h"

#include <cstddef>
#include <string>

namespace killify {

// The values of sentences.h's names. What a page fault alone has ({faults}, {fatal_return},
// {loop_exit}) is empty, and the problem is told with the campaign's outcomes.
[[nodiscard]] TemplateValues site_sentences(const Change& change, const std::string& prefix,
                                            std::size_t most, const CampaignWords& words);

}  // namespace killify
