#include "reach/fault_result.h"

#include <algorithm>
#include <array>

namespace killify {
namespace {

constexpr std::array<std::string_view, 5> kErrors = {"VM_FAULT_OOM", "VM_FAULT_SIGBUS",
                                                     "VM_FAULT_SIGSEGV", "VM_FAULT_HWPOISON",
                                                     "VM_FAULT_HWPOISON_LARGE"};

}  // namespace

bool is_fault_error(std::string_view result) {
  while (!result.empty()) {
    const auto end = std::min(result.find(" | "), result.size());
    if (std::ranges::find(kErrors, result.substr(0, end)) != kErrors.end()) return true;
    result.remove_prefix(std::min(end + 3, result.size()));
  }
  return false;
}

}  // namespace killify
