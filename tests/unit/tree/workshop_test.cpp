#include "tree/workshop.h"

#include "unit/tree/git_fixture.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

namespace killify {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

const Signature kWorker{"Ann Other", "ann@example.org", 1700000000, 60};

class WorkshopTest : public GitFixture {
 protected:
  WorkshopTest()
      : root_(make_repository("tree", {{"Makefile", "VERSION = 6\n"},
                                       {"drivers/a/a.c", "int a;\n"},
                                       {"drivers/b/b.c", "int b;\n"},
                                       {"run.sh", "#!/bin/sh\n"}})),
        base_(git(root_, {"rev-parse", "HEAD"})) {}

  Workshop open_workshop() { return Workshop::open(*Repository::open(root_), cache()).value(); }
  [[nodiscard]] fs::path cache() const { return path("cache"); }

  Oid must_commit(Workshop& workshop, const Oid& parent, const FileContents& files) {
    const auto oid = workshop.commit(parent, files, "Change it", kWorker);
    EXPECT_TRUE(oid) << oid.error().message;
    return oid.value_or(Oid());
  }

  // "" when it succeeded.
  static std::string message(const Status& status) {
    return status ? std::string() : status.error().message;
  }

  static std::pair<long, long> mtime(const fs::path& file) {
    struct stat found {};
    EXPECT_EQ(::lstat(file.c_str(), &found), 0) << file;
    return {found.st_mtim.tv_sec, found.st_mtim.tv_nsec};
  }

  fs::path root_;
  Oid base_;
};

TEST_F(WorkshopTest, CommittingTouchesNothingOfTheUsers) {
  const auto before = listing(root_);
  Workshop workshop = open_workshop();
  const Oid oid = must_commit(workshop, base_, {{"drivers/a/a.c", "int c;\n"}, {"new/n.c", "n\n"}});
  ASSERT_TRUE(workshop.check_out("verify", oid));
  EXPECT_EQ(listing(root_), before);
  const auto snapshot = workshop.repository().snapshot(oid);
  EXPECT_EQ(workshop.repository().read_blob(snapshot->find("drivers/a/a.c")->blob), "int c;\n");
  EXPECT_EQ(snapshot->find("new/n.c")->mode, 0100644U);
  EXPECT_EQ(snapshot->find("Makefile")->path, "Makefile");
}

TEST_F(WorkshopTest, CommitsAreTheSameEachTime) {
  Workshop first = open_workshop();
  const Oid once = must_commit(first, base_, {{"drivers/a/a.c", "int c;\n"}});
  Workshop second = Workshop::open(*Repository::open(root_), path("other-cache")).value();
  EXPECT_EQ(must_commit(second, base_, {{"drivers/a/a.c", "int c;\n"}}), once);
  const auto info = first.repository().commit(once);
  EXPECT_EQ(info->parents, std::vector<Oid>{base_});
  EXPECT_EQ(info->author.email, kWorker.email);
  EXPECT_EQ(info->author.offset_minutes, 60);
}

TEST_F(WorkshopTest, ACommitKeepsTheModeOfAFile) {
  git(root_, {"update-index", "--chmod=+x", "run.sh"});
  git(root_, {"commit", "-q", "-m", "Executable"});
  Workshop workshop = open_workshop();
  const Oid oid =
      must_commit(workshop, git(root_, {"rev-parse", "HEAD"}), {{"run.sh", "#!/bin/bash\n"}});
  EXPECT_EQ(workshop.repository().snapshot(oid)->find("run.sh")->mode, 0100755U);
}

TEST_F(WorkshopTest, ACommitCannotReplaceADirectory) {
  Workshop workshop = open_workshop();
  const auto oid = workshop.commit(base_, {{"drivers", "x"}}, "m", kWorker);
  ASSERT_FALSE(oid);
  EXPECT_THAT(oid.error().message, HasSubstr("directory"));
}

TEST_F(WorkshopTest, PublishMakesABranchThatGitFindsWhole) {
  const auto before = listing(root_);
  Workshop workshop = open_workshop();
  const Oid one = must_commit(workshop, base_, {{"drivers/a/a.c", "int c;\n"}});
  const Oid two = must_commit(workshop, one, {{"drivers/b/b.c", "int d;\n"}});
  ASSERT_EQ(message(workshop.publish("killify/x/v1", two)), "");

  fs::remove_all(cache());  // nothing of it may be borrowed
  git(root_, {"fsck", "--strict", "--full"});
  EXPECT_EQ(git(root_, {"rev-parse", "killify/x/v1"}), two);
  EXPECT_EQ(git(root_, {"rev-parse", "refs/killify/killify/x/v1"}), two);
  EXPECT_EQ(git(root_, {"log", "--format=%s", "main..killify/x/v1"}), "Change it\nChange it");
  EXPECT_EQ(git(root_, {"status", "--porcelain"}), "");
  auto after = listing(root_);
  for (const auto& [file, digest] : before) {
    EXPECT_EQ(after[file], digest) << file;
    after.erase(file);
  }
  for (const auto& [file, digest] : after)
    EXPECT_TRUE(file.starts_with(".git/objects/") || file.find("refs/") != std::string::npos)
        << file;
}

TEST_F(WorkshopTest, PublishingAgainMovesItsOwnBranchOnly) {
  Workshop workshop = open_workshop();
  const Oid one = must_commit(workshop, base_, {{"drivers/a/a.c", "1"}});
  const Oid two = must_commit(workshop, base_, {{"drivers/a/a.c", "2"}});
  ASSERT_EQ(message(workshop.publish("killify/x/v1", one)), "");
  ASSERT_EQ(message(workshop.publish("killify/x/v1", one)), "");
  ASSERT_EQ(message(workshop.publish("killify/x/v1", two)), "");
  EXPECT_EQ(git(root_, {"rev-parse", "killify/x/v1"}), two);

  git(root_, {"branch", "-f", "killify/x/v1", base_});
  EXPECT_THAT(message(workshop.publish("killify/x/v1", one)), HasSubstr("has moved"));
  git(root_, {"branch", "mine", base_});
  EXPECT_THAT(message(workshop.publish("mine", one)), HasSubstr("not killify's"));
  EXPECT_EQ(git(root_, {"rev-parse", "mine"}), base_);
  git(root_, {"branch", "-D", "mine"});
  EXPECT_EQ(message(workshop.publish("mine", one)), "");
}

TEST_F(WorkshopTest, RefusedPublishingLeavesNoTrace) {
  Workshop workshop = open_workshop();
  const Oid one = must_commit(workshop, base_, {{"drivers/a/a.c", "1"}});
  git(root_, {"branch", "mine", base_});
  git(root_, {"branch", "dir/mine", base_});
  const auto before = listing(root_);
  EXPECT_THAT(message(workshop.publish("mine", one)), HasSubstr("--branch"));
  EXPECT_THAT(message(workshop.publish("main", one)), HasSubstr("checked out"));
  EXPECT_THAT(message(workshop.publish("mine/below", one)), HasSubstr("beside 'mine'"));
  EXPECT_THAT(message(workshop.publish("dir", one)), HasSubstr("beside 'dir/mine'"));
  EXPECT_THAT(message(workshop.publish("no..name", one)), HasSubstr("cannot name a branch"));
  EXPECT_EQ(listing(root_), before);
}

TEST_F(WorkshopTest, ABranchCheckedOutInAnyWorktreeIsRefused) {
  Workshop workshop = open_workshop();
  const Oid one = must_commit(workshop, base_, {{"drivers/a/a.c", "1"}});
  const Oid two = must_commit(workshop, base_, {{"drivers/a/a.c", "2"}});
  ASSERT_EQ(message(workshop.publish("k/v1", one)), "");
  git(root_, {"worktree", "add", "-q", path("linked"), "k/v1"});
  EXPECT_THAT(message(workshop.publish("k/v1", two)), HasSubstr("checked out"));
  EXPECT_EQ(message(workshop.publish("k/v1", one)), "");  // already there
  git(root_, {"worktree", "remove", path("linked")});
  EXPECT_EQ(message(workshop.publish("k/v1", two)), "");
}

TEST_F(WorkshopTest, ABranchNameMayTakeThePlaceOfOneThatIsGone) {
  Workshop workshop = open_workshop();
  const Oid one = must_commit(workshop, base_, {{"drivers/a/a.c", "1"}});
  ASSERT_EQ(message(workshop.publish("fix", one)), "");
  git(root_, {"branch", "-D", "fix"});
  ASSERT_EQ(message(workshop.publish("fix/v2", one)), "");
  EXPECT_EQ(git(root_, {"rev-parse", "fix/v2"}), one);
}

TEST_F(WorkshopTest, WorksFromALinkedWorktree) {
  git(root_, {"worktree", "add", "-q", path("linked"), "-b", "other"});
  Workshop workshop = Workshop::open(*Repository::open(path("linked")), cache()).value();
  const Oid one = must_commit(workshop, base_, {{"drivers/a/a.c", "1"}});
  ASSERT_EQ(message(workshop.publish("k/v1", one)), "");
  EXPECT_EQ(git(root_, {"rev-parse", "k/v1"}), one);
  EXPECT_THAT(message(workshop.publish("other", one)), HasSubstr("checked out"));
  // One workshop for all worktrees of a repository.
  EXPECT_TRUE(open_workshop().repository().commit(one));
}

TEST_F(WorkshopTest, SeesThroughAlternatesOfAlternates) {
  git(root_, {"clone", "-q", "--shared", root_, path("second")});
  git(root_, {"clone", "-q", "--shared", path("second"), path("third")});
  // git allows a relative path in the first repository of a chain only, and killify is one before.
  write(path("third/.git/objects/info/alternates"), "../../../second/.git/objects\n");
  git(path("third"), {"fsck"});
  Workshop workshop = Workshop::open(*Repository::open(path("third")), cache()).value();
  const Oid one = must_commit(workshop, base_, {{"drivers/a/a.c", "1"}});
  ASSERT_EQ(message(workshop.publish("k/v1", one)), "");
  git(path("third"), {"fsck", "--strict"});
}

TEST_F(WorkshopTest, ADamagedWorkshopIsMadeAgain) {
  static_cast<void>(open_workshop());
  for (const auto& entry : fs::directory_iterator(cache() / "trees")) {
    fs::remove(entry.path() / "repository" / "HEAD");
    fs::remove_all(entry.path() / "repository" / "refs");
  }
  Workshop workshop = open_workshop();
  EXPECT_NE(must_commit(workshop, base_, {{"drivers/a/a.c", "1"}}), "");
}

TEST_F(WorkshopTest, CheckOutHoldsTheCommitAndNoGitFile) {
  fs::create_symlink("drivers/a/a.c", root_ / "link");
  fs::permissions(root_ / "run.sh", fs::perms::owner_exec, fs::perm_options::add);
  commit_all(root_, "Link");
  Workshop workshop = open_workshop();
  const auto tree = workshop.check_out("one", git(root_, {"rev-parse", "HEAD"}));
  ASSERT_TRUE(tree) << tree.error().message;
  EXPECT_FALSE(fs::exists(*tree / ".git"));
  EXPECT_EQ(fs::read_symlink(*tree / "link"), "drivers/a/a.c");
  EXPECT_NE(fs::status(*tree / "run.sh").permissions() & fs::perms::owner_exec, fs::perms::none);
  auto wanted = listing(root_);
  std::erase_if(wanted, [](const auto& file) { return file.first.starts_with(".git/"); });
  EXPECT_EQ(listing(*tree), wanted);
}

TEST_F(WorkshopTest, CheckOutWritesOnlyWhatDiffers) {
  Workshop workshop = open_workshop();
  const Oid one = must_commit(workshop, base_, {{"drivers/a/a.c", "int changed;\n"}});
  const auto tree = workshop.check_out("one", base_);
  const auto untouched = mtime(*tree / "drivers/b/b.c");
  const auto old = mtime(*tree / "drivers/a/a.c");
  write(*tree / "drivers/a/a.o", "built");
  ASSERT_TRUE(workshop.check_out("one", one));
  EXPECT_EQ(mtime(*tree / "drivers/b/b.c"), untouched);
  EXPECT_NE(mtime(*tree / "drivers/a/a.c"), old);
  EXPECT_EQ(*read_file(*tree / "drivers/a/a.c"), "int changed;\n");
  EXPECT_EQ(*read_file(*tree / "drivers/a/a.o"), "built");
}

TEST_F(WorkshopTest, CheckOutRepairsWhatWasChangedInIt) {
  Workshop workshop = open_workshop();
  const auto tree = workshop.check_out("one", base_);
  write(*tree / "drivers/a/a.c", "int b;\n");  // as long as what was there
  fs::remove(*tree / "Makefile");
  fs::create_directory(*tree / "Makefile");
  fs::remove_all(*tree / "drivers/b");
  fs::create_directory_symlink(root_ / "drivers/b", *tree / "drivers/b");
  fs::permissions(*tree / "run.sh", fs::perms::owner_exec, fs::perm_options::add);
  const auto users = listing(root_);
  ASSERT_TRUE(workshop.check_out("one", base_));
  EXPECT_EQ(*read_file(*tree / "drivers/a/a.c"), "int a;\n");
  EXPECT_EQ(*read_file(*tree / "Makefile"), "VERSION = 6\n");
  EXPECT_FALSE(fs::is_symlink(*tree / "drivers/b"));
  EXPECT_EQ(*read_file(*tree / "drivers/b/b.c"), "int b;\n");
  EXPECT_EQ(fs::status(*tree / "run.sh").permissions() & fs::perms::owner_exec, fs::perms::none);
  EXPECT_EQ(listing(root_), users);
}

TEST_F(WorkshopTest, CheckOutRemovesWhatTheCommitDoesNotHave) {
  Workshop workshop = open_workshop();
  const Oid more = must_commit(workshop, base_, {{"new/deep/n.c", "n"}, {"drivers/a/x.c", "x"}});
  const auto tree = workshop.check_out("one", more);
  ASSERT_TRUE(workshop.check_out("one", base_));
  EXPECT_FALSE(fs::exists(*tree / "new"));
  EXPECT_FALSE(fs::exists(*tree / "drivers/a/x.c"));
  EXPECT_TRUE(fs::exists(*tree / "drivers/a/a.c"));
}

TEST_F(WorkshopTest, AFileBecomesADirectoryAndBack) {
  write(root_ / "x", "file");
  commit_all(root_, "File");
  const std::string file = git(root_, {"rev-parse", "HEAD"});
  fs::remove(root_ / "x");
  write(root_ / "x/y", "below");
  commit_all(root_, "Directory");
  const std::string directory = git(root_, {"rev-parse", "HEAD"});
  Workshop workshop = open_workshop();
  const auto tree = workshop.check_out("one", file);
  ASSERT_TRUE(workshop.check_out("one", directory));
  EXPECT_EQ(*read_file(*tree / "x/y"), "below");
  ASSERT_TRUE(workshop.check_out("one", file));
  EXPECT_EQ(*read_file(*tree / "x"), "file");
}

TEST_F(WorkshopTest, ACheckOutStoppedHalfWayIsRepairedAndLeavesNothingBehind) {
  Workshop workshop = open_workshop();
  const auto tree = workshop.check_out("one", base_);
  const auto untouched = mtime(*tree / "drivers/b/b.c");
  const Oid more =
      must_commit(workshop, base_,
                  {{"added.c", "new\n"}, {"drivers/a/a.c", "int changed;\n"}, {"zz.c", "lost\n"}});
  // The last file cannot be had, so the check-out stops with the others written.
  const Oid lost = workshop.repository().snapshot(more)->find("zz.c")->blob;
  fs::remove(workshop.repository().git_dir() / "objects" / lost.substr(0, 2) / lost.substr(2));
  const auto stopped = workshop.check_out("one", more);
  ASSERT_FALSE(stopped);
  EXPECT_THAT(stopped.error().message, HasSubstr(lost));
  ASSERT_TRUE(fs::exists(*tree / "added.c"));
  write(*tree / "drivers/a/a.c", "int cha");  // as a kill in the middle of it would leave it

  ASSERT_TRUE(workshop.check_out("one", base_));
  EXPECT_FALSE(fs::exists(*tree / "added.c"));
  EXPECT_EQ(*read_file(*tree / "drivers/a/a.c"), "int a;\n");
  EXPECT_EQ(mtime(*tree / "drivers/b/b.c"), untouched);
}

TEST_F(WorkshopTest, ALostIndexMeansANewWorkTree) {
  Workshop workshop = open_workshop();
  const auto tree = workshop.check_out("one", base_);
  write(*tree / "stale.c", "of a commit that nobody remembers");
  write(tree->parent_path().parent_path() / "index/one", "cut off");
  ASSERT_TRUE(workshop.check_out("one", base_));
  EXPECT_THAT(listing(*tree), Not(Contains(testing::Key("stale.c"))));
  EXPECT_EQ(listing(*tree).size(), 4U);
}

TEST_F(WorkshopTest, AWorkTreesNameStaysInItsPlace) {
  Workshop workshop = open_workshop();
  for (const char* name : {"", "..", ".", "a/b", "../x"})
    EXPECT_FALSE(workshop.check_out(name, base_)) << name;
}

}  // namespace
}  // namespace killify
