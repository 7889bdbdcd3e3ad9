// An audit with what it is an audit of: what the reports of this folder are made from.
#pragma once

#include "reach/audit.h"
#include "report/comparison.h"
#include "report/waivers.h"
#include "series/planned.h"
#include "spec/series_spec.h"
#include "support/error.h"

#include <optional>
#include <string>
#include <vector>

namespace killify {

struct AuditedTree {
  Audit audit;
  std::string commit;
  std::string kernel_version;  // "6.1.192"
  std::string series;
  std::vector<SubjectPrefix> prefixes;  // say which driver a file belongs to
  CampaignWords words{};
  PlannedById planned{};              // empty where no plan was made
  WaivedById waived{};                // open findings that somebody accepted
  std::optional<Comparison> since{};  // with an older audit, where that is asked for
};

// Leaves the registrations and the findings of the handlers of that name. The error suggests a near
// one.
[[nodiscard]] Status keep_handler(AuditedTree& tree, const std::string& handler);

// "drivers/gpu/drm/i915" of a finding's or a registration's handler.
[[nodiscard]] std::string driver_of_handler(const AuditedTree& tree, const Handler& handler);

}  // namespace killify
