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
// "interruptible" killable; error codes stay. Paragraphs that change are filled again.
[[nodiscard]] TwinComment killable_comment(const std::vector<std::string>& lines,
                                           const std::map<std::string, std::string>& renames);

}  // namespace killify
