// A switch over the error of a sleep: the case of a signal gets a result of its own that ends the
// page fault. The cases of other errors, and of success, stay as they are.
//
// This is convert/fatal-return.cocci for a switch. SmPL has no way to take a label out of one, so
// that the lines are moved here.
#pragma once

#include <set>
#include <string>

namespace killify {

// Has the access tried again.
inline constexpr std::string_view kNoPage = "VM_FAULT_NOPAGE";

struct SignalCase {
  std::string function;
  std::set<std::string> sleeps;  // what it calls that fails on a fatal signal
  std::string result;            // "VM_FAULT_SIGBUS"
  bool only_signal = false;      // a sleep fails for no other reason
};

// The text of the file with those cases. In each switch over the result of a sleep, where -EINTR
// and -ERESTARTSYS, or the default if neither is listed, lead to VM_FAULT_NOPAGE:
//   - a case of their own gets the result;
//   - of a case that they share with others they are taken out, and follow it with the result;
//   - where more than the result is in it, VM_FAULT_NOPAGE stays unless a fatal signal is pending.
// Where nothing but a fatal signal leads there, the result is plain, otherwise it depends on
// fatal_signal_pending(current). What success leads to is left alone.
[[nodiscard]] std::string with_signal_cases(const std::string& text, const SignalCase& wanted);

}  // namespace killify
