// One finding a question: what a person answers with one look is not asked twice.
#pragma once

#include "reach/finding.h"
#include "spec/catalogue.h"

#include <vector>

namespace killify {

// Joins findings for review, in their order, that ask whether a fault gets to one wait: those of a
// handler in one function, on one chain; and where only a test for a signal is in a function, with
// the wait that calls this function or is called by it. The finding that stays is that of the
// first sleep; the others are in its `also`.
void join_waits(std::vector<Finding>& findings, const Catalogue& catalogue);

}  // namespace killify
