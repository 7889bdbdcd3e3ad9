// What may happen to a branch on its way into the user's repository: 'git gc' at the same time, a
// kill at any point, locks of others.
#include "support/disturbed.h"
#include "support/owned_file.h"
#include "tree/workshop.h"
#include "unit/tree/git_fixture.h"

#include <gmock/gmock.h>

#include <chrono>
#include <optional>
#include <thread>

namespace killify {
namespace {

namespace fs = std::filesystem;
using test::disturbed_before_change;
using testing::HasSubstr;

const Signature kAuthor{"Ann Other", "ann@example.org", 1700000000, 60};
constexpr const char* kBranch = "killify/x/v1";
constexpr const char* kHead = "refs/heads/killify/x/v1";
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

  // "" when there is no such ref; a commit that is not there with all it needs fails the test.
  [[nodiscard]] Oid whole_commit_at(const std::string& ref) const {
    const Repository repository = Repository::open(root_).value();
    std::error_code none;
    if (!fs::exists(root_ / ".git" / ref, none)) return {};
    const auto snapshot = repository.snapshot(ref);
    EXPECT_TRUE(snapshot) << snapshot.error().message;
    if (!snapshot) return {};
    for (const TreeEntry& entry : snapshot->entries) {
      const auto blob = repository.read_blob(entry.blob);
      EXPECT_TRUE(blob) << blob.error().message;
    }
    return snapshot->commit;
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

TEST_F(PublishTest, KilledAtAnyPointItIsMadeGoodByTheNextRun) {
  std::size_t points = 0;
  for (bool reached = true; reached; ++points) {
    Workshop workshop = open_workshop();
    const Oid tip = commit(workshop, std::to_string(points));
    const auto publish = [&] { return workshop.publish(kBranch, tip) ? 0 : 1; };
    reached = disturbed_before_change(points + 1, publish).reached;
    (void)whole_commit_at(kHead);
    ASSERT_EQ(publish(), 0) << "after a kill at point " << points;
    EXPECT_EQ(whole_commit_at(kHead), tip);
    EXPECT_EQ(whole_commit_at(kMemory), tip);
    expect_no_leftovers();
  }
  EXPECT_GT(points, 20U) << "that is all of it?";
  RecordProperty("points", static_cast<int>(points));
  expect_sound(git(root_, {"rev-parse", kBranch}));
}

TEST_F(PublishTest, ALockOfAnotherIsNamedAndKept) {
  for (const std::string& ref : {std::string(kHead), std::string(kMemory)}) {
    const fs::path lock = root_ / ".git" / (ref + ".lock");
    write(lock, "");
    Workshop workshop = open_workshop();
    const Status status = workshop.publish(kBranch, commit(workshop, "1"));
    ASSERT_FALSE(status) << ref;
    EXPECT_THAT(status.error().message, HasSubstr("remove that file"));
    EXPECT_THAT(status.error().message, HasSubstr(lock.string()));
    EXPECT_TRUE(fs::exists(lock));
    fs::remove(lock);
  }
  EXPECT_EQ(run("1"), 0);
}

TEST_F(PublishTest, ALockOfALivingKillifyIsWaitedFor) {
  const fs::path lock = root_ / ".git" / (std::string(kHead) + ".lock");
  fs::create_directories(lock.parent_path());
  std::optional<OwnedFile> held = OwnedFile::make(lock);
  ASSERT_TRUE(held);
  std::jthread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    EXPECT_TRUE(fs::exists(lock));
    held.reset();
  });
  EXPECT_EQ(run("1"), 0);
}

TEST_F(PublishTest, EmptyDirectoriesAreNoObstacle) {
  fs::create_directories(root_ / ".git/refs/heads" / kBranch / "gone/too");
  fs::create_directories(root_ / ".git/logs/refs/heads" / kBranch / "gone");
  ASSERT_EQ(run("1"), 0);
  expect_sound(git(root_, {"rev-parse", kBranch}));
}

TEST_F(PublishTest, TheLogOfTheBranchIsThatOfGit) {
  git(root_, {"config", "user.name", "A Tester"});
  git(root_, {"config", "user.email", "tester@example.org"});
  ASSERT_EQ(run("1"), 0);
  const Oid first = git(root_, {"rev-parse", kBranch});
  ASSERT_EQ(run("2"), 0);
  const Oid second = git(root_, {"rev-parse", kBranch});
  EXPECT_EQ(git(root_, {"log", "-g", "--format=%H %gn <%ge> %gs", kBranch}),
            second + " A Tester <tester@example.org> killify: publish\n" + first +
                " A Tester <tester@example.org> killify: publish");
  EXPECT_EQ(git(root_, {"rev-parse", std::string(kBranch) + "@{1}"}), first);
  EXPECT_FALSE(fs::exists(root_ / ".git/logs" / kMemory));

  git(root_, {"config", "core.logAllRefUpdates", "false"});
  git(root_, {"branch", "-q", "-D", kBranch});
  ASSERT_EQ(run("1"), 0);
  EXPECT_FALSE(fs::exists(root_ / ".git/logs/refs/heads" / kBranch));
}

}  // namespace
}  // namespace killify
