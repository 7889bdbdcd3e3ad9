// The command by which Kbuild made an object, as it saved it in .object.o.cmd: enough to run it
// again without make, as long as nothing changed that decides the command.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

struct RecordedCommand {
  // Argument vectors, run one after the other: the compiler's, then objtool's where Kbuild ran it.
  std::vector<std::vector<std::string>> steps;
  std::string dependencies;  // the file where the compiler writes what it read
  std::string source;        // as the compiler was given it
};

// Nothing where the text does not hold a command, or one that needs more of a shell than ';' and
// quotes.
[[nodiscard]] std::optional<RecordedCommand> read_recorded_command(std::string_view cmd_file);

// The compiler's step, made to print what its preprocessor lets through (verify/preprocessed.h).
[[nodiscard]] std::vector<std::string> preprocess_command(const RecordedCommand& recorded);

// The options of the compiler's step without its program, input and output: what other checkers of
// the source are given.
[[nodiscard]] std::vector<std::string> options_of(const RecordedCommand& recorded);

// The files that are named in a .cmd file or in dependencies as the compiler writes them, as they
// stand there.
[[nodiscard]] std::vector<std::string> named_files(std::string_view text);

}  // namespace killify
