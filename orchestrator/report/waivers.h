// Findings that somebody looked at and accepted, with the reason: a file of the user's.
#pragma once

#include "reach/finding.h"
#include "support/error.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace killify {

// Of a handler and a primitive that it reaches, wherever that is called; or of one finding.
struct FindingWaiver {
  std::string handler{};  // "" where the id is given
  std::string sink{};
  std::string id{};  // a finding's, or 8 digits of it and more; "" where the handler is given
  std::string reason{};
  std::string by{};     // who looked
  std::string place{};  // "FILE:LINE:COLUMN" of the entry
};

using WaivedById = std::map<std::string, FindingWaiver>;

// A list of mappings under "waivers". An error says FILE:LINE:COLUMN.
[[nodiscard]] Result<std::vector<FindingWaiver>> read_finding_waivers(
    const std::filesystem::path& file);

// The open findings that are waived, by their id. What matches nothing is told in `notes`.
[[nodiscard]] WaivedById waived_of(const std::vector<Finding>& findings,
                                   const std::vector<FindingWaiver>& waivers,
                                   std::vector<std::string>& notes);

}  // namespace killify
