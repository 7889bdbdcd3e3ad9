#include "verify/kbuild.h"

#include "fake_tree.h"
#include "support/files.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using test::write;
using S = Outcome::Status;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

class KbuildTest : public test::FakeTree {
 protected:
  [[nodiscard]] Kbuild kbuild(std::chrono::milliseconds deadline = {}) const {
    return {test::fake_configuration(),
            Compiler{"gcc", "some gcc", false},
            {tree(), root() / "state", 2, deadline}};
  }
  [[nodiscard]] fs::path log() const { return root() / "log"; }
  [[nodiscard]] std::string history() const {
    return read_file(root() / "state/build/history").value_or("");
  }
  static S prepare(Kbuild& kbuild, const std::string& kconfig, const fs::path& log) {
    const auto outcome = kbuild.prepare(kconfig, log);
    EXPECT_TRUE(outcome) << outcome.error().message;
    return outcome ? outcome->status : S::kUnknown;
  }
  Outcome build(Kbuild& kbuild, const std::string& object) const {
    const auto run = kbuild.build({object}, log());
    EXPECT_TRUE(run) << run.error().message;
    return run ? run->objects.at(object) : Outcome{};
  }
};

TEST_F(KbuildTest, BuildsWhatIsEnabled) {
  auto subject = kbuild();
  ASSERT_EQ(prepare(subject, "k", log()), S::kBuilt);
  EXPECT_EQ(build(subject, "drivers/on.o").status, S::kBuilt);
  EXPECT_TRUE(fs::exists(root() / "state/build/drivers/on.o"));
  EXPECT_THAT(*read_file(root() / "state/build/.config"), HasSubstr("CONFIG_FRAGMENT=y"));
}

TEST_F(KbuildTest, WhatIsDisabledIsNeitherBuiltNorCompiled) {
  auto subject = kbuild();
  ASSERT_EQ(prepare(subject, "k", log()), S::kBuilt);
  EXPECT_EQ(build(subject, "drivers/off.o").status, S::kNotEnabled);
  EXPECT_FALSE(fs::exists(root() / "state/build/drivers/off.o"));
}

TEST_F(KbuildTest, AFileThatDoesNotExistIsNotEnabled) {
  auto subject = kbuild();
  ASSERT_EQ(prepare(subject, "k", log()), S::kBuilt);
  EXPECT_EQ(build(subject, "drivers/none.o").status, S::kNotEnabled);
}

// make would expand it, and the shells of Kbuild run it.
TEST_F(KbuildTest, ANameThatIsACommandIsNotBuilt) {
  auto subject = kbuild();
  ASSERT_EQ(prepare(subject, "k", log()), S::kBuilt);
  const std::string odd = "drivers/$(shell touch sentinel)`touch sentinel`.o";
  const auto run = subject.build({"drivers/on.o", odd}, log());
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->objects.at("drivers/on.o").status, S::kBuilt);
  EXPECT_EQ(run->objects.at(odd).status, S::kUnknown);
  EXPECT_THAT(run->objects.at(odd).reason, HasSubstr("make hands names to a shell"));
  EXPECT_FALSE(fs::exists(root() / "state/build/sentinel") || fs::exists(tree() / "sentinel"));
}

TEST_F(KbuildTest, AFailureCarriesTheCompilersMessage) {
  auto subject = kbuild();
  ASSERT_EQ(prepare(subject, "k", log()), S::kBuilt);
  write(tree() / "drivers/on.c", "int on(void)\n{\n\treturn missing;\n}\n");
  const Outcome outcome = build(subject, "drivers/on.o");
  EXPECT_EQ(outcome.status, S::kFailed);
  EXPECT_EQ(outcome.error.file, "drivers/on.c");
  EXPECT_EQ(outcome.error.line, 3);
  EXPECT_THAT(outcome.error.text, HasSubstr("missing"));
  EXPECT_THAT(outcome.error.block, HasSubstr("In function"));
  EXPECT_THAT(*read_file(log()), HasSubstr("missing"));
}

TEST_F(KbuildTest, OneFailureLeavesTheOthersAlone) {
  auto subject = kbuild();
  ASSERT_EQ(prepare(subject, "k", log()), S::kBuilt);
  write(tree() / "drivers/on.c", "#error broken\n");
  const auto run = subject.build({"drivers/on.o", "drivers/off.o", "drivers/with_header.o"}, log());
  ASSERT_TRUE(run);
  EXPECT_EQ(run->objects.at("drivers/on.o").status, S::kFailed);
  EXPECT_EQ(run->objects.at("drivers/off.o").status, S::kNotEnabled);
  EXPECT_EQ(run->objects.at("drivers/with_header.o").status, S::kBuilt);
}

TEST_F(KbuildTest, AnObjectOfAnEarlierBuildIsNoProof) {
  auto subject = kbuild();
  ASSERT_EQ(prepare(subject, "k", log()), S::kBuilt);
  ASSERT_EQ(build(subject, "drivers/on.o").status, S::kBuilt);
  // make succeeds, and writes nothing.
  write(tree() / "drivers/Makefile", "obj-m := on.o\n$(obj)/on.o: ; @:\n");
  const Outcome outcome = build(subject, "drivers/on.o");
  EXPECT_EQ(outcome.status, S::kUnknown);
  EXPECT_THAT(outcome.reason, HasSubstr("did not write"));
}

TEST_F(KbuildTest, ABuildThatHangsIsEndedAndNotJudged) {
  auto patient = kbuild();
  ASSERT_EQ(prepare(patient, "k", log()), S::kBuilt);
  write(tree() / "drivers/Makefile", "obj-m := on.o\n$(obj)/on.o: ; @sleep 1000\n");
  auto subject = kbuild(std::chrono::seconds(1));
  const Outcome outcome = build(subject, "drivers/on.o");
  EXPECT_EQ(outcome.status, S::kUnknown);
  EXPECT_THAT(outcome.reason, HasSubstr("no end within"));
  EXPECT_TRUE(fs::exists(root() / "state/busy"));
}

TEST_F(KbuildTest, AFullDiskIsNotTheSourcesFault) {
  auto subject = kbuild();
  ASSERT_EQ(prepare(subject, "k", log()), S::kBuilt);
  write(tree() / "drivers/Makefile",
        "obj-m := on.o\n$(obj)/on.o: ; @echo 'cc1: No space left on device' >&2; false\n");
  const Outcome outcome = build(subject, "drivers/on.o");
  EXPECT_EQ(outcome.status, S::kUnknown);
  EXPECT_THAT(outcome.reason, HasSubstr("No space left on device"));
}

TEST_F(KbuildTest, PreparesOncePerConfiguration) {
  auto subject = kbuild();
  ASSERT_EQ(prepare(subject, "k", log()), S::kBuilt);
  const std::string once = history();
  ASSERT_EQ(prepare(subject, "k", log()), S::kBuilt);
  EXPECT_EQ(history(), once);
  ASSERT_EQ(prepare(subject, "other kconfig", log()), S::kBuilt);
  EXPECT_EQ(history(), once + once);
}

TEST_F(KbuildTest, ABuildDirectoryThatAKilledRunLeftStartsAfresh) {
  auto subject = kbuild();
  ASSERT_EQ(prepare(subject, "k", log()), S::kBuilt);
  const std::string once = history();
  write(root() / "state/busy", "");
  write(root() / "state/build/half-written.h", "#define");
  ASSERT_EQ(prepare(subject, "k", log()), S::kBuilt);
  EXPECT_EQ(history(), once);
  EXPECT_FALSE(fs::exists(root() / "state/build/half-written.h"));
  EXPECT_FALSE(fs::exists(root() / "state/busy"));
}

TEST_F(KbuildTest, ATreeThatCannotBePreparedSaysWhy) {
  auto subject = kbuild();
  write(tree() / "scripts/Makefile.prepare",
        "generated.h:\n\t@echo 'elf.c:3:10: fatal error: gelf.h: No such file' >&2; false\n");
  const auto outcome = subject.prepare("k", log());
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->status, S::kFailed);
  EXPECT_EQ(outcome->error.text, "gelf.h: No such file");
}

TEST_F(KbuildTest, ADependencyFileNamesTheHeadersThatWereRead) {
  auto subject = kbuild();
  ASSERT_EQ(prepare(subject, "k", log()), S::kBuilt);
  ASSERT_EQ(build(subject, "drivers/with_header.o").status, S::kBuilt);
  EXPECT_TRUE(subject.compiled_from("drivers/with_header.o", "drivers/shared.h"));
  EXPECT_TRUE(subject.compiled_from("drivers/with_header.o", "drivers/with_header.c"));
  EXPECT_FALSE(subject.compiled_from("drivers/with_header.o", "drivers/header.c"));
  EXPECT_FALSE(subject.compiled_from("drivers/on.o", "drivers/shared.h"));
}

TEST_F(KbuildTest, ASymbolIsForcedBesideTheTreesOwnKconfig) {
  write(tree() / "Makefile", std::string(test::kTopMakefile) +
                                 "allmodconfig: forced\nforced:\n"
                                 "\t@mkdir -p $(O) && cp $(KBUILD_KCONFIG) $(O)/asked\n");
  Configuration configuration = test::fake_configuration();
  configuration.forced = {"ARCH_SUPPORTS_RT"};
  Kbuild subject(configuration, Compiler{"gcc", "some gcc", false}, {tree(), root() / "state", 2});
  ASSERT_EQ(prepare(subject, "k", log()), S::kBuilt);
  EXPECT_EQ(read_file(root() / "state/build/asked"),
            "CONFIG_ON=m\n\nconfig ARCH_SUPPORTS_RT\n\tdefault y\n");
  EXPECT_EQ(read_file(tree() / "Kconfig"), "CONFIG_ON=m\n");
}

TEST_F(KbuildTest, ACommandsSecondStepIsRunWhereMakeRanIt) {
  std::string makefile(test::kDirectoryMakefile);
  const std::string compile = "-c -o $@ $<";
  makefile.insert(makefile.rfind(compile) + compile.size(), "; ./tools/look $@");
  write(tree() / "scripts/Makefile.build", makefile);
  auto subject = kbuild();
  ASSERT_EQ(prepare(subject, "k", log()), S::kBuilt);
  const fs::path look = root() / "state/build/tools/look";
  write(look, "#!/bin/sh\necho \"$1: warning: objtool: on+0x1f: stack state mismatch\" >&2\n");
  fs::permissions(look, fs::perms::owner_all);
  const Outcome made = build(subject, "drivers/on.o");
  EXPECT_EQ(made.status, S::kBuilt);
  EXPECT_EQ(made.warnings.size(), 1U);
  const auto again = subject.compile("drivers/on.o", log());
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->status, S::kBuilt) << again->reason;
  ASSERT_EQ(again->warnings.size(), 1U);
  EXPECT_EQ(again->warnings[0].text, "objtool: on: stack state mismatch");
}

TEST_F(KbuildTest, ModpostIsAskedForSectionsOnly) {
  auto subject = kbuild();
  ASSERT_EQ(prepare(subject, "k", log()), S::kBuilt);
  ASSERT_EQ(build(subject, "drivers/on.o").status, S::kBuilt);
  const fs::path modpost = root() / "state/build/scripts/mod/modpost";
  write(modpost,
        "#!/bin/sh\necho \"ERROR: modpost: missing MODULE_LICENSE() in $2\" >&2\n"
        "echo \"WARNING: modpost: \\\"printk\\\" [$2] undefined!\" >&2\n"
        "echo \"WARNING: modpost: $2: section mismatch in reference: on+0x1f (section: .text) -> "
        "off (section: .init.text)\" >&2\nexit 1\n");
  fs::permissions(modpost, fs::perms::owner_all);
  const auto found = subject.check("drivers/on.o", log());
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->warnings.size(), 1U);
  EXPECT_EQ(found->warnings[0].file, "drivers/on.o");
  EXPECT_EQ(found->warnings[0].text,
            "section mismatch in reference: on (section: .text) -> off (section: .init.text)");
}

// What linux/compiler_types.h does.
constexpr std::string_view kUser =
    "#ifdef __CHECKER__\n#define __user __attribute__((noderef, address_space(1)))\n#else\n"
    "#define __user\n#endif\n";

TEST_F(KbuildTest, SparseIsAskedWhereTheTreeKnowsIt) {
  if (find_program("sparse").empty()) GTEST_SKIP() << "sparse is not installed";
  write(tree() / "drivers/on.c",
        std::string(kUser) +
            "static int read(const int __user *p)\n{\n\treturn *p;\n}\n"
            "int on(int *p);\nint on(int *p)\n{\n\treturn read((const int __user *)p);\n}\n");
  auto unknown = kbuild();
  ASSERT_EQ(prepare(unknown, "k", log()), S::kBuilt);
  ASSERT_EQ(build(unknown, "drivers/on.o").status, S::kBuilt);
  auto found = unknown.check("drivers/on.o", log());
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_TRUE(found->warnings.empty());

  write(tree() / "scripts/Makefile.build",
        std::string(test::kDirectoryMakefile) + "CHECKFLAGS := -D__linux__ -Wbitwise\n");
  auto known = kbuild();
  ASSERT_EQ(prepare(known, "other kconfig", log()), S::kBuilt);
  ASSERT_EQ(build(known, "drivers/on.o").status, S::kBuilt);
  found = known.check("drivers/on.o", log());
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->failure, "");
  ASSERT_EQ(found->warnings.size(), 1U);
  EXPECT_EQ(found->warnings[0].file, "drivers/on.c");
  EXPECT_EQ(found->warnings[0].line, 8);
  EXPECT_THAT(found->warnings[0].text, HasSubstr("noderef"));
}

TEST_F(KbuildTest, ACheckerThatDoesNotReadAllOfItIsNotBelieved) {
  if (find_program("sparse").empty()) GTEST_SKIP() << "sparse is not installed";
  std::string unreadable = "#ifdef __CHECKER__\n";
  for (int i = 0; i < 200; ++i) unreadable += "int a" + std::to_string(i) + " = (int) of 1;\n";
  write(tree() / "drivers/on.c",
        unreadable + "#endif\nint on(int *p);\nint on(int *p)\n{\n\treturn *p;\n}\n");
  write(tree() / "scripts/Makefile.build",
        std::string(test::kDirectoryMakefile) + "CHECKFLAGS := -D__linux__ -Wbitwise\n");
  auto subject = kbuild();
  ASSERT_EQ(prepare(subject, "k", log()), S::kBuilt);
  ASSERT_EQ(build(subject, "drivers/on.o").status, S::kBuilt);
  auto found = subject.check("drivers/on.o", log());
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->failure, "sparse: too many errors");
  EXPECT_THAT(found->warnings, testing::IsEmpty());

  write(tree() / "drivers/on.c", "int on(int *p);\nint on(int *p)\n{\n\treturn *p;\n}\n");
  ASSERT_EQ(build(subject, "drivers/on.o").status, S::kBuilt);
  const fs::path modpost = root() / "state/build/scripts/mod/modpost";
  write(modpost,
        "#!/bin/sh\necho \"WARNING: modpost: $2: section mismatch in reference: on (section: "
        ".text) -> "
        "off (section: .init.text)\" >&2\nkill -SEGV $$\n");
  fs::permissions(modpost, fs::perms::owner_all);
  found = subject.check("drivers/on.o", log());
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_THAT(found->failure, testing::StartsWith("modpost: killed by signal 11"));
  EXPECT_THAT(found->warnings, testing::IsEmpty());
}

}  // namespace
}  // namespace killify
