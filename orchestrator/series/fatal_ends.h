// The last of what makes a fault end under a fatal signal: the returns of VM_FAULT_NOPAGE that the
// ways through the new code still come to.
#pragma once

#include <set>
#include <string>

namespace killify {

// `text` with each "return VM_FAULT_NOPAGE;" of these lines turned into a choice: `result` where a
// fatal signal is pending. A line that has no room for it stays.
[[nodiscard]] std::string with_guarded_returns(const std::string& text, const std::set<int>& lines,
                                               const std::string& result);

}  // namespace killify
