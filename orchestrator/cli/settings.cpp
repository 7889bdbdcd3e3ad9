#include "cli/settings.h"

#include "support/text.h"
#include "tree/settings.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <optional>

namespace killify {
namespace {

struct Known {
  const char* key;
  const char* option;
  const char* otherwise;  // what holds where it is not set
};
constexpr std::array<Known, 6> kKnown{{{"jobs", "--jobs", "the number of processors"},
                                       {"cache", "--cache", "~/.cache/killify"},
                                       {"color", "--color", "auto"},
                                       {"progress", "--progress", "auto"},
                                       {"campaign", "--campaign", "killable-fault-handlers"},
                                       {"configs", "--config", "as the campaign says"}}};

std::string variable_of(const std::string& key) {
  std::string name = "KILLIFY_";
  for (const char c : key) name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

using GitSettings = std::map<std::string, SettingValue>;

// What is set, the environment first.
std::optional<SettingValue> value_of(const std::string& key, const GitSettings& git) {
  const std::string variable = variable_of(key);
  if (const char* value = std::getenv(variable.c_str()); value != nullptr && *value != '\0')
    return SettingValue{value, variable};
  const auto found = git.find(key);
  if (found == git.end() || found->second.value.empty()) return std::nullopt;
  SettingValue set = found->second;
  const char* home = std::getenv("HOME");
  if (key == "cache" && set.value.starts_with("~/") && home != nullptr)
    set.value = home + set.value.substr(1);
  return set;
}

// The option of that name of killify's own or of a command; nullptr where none has it.
CLI::Option* option_in(CLI::App& app, const char* name, bool parsed) {
  if (auto* option = app.get_option_no_throw(name)) return option;
  for (auto* command : app.get_subcommands([&](CLI::App* one) { return !parsed || one->parsed(); }))
    if (auto* option = command->get_option_no_throw(name)) return option;
  return nullptr;
}

}  // namespace

Status apply_settings(CLI::App& app, const std::filesystem::path& tree) {
  KILLIFY_TRY(const GitSettings git, git_settings(tree));
  for (const auto& [key, name, otherwise] : kKnown) {
    auto* option = option_in(app, name, true);
    const auto set = value_of(key, git);
    if (option == nullptr || option->count() > 0 || !set) continue;
    try {
      option->add_result(set->value);
      option->run_callback();
    } catch (const CLI::Error& error) {
      return fail("{} ({}): {}",
                  set->where.starts_with("KILLIFY_") ? set->where : fmt::format("killify.{}", key),
                  set->where.starts_with("KILLIFY_") ? "environment" : set->where, error.what());
    }
  }
  return {};
}

Result<std::vector<Setting>> all_settings(CLI::App& app, const std::filesystem::path& tree) {
  KILLIFY_TRY(const GitSettings git, git_settings(tree));
  std::vector<Setting> settings;
  for (const auto& [key, name, otherwise] : kKnown) {
    const auto* option = option_in(app, name, false);
    const auto set = value_of(key, git);
    if (option != nullptr && option->count() > 0)
      settings.push_back({key, name, join(option->results(), ","), "the command line"});
    else
      settings.push_back({key, name, set ? set->value : otherwise, set ? set->where : "default"});
  }
  for (const auto& [key, set] : git)
    if (std::ranges::none_of(kKnown, [&key = key](const Known& one) { return key == one.key; }))
      settings.push_back({key, "", set.value, set.where});
  return settings;
}

std::string settings_text(const std::vector<Setting>& settings) {
  std::vector<std::string> keys;
  keys.reserve(kKnown.size());
  for (const auto& known : kKnown) keys.emplace_back(known.key);
  std::size_t width = 0;
  for (const Setting& one : settings) width = std::max(width, one.value.size());
  std::string text;
  for (const Setting& one : settings)
    text += fmt::format("killify.{:<9} {:<{}}  {}\n", one.key, one.value, width,
                        !one.option.empty()
                            ? one.where
                            : one.where + ", and means nothing" + did_you_mean(one.key, keys));
  return text;
}

std::string settings_json(const std::vector<Setting>& settings) {
  auto list = nlohmann::ordered_json::array();
  for (const Setting& one : settings)
    list.push_back({{"key", "killify." + one.key},
                    {"option", one.option},
                    {"value", one.value},
                    {"where", one.where}});
  const nlohmann::ordered_json json = {{"schema", "killify.config/1"}, {"settings", list}};
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace killify
