#include "cli/completion.h"

#include "support/text.h"

#include <boost/algorithm/string/erase.hpp>
#include <boost/algorithm/string/split.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace killify {
namespace {

struct OptionWords {
  std::vector<std::string> long_names;   // without dashes
  std::vector<std::string> short_names;  // likewise
  std::string help;
  bool takes_value = false;
  std::vector<std::string> values;  // empty: a file's name, or anything
};

struct CommandWords {
  std::string name;  // "" of killify itself
  std::string help;
  std::vector<OptionWords> options;
};

// "text|json" are words to choose from, "COMMIT|AUDIT.json" are not.
std::vector<std::string> choices_in(const std::string& type) {
  constexpr std::string_view kOfWords = "abcdefghijklmnopqrstuvwxyz-|";
  if (type.find('|') == type.npos || type.find_first_not_of(kOfWords) != type.npos) return {};
  std::vector<std::string> choices;
  boost::split(choices, type, [](char c) { return c == '|'; });
  return choices;
}

// A line of help, and nothing that a shell would read in quotes.
std::string plain(std::string text) {
  text = text.substr(0, text.find(" ("));
  for (const char* mark : {"'", "`", ":", "[", "]", "\\"}) boost::erase_all(text, mark);
  return text;
}

CommandWords command_of(const CLI::App& app, const std::vector<std::string>& campaigns) {
  CommandWords command{app.get_name(), plain(app.get_description()), {}};
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) continue;
    OptionWords one{option->get_lnames(), option->get_snames(), plain(option->get_description()),
                    option->get_items_expected_max() > 0, choices_in(option->get_type_name())};
    if (std::ranges::find(one.long_names, "campaign") != one.long_names.end())
      one.values = campaigns;
    command.options.push_back(std::move(one));
  }
  return command;
}

std::vector<CommandWords> commands_of(const CLI::App& app,
                                      const std::vector<std::string>& campaigns) {
  std::vector<CommandWords> commands;
  for (const CLI::App* one : app.get_subcommands({}))
    commands.push_back(command_of(*one, campaigns));
  return commands;
}

// "--campaign", "--series", "-o".
std::vector<std::string> written(const OptionWords& option) {
  std::vector<std::string> names;
  for (const auto& name : option.long_names) names.push_back("--" + name);
  for (const auto& name : option.short_names) names.push_back("-" + name);
  return names;
}

std::string bash_words(const CommandWords& command) {
  std::vector<std::string> words;
  for (const OptionWords& option : command.options)
    for (auto& name : written(option)) words.push_back(std::move(name));
  return join(words, " ");
}

// The cases of the word behind an option.
std::string bash_values(const CommandWords& command) {
  std::string cases;
  for (const OptionWords& option : command.options)
    for (const auto& name : written(option)) {
      if (!option.takes_value) continue;
      const std::string reply = option.values.empty() ? "compgen -f -- \"$cur\""
                                                      : fmt::format("compgen -W '{}' -- \"$cur\"",
                                                                    join(option.values, " "));
      cases += fmt::format("    {},{}) COMPREPLY=($({})); return ;;\n", command.name, name, reply);
    }
  return cases;
}

}  // namespace

std::string bash_completion(const CLI::App& app, const std::vector<std::string>& campaigns) {
  const CommandWords whole{"", "", command_of(app, campaigns).options};
  const auto commands = commands_of(app, campaigns);
  std::vector<std::string> names;
  names.reserve(commands.size());
  for (const CommandWords& command : commands) names.push_back(command.name);
  std::string values = bash_values(whole);
  std::string options;
  for (const CommandWords& command : commands) {
    values += bash_values(command);
    options += fmt::format("    {},-*) words='{}' ;;\n", command.name, bash_words(command));
  }
  return fmt::format(
      "# bash completion for killify; source <(killify completion bash)\n"
      "_killify() {{\n"
      "  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} command= words= "
      "i\n"
      "  # bash takes \"--format=json\" for three words.\n"
      "  if [[ $cur == = ]]; then cur=\n"
      "  elif [[ $prev == = ]]; then prev=${{COMP_WORDS[COMP_CWORD-2]}}; fi\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case ${{COMP_WORDS[i]}} in\n"
      "    {}) command=${{COMP_WORDS[i]}}; break ;;\n"
      "    esac\n"
      "  done\n"
      "  COMPREPLY=()\n"
      "  case $command,$prev in\n"
      "    help,help) COMPREPLY=($(compgen -W '{}' -- \"$cur\")); return ;;\n"
      "    completion,completion) COMPREPLY=($(compgen -W 'bash zsh fish' -- \"$cur\")); return "
      ";;\n"
      "{}"
      "  esac\n"
      "  case $command,$cur in\n"
      "    ,-*) words='{}' ;;\n"
      "    ,*) words='{}' ;;\n"
      "{}"
      "  esac\n"
      "  if [[ -n $words ]]; then COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")); fi\n"
      "}}\n"
      "complete -o default -F _killify killify\n",
      join(names, "|"), join(names, " "), values, bash_words(whole), join(names, " "), options);
}

namespace {

std::string zsh_arguments(const CommandWords& command, const std::string& indent) {
  std::string lines;
  for (const OptionWords& option : command.options)
    for (const auto& name : written(option)) {
      const bool is_long = name.starts_with("--");
      const std::string value = !option.takes_value ? ""
                                : option.values.empty()
                                    ? ":value:_files"
                                    : fmt::format(":value:({})", join(option.values, " "));
      lines += fmt::format("{}'{}{}[{}]{}' \\\n", indent, name,
                           option.takes_value ? (is_long ? "=" : "+") : "", option.help, value);
    }
  return lines;
}

}  // namespace

std::string zsh_completion(const CLI::App& app, const std::vector<std::string>& campaigns) {
  const CommandWords whole{"", "", command_of(app, campaigns).options};
  std::string described;
  std::string cases;
  std::vector<std::string> names;
  for (const CommandWords& command : commands_of(app, campaigns)) {
    names.push_back(command.name);
    described += fmt::format("    '{}:{}'\n", command.name, command.help);
    const std::string rest = command.name == "help"         ? "'1:command:($names)'"
                             : command.name == "completion" ? "'1:shell:(bash zsh fish)'"
                                                            : "'*:file:_files'";
    cases += fmt::format("      {})\n        _arguments \\\n{}          {} ;;\n", command.name,
                         zsh_arguments(command, "          "), rest);
  }
  return fmt::format(
      "#compdef killify\n"
      "# zsh completion for killify: killify completion zsh > DIR/_killify, DIR in fpath\n"
      "_killify() {{\n"
      "  local -a commands names\n"
      "  local context state state_descr line\n"
      "  typeset -A opt_args\n"
      "  commands=(\n{}  )\n"
      "  names=({})\n"
      "  _arguments -C \\\n{}"
      "    '1:command:->command' '*::argument:->argument'\n"
      "  case $state in\n"
      "    command) _describe command commands ;;\n"
      "    argument)\n"
      "      case $words[1] in\n{}"
      "      esac ;;\n"
      "  esac\n"
      "}}\n"
      "_killify \"$@\"\n",
      described, join(names, " "), zsh_arguments(whole, "    "), cases);
}

namespace {

std::string fish_options(const CommandWords& command, const std::string& where) {
  std::string lines;
  for (const OptionWords& option : command.options) {
    std::string line = fmt::format("complete -c killify -n '{}'", where);
    for (const auto& name : option.long_names) line += " -l " + name;
    for (const auto& name : option.short_names) line += " -s " + name;
    if (option.takes_value) line += option.values.empty() ? " -r" : " -x";
    if (!option.values.empty()) line += fmt::format(" -a '{}'", join(option.values, " "));
    lines += line + fmt::format(" -d '{}'\n", option.help);
  }
  return lines;
}

}  // namespace

std::string fish_completion(const CLI::App& app, const std::vector<std::string>& campaigns) {
  const CommandWords whole{"", "", command_of(app, campaigns).options};
  std::string text = "# fish completion for killify: killify completion fish | source\n" +
                     fish_options(whole, "__fish_use_subcommand");
  std::vector<std::string> names;
  for (const CommandWords& command : commands_of(app, campaigns)) {
    names.push_back(command.name);
    text += fmt::format("complete -c killify -f -n __fish_use_subcommand -a {} -d '{}'\n",
                        command.name, command.help);
    text += fish_options(command, "__fish_seen_subcommand_from " + command.name);
  }
  text += fmt::format("complete -c killify -f -n '__fish_seen_subcommand_from help' -a '{}'\n",
                      join(names, " "));
  return text +
         "complete -c killify -f -n '__fish_seen_subcommand_from completion' -a 'bash zsh "
         "fish'\n";
}

}  // namespace killify
