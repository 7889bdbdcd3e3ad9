// A program that is sent a signal at a moment that its own progress names.
#pragma once

#include "support/killify_run.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

namespace killify::test {

struct InterruptedRun {
  bool sent = false;  // false: the program ended before its moment came
  int exit_code = -1;
  int signal = 0;
  std::vector<std::string> lines;  // of stderr
};

// Starts the program and reads its stderr; sends `signal` after the first line that `now` is true
// of, then waits for the end. Standard output is thrown away.
inline InterruptedRun run_until(const Words& words, const fs::path& cwd,
                                const Environment& environment, int signal,
                                const std::function<bool(const std::string&)>& now) {
  InterruptedRun result;
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    ADD_FAILURE() << "no pipe";
    return result;
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, cwd.c_str());
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
  // A test runner may have been started with signals ignored; a user's shell does not.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigemptyset(&defaults);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) sigaddset(&defaults, number);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);

  Words argv = {"env"};
  for (const auto& [name, value] : environment) argv.push_back(name + "=" + value);
  argv.insert(argv.end(), words.begin(), words.end());
  std::vector<char*> pointers;
  for (std::string& word : argv) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  pid_t child = 0;
  const int problem =
      posix_spawn(&child, "/usr/bin/env", &actions, &attributes, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  close(ends[1]);
  std::FILE* stream = fdopen(ends[0], "r");
  if (problem != 0 || stream == nullptr) {
    ADD_FAILURE() << "cannot start " << shell_quoted(words);
    return result;
  }
  char* line = nullptr;
  std::size_t capacity = 0;
  while (getline(&line, &capacity, stream) >= 0) {
    result.lines.emplace_back(trim(line));
    if (!result.sent && now(result.lines.back())) result.sent = kill(child, signal) == 0;
  }
  std::free(line);
  std::fclose(stream);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  return result;
}

}  // namespace killify::test
