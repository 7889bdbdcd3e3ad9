#include "tree/path_guard.h"

#include <algorithm>
#include <cctype>

namespace killify {

namespace {

bool means_git(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower == ".git" || lower == "git~1";  // the short name that FAT gives ".git"
}

}  // namespace

Result<std::string> normal_path(std::string_view path) {
  if (path.starts_with('/'))
    return fail("'{}' is an absolute path; refused, it could overwrite any file", path);
  std::string normal;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view name = path.substr(at, end - at);
    at = end + 1;
    if (name.empty() || name == ".") continue;
    if (name == "..") return fail("'{}' leads out of the tree by '..'; refused", path);
    if (means_git(name)) return fail("'{}' would write into a git directory; refused", path);
    if (!normal.empty()) normal += '/';
    normal += name;
  }
  return normal;
}

Result<std::vector<std::string>> PathGuard::admit(const std::string& path, bool is_directory) {
  std::vector<std::string> to_make;
  const auto enter = [&](const std::string& directory) -> Status {
    const auto [at, is_new] = taken_.try_emplace(directory, Kind::kDirectory);
    if (at->second != Kind::kDirectory)
      return fail("'{}' goes through '{}', which is a file or a symbolic link; refused", path,
                  directory);
    if (is_new) to_make.push_back(directory);
    return {};
  };
  for (std::size_t slash = path.find('/'); slash != std::string::npos;
       slash = path.find('/', slash + 1))
    KILLIFY_CHECK(enter(path.substr(0, slash)));
  if (is_directory) {
    if (!path.empty()) KILLIFY_CHECK(enter(path));
  } else if (path.empty()) {
    return fail("a file without a name; refused");
  } else if (!taken_.try_emplace(path, Kind::kFile).second) {
    return fail("'{}' is there twice; refused", path);
  }
  return to_make;
}

std::string PathGuard::common_directory() const {
  std::string top;
  for (const auto& [path, kind] : taken_) {
    if (path.find('/') != std::string::npos) continue;
    if (kind == Kind::kFile || !top.empty()) return {};
    top = path;
  }
  return top;
}

}  // namespace killify
