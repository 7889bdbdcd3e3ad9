// Roots that mean their sleeps: the campaign says by which calls they are known.
#pragma once

#include "facts/tree_facts.h"
#include "reach/finding.h"
#include "spec/series_spec.h"
#include "support/error.h"

#include <optional>
#include <string>
#include <vector>

namespace killify {

struct Exception {
  bool safe = false;
  std::string reason;
};

// The first that a function on the finding's chain makes it. A call anywhere else in one of the
// chain's files may be meant for this root, too: a person has to look.
[[nodiscard]] Result<std::optional<Exception>> exception_of(
    TreeFacts& facts, const std::vector<ExceptionSpec>& exceptions, const Finding& finding);

}  // namespace killify
