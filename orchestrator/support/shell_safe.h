// Which names may be handed to programs that hand them on.
#pragma once

#include <string_view>

namespace killify {

// Whether a name is nothing but a name wherever a program hands it on, also to a shell or to make:
// of [A-Za-z0-9._+,@=/-], and no option.
[[nodiscard]] bool is_shell_safe(std::string_view name);

}  // namespace killify
