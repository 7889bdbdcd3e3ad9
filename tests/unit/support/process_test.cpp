#include "support/process.h"

#include "support/files.h"
#include "support/parallel.h"
#include "support/temp_dir.h"
#include "support/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

namespace killify {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;

Command shell(std::string script) {
  Command command;
  command.argv = {"sh", "-c", std::move(script)};
  return command;
}

TEST(Run, KeepsBothStreamsAndTheStatus) {
  const Completed result = run(shell("echo out; echo err >&2; exit 3")).value();
  EXPECT_EQ(result.out, "out\n");
  EXPECT_EQ(result.err, "err\n");
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_FALSE(result.ok());
  EXPECT_EQ(result.how_it_ended(), "exit status 3");
}

TEST(Run, ArgumentsAreNotInterpreted) {
  Command command;
  command.argv = {"printf", "%s|", "a b", "$HOME", "*", "", "'"};
  EXPECT_EQ(run(command).value().out, "a b|$HOME|*||'|");
}

TEST(Run, TheLocaleIsOurs) {
  setenv("LC_ALL", "de_DE.UTF-8", 1);
  setenv("LANGUAGE", "de", 1);
  setenv("LANG", "de_DE.UTF-8", 1);
  Command command = shell("echo $LC_ALL-$LANGUAGE-$LANG-$LC_MESSAGES");
  EXPECT_EQ(run(command).value().out, "C--C-C\n");
  command.env = {{"LC_ALL", "C.UTF-8"}};
  EXPECT_EQ(run(command).value().out, "C.UTF-8--C-C\n");
  unsetenv("LC_ALL");
  unsetenv("LANGUAGE");
  unsetenv("LANG");
}

TEST(Run, TellsASignalFromAStatus) {
  const Completed result = run(shell("kill -9 $$")).value();
  EXPECT_EQ(result.signal, SIGKILL);
  EXPECT_FALSE(result.ok());
  EXPECT_EQ(result.how_it_ended(), "killed by signal 9 (Killed)");
}

TEST(Run, OutputWithoutEndIsEnded) {
  for (const char* script : {"echo begin; yes", "echo begin >&2; trap '' TERM; yes >&2"}) {
    const Completed result = run(shell(script)).value();
    EXPECT_TRUE(result.flooded);
    EXPECT_FALSE(result.ok());
    EXPECT_EQ(result.how_it_ended(), "ended, because it printed more than 256 MiB");
    EXPECT_TRUE((result.out + result.err).starts_with("begin\n"));
    EXPECT_LE(result.out.size() + result.err.size(), std::size_t{64} << 10);
  }
}

TEST(Run, ADeadlineEndsTheGroupAndKeepsTheOutput) {
  Command command = shell("echo started; sleep 1000 & sleep 1000");
  command.deadline = milliseconds(200);
  const Completed result = run(command).value();
  EXPECT_TRUE(result.timed_out);
  EXPECT_FALSE(result.ok());
  EXPECT_EQ(result.out, "started\n");
  EXPECT_EQ(result.how_it_ended(), "no end within 0.2 s");
}

TEST(Run, ADeadlineKillsWhatIgnoresSigterm) {
  Command command = shell("trap '' TERM; echo started; while :; do sleep 1000; done");
  command.deadline = milliseconds(200);
  const Completed result = run(command).value();
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.signal, SIGKILL);
}

TEST(Run, AnEarlyEndBeatsTheDeadline) {
  Command command = shell("exit 0");
  command.deadline = milliseconds(3'600'000);
  EXPECT_TRUE(run(command).value().ok());
}

TEST(Run, StandardInputIsEmptyUnlessGiven) {
  Command command;
  command.argv = {"cat"};
  EXPECT_EQ(run(command).value().out, "");
  command.input = std::string(1'000'000, 'x');
  EXPECT_EQ(run(command).value().out, command.input);
}

TEST(Run, AProgramMayLeaveItsInputUnread) {
  Command command;
  command.argv = {"true"};
  command.input = std::string(1'000'000, 'x');
  EXPECT_TRUE(run(command).value().ok());
}

TEST(Run, MuchOnBothStreamsDoesNotBlock) {
  const Completed result =
      run(shell("head -c 3000000 /dev/zero >&2; head -c 3000000 /dev/zero")).value();
  EXPECT_EQ(result.out.size(), 3'000'000U);
  EXPECT_EQ(result.err.size(), 3'000'000U);
}

TEST(Run, AGrandchildThatKeepsThePipesDoesNotHoldUs) {
  const Completed result = run(shell("sleep 1000 & echo $!")).value();
  EXPECT_TRUE(result.ok());
  // Of our group, so ended with it. It may be a zombie of init for a moment: wait for that.
  const pid_t grandchild = std::stoi(result.out);
  while (kill(grandchild, 0) == 0) {
    const auto status = read_file(fmt::format("/proc/{}/stat", grandchild));
    if (!status || status->find(") Z ") != status->npos) break;
    usleep(1000);
  }
}

TEST(Run, AGrandchildInASessionOfItsOwnDoesNotHoldUs) {
  const Completed result = run(shell("setsid sleep 1000 & echo $!")).value();
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(kill(std::stoi(result.out), SIGKILL), 0) << "it was waited for";
}

TEST(Run, HandsOutLinesAsTheyCome) {
  std::vector<std::string> lines;
  Command command = shell("printf 'a\\n\\nb'; echo no >&2");
  command.on_line = [&](std::string_view line) { lines.emplace_back(line); };
  ASSERT_TRUE(run(command));
  EXPECT_THAT(lines, ElementsAre("a", "", "b"));
}

TEST(Run, SetsDirectoryAndEnvironment) {
  const TempDir dir = TempDir::make().value();
  Command command = shell("pwd; echo $KILLIFY_TEST_A-$HOME-$KILLIFY_TEST_A | tr -d '\\n'; env");
  command.cwd = dir.path();
  command.env = {{"KILLIFY_TEST_A", "x=y"}, {"HOME", "/nowhere"}};
  const Completed result = run(command).value();
  EXPECT_THAT(result.out, HasSubstr(fs::canonical(dir.path()).string() + "\n"));
  EXPECT_THAT(result.out, HasSubstr("x=y-/nowhere-x=y"));
  EXPECT_THAT(result.out, HasSubstr("PATH="));  // ours is kept
}

TEST(Run, ARelativeProgramIsRelativeToUsNotToItsDirectory) {
  const TempDir dir = TempDir::make().value();
  Command command;
  command.argv = {fs::relative("/bin/pwd").string()};
  command.cwd = dir.path();
  EXPECT_EQ(run(command).value().out, fs::canonical(dir.path()).string() + "\n");
}

TEST(Run, AppendsBothStreamsToTheLog) {
  const TempDir dir = TempDir::make().value();
  Command command = shell("echo out; echo err >&2");
  command.log = dir.path() / "log";
  ASSERT_TRUE(write_file_atomic(command.log, "before\n"));
  ASSERT_TRUE(run(command));
  const std::string log = read_file(command.log).value();
  EXPECT_TRUE(log == "before\nout\nerr\n" || log == "before\nerr\nout\n") << log;
}

TEST(Run, ALogThatCannotBeWrittenIsAnError) {
  Command command = shell("echo out");
  command.log = "/dev/full";
  EXPECT_EQ(run(command).error().message,
            "/dev/full: cannot write this log: No space left on device");
  command.log = "/nowhere/log";
  EXPECT_EQ(run(command).error().message,
            "/nowhere/log: cannot write this log: No such file or directory");
}

TEST(Run, AMissingProgramIsNamedWithTheRemedy) {
  Command command;
  command.argv = {"killify-no-such-program"};
  EXPECT_EQ(run(command).error().message,
            "killify-no-such-program: no such program in PATH; install it, or add its directory to "
            "PATH");
  command.argv = {"/nowhere/spatch"};
  EXPECT_EQ(run(command).error().message,
            "/nowhere/spatch: cannot be started: No such file or directory; install it, or correct "
            "PATH");
  EXPECT_EQ(run(Command{}).error().message, "no program to run");
}

TEST(Run, AMissingDirectoryIsNamed) {
  Command command = shell("true");
  command.cwd = "/nowhere";
  EXPECT_EQ(run(command).error().message,
            "/nowhere: cannot run sh in this directory: No such file or directory");
}

TEST(Run, TheStackIsAsLargeAsAllowed) {
  rlimit limit = {};
  getrlimit(RLIMIT_STACK, &limit);
  Command command = shell("ulimit -Ss; ulimit -Hs");
  command.unlimited_stack = true;
  const auto lines = split_lines(run(command).value().out);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0], lines[1]);
  rlimit after = {};
  getrlimit(RLIMIT_STACK, &after);
  EXPECT_EQ(after.rlim_cur, limit.rlim_cur) << "our own limit must stay";
}

TEST(Run, TheChildGetsDefaultSignalsAndAGroupOfItsOwn) {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  // PID (COMM) STATE PPID PGRP ...
  const Completed result = run(shell("kill -s PIPE $$; echo survived")).value();
  const Completed group = run(shell("cut -d' ' -f1,5 /proc/self/stat; echo $$")).value();
  std::signal(SIGPIPE, before);
  EXPECT_EQ(result.signal, SIGPIPE);
  const auto lines = split_lines(group.out);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_TRUE(lines[0].ends_with(" " + lines[1])) << group.out;
}

TEST(Run, NoDescriptorLeaksIntoAChild) {
  // Eight at a time: a pipe of a neighbour that leaked would show up in the listing.
  std::vector<std::string> listings(64);
  ASSERT_TRUE(parallel_for(listings.size(), 8, [&](std::size_t i) -> Status {
    Command command;
    command.argv = {"ls", "/proc/self/fd"};
    KILLIFY_TRY(const Completed result, run(command));
    listings[i] = result.out;
    return {};
  }));
  // Compared with a child that runs alone: what the test program inherited is not ours.
  const std::string expected = run(shell("exec ls /proc/self/fd")).value().out;
  for (const std::string& listing : listings) EXPECT_EQ(listing, expected);
}

TEST(Run, MeasuresTheChild) {
  const Completed result = run(shell("i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done")).value();
  EXPECT_GT(result.cpu_seconds, 0);
  EXPECT_GT(result.wall_seconds, 0);
  EXPECT_GT(result.max_rss_kib, 0);
}

TEST(FindProgram, LooksInPath) {
  EXPECT_EQ(find_program("sh").filename(), "sh");
  EXPECT_TRUE(find_program("sh").is_absolute());
  EXPECT_EQ(find_program("killify-no-such-program"), fs::path());
  EXPECT_EQ(find_program("."), fs::path()) << "a directory is no program";
}

TEST(ShellQuoted, CanBePastedIntoAShell) {
  EXPECT_EQ(shell_quoted({"spatch", "--sp-file", "x.cocci", "a file.c"}),
            "spatch --sp-file x.cocci 'a file.c'");
  EXPECT_EQ(shell_quoted({"", "it's", "$x", "~"}), "'' 'it'\\''s' '$x' '~'");
}

}  // namespace
}  // namespace killify
