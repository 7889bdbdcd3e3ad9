// Completion of commands, options and their values in a shell.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace killify {

// A script for the shell, from the same description as --help. `campaigns` are the names that
// --campaign takes.
[[nodiscard]] std::string bash_completion(const CLI::App& app,
                                          const std::vector<std::string>& campaigns);
[[nodiscard]] std::string zsh_completion(const CLI::App& app,
                                         const std::vector<std::string>& campaigns);
[[nodiscard]] std::string fish_completion(const CLI::App& app,
                                          const std::vector<std::string>& campaigns);

}  // namespace killify
