// What a function would keep that is no longer so where no signal ends its sleeps.
#pragma once

#include "facts/sketch.h"

#include <string>

namespace killify {

// Why the new text of a function wants a person: a comment in it, or above it, speaks of signals,
// or nothing jumps any more to a label that `before` jumps to. "" where it stands.
[[nodiscard]] std::string stale_code(const Sketch& before, const Sketch& after,
                                     const std::string& function);

}  // namespace killify
