// What the comment of an interruptible function says, made true of its killable counterpart.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace killify {

struct TwinComment {
  std::vector<std::string> lines;
  std::string unknown;  // words about signals that the rule does not know; "" if all is well
};

// `lines` from "/*" to "*/"; `renames` are names of functions. "A signal" becomes a fatal one,
// "interruptible" killable; error codes stay. Only lines that change are
// touched, and the next where there is no room.
[[nodiscard]] TwinComment killable_comment(const std::vector<std::string>& lines,
                                           const std::map<std::string, std::string>& renames);

// The lines of a comment with another result of a function: where a list says when the old one is
// returned, it says now that the new one is returned on a fatal signal.
[[nodiscard]] std::vector<std::string> with_fatal_result(std::vector<std::string> lines,
                                                         const std::string& from,
                                                         const std::string& to);

}  // namespace killify
