#include "support/files.h"

#include "support/temp_dir.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iterator>

namespace killify {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

class Files : public testing::Test {
 protected:
  fs::path in(std::string_view name) const { return dir_.path() / name; }
  std::size_t entries() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(dir_.path()), fs::directory_iterator()));
  }
  TempDir dir_ = TempDir::make().value();
};

TEST_F(Files, ReadsBackWhatWasWritten) {
  const std::string bytes("a\0b\n\xff", 5);
  ASSERT_TRUE(write_file_atomic(in("new/deep/file"), bytes));
  EXPECT_EQ(read_file(in("new/deep/file")).value(), bytes);
}

TEST_F(Files, ReadsWhatHasNoSize) {
  EXPECT_THAT(read_file("/proc/self/stat").value(), StartsWith(std::to_string(getpid())));
}

TEST_F(Files, APipeIsNotWaitedFor) {
  const auto fifo = in("fifo");
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  const auto text = read_file(fifo);
  ASSERT_FALSE(text);
  EXPECT_THAT(text.error().message, HasSubstr("fifo: is no regular file"));
}

TEST_F(Files, ReadErrorNamesTheFile) {
  EXPECT_EQ(read_file(in("none")).error().message,
            in("none").string() + ": cannot read: No such file or directory");
  EXPECT_EQ(read_file(dir_.path()).error().message,
            dir_.path().string() + ": cannot read: Is a directory");
}

TEST_F(Files, ReplacesAndLeavesNothingElse) {
  ASSERT_TRUE(write_file_atomic(in("file"), "old, and longer"));
  ASSERT_TRUE(write_file_atomic(in("file"), "new"));
  EXPECT_EQ(read_file(in("file")).value(), "new");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(Files, ObeysTheUmask) {
  const mode_t before = umask(022);
  ASSERT_TRUE(write_file_atomic(in("file"), "x"));
  umask(before);
  EXPECT_EQ(fs::status(in("file")).permissions(), static_cast<fs::perms>(0644));
}

TEST_F(Files, AFailedRenameLeavesNothing) {
  fs::create_directories(in("file/below"));  // a file cannot replace a directory
  const Status status = write_file_atomic(in("file"), "x");
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, StartsWith(in("file").string() + ": cannot write: "));
  EXPECT_EQ(entries(), 1U);
}

TEST_F(Files, AFullDiskLeavesTheOldFile) {
  ASSERT_TRUE(write_file_atomic(in("file"), "old"));
  // A limit on the size of files stands in for the full disk: write() fails half way in both.
  rlimit before = {};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto old_handler = signal(SIGXFSZ, SIG_IGN);
  const rlimit small = {4096, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const Status status = write_file_atomic(in("file"), std::string(100'000, 'x'));
  setrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, old_handler);
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("File too large"));
  EXPECT_EQ(read_file(in("file")).value(), "old");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(Files, ADirectoryThatCannotBeMadeIsNamed) {
  ASSERT_TRUE(write_file_atomic(in("file"), "x"));
  EXPECT_THAT(write_file_atomic(in("file/below/y"), "x").error().message,
              StartsWith(in("file/below").string() + ": cannot make this directory: "));
}

TEST_F(Files, ALockExcludes) {
  const int other = open(in("lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_GE(other, 0);
  {
    const FileLock lock = FileLock::wait(in("lock")).value();
    EXPECT_NE(flock(other, LOCK_EX | LOCK_NB), 0);
  }
  EXPECT_EQ(flock(other, LOCK_EX | LOCK_NB), 0);
  close(other);
}

TEST_F(Files, ALockDiesWithItsProcess) {
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t holder = fork();
  if (holder == 0) {
    const auto lock = FileLock::wait(in("lock"));
    [[maybe_unused]] const ssize_t told = write(ready[1], "x", 1);
    pause();
    _exit(0);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  kill(holder, SIGKILL);
  EXPECT_TRUE(FileLock::wait(in("lock")));
  waitpid(holder, nullptr, 0);
  close(ready[0]);
  close(ready[1]);
}

TEST_F(Files, ALockThatCannotBeMadeIsNamed) {
  EXPECT_THAT(FileLock::wait(dir_.path()).error().message,
              StartsWith(dir_.path().string() + ": cannot open this lock file: "));
}

}  // namespace
}  // namespace killify
