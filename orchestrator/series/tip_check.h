// Whether a series did what it says: asked of the audit of its tip.
#pragma once

#include "reach/audit.h"
#include "series/changes.h"

#include <string>
#include <vector>

namespace killify {

// What an audit of the tip has to look at: the files of the handlers that the series converts, and
// those that register them; sorted.
[[nodiscard]] std::vector<std::string> audited_paths(const Changes& changes);

// The converted findings whose sleep the tip's audit still finds, interruptible beyond doubt, on
// the way from the same handler; each with the reason.
[[nodiscard]] std::vector<LeftOut> still_there(const Audit& tip, const Changes& changes);

}  // namespace killify
