// Which symbols Kbuild files ask for before they build an object.
#pragma once

#include "support/error.h"
#include "tree/repository.h"

#include <string>
#include <vector>

namespace killify {

// Symbols that must all be y or m, without "CONFIG_". An object that several lists hold has several
// of these, and one is enough.
using Gates = std::vector<std::string>;

// Read from the text of makefiles: obj-$(CONFIG_X), composites, ifdef and ifeq around them, and the
// same for each directory above. Empty where no makefile names the object in a way that is
// understood.
[[nodiscard]] Result<std::vector<Gates>> gates_of(const Repository& repository,
                                                  const Snapshot& snapshot,
                                                  const std::string& object);

}  // namespace killify
