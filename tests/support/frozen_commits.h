// Commits as they were when somebody last read them: a change of the engine that is to leave a
// series as it is must not change one of these lines.
#pragma once

#include "support/digest.h"
#include "support/killify_run.h"

namespace killify::test {

// Of each commit of a repository from `base` to `tip` a line: git's id of the diff, which does not
// depend on where it applies, a digest of the message, the subject.
inline std::string frozen_commits(const fs::path& repository, const std::string& base,
                                  const std::string& tip) {
  const auto git = [&](Words words, const std::string& input = {}) {
    words.insert(words.begin(), "git");
    return run_program(std::move(words), repository, neutral_environment(repository), input).out;
  };
  std::string lines;
  for (const std::string& oid : split_lines(git({"rev-list", "--reverse", base + ".." + tip}))) {
    const std::string id = git({"patch-id", "--stable"}, git({"show", "--no-ext-diff", oid}));
    const std::string message = git({"log", "-1", "--format=%B", oid});
    lines += id.substr(0, 12) + ' ' + sha256(message).substr(0, 12) + ' ' +
             message.substr(0, message.find('\n')) + '\n';
  }
  return lines;
}

// Compares with tests/frozen/NAME.txt; where a step is meant to change it, the lines that the test
// prints are read and put there.
inline void expect_frozen(const std::string& lines, const std::string& name) {
  EXPECT_EQ(lines, text_of(kSource / "tests" / "frozen" / (name + ".txt"))) << lines;
}

}  // namespace killify::test
