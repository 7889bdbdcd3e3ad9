// killify diff prints what generate would change, and touches nothing.
#include "support/killify_run.h"

#include <gmock/gmock.h>

namespace killify::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Diff : public ::testing::Test, protected MiniTree {
 protected:
  Diff() { share_answers(); }

  [[nodiscard]] Completed diff(Words arguments = {}) const {
    arguments.insert(arguments.begin(), {"--progress=none", "diff"});
    return killify(arguments);
  }
};

TEST_F(Diff, ApplyingItIsWhatItShows) {
  const Completed done = diff();
  ASSERT_TRUE(done.ok()) << done.err;
  EXPECT_THAT(done.out, StartsWith("diff --git a/drivers/gpu/drm/acacia/"));
  EXPECT_THAT(done.out, Not(HasSubstr("\033")));
  (void)git({"apply", "--index"}, {}, done.out);
  // The kernel's own .gitattributes: a label is not the name of a function.
  write_text(path() / "home/.config/git/attributes", "*.c diff=cpp\n");
  EXPECT_EQ(git({"diff", "--cached"}), done.out);
  const Completed stat = diff({"--stat"});
  EXPECT_EQ(git({"diff", "--cached", "--stat"}), stat.out);
}

TEST_F(Diff, TouchesNothing) {
  const RepositoryState before = state();
  for (const Words& arguments : {Words{}, Words{"--stat"}, Words{"--format=json"}})
    ASSERT_TRUE(diff(arguments).ok());
  ASSERT_TRUE(killify({"--progress=none", "plan"}).ok());
  EXPECT_EQ(state(), before);
}

TEST_F(Diff, TouchesNoWorkInProgress) {
  const std::string clean = diff().out;
  write_text(tree() / "drivers/gpu/drm/walnut/walnut_gem.c", "half written\n");
  write_text(tree() / "fs/cove/file.c", "staged\n");
  (void)git({"add", "fs/cove/file.c"});
  write_text(tree() / "fs/cove/file.c", "and edited\n");
  write_text(tree() / "fs/notes.txt", "not git's\n");
  fs::remove(tree() / "fs/reef/file.c");
  const RepositoryState before = state();
  const Completed done = diff();
  EXPECT_TRUE(done.ok()) << done.err;
  EXPECT_EQ(state(), before);
  EXPECT_EQ(done.out, clean) << "the commit counts, not the work tree";
}

TEST_F(Diff, TheExitStatusTellsWhereItIsAskedTo) {
  EXPECT_EQ(diff({"--exit-code", "fs/cove"}).exit_code, 1);
  EXPECT_EQ(diff({"fs/cove"}).exit_code, 0);
  const Completed none = diff({"--exit-code", "fs/lagoon"});
  EXPECT_EQ(none.exit_code, 0);
  EXPECT_EQ(none.out, "");
}

TEST_F(Diff, PathsAreOfTheTreeOrOfTheDirectoryOneIsIn) {
  const Completed walnut = diff({"--stat", "drivers/gpu/drm/walnut"});
  ASSERT_THAT(walnut.out, HasSubstr(" drivers/gpu/drm/walnut/walnut_gem.c | "));
  const fs::path below = tree() / "drivers/gpu";
  const auto from = [&](const fs::path& cwd, const Words& paths) {
    Words arguments = {"--progress=none", "diff", "--stat"};
    arguments.insert(arguments.end(), paths.begin(), paths.end());
    const Completed done = Place::killify(arguments, cwd);
    EXPECT_TRUE(done.ok()) << done.err;
    return done.out;
  };
  EXPECT_EQ(from(below, {"drm/walnut"}), walnut.out);
  EXPECT_EQ(from(below, {"drm/walnut/walnut_gem.c"}), walnut.out);
  EXPECT_EQ(from(below / "drm/walnut", {"."}), walnut.out);
  EXPECT_EQ(from(below, {"./drm//walnut/"}), walnut.out);
  EXPECT_EQ(from(below, {"../gpu/drm/walnut"}), walnut.out);
  EXPECT_EQ(from(below, {(tree() / "drivers/gpu/drm/walnut").string()}), walnut.out);
}

TEST_F(Diff, AnUnknownPathIsAnErrorWithASuggestion) {
  const Completed done = diff({"drivers/gpu/drm/walnt"});
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_THAT(done.err, AllOf(StartsWith("killify: drivers/gpu/drm/walnt: "),
                              HasSubstr("did you mean 'drivers/gpu/drm/walnut'?")));
  EXPECT_EQ(diff({path().string()}).exit_code, 2) << "outside of the tree";
  EXPECT_EQ(diff({"../"}).exit_code, 2);
}

TEST_F(Diff, WorksOnAnyCommit) {
  const std::string whole = diff({"--stat"}).out;
  (void)git({"rm", "-q", "-r", "drivers/gpu/drm/walnut"});
  (void)git({"commit", "-q", "-m", "without walnut"});
  EXPECT_THAT(diff({"--stat"}).out, Not(HasSubstr("walnut")));
  EXPECT_EQ(diff({"--stat", "--rev", "HEAD~1"}).out, whole);
  EXPECT_EQ(diff({"--stat", "--rev", "v6.1.0-mini"}).out, whole);
  const Completed done = diff({"--rev", "v6.2"});
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_THAT(done.err, HasSubstr("v6.2"));
}

TEST_F(Diff, ADirectoryThatIsNoRepositoryGetsTheRemedy) {
  const Completed empty = Place::killify({"-C", (path() / "home").string(), "diff"}, path());
  EXPECT_EQ(empty.exit_code, 2);
  EXPECT_THAT(empty.err, StartsWith("killify: "));
  fs::create_directories(path() / "copy");
  fs::copy(kMiniLinux, path() / "copy", fs::copy_options::recursive);
  const Completed copy = Place::killify({"-C", (path() / "copy").string(), "diff"}, path());
  EXPECT_EQ(copy.exit_code, 2);
  EXPECT_THAT(copy.err, HasSubstr("killify import"));
}

}  // namespace
}  // namespace killify::test
