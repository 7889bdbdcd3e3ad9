// Options that are set once: with git config (killify.jobs) or in the environment (KILLIFY_JOBS).
// The command line stands above the environment, and that above git config.
#pragma once

#include "support/error.h"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace killify {

// What holds for an option, and where it comes from.
struct Setting {
  std::string key;     // "jobs"
  std::string option;  // "--jobs"
  std::string value;
  std::string where;  // "the command line", "KILLIFY_JOBS", "the user's git config", "default"
};

// Gives the options of `app`, and of the command that was parsed, what is set for them and was not
// said. An error names where a value comes from that an option does not take.
[[nodiscard]] Status apply_settings(CLI::App& app, const std::filesystem::path& tree);

// All that can be set, also for other commands, before apply_settings(); and what is set under
// names that mean nothing, with an empty option.
[[nodiscard]] Result<std::vector<Setting>> all_settings(CLI::App& app,
                                                        const std::filesystem::path& tree);

[[nodiscard]] std::string settings_text(const std::vector<Setting>& settings);
[[nodiscard]] std::string settings_json(const std::vector<Setting>& settings);

}  // namespace killify
