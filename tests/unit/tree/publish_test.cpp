// What may happen to a branch on its way into the user's repository: 'git gc' at the same time.
#include "support/disturbed.h"
#include "tree/workshop.h"
#include "unit/tree/git_fixture.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

namespace fs = std::filesystem;
using test::disturbed_before_change;

const Signature kAuthor{"Ann Other", "ann@example.org", 1700000000, 60};
constexpr const char* kBranch = "killify/x/v1";
constexpr const char* kMemory = "refs/killify/killify/x/v1";

class PublishTest : public GitFixture {
 protected:
  PublishTest()
      : root_(make_repository("tree", {{"Makefile", "VERSION = 6\n"},
                                       {"drivers/a/a.c", "int a;\n"},
                                       {"drivers/b/b.c", "int b;\n"}})),
        base_(git(root_, {"rev-parse", "HEAD"})) {}

  [[nodiscard]] Workshop open_workshop() const {
    return Workshop::open(*Repository::open(root_), path("cache")).value();
  }

  [[nodiscard]] Oid commit(Workshop& workshop, const std::string& text) const {
    const Oid one = workshop.commit(base_, {{"drivers/a/a.c", text}}, "One", kAuthor).value();
    return workshop.commit(one, {{"drivers/b/b.c", text}}, "Two", kAuthor).value();
  }

  // All of a run: 0 when it succeeded.
  [[nodiscard]] int run(const std::string& text) const {
    Workshop workshop = open_workshop();
    return workshop.publish(kBranch, commit(workshop, text)) ? 0 : 1;
  }

  void collect_garbage() const {
    // Logs are left alone: git would give up where the stopped run holds a lock.
    git(root_, {"-c", "gc.reflogExpire=never", "-c", "gc.reflogExpireUnreachable=never", "gc", "-q",
                "--prune=now"});
  }

  // The repository is sound, and nothing of ours is left in it but the branch and its memory.
  void expect_sound(const Oid& tip) const {
    EXPECT_EQ(git(root_, {"rev-parse", kBranch}), tip);
    EXPECT_EQ(git(root_, {"rev-parse", kMemory}), tip);
    git(root_, {"fsck", "--strict", "--full"});
    expect_no_leftovers();
  }

  void expect_no_leftovers() const {
    for (const auto& entry : fs::recursive_directory_iterator(root_)) {
      const fs::path file = entry.path();
      EXPECT_TRUE(file.extension() != ".lock" && file.extension() != ".keep") << file;
      EXPECT_FALSE(file.filename().string().starts_with(".killify-temporary")) << file;
      EXPECT_TRUE(file.extension() != ".pack" ||
                  fs::exists(fs::path(file).replace_extension(".idx")))
          << file;
    }
  }

  fs::path root_;
  Oid base_;
};

TEST_F(PublishTest, ABranchWhoseObjectsAreGoneIsRepaired) {
  ASSERT_EQ(run("1"), 0);
  const Oid tip = git(root_, {"rev-parse", kBranch});
  for (const auto& entry : fs::directory_iterator(root_ / ".git/objects/pack"))
    fs::remove(entry.path());
  ASSERT_EQ(run("1"), 0);
  fs::remove_all(path("cache"));
  expect_sound(tip);
}

// The objects were there when the workshop made its commits, so it need not have written them.
TEST_F(PublishTest, ObjectsThatGoAfterTheCommitWasMadeAreWrittenAgain) {
  ASSERT_EQ(run("1"), 0);
  git(root_, {"branch", "-q", "-D", kBranch});
  git(root_, {"update-ref", "-d", kMemory});
  fs::remove_all(path("cache"));
  Workshop workshop = open_workshop();
  const Oid tip = commit(workshop, "1");
  collect_garbage();
  ASSERT_TRUE(workshop.publish(kBranch, tip));
  fs::remove_all(path("cache"));
  expect_sound(tip);
}

TEST_F(PublishTest, GarbageCollectedAtAnyPointTakesNothing) {
  constexpr std::size_t kStep = 3;  // each point costs a 'git gc'
  std::size_t points = 0;
  for (bool reached = true; reached; points += kStep) {
    // Another branch tip each time, of which nothing is there yet.
    Workshop workshop = open_workshop();
    const Oid tip = commit(workshop, std::to_string(points));
    const auto done = disturbed_before_change(
        points + 1, [&] { return workshop.publish(kBranch, tip) ? 0 : 1; },
        [&] { collect_garbage(); });
    reached = done.reached;
    EXPECT_EQ(done.status, 0) << "at point " << points;
    git(root_, {"rev-list", "--objects", "--quiet", kBranch});
  }
  EXPECT_GT(points, 20U) << "that is all of it?";
  RecordProperty("points", static_cast<int>(points));
  expect_sound(git(root_, {"rev-parse", kBranch}));
}

}  // namespace
}  // namespace killify
