// Which symbols an object waits for, and why they are off.
#pragma once

#include "support/error.h"
#include "tree/repository.h"
#include "verify/gates.h"
#include "verify/kconfig.h"

#include <set>
#include <string>
#include <vector>

namespace killify {

class Availability {
 public:
  // `repository` and `snapshot` stay where they are.
  [[nodiscard]] static Result<Availability> open(const Repository& repository,
                                                 const Snapshot& snapshot);

  // The symbols that the object needs and that are not among `enabled`: the shortest such list.
  // Empty where nothing is missing, and where the makefiles are not understood.
  [[nodiscard]] Result<Gates> missing(const std::string& object,
                                      const std::set<std::string>& enabled) const;
  // "needs CONFIG_A (depends on B && C), CONFIG_D (of arch/arm only)".
  [[nodiscard]] std::string explain(const Gates& missing,
                                    const std::set<std::string>& enabled) const;
  [[nodiscard]] const Kconfig& kconfig() const { return kconfig_; }

 private:
  Availability(const Repository& repository, const Snapshot& snapshot, Kconfig kconfig)
      : repository_(&repository), snapshot_(&snapshot), kconfig_(std::move(kconfig)) {}
  const Repository* repository_;
  const Snapshot* snapshot_;
  Kconfig kconfig_;
};

}  // namespace killify
