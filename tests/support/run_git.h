// Programs that unit tests run, and git above all: no setting of this machine has a part in them.
#pragma once

#include "support/process.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace killify::test {

// The standard output of a program; anything but success is a failure of the test.
inline std::string output_of(std::vector<std::string> argv, const std::filesystem::path& cwd,
                             std::string input = {}) {
  const Command command{.argv = std::move(argv),
                        .cwd = cwd,
                        .env = {{"GIT_CONFIG_GLOBAL", "/dev/null"},
                                {"GIT_CONFIG_NOSYSTEM", "1"},
                                {"GIT_AUTHOR_NAME", "A U Thor"},
                                {"GIT_AUTHOR_EMAIL", "author@example.org"},
                                {"GIT_AUTHOR_DATE", "1700000000 +0100"},
                                {"GIT_COMMITTER_NAME", "C O Mit"},
                                {"GIT_COMMITTER_EMAIL", "c@example.org"},
                                {"GIT_COMMITTER_DATE", "1700000000 +0100"},
                                {"LC_ALL", "C"}},
                        .input = std::move(input)};
  Result<Completed> done = run(command);
  if (!done) {
    ADD_FAILURE() << done.error().message;
    return {};
  }
  EXPECT_TRUE(done->ok()) << shell_quoted(command.argv) << ": " << done->how_it_ended() << '\n'
                          << done->out << done->err;
  return std::move(done->out);
}

// What git prints, to the byte.
inline std::string git_output(const std::filesystem::path& repository,
                              std::vector<std::string> arguments, std::string input = {}) {
  arguments.insert(arguments.begin(), {"git", "-c", "init.defaultBranch=main"});
  return output_of(std::move(arguments), repository, std::move(input));
}

// The same without the last line break: an object's id, a subject.
inline std::string git(const std::filesystem::path& repository,
                       std::vector<std::string> arguments) {
  const std::string text = git_output(repository, std::move(arguments));
  return text.substr(0, text.find_last_not_of('\n') + 1);
}

}  // namespace killify::test
