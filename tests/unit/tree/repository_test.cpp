#include "tree/repository.h"

#include "support/parallel.h"
#include "unit/tree/git_fixture.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

class RepositoryTest : public GitFixture {
 protected:
  static std::vector<std::string> paths(const std::vector<const TreeEntry*>& entries) {
    std::vector<std::string> names;
    names.reserve(entries.size());
    for (const TreeEntry* entry : entries) names.push_back(entry->path);
    return names;
  }
  static std::vector<std::string> subjects(const std::vector<CommitInfo>& commits) {
    std::vector<std::string> names;
    names.reserve(commits.size());
    for (const CommitInfo& commit : commits) names.push_back(commit.subject);
    return names;
  }
};

TEST_F(RepositoryTest, OpensFromBelowTheTop) {
  const auto root = make_repository("tree", {{"drivers/gpu/a.c", "int a;\n"}});
  const auto repository = Repository::open(root / "drivers" / "gpu");
  ASSERT_TRUE(repository) << repository.error().message;
  EXPECT_EQ(repository->work_tree(), root);
  EXPECT_EQ(repository->git_dir(), root / ".git");
  EXPECT_EQ(repository->common_dir(), root / ".git");
}

TEST_F(RepositoryTest, SaysThatThereIsNoRepositoryAndWhatToDo) {
  const auto repository = Repository::open(path("no-home"));
  ASSERT_FALSE(repository);
  EXPECT_THAT(repository.error().message, HasSubstr("killify import"));
}

TEST_F(RepositoryTest, KnowsTheCommonDirectoryOfALinkedWorktree) {
  const auto root = make_repository("tree", {{"a", "a"}});
  git(root, {"worktree", "add", "-q", path("linked"), "-b", "other"});
  const auto repository = Repository::open(path("linked"));
  ASSERT_TRUE(repository) << repository.error().message;
  EXPECT_EQ(repository->work_tree(), path("linked"));
  EXPECT_EQ(repository->common_dir(), root / ".git");
  EXPECT_NE(repository->git_dir(), repository->common_dir());
}

TEST_F(RepositoryTest, OpensASparseCheckout) {
  const auto root = make_repository("tree", {{"a/a", "a"}, {"b/b", "b"}});
  git(root, {"config", "core.repositoryFormatVersion", "1"});
  git(root, {"config", "extensions.worktreeConfig", "true"});
  const auto repository = Repository::open(root);
  ASSERT_TRUE(repository) << repository.error().message;
  EXPECT_EQ(repository->snapshot("HEAD")->entries.size(), 2U);
}

TEST_F(RepositoryTest, ReadsACommitByAnyName) {
  const auto root = make_repository("tree", {{"a", "a"}});
  git(root, {"tag", "-a", "v1", "-m", "One"});
  const std::string oid = git(root, {"rev-parse", "HEAD"});
  const auto repository = Repository::open(root);
  for (const std::string& name :
       std::vector<std::string>{"HEAD", "main", "v1", oid, oid.substr(0, 10)}) {
    const auto commit = repository->commit(name);
    ASSERT_TRUE(commit) << commit.error().message;
    EXPECT_EQ(commit->oid, oid);
  }
  const auto commit = repository->commit("HEAD");
  EXPECT_EQ(commit->subject, "Base");
  EXPECT_EQ(commit->message, "Base\n");
  EXPECT_EQ(commit->author.name, "A U Thor");
  EXPECT_THAT(commit->parents, IsEmpty());
  EXPECT_THAT(repository->commit("v2").error().message, HasSubstr("'v2'"));
  EXPECT_THAT(repository->commit("HEAD:a").error().message, HasSubstr("no commit"));
}

TEST_F(RepositoryTest, SnapshotIsSortedByFullPathAndKeepsModes) {
  const auto root = make_repository(
      "tree",
      {{"foo.c", "1"}, {"foo/z.c", "2"}, {"foo-bar/a.c", "3"}, {"foo0", "4"}, {"script.sh", "5"}});
  std::filesystem::create_symlink("foo.c", root / "link");
  git(root, {"update-index", "--chmod=+x", "script.sh"});
  git(root, {"add", "link"});
  git(root, {"commit", "-q", "-m", "Modes"});
  const auto snapshot = Repository::open(root)->snapshot("HEAD");
  ASSERT_TRUE(snapshot) << snapshot.error().message;
  EXPECT_THAT(paths(snapshot->under("")),
              ElementsAre("foo-bar/a.c", "foo.c", "foo/z.c", "foo0", "link", "script.sh"));
  EXPECT_EQ(snapshot->find("link")->mode, 0120000U);
  EXPECT_EQ(snapshot->find("script.sh")->mode, 0100755U);
  EXPECT_EQ(snapshot->find("foo.c")->mode, 0100644U);
  EXPECT_EQ(snapshot->find("foo"), nullptr);
  EXPECT_THAT(paths(snapshot->under("foo")), ElementsAre("foo/z.c"));
  EXPECT_THAT(paths(snapshot->under("foo/")), ElementsAre("foo/z.c"));
  EXPECT_THAT(paths(snapshot->under("foo.c")), ElementsAre("foo.c"));
  EXPECT_THAT(snapshot->under("fo"), IsEmpty());
  EXPECT_TRUE(snapshot->has_directory("foo"));
  EXPECT_TRUE(snapshot->has_directory(""));
  EXPECT_FALSE(snapshot->has_directory("foo.c"));
  EXPECT_FALSE(snapshot->has_directory("bar"));
}

TEST_F(RepositoryTest, BlobsAreReadFromSeveralThreads) {
  std::map<std::string, std::string> files;
  for (int i = 0; i < 200; ++i)
    files[std::to_string(i)] = std::string(1000, 'x') + std::to_string(i);
  const auto root = make_repository("tree", files);
  git(root, {"gc", "-q"});
  const auto repository = Repository::open(root);
  const auto snapshot = repository->snapshot("HEAD");
  const Status read = parallel_for(snapshot->entries.size(), 8, [&](std::size_t i) -> Status {
    KILLIFY_TRY(const std::string text, repository->read_blob(snapshot->entries[i].blob));
    if (text != files.at(snapshot->entries[i].path)) return fail("wrong contents");
    return {};
  });
  EXPECT_TRUE(read) << read.error().message;
}

TEST_F(RepositoryTest, ABlobThatIsMissingIsAnError) {
  const auto root = make_repository("tree", {{"a", "a"}});
  const auto repository = Repository::open(root);
  EXPECT_THAT(repository->read_blob(std::string(40, '1')).error().message, HasSubstr("git fsck"));
  EXPECT_THAT(repository->read_blob("1").error().message, HasSubstr("40"));
  EXPECT_FALSE(repository->read_blob(repository->commit("HEAD")->tree));
}

TEST_F(RepositoryTest, RangeIsOldestFirst) {
  const auto root = make_repository("tree", {{"a", "0"}});
  git(root, {"branch", "base"});
  for (const char* text : {"1", "2"}) {
    write(root / "a", text);
    commit_all(root, text);
  }
  const auto repository = Repository::open(root);
  EXPECT_THAT(subjects(*repository->range("base", "main")), ElementsAre("1", "2"));
  EXPECT_THAT(subjects(*repository->range("main", "main")), IsEmpty());
  EXPECT_THAT(subjects(*repository->range("main", "base..main~1")), ElementsAre("1"));
  EXPECT_THAT(subjects(*repository->range("main", "base..")), ElementsAre("1", "2"));
}

TEST_F(RepositoryTest, RangeStartsWhereTheBasePartedFromIt) {
  const auto root = make_repository("tree", {{"a", "0"}});
  git(root, {"checkout", "-q", "-b", "topic"});
  write(root / "b", "1");
  commit_all(root, "Topic");
  git(root, {"checkout", "-q", "main"});
  write(root / "a", "1");
  commit_all(root, "Main moved");
  EXPECT_THAT(subjects(*Repository::open(root)->range("main", "topic")), ElementsAre("Topic"));
}

TEST_F(RepositoryTest, RangeRefusesMerges) {
  const auto root = make_repository("tree", {{"a", "0"}});
  git(root, {"branch", "base"});
  git(root, {"checkout", "-q", "-b", "topic"});
  write(root / "b", "1");
  commit_all(root, "Topic");
  git(root, {"checkout", "-q", "main"});
  write(root / "a", "1");
  commit_all(root, "Main moved");
  git(root, {"merge", "-q", "-m", "Join", "topic"});
  const auto range = Repository::open(root)->range("base", "main");
  ASSERT_FALSE(range);
  EXPECT_THAT(range.error().message, HasSubstr("merge commit"));
}

TEST_F(RepositoryTest, RangeWorksInAShallowClone) {
  const auto root = make_repository("tree", {{"a", "0"}});
  for (const char* text : {"1", "2", "3"}) {
    write(root / "a", text);
    commit_all(root, text);
  }
  git(root, {"clone", "-q", "--depth=2", "file://" + root.string(), path("shallow")});
  const auto repository = Repository::open(path("shallow"));
  const auto range = repository->range("main~1", "main");
  ASSERT_TRUE(range) << range.error().message;
  EXPECT_THAT(subjects(*range), ElementsAre("3"));
}

TEST_F(RepositoryTest, ChangedPathsAreThoseOfTheFirstParent) {
  const auto root = make_repository("tree", {{"b/x", "0"}, {"a", "0"}, {"gone", "0"}});
  write(root / "b/x", "1");
  write(root / "new", "1");
  std::filesystem::remove(root / "gone");
  commit_all(root, "Change");
  const auto repository = Repository::open(root);
  EXPECT_THAT(*repository->changed_paths(repository->commit("HEAD")->oid),
              ElementsAre("b/x", "gone", "new"));
  EXPECT_THAT(*repository->changed_paths(repository->commit("HEAD~1")->oid),
              ElementsAre("a", "b/x", "gone"));
}

TEST_F(RepositoryTest, SubjectsAreOfCommitsThatTouchedThePaths) {
  const auto root = make_repository("tree", {{"a/x", "0"}, {"b/x", "0"}});
  const auto repository = Repository::open(root);
  EXPECT_THAT(*repository->subjects_touching({"a"}, 10), IsEmpty());
  for (const char* text : {"a: one", "a: two"}) {
    write(root / "a/x", text);
    commit_all(root, text);
    write(root / "b/x", text);
    commit_all(root, std::string("b") + text);
  }
  const auto votes = repository->subjects_touching({"a", "nowhere"}, 10);
  ASSERT_TRUE(votes);
  EXPECT_THAT(*votes, testing::UnorderedElementsAre("a: one", "a: two"));
  EXPECT_EQ(repository->subjects_touching({"a/x", "b/x"}, 3)->size(), 3U);
}

TEST_F(RepositoryTest, IdentityIsGitsOrSaysWhatToSet) {
  const auto root = make_repository("tree", {{"a", "0"}});
  EXPECT_THAT(Repository::open(root)->identity().error().message, HasSubstr("user.name"));
  git(root, {"config", "user.name", "Ann Other"});
  EXPECT_THAT(Repository::open(root)->identity().error().message, HasSubstr("user.email"));
  git(root, {"config", "user.email", "ann@example.org"});
  const auto who = Repository::open(root)->identity();
  ASSERT_TRUE(who) << who.error().message;
  EXPECT_EQ(who->name, "Ann Other");
  EXPECT_EQ(who->email, "ann@example.org");
  EXPECT_EQ(who->time, 0);
}

// What git itself makes of it is what the commit will say.
TEST_F(RepositoryTest, IdentityIsAsGitWritesIt) {
  const auto root = make_repository("tree", {{"a", "0"}});
  git(root, {"config", "user.email", "<ann@example.org>"});
  for (const std::string& name : {std::string("Zo\u00eb Nu\u00df, Jr."), std::string("...Ann ,;"),
                                  std::string("\"Ann\" Other"), std::string("'Ann Other'"),
                                  std::string("Ann <Other> of Here"), std::string("Ann O'Neil"),
                                  std::string("A. N. Other: "), std::string("back\\slash\\")}) {
    git(root, {"config", "user.name", name});
    const auto who = Repository::open(root)->identity();
    ASSERT_TRUE(who) << who.error().message;
    const std::string theirs =
        test::output_of({"env", "-u", "GIT_AUTHOR_NAME", "-u", "GIT_AUTHOR_EMAIL", "git", "var",
                         "GIT_AUTHOR_IDENT"},
                        root);
    EXPECT_EQ(who->name + " <" + who->email + "> ", theirs.substr(0, theirs.find("> ") + 2))
        << name;
  }
  git(root, {"config", "user.name", " .,"});
  EXPECT_THAT(Repository::open(root)->identity().error().message, HasSubstr("user.name"));
}

TEST_F(RepositoryTest, ARepositoryOfAnotherUserIsNamedWithItsRemedy) {
  const auto root = make_repository("tree", {{"MAINTAINERS", "x"}, {"drivers/a.c", "int a;\n"}});
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a directory away";
  constexpr uid_t kNobody = 65534;
  for (const auto& directory : {root, root / ".git", root / "drivers"})
    ASSERT_EQ(chown(directory.c_str(), kNobody, kNobody), 0);
  for (const auto& from : {root, root / "drivers"}) {
    const auto repository = Repository::open(from);
    ASSERT_FALSE(repository);
    EXPECT_THAT(repository.error().message, HasSubstr("belongs to another user"));
    EXPECT_THAT(repository.error().message, EndsWith("safe.directory " + root.string()));
  }
}

TEST_F(RepositoryTest, ABlobThatAPartialCloneLacksIsNamedWithItsRemedy) {
  const auto full = make_repository("full", {{"a", "small\n"}, {"b", std::string(5000, 'b')}});
  git(full, {"config", "uploadpack.allowFilter", "true"});
  git(path("no-home"), {"clone", "-q", "--no-checkout", "--filter=blob:limit=1k",
                        "file://" + full.string(), path("partial")});
  const auto snapshot = Repository::open(path("partial"))->snapshot("HEAD").value();
  const auto read = [&](const char* name) {
    return Repository::open(path("partial"))->read_blob(snapshot.find(name)->blob);
  };
  EXPECT_TRUE(read("a"));
  const auto missing = read("b");
  ASSERT_FALSE(missing);
  const std::string& message = missing.error().message;
  EXPECT_THAT(message, HasSubstr("a partial clone"));
  const std::string remedy = "fetch --refetch --no-filter origin";
  EXPECT_THAT(message, EndsWith(remedy));
  git(path("partial"), {"fetch", "-q", "--refetch", "--no-filter", "origin"});
  EXPECT_TRUE(read("b"));
}

TEST(KernelVersionTest, IsReadFromTheTopMakefile) {
  EXPECT_EQ(kernel_version("# SPDX\nVERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 192\nEXTRAVERSION =\n"),
            "6.1.192");
  EXPECT_EQ(kernel_version("VERSION=6\nPATCHLEVEL=12\nSUBLEVEL=0\nEXTRAVERSION = -rc3 # soon\n"),
            "6.12.0-rc3");
  EXPECT_EQ(kernel_version("VERSION = 7\nPATCHLEVEL = 0\n"), "7.0");
}

TEST(KernelVersionTest, AnotherMakefileIsAnError) {
  EXPECT_FALSE(kernel_version(""));
  EXPECT_FALSE(kernel_version("VERSION = 1\nall:\n"));
  EXPECT_FALSE(kernel_version("VERSION = $(shell x)\nPATCHLEVEL = 1\n"));
}

}  // namespace
}  // namespace killify
