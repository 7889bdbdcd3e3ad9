#include "support/interrupt.h"

#include "support/files.h"
#include "support/parallel.h"
#include "support/process.h"
#include "support/temp_dir.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <thread>

// The flag stays set for the life of a process: each case has one of its own (EXPECT_EXIT forks).
namespace killify {
namespace {

bool readable(int fd) {
  pollfd event = {fd, POLLIN, 0};
  return poll(&event, 1, 0) == 1;
}

[[noreturn]] void exit_with(bool good) {
  _exit(good ? 0 : 1);
}

TEST(Interrupt, NothingBeforeASignal) {
  EXPECT_FALSE(interrupted());
  EXPECT_EQ(interrupted_error().exit, Exit::kInterrupted);
}

TEST(Interrupt, ASignalSetsTheFlagAndTheDescriptor) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    EXPECT_EXIT(
        {
          std::signal(number, SIG_DFL);
          install_interrupt_handlers();
          const bool quiet = !interrupted() && !readable(interrupt_fd());
          raise(number);
          exit_with(quiet && interrupted() && readable(interrupt_fd()));
        },
        testing::ExitedWithCode(0), "");
  }
}

TEST(Interrupt, ASecondSignalEndsTheProcess) {
  EXPECT_EXIT(
      {
        install_interrupt_handlers();
        raise(SIGTERM);
        raise(SIGTERM);
        _exit(0);
      },
      testing::ExitedWithCode(128 + SIGTERM), "");
}

TEST(Interrupt, AnIgnoredHangUpStaysIgnored) {
  EXPECT_EXIT(
      {
        std::signal(SIGHUP, SIG_IGN);
        install_interrupt_handlers();
        raise(SIGHUP);
        exit_with(!interrupted());
      },
      testing::ExitedWithCode(0), "");
}

TEST(Interrupt, ABrokenPipeIsAnErrorNotTheEnd) {
  EXPECT_EXIT(
      {
        install_interrupt_handlers();
        raise(SIGPIPE);
        exit_with(!interrupted());
      },
      testing::ExitedWithCode(0), "");
}

TEST(Interrupt, StopsParallelWork) {
  EXPECT_EXIT(
      {
        install_interrupt_handlers();
        std::size_t calls = 0;
        const Status status = parallel_for(10, 1, [&](std::size_t i) -> Status {
          ++calls;
          if (i == 2) raise(SIGTERM);
          return {};
        });
        exit_with(!status && status.error().exit == Exit::kInterrupted && calls == 3);
      },
      testing::ExitedWithCode(0), "");
}

[[noreturn]] void run_until_interrupted() {
  install_interrupt_handlers();
  Command command;
  command.argv = {"sh", "-c", "echo started; sleep 1000 & sleep 1000"};
  command.on_line = [](std::string_view) { kill(getpid(), SIGTERM); };
  const auto result = run(command);
  exit_with(!result && result.error().exit == Exit::kInterrupted);
}

TEST(Interrupt, EndsARunningProgramAndItsGroup) {
  EXPECT_EXIT(run_until_interrupted(), testing::ExitedWithCode(0), "");
}

bool a_wait_is_interrupted() {
  install_interrupt_handlers();
  const TempDir directory = TempDir::make().value();
  const std::filesystem::path path = directory.path() / "lock";
  const auto first = FileLock::wait(path);
  std::jthread sender([] { kill(getpid(), SIGTERM); });
  const auto second = FileLock::wait(path);
  return first && !second && second.error().exit == Exit::kInterrupted;
}

[[noreturn]] void wait_until_interrupted() {
  exit_with(a_wait_is_interrupted());
}

TEST(Interrupt, EndsTheWaitForALock) {
  EXPECT_EXIT(wait_until_interrupted(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace killify
