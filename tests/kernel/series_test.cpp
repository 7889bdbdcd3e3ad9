// The series of the whole tree, as its reviewers get it.
#include "kernel/kernel_tree.h"
#include "support/frozen_commits.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <memory>
#include <set>

namespace killify::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// Directories that make checkpatch.pl believe in a kernel tree, and that it reads.
const Words kForCheckpatch = {"scripts",
                              "Documentation/process",
                              "arch/x86/include/asm",
                              "include/linux",
                              "fs/ramfs",
                              "init",
                              "ipc",
                              "kernel/locking",
                              "lib/math"};

// Each kind of step: what a driver's conversion needs is made, and TTM's waits for fences have a
// state threaded down to all that implement them.
const Words kDrivers = {"drivers/gpu/drm/etnaviv", "drivers/gpu/drm/msm", "drivers/gpu/drm/ttm",
                        "drivers/misc/sgi-gru"};

class Series : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    bench_ = std::make_unique<Bench>();
    tree_ = bench_->clone("tree");
    out_ = bench_->path() / "out";
    builds_ = bench_->path() / "cache";
    generate(shared_cache(), tree_, out_, {});
    manifest_ = parsed(text_of(out_ / "manifest.json"));
    ASSERT_THAT(manifest_.at("commits"), Not(IsEmpty()));
  }
  static void TearDownTestSuite() { bench_.reset(); }

  static void generate(const fs::path& cache, const fs::path& tree, const fs::path& out,
                       const Words& options, const Words& paths = kDrivers) {
    Words words = {"-C", tree.string(), "generate", "-o", out.string()};
    words.insert(words.end(), options.begin(), options.end());
    words.insert(words.end(), paths.begin(), paths.end());
    const Completed done = bench_->killify(cache, words);
    ASSERT_EQ(done.exit_code, 0) << done.err;
  }

  [[nodiscard]] static std::string git(const Words& arguments) {
    return bench_->git(tree_, arguments);
  }

  [[nodiscard]] static Words patches() {
    Words names;
    for (const auto& commit : manifest_.at("commits")) names.push_back(commit.at("patch"));
    return names;
  }

  static inline std::unique_ptr<Bench> bench_;
  static inline fs::path tree_;
  static inline fs::path out_;
  static inline fs::path builds_;  // a cache in which nothing was compiled before
  static inline nlohmann::json manifest_;
};

TEST_F(Series, HasACommitForEachDriver) {
  const auto commits = split_lines(git({"rev-list", "--reverse", "HEAD.." + kBranch}));
  ASSERT_THAT(commits, SizeIs(manifest_.at("commits").size()));
  std::set<std::string> directories;
  for (std::size_t i = 0; i < commits.size(); ++i) {
    const auto& listed = manifest_.at("commits")[i];
    EXPECT_EQ(listed.at("oid"), commits[i]);
    EXPECT_EQ(nlohmann::json(split_lines(
                  git({"diff-tree", "--no-commit-id", "--name-only", "-r", commits[i]}))),
              listed.at("files"));
    std::set<std::string> here;
    for (const auto& file : listed.at("files"))
      here.insert(fs::path(file.get<std::string>()).parent_path().string());
    if (listed.at("kind") != "convert") continue;  // headers have a directory in common
    for (const std::string& directory : here)
      EXPECT_TRUE(directories.insert(directory).second) << directory << " is in two commits";
  }
}

TEST_F(Series, SaysWhyInEachMessage) {
  std::set<std::string> subjects;
  for (const auto& commit : manifest_.at("commits")) {
    const std::string message = git({"log", "-1", "--format=%B", commit.at("oid")});
    const auto lines = split_lines(message);
    EXPECT_LE(lines[0].size(), 75U) << lines[0];
    const auto tags = std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
      return line.starts_with("Signed-off-by: ");
    });
    ASSERT_NE(tags, lines.end()) << message;
    for (auto line = lines.begin(); line != tags; ++line) EXPECT_LE(line->size(), 75U) << *line;
    EXPECT_EQ(tags[-1], "") << message;
    EXPECT_THAT(message, HasSubstr("Signed-off-by: A. Tester <tester@example.org>\n"));
    EXPECT_THAT(message,
                ::testing::ContainsRegex("Generated with Coccinelle,[ \n]semantic-patches/"));
    EXPECT_TRUE(subjects.insert(lines[0]).second) << lines[0];
    EXPECT_THAT(lines[0], Not(HasSubstr(", part ")));
    // Long lists are cut short.
    EXPECT_LE(tags - lines.begin() - 3, 25) << message;
    const auto& sites = commit.at("sites");
    const bool named = sites.empty() || std::ranges::any_of(sites, [&](const auto& site) {
                         return message.find(site.at("function").template get<std::string>() +
                                             "()") != std::string::npos;
                       });
    EXPECT_TRUE(named) << message;
  }
}

// What each message says is in its diff or in the tree, and the tree's own scripts have nothing to
// say that they did not say before.
TEST_F(Series, IsCleanForWhoeverChecksIt) {
  const Completed done =
      bench_->killify(shared_cache(), {"-C", tree_.string(), "check", out_.string()});
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  EXPECT_THAT(done.out, HasSubstr("nothing to complain about"));
}

TEST_F(Series, NamesItsPatchesAsGitDoes) {
  const fs::path theirs = bench_->path() / "theirs";
  (void)git({"format-patch", "--quiet", "-o", theirs.string(), "HEAD.." + kBranch});
  Words names;
  for (const auto& entry : fs::directory_iterator(theirs))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, patches());
  EXPECT_TRUE(fs::exists(out_ / "0000-cover-letter.patch"));
}

TEST_F(Series, AppliesWithGitAmAndPleasesCheckpatch) {
  const fs::path fresh = bench_->clone("fresh");
  std::set<std::string> directories(kForCheckpatch.begin(), kForCheckpatch.end());
  for (const auto& commit : manifest_.at("commits"))
    for (const auto& file : commit.at("files"))
      directories.insert(fs::path(file.get<std::string>()).parent_path().string());
  Words sparse = {"sparse-checkout", "set", "--cone"};
  sparse.insert(sparse.end(), directories.begin(), directories.end());
  (void)bench_->git(fresh, sparse);
  (void)bench_->git(fresh, {"checkout", "--quiet"});

  for (const auto& commit : manifest_.at("commits")) {
    const std::string patch = (out_ / commit.at("patch").get<std::string>()).string();
    const Completed checked =
        bench_->start({"perl", "scripts/checkpatch.pl", "--strict", patch}, fresh);
    EXPECT_TRUE(checked.ok()) << checked.out << checked.err;
    EXPECT_THAT(checked.out, HasSubstr("total: 0 errors, 0 warnings, 0 checks,"));

    (void)bench_->git(fresh, {"am", "--quiet", patch});
    const std::string format = "--format=%T%n%an <%ae> %ad%n%B";
    EXPECT_EQ(bench_->git(fresh, {"log", "-1", format}),
              git({"log", "-1", format, commit.at("oid")}));
  }
}

TEST_F(Series, IsTheSameFromAColdCacheWithOneJob) {
  const fs::path again = bench_->clone("again");
  const fs::path out = bench_->path() / "out-again";
  generate(bench_->path() / "cold", again, out, {"-j1"});
  EXPECT_EQ(contents_below(out), contents_below(out_));
  EXPECT_EQ(bench_->git(again, {"rev-parse", kBranch}), git({"rev-parse", kBranch}));
}

// By the version: Debian's kernel moves on, and with it what a series has to say.
TEST_F(Series, HasTheCommitsThatWereRead) {
  const std::string version = manifest_.at("tree").at("version");
  if (!fs::exists(kSource / "tests" / "frozen" / (version + ".txt")))
    GTEST_SKIP() << "nobody read the series of " << version;
  const std::string base = manifest_.at("tree").at("commit");
  expect_frozen(frozen_commits(tree_, base, kBranch), version);
}

TEST_F(Series, BuildsCommitByCommit) {
  const Words verify = {"-C",       tree_.string(),  "verify",       out_.string(),
                        "--config", "x86_64-allmod", "--format=json"};
  const Completed first = bench_->killify(builds_, verify);
  ASSERT_NE(first.exit_code, 2) << first.out << first.err;  // of variants: the test below
  const auto report = parsed(first.out);
  ASSERT_THAT(report.at("commits"), SizeIs(manifest_.at("commits").size()));
  for (std::size_t i = 0; i < report.at("commits").size(); ++i) {
    const auto& commit = report.at("commits")[i];
    const auto& listed = manifest_.at("commits")[i];
    EXPECT_EQ(commit.at("oid"), listed.at("oid"));
    const bool prepares = listed.at("kind") == "prepare";
    EXPECT_TRUE(prepares || commit.at("verdict") == "good") << commit;
    ASSERT_THAT(commit.at("builds"), SizeIs(1));
    const auto& build = commit.at("builds")[0];
    EXPECT_FALSE(build.at("cached").get<bool>());
    const std::string log = text_of(build.at("log").get<std::string>());
    std::set<std::string> sources;
    for (const auto& object : build.at("objects")) {
      sources.insert(object.at("source"));
      if (prepares && object.at("status") == "not_enabled") continue;
      EXPECT_EQ(object.at("status"), "built") << object;
      EXPECT_THAT(log, HasSubstr(" " + object.at("path").get<std::string>() + "\n"));
    }
    for (const std::string file : listed.at("files"))
      EXPECT_TRUE(file.ends_with(".h") || sources.contains(file)) << file;
  }

  const Completed second = bench_->killify(builds_, verify);
  ASSERT_EQ(second.exit_code, first.exit_code) << second.err;
  for (const auto& commit : parsed(second.out).at("commits"))
    for (const auto& build : commit.at("builds"))
      EXPECT_TRUE(build.at("cached").get<bool>()) << build;
}

// i915 hands a state through functions of its own, static ones among them, in more than one commit:
// the first of these compiles without the next.
TEST_F(Series, OfI915BuildsBeforeItIsWhole) {
  const fs::path out = bench_->path() / "out-i915";
  generate(shared_cache(), tree_, out, {"--branch=killify/i915"}, {"drivers/gpu/drm/i915"});
  const auto manifest = parsed(text_of(out / "manifest.json"));
  std::vector<std::size_t> threads;  // their numbers
  for (std::size_t i = 0; i < manifest.at("commits").size(); ++i)
    if (const auto& commit = manifest.at("commits")[i];
        commit.at("kind") == "thread" &&
        commit.at("subject").get<std::string>().starts_with("drm/i915: "))
      threads.push_back(i + 1);
  ASSERT_GE(threads.size(), 2U);
  // Its kernel-doc spoke of the value of a flag that is no parameter any more.
  EXPECT_THAT(
      git({"diff", "HEAD", "killify/i915", "--", "drivers/gpu/drm/i915/i915_vma_resource.c"}),
      HasSubstr("-ERESTARTSYS if interrupted and @state !=\n+ * TASK_UNINTERRUPTIBLE\n"));
  const Completed done = bench_->killify(
      builds_, {"-C", tree_.string(), "verify", out.string(), "--builds-only", "--commit",
                std::to_string(threads.front()), "--config", "x86_64-allmod"});
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
}

// ww_mutexes have three implementations, of which a configuration has one.
TEST_F(Series, BuildsEveryVariantOfWhatItAdds) {
  ASSERT_EQ(manifest_.at("commits")[0].at("additions")[0].at("file"), "include/linux/ww_mutex.h");
  const Completed done = bench_->killify(
      builds_,
      {"-C", tree_.string(), "verify", out_.string(), "--commit", "1", "--format=json", "--config",
       "x86_64-allmod,x86_64-def,x86_64-def++ARCH_SUPPORTS_RT+EXPERT+PREEMPT_RT"});
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  const auto commit = parsed(done.out).at("commits").at(0);
  EXPECT_EQ(commit.at("verdict"), "good");
  EXPECT_THAT(commit.at("lines").at("uncovered"), IsEmpty());
}

}  // namespace
}  // namespace killify::test
