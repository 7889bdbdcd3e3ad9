// Drivers' own names for a primitive: "static inline int foo_lock_interruptible(obj) { return
// mutex_lock_interruptible(&obj->lock); }". A sleep in one is its caller's sleep.
#pragma once

#include "facts/tree_facts.h"
#include "reach/finding.h"
#include "spec/catalogue.h"
#include "support/error.h"

#include <map>
#include <string>
#include <vector>

namespace killify {

struct Lifted {
  std::vector<Finding> findings;
  std::vector<Sink> wrappers;  // as entries of the catalogue
  // The ids that are new here, with those of the findings that they were made of.
  std::map<std::string, std::string> origins;
};

// The findings to convert that sleep in such a wrapper, as sleeps of its callers, one for each; all
// others as they are. Converting the wrapper in place would leave a killable function with a name
// that says otherwise.
[[nodiscard]] Result<Lifted> lift_wrappers(TreeFacts& facts, const Catalogue& catalogue,
                                           const std::vector<Finding>& findings);

// Whether a call cannot fail for another reason than a signal: its sink's errors are a signal's
// only, or the argument without which there are no others is NULL.
[[nodiscard]] bool fails_on_signal_only(const Sink& sink,
                                        const std::vector<std::string>& arguments);

}  // namespace killify
