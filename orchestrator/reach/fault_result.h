// What the results of fault handlers mean to the core.
#pragma once

#include <string_view>

namespace killify {

constexpr std::string_view kRetryFault = "VM_FAULT_RETRY";

// Whether a fault ends with it: an error of include/linux/mm_types.h's VM_FAULT_ERROR, but for
// VM_FAULT_FALLBACK, which is tried again. Several bits are written as "A | B".
[[nodiscard]] bool is_fault_error(std::string_view result);

}  // namespace killify
