#include "verify/verify.h"

#include "fake_tree.h"
#include "support/files.h"
#include "support/text.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

namespace killify {
namespace {

using test::write;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
namespace fs = std::filesystem;

class VerifyTest : public test::FakeTree {
 protected:
  void SetUp() override {
    FakeTree::SetUp();
    base_ = commit("Base");
  }
  VerifyReport verify_since(const std::string& base, std::vector<Configuration> configurations = {
                                                         test::fake_configuration()}) const {
    const auto repository = Repository::open(tree());
    if (!repository) return failed(repository.error());
    auto workshop = Workshop::open(*repository, root() / "cache");
    if (!workshop) return failed(workshop.error());
    const auto commits = workshop->repository().range(base, git({"rev-parse", "HEAD"}));
    if (!commits) return failed(commits.error());
    VerifyRequest request;
    request.commits = *commits;
    request.configurations = std::move(configurations);
    request.cache = root() / "cache";
    request.jobs = 2;
    request.checks = false;
    request.named = named_;
    request.first_failure = first_failure_;
    request.deadline = deadline_;
    request.neutral = neutral_;
    request.acceptance.lines = line_waivers_;
    auto progress = make_progress(ProgressMode::kNone);
    auto report = killify::verify(request, *workshop, *progress);
    return report ? std::move(*report) : failed(report.error());
  }
  static VerifyReport failed(const Error& error) {
    ADD_FAILURE() << error.message;
    return {};
  }
  static const ObjectResult& only(const CommitResult& commit) {
    return commit.builds.front().objects.front();
  }
  // Which objects make compiled, in its order.
  std::vector<std::string> made() const {
    std::vector<std::string> objects;
    for (const auto& entry : fs::recursive_directory_iterator(root() / "cache/verify"))
      if (entry.path().filename() == "history")
        for (const std::string& line : split_lines(*read_file(entry.path())))
          if (line.starts_with("make ")) objects.push_back(line.substr(5));
    return objects;
  }
  std::string base_;
  bool first_failure_ = false;
  bool named_ = false;
  std::chrono::milliseconds deadline_ = std::chrono::minutes(5);
  std::vector<NeutralCommits> neutral_;
  std::vector<Waiver> line_waivers_;
};

TEST_F(VerifyTest, EachCommitIsBuiltAsItIs) {
  write(tree() / "drivers/on.c", "int on(void)\n{\n\treturn 2;\n}\n");
  commit("Good");
  write(tree() / "drivers/on.c", "int on(void)\n{\n\treturn oops;\n}\n");
  commit("Sabotage");
  write(tree() / "drivers/on.c", "int on(void)\n{\n\treturn 3;\n}\n");
  commit("Repair");
  const auto report = verify_since(base_);
  ASSERT_THAT(report.commits, SizeIs(3));
  EXPECT_EQ(report.commits[0].verdict(), CommitVerdict::kGood);
  EXPECT_EQ(report.commits[1].verdict(), CommitVerdict::kFailed);
  EXPECT_EQ(report.commits[2].verdict(), CommitVerdict::kGood);
  EXPECT_EQ(only(report.commits[0]).object, "drivers/on.o");
  EXPECT_EQ(only(report.commits[1]).error.file, "drivers/on.c");
  EXPECT_EQ(only(report.commits[1]).error.line, 3);
  EXPECT_TRUE(fs::exists(report.commits[1].builds.front().log));
  EXPECT_EQ(report.exit(), Exit::kFailed);
}

TEST_F(VerifyTest, WhatMakeRecordedIsDoneWithoutMake) {
  write(tree() / "drivers/on.c", "int on(void)\n{\n\treturn 2;\n}\n");
  commit("First");
  write(tree() / "drivers/on.c", "int on(void)\n{\n\treturn 3;\n}\n");
  commit("Second");
  const auto report = verify_since(base_);
  EXPECT_FALSE(only(report.commits[0]).by_make);
  EXPECT_FALSE(only(report.commits[1]).by_make);
  // In the parent of the first.
  EXPECT_THAT(made(), ElementsAre("drivers/on.o"));
}

TEST_F(VerifyTest, AChangedMakefileMeansMake) {
  write(tree() / "drivers/Makefile", "obj-m := on.o with_header.o off.o\n");
  write(tree() / "drivers/off.c", "int off(void)\n{\n\treturn 5;\n}\n");
  commit("Switch it on");
  write(tree() / "drivers/off.c", "int off(void)\n{\n\treturn 6;\n}\n");
  commit("Change it");
  const auto report = verify_since(base_);
  const auto& first = report.commits[0].builds.front().objects;
  ASSERT_THAT(first, SizeIs(2));
  EXPECT_EQ(first[1].status, BuildStatus::kBuilt);
  EXPECT_TRUE(first[1].by_make);
  EXPECT_FALSE(only(report.commits[1]).by_make);
  EXPECT_EQ(report.exit(), Exit::kOk);
}

TEST_F(VerifyTest, ANewWarningFailsAndOneThatMovedDoesNot) {
  write(tree() / "drivers/on.c", "int on(void)\n{\n\tint old;\n\treturn 1;\n}\n");
  const auto base = commit("Warn");
  write(tree() / "drivers/on.c", "\n\nint on(void)\n{\n\tint old;\n\treturn 2;\n}\n");
  commit("Move it");
  write(tree() / "drivers/on.c", "int on(void)\n{\n\tint old;\n\tint fresh;\n\treturn 2;\n}\n");
  commit("Warn of more");
  const auto report = verify_since(base);
  EXPECT_THAT(report.commits[0].builds[0].new_warnings, IsEmpty());
  EXPECT_EQ(report.commits[0].verdict(), CommitVerdict::kGood);
  ASSERT_THAT(report.commits[1].builds[0].new_warnings, SizeIs(1));
  const Warning& warning = report.commits[1].builds[0].new_warnings[0];
  EXPECT_EQ(warning.file, "drivers/on.c");
  EXPECT_EQ(warning.line, 4);
  EXPECT_THAT(warning.text, HasSubstr("fresh"));
  EXPECT_EQ(report.commits[1].verdict(), CommitVerdict::kFailed);
}

TEST_F(VerifyTest, ALineThatAnIfCutsFailsUnlessItIsWaived) {
  write(tree() / "drivers/on.c",
        "int on(void)\n{\n#ifdef CONFIG_NEVER\n\treturn 2;\n#else\n\treturn 1;\n#endif\n}\n");
  commit("Depend on something");
  auto report = verify_since(base_);
  const LineReport& lines = report.commits[0].lines;
  EXPECT_EQ(lines.changed, 4U);  // three conditionals
  EXPECT_EQ(lines.compiled, 0U);
  EXPECT_EQ(lines.not_code, 3U);
  ASSERT_THAT(lines.uncovered, SizeIs(1));
  EXPECT_EQ(lines.uncovered[0].line, 4);
  EXPECT_EQ(lines.uncovered[0].why, "fake-allmod: cut by #ifdef CONFIG_NEVER (line 3)");
  EXPECT_EQ(report.commits[0].verdict(), CommitVerdict::kFailed);

  line_waivers_ = {{"CONFIG_NEVER", "drivers/on.c", "nobody has one"}};
  report = verify_since(base_);
  EXPECT_EQ(report.commits[0].lines.uncovered[0].waived, "nobody has one");
  EXPECT_EQ(report.commits[0].verdict(), CommitVerdict::kGood);
}

// The user named the configuration, and another one has the line.
TEST_F(VerifyTest, ALineThatOtherSettingsCompileIsNotJudged) {
  write(tree() / "drivers/on.c",
        "int on(void)\n{\n#ifdef CONFIG_SPARE\n\treturn 2;\n#else\n\treturn 1;\n#endif\n}\n");
  commit("Depend on something");
  named_ = true;
  EXPECT_EQ(verify_since(base_).commits[0].verdict(), CommitVerdict::kFailed);  // no such symbol

  write(tree() / "drivers/Kconfig", "config SPARE\n\tbool \"Spare\"\n");
  commit("Offer it");
  const auto report = verify_since(base_);
  EXPECT_EQ(report.commits[0].verdict(), CommitVerdict::kNotJudged);
  EXPECT_EQ(report.exit(), Exit::kUnjudged);
  ASSERT_THAT(report.commits[0].lines.uncovered, SizeIs(1));
  EXPECT_EQ(report.commits[0].lines.uncovered[0].why,
            "fake-allmod: cut by #ifdef CONFIG_SPARE (line 3); other settings may compile it: "
            "--config auto looks for them");
  // Chosen from everything there is: nothing compiles it.
  named_ = false;
  EXPECT_EQ(verify_since(base_).commits[0].verdict(), CommitVerdict::kFailed);
}

TEST_F(VerifyTest, ObjectCodeThatWasToStayIsCompared) {
  write(tree() / "drivers/on.c", "int on(void)\n{\n\tint one = 1;\n\n\treturn one;\n}\n");
  commit("on: Rename something");
  write(tree() / "drivers/shared.h", "#define SHARED 7\n");
  commit("on: Rename something else");
  neutral_ = {{"on: Rename *", {}}};
  auto report = verify_since(base_);
  EXPECT_THAT(report.commits[1].builds[0].changed_code, ElementsAre("drivers/with_header.o"));
  EXPECT_EQ(report.commits[1].verdict(), CommitVerdict::kFailed);
  neutral_ = {{"on: Rename *", {"drivers/with_header.c"}}};
  report = verify_since(base_);
  EXPECT_THAT(report.commits[1].builds[0].changed_code, IsEmpty());
}

TEST_F(VerifyTest, ANeutralCommitMayBeAllowedItsOwnFiles) {
  write(tree() / "drivers/on.c", "int on(void)\n{\n\treturn 42;\n}\n");
  write(tree() / "drivers/shared.h", "#define SHARED 7\n");
  commit("on: Rename something");
  neutral_ = {{"on: Rename *", {}}};
  EXPECT_THAT(verify_since(base_).commits[0].builds[0].changed_code,
              UnorderedElementsAre("drivers/on.o", "drivers/with_header.o"));
  neutral_ = {{"on: Rename *", {"changed"}}};
  EXPECT_THAT(verify_since(base_).commits[0].builds[0].changed_code,
              ElementsAre("drivers/with_header.o"));
}

TEST_F(VerifyTest, ACompilerThatHangsIsEndedAndNothingIsJudged) {
  const fs::path fifo = root() / "nobody-writes-here.h";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  write(tree() / "drivers/on.c", "#include \"" + fifo.string() + "\"\nint on;\n");
  commit("Wait for ever");
  deadline_ = std::chrono::seconds(5);
  const auto report = verify_since(base_);
  EXPECT_EQ(only(report.commits[0]).status, BuildStatus::kNotJudged);
  EXPECT_THAT(only(report.commits[0]).reason, HasSubstr("no end within"));
  EXPECT_EQ(report.exit(), Exit::kUnjudged);
}

TEST_F(VerifyTest, TheFirstFailureEndsIt) {
  write(tree() / "drivers/on.c", "int on = oops;\n");
  commit("Break");
  write(tree() / "drivers/on.c", "int on;\n");
  commit("Mend");
  first_failure_ = true;
  const auto report = verify_since(base_);
  EXPECT_THAT(report.commits, SizeIs(1));
  EXPECT_EQ(report.not_reached, 1U);
  EXPECT_THAT(only(report.commits[0]).hunk, HasSubstr("+int on = oops;\n"));
}

// The first line of a build's log.
std::string log_of(const CommitResult& commit) {
  const auto text = read_file(commit.builds.at(0).log);
  return text ? text->substr(0, text->find('\n')) : std::string();
}

TEST_F(VerifyTest, CommitsThatShareNoObjectAreCompiledTogether) {
  write(tree() / "drivers/third.c", "int third = 1;\n");
  write(tree() / "drivers/Makefile", "obj-m := on.o with_header.o third.o\n");
  const std::string base = commit("Base");
  write(tree() / "drivers/on.c", "int on = 1;\n");
  commit("First");
  write(tree() / "drivers/with_header.c", "#include \"shared.h\"\nint with = SHARED;\n");
  commit("Second");
  write(tree() / "drivers/third.c", "static int unused(void)\n{\n\treturn 1;\n}\n");
  const std::string third = commit("Third");
  write(tree() / "drivers/on.c", "int on = 2;\n");
  commit("Fourth, of the first one's file");
  write(tree() / "drivers/shared.h", "#define SHARED 2\n");
  commit("Fifth");

  const auto report = verify_since(base);
  ASSERT_THAT(report.commits, SizeIs(5));
  const std::string together = "killify: with others, in the tree of " + third;
  for (std::size_t i = 0; i < 5; ++i) {
    const CommitResult& one = report.commits[i];
    EXPECT_EQ(one.builds[0].objects.at(0).status, BuildStatus::kBuilt) << i;
    EXPECT_FALSE(one.builds[0].cached);
    EXPECT_EQ(log_of(one) == together, i < 3) << log_of(one);
    EXPECT_EQ(one.verdict(), i == 2 ? CommitVerdict::kFailed : CommitVerdict::kGood);
    EXPECT_THAT(one.builds[0].new_warnings, SizeIs(i == 2 ? 1 : 0));
  }
  EXPECT_EQ(report.commits[1].lines.compiled, 1U);
}

TEST_F(VerifyTest, WhatDoesNotCompileTogetherIsBuiltOneByOne) {
  write(tree() / "drivers/on.c", "int on = 1;\n");
  commit("First");
  write(tree() / "drivers/with_header.c", "int with = oops;\n");
  commit("Second");
  write(tree() / "drivers/on.c", "int on = 2;\n");
  commit("Third");
  write(tree() / "drivers/with_header.c", "int with = 4;\n");
  commit("Fourth");
  const auto report = verify_since(base_);
  ASSERT_THAT(report.commits, SizeIs(4));
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_EQ(only(report.commits[i]).status, i == 1 ? BuildStatus::kFailed : BuildStatus::kBuilt);
  EXPECT_THAT(log_of(report.commits[0]), HasSubstr("with others"));
  EXPECT_THAT(log_of(report.commits[1]), HasSubstr("by the command"));
  EXPECT_EQ(only(report.commits[1]).error.text.find("'oops' undeclared"), 0U);
  EXPECT_THAT(log_of(report.commits[2]), HasSubstr("with others"));
}

TEST_F(VerifyTest, AnIncludedSourceIsNotCompiledWithItsUser) {
  write(tree() / "drivers/on.c", "int on = 1;\n");
  commit("First");
  // Makes the object of the second commit read the file of the first and of the third.
  write(tree() / "drivers/with_header.c", "#include \"on.c\"\nint with = 1;\n");
  commit("Second");
  write(tree() / "drivers/on.c", "int on = oops;\n");
  commit("Third");
  const auto report = verify_since(base_);
  ASSERT_THAT(report.commits, SizeIs(3));
  EXPECT_EQ(report.commits[0].verdict(), CommitVerdict::kGood);
  EXPECT_EQ(report.commits[1].verdict(), CommitVerdict::kGood);
  std::vector<std::string> failed;
  for (const ObjectResult& object : report.commits[2].builds[0].objects)
    if (object.status == BuildStatus::kFailed) failed.push_back(object.object);
  EXPECT_THAT(failed, ElementsAre("drivers/on.o", "drivers/with_header.o"));
}

TEST_F(VerifyTest, SeveralConfigurationsAtOnceAreReportedInOrder) {
  std::vector<Configuration> all(3, test::fake_configuration());
  all[0].name = "slow-allmod";
  all[0].fragment = "CONFIG_SLOW=y\n";
  all[1].name = "quick-allmod";
  all[2].name = "third-allmod";
  write(tree() / "scripts/Makefile.prepare",
        "all:\n\t@if grep -q SLOW .config; then sleep 1; fi\n");
  commit("Prepare for long");
  const std::string base = git({"rev-parse", "HEAD"});
  for (const char* value : {"1", "oops", "3"}) {
    write(tree() / "drivers/on.c", std::string("int on = ") + value + ";\n");
    commit(std::string("on: ") + value);
  }
  const auto report = verify_since(base, all);
  ASSERT_THAT(report.commits, SizeIs(3));
  for (std::size_t i = 0; i < 3; ++i) {
    std::vector<std::string> names;
    for (const BuildResult& build : report.commits[i].builds) {
      names.push_back(build.configuration);
      EXPECT_EQ(build.objects.at(0).status, i == 1 ? BuildStatus::kFailed : BuildStatus::kBuilt);
      EXPECT_FALSE(build.cached);
    }
    EXPECT_THAT(names, ElementsAre("slow-allmod", "quick-allmod", "third-allmod"));
  }
  EXPECT_EQ(report.exit(), Exit::kFailed);

  first_failure_ = true;
  const auto shorter = verify_since(base, all);
  EXPECT_THAT(shorter.commits, SizeIs(2));
  EXPECT_EQ(shorter.not_reached, 1U);
}

TEST_F(VerifyTest, WithoutAConfigurationNothingIsJudged) {
  write(tree() / "drivers/off.c", "int off;\n");
  commit("Change");
  const auto report = verify_since(base_, {});
  ASSERT_THAT(report.commits, SizeIs(1));
  EXPECT_EQ(report.exit(), Exit::kUnjudged);
}

TEST_F(VerifyTest, ADisabledDriverIsNotGood) {
  write(tree() / "drivers/off.c", "int off(void)\n{\n\treturn 5;\n}\n");
  commit("Change what is off");
  const auto report = verify_since(base_);
  EXPECT_EQ(only(report.commits[0]).status, BuildStatus::kNotEnabled);
  EXPECT_EQ(report.commits[0].verdict(), CommitVerdict::kNotJudged);
  EXPECT_EQ(report.exit(), Exit::kUnjudged);
}

TEST_F(VerifyTest, WhatFailedBeforeIsNotTheCommitsFault) {
  write(tree() / "drivers/on.c", "#error broken\n");
  const auto broken = commit("Break");
  write(tree() / "drivers/on.c", "#error broken\nint on;\n");
  commit("Innocent");
  const auto report = verify_since(broken);
  EXPECT_EQ(only(report.commits[0]).status, BuildStatus::kFailedBefore);
  EXPECT_THAT(only(report.commits[0]).reason, HasSubstr("already failed before"));
  EXPECT_EQ(report.exit(), Exit::kUnjudged);
}

TEST_F(VerifyTest, AHeaderIsJudgedByAnObjectThatReadIt) {
  write(tree() / "drivers/shared.h", "#define SHARED 2\n");
  write(tree() / "include/alone.h", "#define ALONE 1\n");
  commit("Change headers");
  const auto report = verify_since(base_);
  const auto& objects = report.commits[0].builds.front().objects;
  ASSERT_THAT(objects, SizeIs(2));
  EXPECT_EQ(objects[0].source, "drivers/shared.h");
  EXPECT_EQ(objects[0].status, BuildStatus::kBuilt);
  EXPECT_EQ(objects[0].object, "drivers/with_header.o");
  EXPECT_EQ(objects[1].status, BuildStatus::kNotEnabled);
  EXPECT_EQ(report.commits[0].verdict(), CommitVerdict::kNotJudged);
}

TEST_F(VerifyTest, ABrokenHeaderFailsThroughItsUser) {
  write(tree() / "drivers/shared.h", "#error broken\n");
  commit("Break a header");
  const auto report = verify_since(base_);
  EXPECT_EQ(only(report.commits[0]).status, BuildStatus::kFailed);
  EXPECT_EQ(report.exit(), Exit::kFailed);
}

TEST_F(VerifyTest, ACommitOfDocumentsNeedsNoBuild) {
  write(tree() / "Documentation/x.rst", "x\n");
  commit("Write about it");
  const auto report = verify_since(base_);
  EXPECT_EQ(only(report.commits[0]).status, BuildStatus::kNothing);
  EXPECT_THAT(report.commits[0].builds.front().log, IsEmpty());
  EXPECT_EQ(report.exit(), Exit::kOk);
}

TEST_F(VerifyTest, AMissingCompilerIsNoErrorAndNamesItsPackage) {
  write(tree() / "drivers/on.c", "int on;\n");
  commit("Change");
  Configuration other{"far-allmod", "far", "far-linux-gnu-", "gcc-far", "allmodconfig", ""};
  const auto report = verify_since(base_, {other});
  EXPECT_EQ(only(report.commits[0]).status, BuildStatus::kNotJudged);
  EXPECT_THAT(only(report.commits[0]).reason, HasSubstr("apt-get install gcc-far"));
  EXPECT_EQ(report.exit(), Exit::kUnjudged);
  // What another configuration builds is judged by that.
  EXPECT_EQ(verify_since(base_, {other, test::fake_configuration()}).exit(), Exit::kOk);
}

TEST_F(VerifyTest, ASecondRunBuildsOnlyWhatIsNew) {
  write(tree() / "drivers/on.c", "int on = 1;\n");
  commit("First");
  const auto first = verify_since(base_);
  EXPECT_FALSE(first.commits[0].builds.front().cached);
  write(tree() / "drivers/on.c", "int on = 2;\n");
  commit("Second");
  const auto second = verify_since(base_);
  ASSERT_THAT(second.commits, SizeIs(2));
  EXPECT_TRUE(second.commits[0].builds.front().cached);
  EXPECT_EQ(second.commits[0].builds.front().objects, first.commits[0].builds.front().objects);
  EXPECT_FALSE(second.commits[1].builds.front().cached);
  EXPECT_EQ(second.exit(), Exit::kOk);

  git({"commit", "-q", "--amend", "-m", "Said better"});
  const auto reworded = verify_since(base_);
  EXPECT_EQ(reworded.commits[1].subject, "Said better");
  EXPECT_NE(reworded.commits[1].oid, second.commits[1].oid);
  EXPECT_TRUE(reworded.commits[1].builds.front().cached);
}

TEST_F(VerifyTest, ADamagedResultIsJudgedAnew) {
  write(tree() / "drivers/on.c", "int on = 1;\n");
  commit("First");
  ASSERT_EQ(verify_since(base_).exit(), Exit::kOk);
  for (const auto& entry : fs::directory_iterator(root() / "cache/verify/results"))
    write(entry.path(), "{\"config\": \"fake");
  const auto report = verify_since(base_);
  EXPECT_FALSE(report.commits[0].builds.front().cached);
  EXPECT_EQ(report.exit(), Exit::kOk);
}

TEST_F(VerifyTest, AChangeOfKconfigIsConfiguredAgain) {
  write(tree() / "Kconfig", "CONFIG_ON=m\nCONFIG_NEW=y\n");
  write(tree() / "drivers/on.c", "int on = 1;\n");
  commit("Add a symbol");
  ASSERT_EQ(verify_since(base_).exit(), Exit::kOk);
  write(tree() / "Kconfig", "CONFIG_ON=m\n");
  write(tree() / "drivers/on.c", "int on = 2;\n");
  commit("Remove it");
  ASSERT_EQ(verify_since(base_).exit(), Exit::kOk);
  bool found = false;
  for (const auto& entry : fs::recursive_directory_iterator(root() / "cache/verify")) {
    if (entry.path().filename() != ".config") continue;
    found = true;
    EXPECT_EQ(read_file(entry.path())->find("CONFIG_NEW"), std::string::npos);
  }
  EXPECT_TRUE(found);
}

TEST_F(VerifyTest, ACommitThatBreaksThePreparationFails) {
  write(tree() / "scripts/Makefile.prepare",
        "bounds:\n\t@echo 'bounds.c:3:1: error: no bounds' >&2; false\n");
  write(tree() / "Kconfig", "CONFIG_ON=m\n\n");
  write(tree() / "drivers/on.c", "int on = 1;\n");
  commit("Break the preparation");
  const auto report = verify_since(base_);
  const auto& objects = report.commits[0].builds.front().objects;
  ASSERT_EQ(objects[1].source, "drivers/on.c");
  EXPECT_EQ(objects[1].status, BuildStatus::kFailed);
  EXPECT_EQ(objects[1].error.text, "no bounds");
}

TEST_F(VerifyTest, ACacheThatMakeCannotBuildInIsAnError) {
  write(tree() / "drivers/on.c", "int on = 1;\n");
  commit("First");
  const auto repository = Repository::open(tree());
  ASSERT_TRUE(repository);
  auto workshop = Workshop::open(*repository, root() / "a cache");
  ASSERT_TRUE(workshop);
  VerifyRequest request;
  request.commits = *workshop->repository().range(base_, git({"rev-parse", "HEAD"}));
  request.configurations = {test::fake_configuration()};
  request.cache = root() / "a cache";
  auto progress = make_progress(ProgressMode::kNone);
  const auto report = killify::verify(request, *workshop, *progress);
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().message, HasSubstr("choose another --cache"));
}

TEST_F(VerifyTest, TheUsersTreeStaysAsItWas) {
  write(tree() / "drivers/on.c", "int on = 1;\n");
  commit("First");
  write(tree() / "drivers/on.c", "int on = 99;\n");
  const std::string status = git({"status", "--short"});
  const std::string refs = git({"for-each-ref"});
  ASSERT_EQ(verify_since(base_).exit(), Exit::kOk);
  EXPECT_EQ(git({"status", "--short"}), status);
  EXPECT_EQ(git({"for-each-ref"}), refs);
}

}  // namespace
}  // namespace killify
