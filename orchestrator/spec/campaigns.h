// The campaigns that come with killify.
#pragma once

#include "support/error.h"

#include <string>
#include <vector>

namespace killify {

// Of a campaign that is a folder.
inline constexpr const char* kCampaignFile = "campaign.yaml";

// What --campaign takes as a name, sorted.
[[nodiscard]] Result<std::vector<std::string>> campaign_names();

}  // namespace killify
