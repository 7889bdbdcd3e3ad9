// Whether a series did what it says: asked of the audit of its tip.
#pragma once

#include "reach/audit.h"
#include "series/changes.h"
#include "support/error.h"

#include <functional>
#include <string>
#include <vector>

namespace killify {

// The converted findings whose sleep the tip's audit still finds, interruptible beyond doubt, on
// the way from the same handler; each with the reason.
[[nodiscard]] std::vector<LeftOut> still_there(const Audit& tip, const Changes& changes);

// Plans these findings and carries that out.
using CarryOut = std::function<Result<Changes>(const std::vector<Finding>& findings)>;
// Audits these files, of handlers and of what registers them, in a tree that has the changes.
using AuditTip =
    std::function<Result<Audit>(const Changes& changes, const std::vector<std::string>& paths)>;

// What comes of the findings, without the conversions that the audit of the tip does not bear out:
// these are left out, and the others planned again.
[[nodiscard]] Result<Changes> borne_out(std::vector<Finding> findings, const CarryOut& carry_out,
                                        const AuditTip& audit_tip);

}  // namespace killify
