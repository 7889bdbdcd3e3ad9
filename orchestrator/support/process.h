// The one place that starts programs: argument vectors only, never a shell.
#pragma once

#include "support/error.h"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace killify {

// A program to run. It gets a process group of its own, default signal handling, an empty standard
// input unless `input` is given, and the locale C unless `env` has LC_ALL: what comes out must not
// depend on the user's.
struct Command {
  std::vector<std::string> argv;                           // argv[0] is looked up in our PATH
  std::filesystem::path cwd{};                             // empty: the current directory
  std::vector<std::pair<std::string, std::string>> env{};  // set on top of our own environment
  std::string input{};                                     // fed to standard input
  std::chrono::milliseconds deadline{0};  // 0: none; the whole group is killed after it
  std::filesystem::path log{};  // if set, both streams are appended to this file as they come, too
  std::function<void(std::string_view line)> on_line{};  // each line of stdout, without '\n'
  bool unlimited_stack = false;                          // spatch overflows 8 MiB on large headers
};

// What a program may print to each stream. Nothing that killify runs comes near it: the program
// runs wild, and is ended before it takes all memory.
constexpr std::size_t kMostOutput = std::size_t{256} << 20;

// How a program ended. Both streams are kept whole, whatever the end.
struct Completed {
  int exit_code = -1;  // valid when signal == 0 and !timed_out
  int signal = 0;      // the signal that ended it, 0 if it exited
  bool timed_out = false;
  bool flooded = false;  // it printed more than kMostOutput, and was ended; the begin is kept
  std::string out;
  std::string err;
  double deadline_seconds = 0;  // the command's, for how_it_ended()
  double wall_seconds = 0;
  double cpu_seconds = 0;  // user + system of the child and its waited-for children
  long max_rss_kib = 0;

  [[nodiscard]] bool ok() const { return exit_code == 0 && signal == 0 && !timed_out && !flooded; }
  // "exit status 2", "killed by signal 9 (Killed)", "no end within 60 s".
  [[nodiscard]] std::string how_it_ended() const;
};

// Runs to the end; may be called from many threads. Processes that outlive the program in its group
// are ended with it. An Error means only: the program could not be started, its log could not be
// written, or killify was interrupted (Exit::kInterrupted; the group is ended first).
[[nodiscard]] Result<Completed> run(const Command& command);

// Runs a program that talks to the user on our terminal, in our process group and the user's
// locale: a pager. Of the command only argv, cwd, env and input count; how it ends does not matter.
[[nodiscard]] Status run_on_terminal(const Command& command);

// The full path of a program in PATH, empty if there is none.
[[nodiscard]] std::filesystem::path find_program(std::string_view name);

// "spatch --sp-file x.cocci 'a file.c'": for messages and logs, can be pasted into a shell.
[[nodiscard]] std::string shell_quoted(const std::vector<std::string>& argv);

}  // namespace killify
