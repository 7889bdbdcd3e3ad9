#include "series/work_texts.h"

namespace killify {

Result<std::string> WorkTexts::text(const std::string& path) const {
  if (auto it = now_.find(path); it != now_.end()) return it->second;
  if (auto it = earlier_.find(path); it != earlier_.end()) return it->second;
  return facts_.text(path);
}

Status WorkTexts::set(const std::string& path, std::string text) {
  if (!before_.contains(path)) {
    KILLIFY_TRY(before_[path], this->text(path));
  }
  now_[path] = std::move(text);
  return {};
}

Texts WorkTexts::all() const {
  Texts all = now_;
  all.insert(earlier_.begin(), earlier_.end());
  return all;
}

std::vector<FileChange> WorkTexts::changes() const {
  std::vector<FileChange> changes;
  for (const auto& [path, after] : now_)
    if (after != before_.at(path)) changes.push_back({path, before_.at(path), after});
  return changes;
}

}  // namespace killify
