#include "verify/recorded_command.h"

#include "support/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace killify {
namespace {

using Words = std::vector<std::string>;

// What make would make of '$' and '#' in the value of a variable.
std::string as_make_reads(std::string_view value) {
  constexpr std::array<std::pair<std::string_view, char>, 3> kWritten{
      {{"$(pound)", '#'}, {"\\#", '#'}, {"$$", '$'}}};
  std::string out;
  for (std::size_t at = 0; at < value.size();) {
    const auto* found = std::ranges::find_if(
        kWritten, [&](const auto& entry) { return value.substr(at).starts_with(entry.first); });
    out += found == kWritten.end() ? value[at] : found->second;
    at += found == kWritten.end() ? 1 : found->first.size();
  }
  return out;
}

// The words of a shell's command line, ";" being one of them. Nothing where the shell would do more
// than take off quotes.
std::optional<Words> shell_words(std::string_view line) {
  constexpr std::string_view kShellOnly = "$`|&<>*?[](){}~!";
  Words words;
  std::string word;
  bool in_word = false;
  const auto close = [&] {
    if (in_word) words.push_back(std::exchange(word, {}));
    in_word = false;
  };
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == ' ' || c == '\t') {
      close();
    } else if (c == ';') {
      close();
      words.emplace_back(";");
    } else if (c == '\'' || c == '"') {
      const std::size_t end = line.find(c, i + 1);
      if (end == line.npos) return std::nullopt;
      const std::string_view quoted = line.substr(i + 1, end - i - 1);
      if (c == '"' && quoted.find_first_of("$`\\") != quoted.npos) return std::nullopt;
      word += quoted;
      in_word = true;
      i = end;
    } else if (c == '\\') {
      if (++i == line.size()) return std::nullopt;
      word += line[i];
      in_word = true;
    } else if (kShellOnly.find(c) != kShellOnly.npos) {
      return std::nullopt;
    } else {
      word += c;
      in_word = true;
    }
  }
  close();
  return words;
}

bool is_source(std::string_view word) {
  return !word.starts_with('-') && (word.ends_with(".c") || word.ends_with(".S"));
}

// How many words an option of the compiler that says where output and dependencies go takes; 0 for
// any other word.
std::size_t words_of_output_option(std::string_view word) {
  if (word == "-o" || word == "-MF" || word == "-MT" || word == "-MQ") return 2;
  const bool one = word == "-c" || word == "-MMD" || word == "-MD" || word == "-MP" ||
                   word.starts_with("-Wp,-MMD") || word.starts_with("-Wp,-MD");
  return one ? 1 : 0;
}

// Where the compiler itself stands in its command: after "ccache".
std::size_t program_at(const Words& command) {
  return std::filesystem::path(command.front()).filename() == "ccache" ? 1 : 0;
}

}  // namespace

std::optional<RecordedCommand> read_recorded_command(std::string_view cmd_file) {
  std::string_view line = cmd_file.substr(0, cmd_file.find('\n'));
  const std::size_t equals = line.find(" := ");
  if (equals == line.npos || (!line.starts_with("cmd_") && !line.starts_with("savedcmd_")))
    return std::nullopt;
  const auto words = shell_words(as_make_reads(line.substr(equals + 4)));
  if (!words) return std::nullopt;

  RecordedCommand recorded;
  recorded.steps.emplace_back();
  for (const std::string& word : *words) {
    if (word == ";")
      recorded.steps.emplace_back();
    else
      recorded.steps.back().push_back(word);
  }
  std::erase_if(recorded.steps, [](const Words& step) { return step.empty(); });
  if (recorded.steps.empty()) return std::nullopt;

  const Words& compile = recorded.steps.front();
  for (std::size_t i = 0; i < compile.size(); ++i) {
    const std::string_view word = compile[i];
    if (word.starts_with("-Wp,-MMD,") || word.starts_with("-Wp,-MD,"))
      recorded.dependencies = word.substr(word.rfind(',') + 1);
    if (word == "-MF" && i + 1 < compile.size()) recorded.dependencies = compile[i + 1];
    if (is_source(word)) recorded.source = word;
  }
  // Not a compiler's command: a link, an archive.
  const bool compiles = std::ranges::find(compile, "-c") != compile.end();
  if (!compiles || recorded.source.empty() || recorded.dependencies.empty()) return std::nullopt;
  return recorded;
}

std::vector<std::string> options_of(const RecordedCommand& recorded) {
  const Words& compile = recorded.steps.front();
  Words options;
  for (std::size_t i = program_at(compile) + 1; i < compile.size(); ++i) {
    if (const std::size_t skip = words_of_output_option(compile[i]); skip != 0)
      i += skip - 1;
    else if (compile[i] != recorded.source)
      options.push_back(compile[i]);
  }
  return options;
}

std::vector<std::string> preprocess_command(const RecordedCommand& recorded) {
  const Words& compile = recorded.steps.front();
  Words command{compile[program_at(compile)]};
  for (std::string& option : options_of(recorded)) command.push_back(std::move(option));
  // gcc can leave macros as they are, which is quicker to write and to read.
  const bool clang = command.front().find("clang") != std::string::npos;
  command.insert(command.end(), {"-w", "-E", clang ? "-dD" : "-fdirectives-only", recorded.source});
  return command;
}

std::vector<std::string> named_files(std::string_view text) {
  std::vector<std::string> files;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of(" \t\n", at), text.size());
    std::string_view word = text.substr(at, end - at);
    at = end + 1;
    if (word.ends_with(':')) word.remove_suffix(1);
    const std::string_view name = word.substr(word.rfind('/') + 1);
    if (name.find('.') == name.npos || word.starts_with('-') || word.starts_with('$')) continue;
    files.emplace_back(word);
  }
  return files;
}

}  // namespace killify
