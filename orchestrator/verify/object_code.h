// Disassembled code in a form that two compilations can be compared in.
#pragma once

#include <string>
#include <string_view>

namespace killify {

// Without the numbers that the compiler counts up over a whole file, its headers included:
// __UNIQUE_ID_license12 (__COUNTER__), __initcall__kmod_x__12_34_init6, and the ".12" behind the
// name of a variable inside a function.
[[nodiscard]] std::string comparable_code(std::string_view disassembly);

}  // namespace killify
