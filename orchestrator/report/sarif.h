// The audit as SARIF 2.1.0, for code scanning services and editors.
#pragma once

#include "report/audited_tree.h"

#include <string>
#include <string_view>

namespace killify {

// A rule for each verdict, because what a maintainer does about a finding follows from the verdict,
// not from the primitive. A `review` is of kind "review" and a `safe` one of kind "pass";
// `suppressed` ones carry a suppression. Each chain is a code flow. Coverage goes into the
// notifications of the invocation. No path of this machine and no time is in it: the same tree
// gives the same bytes.
[[nodiscard]] std::string audit_sarif(const AuditedTree& tree, std::string_view killify_version);

}  // namespace killify
