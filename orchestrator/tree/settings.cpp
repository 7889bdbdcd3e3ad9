#include "tree/settings.h"

#include "tree/git_handle.h"

namespace killify {
namespace {

using GitConfigIterator = GitPtr<git_config_iterator, git_config_iterator_free>;

std::string level_name(git_config_level_t level) {
  switch (level) {
    case GIT_CONFIG_LEVEL_PROGRAMDATA:
    case GIT_CONFIG_LEVEL_SYSTEM:
      return "the system's git config";
    case GIT_CONFIG_LEVEL_XDG:
    case GIT_CONFIG_LEVEL_GLOBAL:
      return "the user's git config";
    default:
      return "the tree's git config";
  }
}

}  // namespace

Result<std::map<std::string, SettingValue>> git_settings(const std::filesystem::path& tree) {
  start_libgit2();
  GitRepository repository;
  GitConfig config;
  const bool found = git_repository_open_ext(receive(repository), tree.c_str(), 0, nullptr) == 0;
  const int opened = found ? git_repository_config(receive(config), repository.get())
                           : git_config_open_default(receive(config));
  GitConfigIterator entries;
  if (opened != 0 ||
      git_config_iterator_glob_new(receive(entries), config.get(), "^killify\\.") != 0)
    return fail("git config: cannot be read: {}", git_message());
  std::map<std::string, SettingValue> settings;
  std::map<std::string, git_config_level_t> levels;
  git_config_entry* entry = nullptr;
  int code = 0;
  while ((code = git_config_next(&entry, entries.get())) == 0) {
    const std::string key = entry->name;
    const auto [level, fresh] = levels.try_emplace(key, entry->level);
    if (!fresh && level->second > entry->level) continue;
    level->second = entry->level;
    settings[key.substr(key.find('.') + 1)] = {entry->value == nullptr ? "true" : entry->value,
                                               level_name(entry->level)};
  }
  if (code != GIT_ITEROVER) return fail("git config: cannot be read: {}", git_message());
  return settings;
}

}  // namespace killify
