// Which build of the program runs.
#pragma once

#include <string>

namespace killify {

// The build id that the linker computed from the program's code and data, in hex: another one
// whenever either changes. "" for a program that was linked without.
[[nodiscard]] std::string build_id();

}  // namespace killify
