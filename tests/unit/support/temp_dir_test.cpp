#include "support/temp_dir.h"

#include "support/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace killify {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Names relative to `root`, of all that is below it.
std::set<std::string> below(const fs::path& root) {
  std::set<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(root))
    names.insert(entry.path().lexically_relative(root).string());
  return names;
}

// The exit status of a child that does `work`.
int status_of(const std::function<int()>& work) {
  const pid_t child = fork();
  if (child == 0) _exit(work());
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

class TempDirs : public testing::Test {
 protected:
  [[nodiscard]] fs::path in(std::string_view name) const { return dir_.path() / name; }

  // A process that makes a TempDir below in("") and is killed.
  [[nodiscard]] fs::path left_by_a_killed_process() const {
    const int status = status_of([&] {
      const TempDir made = TempDir::make(dir_.path()).value();
      const Status written = write_file_atomic(made.path() / "a/b", "cut off");
      const Status noted = write_file_atomic(in("noted"), made.path().string());
      return written && noted ? kill(getpid(), SIGKILL) : 1;
    });
    EXPECT_TRUE(WIFSIGNALED(status));
    fs::path left = read_file(in("noted")).value_or("");
    fs::remove(in("noted"));
    return left;
  }

  TempDir dir_ = TempDir::make().value();
};

TEST_F(TempDirs, GoWithTheObjectAndLeaveNothing) {
  fs::path path;
  {
    TempDir temporary = TempDir::make(in("parent")).value();
    path = temporary.path();
    ASSERT_TRUE(write_file_atomic(path / "a/b", "x"));
    const TempDir moved = std::move(temporary);
    EXPECT_TRUE(fs::exists(path / "a/b"));
  }
  EXPECT_FALSE(fs::exists(path));
  EXPECT_THAT(below(dir_.path()), ElementsAre("parent"));
}

TEST_F(TempDirs, OfAKilledProcessAreRemoved) {
  const fs::path left = left_by_a_killed_process();
  EXPECT_TRUE(fs::exists(left / "a/b"));
  remove_stale_temporaries(dir_.path());
  EXPECT_THAT(below(dir_.path()), IsEmpty());
  remove_stale_temporaries(in("not there"));
}

TEST_F(TempDirs, OfAKilledProcessGoWhenTheNextIsMade) {
  const fs::path left = left_by_a_killed_process();
  const TempDir next = TempDir::make(dir_.path()).value();
  EXPECT_FALSE(fs::exists(left));
  EXPECT_TRUE(fs::exists(next.path()));
}

TEST_F(TempDirs, InUseStayWhoeverLooks) {
  const TempDir ours = TempDir::make(dir_.path()).value();
  remove_stale_temporaries(dir_.path());
  EXPECT_TRUE(fs::exists(ours.path()));
  EXPECT_EQ(status_of([&] {
              remove_stale_temporaries(dir_.path());
              return 0;
            }),
            0);
  EXPECT_TRUE(fs::exists(ours.path()));
}

// Numbers of processes mean nothing there: ours is not even to be seen.
TEST_F(TempDirs, InUseStayForAnotherNamespaceOfProcesses) {
  constexpr int kForbidden = 77;
  const TempDir ours = TempDir::make(dir_.path()).value();
  const int status = status_of([&] {
    if (unshare(CLONE_NEWUSER | CLONE_NEWPID) != 0) return kForbidden;
    const int inner = status_of([&] {
      if (getpid() != 1) return kForbidden;
      const TempDir theirs = TempDir::make(dir_.path()).value();
      remove_stale_temporaries(dir_.path());
      return 0;
    });
    return WEXITSTATUS(inner);
  });
  if (WEXITSTATUS(status) == kForbidden) GTEST_SKIP() << "no namespaces for users here";
  ASSERT_EQ(status, 0);
  EXPECT_TRUE(fs::exists(ours.path()));
}

TEST_F(TempDirs, NothingIsRemovedByItsName) {
  const std::string folder = fmt::format(".killify-temporary-{}", geteuid());
  for (const std::string& name :
       {std::string("killify-999999-notes"), std::string(".killify-999999-0"), folder + "/notes",
        folder + "/copy/notes", folder + "/copy.owner", folder + "/empty.owner"})
    ASSERT_TRUE(write_file_atomic(in(name), name.ends_with("empty.owner") ? "" : "mine\n"));
  fs::create_directory(in(folder + "/directory.owner"));
  fs::create_symlink("copy", in(folder + "/link.owner"));
  const std::set<std::string> before = below(dir_.path());
  remove_stale_temporaries(dir_.path());
  { const TempDir made = TempDir::make(dir_.path()).value(); }
  EXPECT_EQ(below(dir_.path()), before);
}

TEST_F(TempDirs, AFolderThatIsALinkIsRefused) {
  fs::create_directory(in("elsewhere"));
  fs::create_directory_symlink("elsewhere", in(fmt::format(".killify-temporary-{}", geteuid())));
  EXPECT_THAT(TempDir::make(dir_.path()).error().message, HasSubstr("not a directory of yours"));
  EXPECT_THAT(below(in("elsewhere")), IsEmpty());
}

TEST_F(TempDirs, ManyAtOnceDoNotDisturbEachOther) {
  std::vector<std::jthread> threads;
  std::atomic<int> lost = 0;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        const auto made = TempDir::make(dir_.path());
        if (!made || !fs::is_directory(made->path())) ++lost;
      }
    });
  threads.clear();
  EXPECT_EQ(lost, 0);
  EXPECT_THAT(below(dir_.path()), IsEmpty());
}

}  // namespace
}  // namespace killify
