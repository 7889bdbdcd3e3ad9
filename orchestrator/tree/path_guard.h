// Decides where the entries of an archive that nobody vouches for may be put. For tree/ only.
#pragma once

#include "support/error.h"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace killify {

// "./a//b" as "a/b", "" for the top itself. An error for what would leave the top or mean something
// to git: an absolute path, "..", ".git" in any spelling that git refuses.
[[nodiscard]] Result<std::string> normal_path(std::string_view path);

class PathGuard {
 public:
  // The directories to be made before the file or directory at `path` (a normal path), outermost
  // first, itself included. An error if the path goes through a file or symlink, or is there
  // already.
  [[nodiscard]] Result<std::vector<std::string>> admit(const std::string& path, bool is_directory);

  // The one directory in which everything is, "" if there is none.
  [[nodiscard]] std::string common_directory() const;

 private:
  enum class Kind { kDirectory, kFile };
  std::unordered_map<std::string, Kind> taken_;
};

}  // namespace killify
