// What the results of fault handlers mean to the core.
#pragma once

#include <string_view>

namespace killify {

constexpr std::string_view kRetryFault = "VM_FAULT_RETRY";

// Whether a fault ends with it: an error of include/linux/mm_types.h's VM_FAULT_ERROR, but for
// VM_FAULT_FALLBACK, which is tried again. Several bits are written as "A | B".
[[nodiscard]] bool is_fault_error(std::string_view result);

// Of page_mkwrite and pfn_mkwrite the core looks at errors and at VM_FAULT_NOPAGE only: with
// VM_FAULT_RETRY it goes on as after success, be mmap_lock dropped or not (mm/memory.c:
// do_page_mkwrite(), wp_pfn_shared()).
[[nodiscard]] bool takes_retry_for_success(std::string_view field);

}  // namespace killify
