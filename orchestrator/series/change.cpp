#include "series/change.h"

#include <map>
#include <utility>

namespace killify {

std::vector<FileChange> merged(const std::vector<FileChange>& changes) {
  std::map<std::string, FileChange> by_path;
  for (const FileChange& file : changes) {
    const auto [known, added] = by_path.try_emplace(file.path, file);
    if (!added) known->second.after = file.after;
  }
  std::vector<FileChange> result;
  for (auto& [path, file] : by_path)
    if (file.before != file.after) result.push_back(std::move(file));
  return result;
}

}  // namespace killify
