// What a user set with git config: killify.jobs and the like.
#pragma once

#include "support/error.h"

#include <filesystem>
#include <map>
#include <string>

namespace killify {

struct SettingValue {
  std::string value;
  std::string where;  // "the system's git config", "the user's", "the tree's"
};

// By the name behind "killify.", in lower case. As git does: the repository around `tree` overrides
// the user, who overrides the system. Where there is no repository the other two count.
[[nodiscard]] Result<std::map<std::string, SettingValue>> git_settings(
    const std::filesystem::path& tree);

}  // namespace killify
