// How one source's code differs between two compilations, function by function.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// From the best to the worst. Where a renamed function is called, what sets up the call may stand
// in another order, as long as that makes no difference.
enum class CodeChange {
  kSame,
  kName,      // the same but for the names of functions that were renamed
  kConstant,  // and one of these gets 2 (TASK_UNINTERRUPTIBLE) for 0 (false); 1 is both
              // TASK_INTERRUPTIBLE and true
  kArgument,  // and one of these gets 1 (TASK_INTERRUPTIBLE) in addition, in a register that may
              // have to be cleared before the caller returns
  kOther,     // whatever no rule explains
};

[[nodiscard]] std::string_view code_change_name(CodeChange change);  // "constant"
// kOther where there is no such name.
[[nodiscard]] CodeChange code_change(std::string_view name);

// Of kConstant or worse.
struct FunctionDifference {
  std::string function;
  CodeChange change = CodeChange::kOther;
  // From the first instruction that differs, a few; empty where the function is missing.
  std::vector<std::string> before{};
  std::vector<std::string> after{};

  bool operator==(const FunctionDifference&) const = default;
};

struct CodeDifference {
  CodeChange change = CodeChange::kSame;  // the worst of all functions
  std::vector<FunctionDifference> functions{};

  bool operator==(const CodeDifference&) const = default;
};

// `before`, `after`: what objdump -d -r --no-show-raw-insn prints, of GNU or LLVM. `renamed`: new
// names of functions by old ones. Compared are instructions in the order of each function, what
// they refer to, and where they branch to; a name that `after` still has is not one that was
// renamed. Not compared: addresses, what fills gaps (nop), the
// order of functions, data, and the numbers that the compiler counts up (object_code.h).
[[nodiscard]] CodeDifference compare_code(std::string_view before, std::string_view after,
                                          const std::map<std::string, std::string>& renamed);

}  // namespace killify
