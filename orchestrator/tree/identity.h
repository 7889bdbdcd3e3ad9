// Who commits, by the rules of git. For tree/ only.
#pragma once

#include <string>
#include <string_view>

namespace killify {

// What git makes of a name or an address, so that a sign-off says the same as the commit: '.', ',',
// ':', ';', '<', '>', quotes, '\' and blanks go from both ends, '<', '>' and line breaks
// everywhere.
[[nodiscard]] std::string as_git_writes(std::string_view text);

}  // namespace killify
