// kernel-fixtures/mini-linux behaves like a kernel tree in all that killify asks of one.
#include "support/files.h"
#include "support/process.h"
#include "support/temp_dir.h"
#include "support/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace killify {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

const fs::path kMiniLinux = fs::path(KILLIFY_TEST_SOURCE_DIR) / "kernel-fixtures" / "mini-linux";

std::set<std::string> files_below(const fs::path& directory, const std::string& extension = {}) {
  std::set<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory))
    if (entry.is_regular_file() && (extension.empty() || entry.path().extension() == extension))
      files.insert(entry.path().lexically_relative(directory).string());
  return files;
}

// A copy of the tree, and a build directory beside it.
class MiniLinux : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = TempDir::make();
    ASSERT_TRUE(made) << made.error().message;
    temp_ = std::move(*made);
    fs::copy(kMiniLinux, tree(), fs::copy_options::recursive);
  }

  [[nodiscard]] fs::path tree() const { return temp_->path() / "tree"; }
  [[nodiscard]] fs::path out() const { return temp_->path() / "out"; }

  [[nodiscard]] Completed start(std::vector<std::string> argv,
                                const std::string& input = {}) const {
    Command command;
    command.argv = std::move(argv);
    command.cwd = tree();
    command.input = input;
    // Started from a make, the tests must not hand its options on.
    command.env = {{"LC_ALL", "C"}, {"MAKEFLAGS", ""}, {"MAKELEVEL", "0"}, {"KBUILD_OUTPUT", ""}};
    auto completed = run(command);
    EXPECT_TRUE(completed) << completed.error().message;
    return completed ? *completed : Completed{};
  }

  [[nodiscard]] Completed make(const std::vector<std::string>& goals) const {
    std::vector<std::string> argv = {"make", "-C", tree().string(), "O=" + out().string()};
    argv.insert(argv.end(), goals.begin(), goals.end());
    return start(std::move(argv));
  }

  void configure() const {
    const Completed made = make({"allmodconfig", "prepare", "modules_prepare"});
    ASSERT_TRUE(made.ok()) << made.err;
  }

  [[nodiscard]] std::string text_of(const fs::path& file) const {
    auto text = read_file(file);
    EXPECT_TRUE(text) << text.error().message;
    return text.value_or("");
  }

  [[nodiscard]] std::vector<std::string> configuration() const {
    return split_lines(text_of(out() / ".config"));
  }

  void append(const fs::path& file, const std::string& text) const {
    std::ofstream(file, std::ios::app) << text;
  }

 private:
  std::optional<TempDir> temp_;
};

// The "  CC [M]  path" lines, in no order that means something.
std::set<std::string> compiled(const Completed& made) {
  std::set<std::string> objects;
  for (const std::string& line : split_lines(made.out))
    if (line.starts_with("  CC")) objects.insert(line.substr(line.rfind(' ') + 1));
  return objects;
}

TEST_F(MiniLinux, SaysItsVersionWithoutAConfiguration) {
  const Completed made = make({"-s", "kernelversion"});
  EXPECT_TRUE(made.ok()) << made.err;
  EXPECT_EQ(made.out, "6.1.0-mini\n");
}

TEST_F(MiniLinux, AllmodconfigTurnsOnWhatItCan) {
  configure();
  EXPECT_THAT(configuration(), AllOf(Contains("CONFIG_MISC_ZINC=m"), Contains("CONFIG_WERROR=y"),
                                     Contains("CONFIG_MISC_LEAD_SLOTS=y")));
  EXPECT_THAT(configuration(), Not(Contains(HasSubstr("ARGON"))));
  EXPECT_THAT(split_lines(text_of(out() / "include/generated/autoconf.h")),
              AllOf(Contains("#define CONFIG_MISC_ZINC_MODULE 1"),
                    Contains("#define CONFIG_MISC_LEAD_SLOTS 1")));
}

TEST_F(MiniLinux, AllmodconfigTakesAFragment) {
  const fs::path fragment = tree().parent_path() / "fragment.config";
  append(fragment, "# CONFIG_MISC_LEAD is not set\nCONFIG_NO_SUCH_SYMBOL=y\n");
  const Completed made = start({"env", "KCONFIG_ALLCONFIG=" + fragment.string(), "make",
                                "O=" + out().string(), "allmodconfig"});
  ASSERT_TRUE(made.ok()) << made.err;
  EXPECT_THAT(configuration(),
              AllOf(Contains("# CONFIG_MISC_LEAD is not set"), Contains("CONFIG_MISC_ZINC=m")));
  EXPECT_THAT(configuration(), Not(Contains(HasSubstr("LEAD_SLOTS"))));
  EXPECT_THAT(configuration(), Not(Contains(HasSubstr("NO_SUCH_SYMBOL"))));
}

TEST_F(MiniLinux, OlddefconfigKeepsWhatDependenciesAllow) {
  configure();
  append(out() / ".config",
         "CONFIG_MISC_ARGON=m\nCONFIG_MISC_ZINC=n\n# CONFIG_COMPILE_TEST is not set\n");
  const Completed made = make({"ARCH=x86_64", "olddefconfig"});
  ASSERT_TRUE(made.ok()) << made.err;
  EXPECT_THAT(made.err, HasSubstr("override: reassigning to symbol MISC_ZINC"));
  EXPECT_THAT(configuration(), Contains("# CONFIG_MISC_ZINC is not set"));
  EXPECT_THAT(configuration(), Not(Contains(HasSubstr("ARGON"))));
  EXPECT_THAT(configuration(), Not(Contains(HasSubstr("DRM_LARCH"))));
}

TEST_F(MiniLinux, BuildsEveryDriverWithoutAWarning) {
  configure();
  const Completed made = make({"-j2", "W=1"});
  ASSERT_TRUE(made.ok()) << made.err;
  EXPECT_THAT(made.err, IsEmpty());
  std::set<std::string> expected;
  for (const std::string& source : files_below(tree(), ".c"))
    if (source != "drivers/misc/argon/argon.c")
      expected.insert(fs::path(source).replace_extension(".o").string());
  EXPECT_EQ(compiled(made), expected);
  EXPECT_THAT(compiled(make({"-j2", "W=1"})), IsEmpty());
}

TEST_F(MiniLinux, EveryDriverBuildsInEachConfigurationOfItsIfdefs) {
  configure();
  append(out() / ".config",
         "CONFIG_MISC_LEAD_SLOTS=n\nCONFIG_DEBUG_LOCK_ALLOC=n\nCONFIG_MODULES=n\n");
  ASSERT_TRUE(make({"olddefconfig"}).ok());
  const Completed made = make({"-j2"});
  EXPECT_TRUE(made.ok()) << made.err;
  EXPECT_THAT(made.err, IsEmpty());
  EXPECT_THAT(made.out, Not(HasSubstr("CC [M]")));
  EXPECT_TRUE(compiled(made).contains("drivers/misc/lead/lead.o"));
}

TEST_F(MiniLinux, BuildsSeveralObjectsInOneCall) {
  configure();
  const Completed made = make({"-j2", "fs/reef/file.o", "drivers/gpu/drm/birch/birch_vm.o"});
  ASSERT_TRUE(made.ok()) << made.err;
  EXPECT_THAT(split_lines(made.out), AllOf(Contains("  CC [M]  fs/reef/file.o"),
                                           Contains("  CC [M]  drivers/gpu/drm/birch/birch_vm.o")));
  EXPECT_EQ(files_below(out(), ".o"),
            (std::set<std::string>{"fs/reef/file.o", "drivers/gpu/drm/birch/birch_vm.o"}));
  EXPECT_THAT(text_of(out() / "drivers/gpu/drm/birch/.birch_vm.o.cmd"),
              AllOf(StartsWith("cmd_drivers/gpu/drm/birch/birch_vm.o := gcc "),
                    HasSubstr(" -DMODULE "), HasSubstr("-DKBUILD_MODNAME='\"birch\"'")));
}

// What makes "it was compiled" no proof of "it is enabled".
TEST_F(MiniLinux, ADisabledObjectIsCompiledAsIfItWereBuiltIn) {
  configure();
  const Completed made = make({"drivers/misc/argon/argon.o"});
  EXPECT_TRUE(made.ok()) << made.err;
  EXPECT_THAT(split_lines(made.out), Contains("  CC      drivers/misc/argon/argon.o"));
  EXPECT_THAT(text_of(out() / "drivers/misc/argon/.argon.o.cmd"), Not(HasSubstr("-DMODULE")));
  const Completed directory = make({"drivers/misc/"});
  EXPECT_TRUE(directory.ok()) << directory.err;
  EXPECT_THAT(text_of(out() / "drivers/misc/modules.order"), Not(HasSubstr("argon")));
}

// The variables by which the kernel's scripts/Makefile.build knows what is on.
// As in the kernel: what is set on the command line holds in the makefiles of tools/, too.
TEST_F(MiniLinux, ABuildOfTheCommandLineReachesTools) {
  configure();
  const Completed made =
      make({"build=-f " + (tree() / "scripts/Makefile.build").string() + " obj", "prepare"});
  EXPECT_FALSE(made.ok());
  EXPECT_THAT(made.err, HasSubstr("objtool/Makefile: No such file or directory"));
}

TEST_F(MiniLinux, AnObjectWithoutASourceHasNoRule) {
  configure();
  const Completed made = make({"-k", "drivers/misc/nosuch.o", "fs/cove/file.o"});
  EXPECT_EQ(made.exit_code, 2);
  EXPECT_THAT(made.err, HasSubstr("No rule to make target 'drivers/misc/nosuch.o'"));
  EXPECT_TRUE(compiled(made).contains("fs/cove/file.o"));
  EXPECT_EQ(make({"nosuchtarget"}).exit_code, 2);
}

TEST_F(MiniLinux, AHeaderRebuildsItsUsersOnly) {
  configure();
  const std::vector<std::string> objects = {"fs/cove/file.o", "drivers/misc/tin/tin.o"};
  ASSERT_EQ(compiled(make(objects)).size(), 2U);
  EXPECT_THAT(compiled(make(objects)), IsEmpty());
  const auto built =
      std::max(fs::last_write_time(out() / objects[0]), fs::last_write_time(out() / objects[1]));
  fs::last_write_time(tree() / "include/linux/semaphore.h", built + std::chrono::milliseconds(1));
  EXPECT_THAT(compiled(make(objects)), ElementsAre("fs/cove/file.o"));
}

TEST_F(MiniLinux, AnotherCommandLineRebuilds) {
  configure();
  const std::string object = "fs/cove/file.o";
  ASSERT_THAT(compiled(make({object})), ElementsAre(object));
  EXPECT_THAT(compiled(make({object, "KCFLAGS=-DANOTHER"})), ElementsAre(object));
  EXPECT_THAT(compiled(make({object, "KCFLAGS=-DANOTHER"})), IsEmpty());
}

TEST_F(MiniLinux, ACompilerErrorNamesFileAndTarget) {
  configure();
  append(tree() / "fs/cove/file.c", "int broken = undeclared;\n");
  const Completed made = make({"-k", "fs/cove/file.o", "fs/reef/file.o"});
  EXPECT_EQ(made.exit_code, 2);
  EXPECT_THAT(made.err,
              AllOf(HasSubstr("fs/cove/file.c:"), HasSubstr("error: 'undeclared' undeclared"),
                    HasSubstr(": fs/cove/file.o] Error 1")));
  EXPECT_FALSE(fs::exists(out() / "fs/cove/file.o"));
  EXPECT_TRUE(fs::exists(out() / "fs/reef/file.o"));
}

TEST_F(MiniLinux, AWarningIsAnErrorWithWerror) {
  configure();
  append(tree() / "fs/cove/file.c", "static int unused;\n");
  EXPECT_THAT(make({"fs/cove/file.o"}).err, HasSubstr("[-Werror=unused-variable]"));
  append(out() / ".config", "CONFIG_WERROR=n\n");
  ASSERT_TRUE(make({"olddefconfig"}).ok());
  const Completed made = make({"fs/cove/file.o"});
  EXPECT_TRUE(made.ok());
  EXPECT_THAT(made.err, HasSubstr("[-Wunused-variable]"));
}

TEST_F(MiniLinux, TheSourceStaysClean) {
  const auto before = files_below(tree());
  configure();
  ASSERT_TRUE(make({"-j2"}).ok());
  EXPECT_EQ(files_below(tree()), before);
}

TEST_F(MiniLinux, BuildsInPlaceAndCleansUp) {
  const auto before = files_below(tree());
  ASSERT_TRUE(start({"make", "-s", "allmodconfig", "fs/cove/file.o"}).ok());
  EXPECT_TRUE(fs::exists(tree() / "fs/cove/file.o"));
  const Completed beside = make({"allmodconfig", "prepare"});
  EXPECT_FALSE(beside.ok());
  EXPECT_THAT(beside.err, HasSubstr("source tree is not clean"));
  ASSERT_TRUE(start({"make", "-s", "mrproper"}).ok());
  EXPECT_EQ(files_below(tree()), before);
}

TEST_F(MiniLinux, AMissingCompilerIsAnError) {
  configure();
  const Completed made = make({"CROSS_COMPILE=no-such-machine-", "fs/cove/file.o"});
  EXPECT_EQ(made.exit_code, 2);
  EXPECT_THAT(made.err, HasSubstr("no-such-machine-gcc"));
}

TEST_F(MiniLinux, GetMaintainerGivesRolesAndLists) {
  const std::vector<std::string> script = {"perl", "scripts/get_maintainer.pl", "--no-git",
                                           "--no-git-fallback"};
  auto walnut = script;
  walnut.insert(walnut.end(), {"-f", "drivers/gpu/drm/walnut/walnut_gem.c"});
  EXPECT_THAT(split_lines(start(walnut).out),
              ElementsAre("Wendy Walnut <wendy@example.org> (supporter:DRM DRIVERS FOR WALNUT)",
                          "\"Zoë Nussbaum\" <zoe@example.org> (reviewer:DRM DRIVERS FOR WALNUT)",
                          "Dora Render <dora@example.org> (maintainer:DRM DRIVERS)",
                          "Daniel Raster <daniel@example.org> (maintainer:DRM DRIVERS)",
                          "walnut@lists.example.org (moderated list:DRM DRIVERS FOR WALNUT)",
                          "dri-devel@lists.example.org (open list:DRM DRIVERS)",
                          "linux-kernel@lists.example.org (open list)"));
  // An excluded directory, a patch on standard input, addresses only.
  auto lagoon = script;
  lagoon.emplace_back("--norolestats");
  EXPECT_THAT(split_lines(start(lagoon, "--- a/fs/lagoon/file.c\n+++ b/fs/lagoon/file.c\n").out),
              ElementsAre("Lars Lagoon <lars@example.org>", "lagoon@lists.example.org",
                          "linux-kernel@lists.example.org"));
}

TEST_F(MiniLinux, CheckpatchCountsWhatItFinds) {
  const std::string good =
      "From: A <a@example.org>\nSubject: [PATCH] fs: Say why\n\nBecause.\n\n"
      "Signed-off-by: A <a@example.org>\n---\n fs/cove/file.c | 2 ++\n\n"
      "--- a/fs/cove/file.c\n+++ b/fs/cove/file.c\n@@ -1,1 +1,2 @@\n // one\n";
  const std::vector<std::string> script = {"perl", "scripts/checkpatch.pl", "--strict",
                                           "--no-tree"};
  const Completed clean = start(script, good + "+// two\n");
  EXPECT_EQ(clean.exit_code, 0) << clean.out;
  EXPECT_THAT(clean.out, HasSubstr("total: 0 errors, 0 warnings, 0 checks, 2 lines checked\n"));

  auto terse = script;
  terse.insert(terse.end(), {"--terse", "--show-types"});
  const Completed dirty = start(terse, good + "+// two \n+" + std::string(101, 'x') + "\n+\n+\n");
  EXPECT_EQ(dirty.exit_code, 1);
  EXPECT_THAT(split_lines(dirty.out),
              ElementsAre(EndsWith(": ERROR:TRAILING_WHITESPACE: trailing whitespace"),
                          EndsWith(": WARNING:LONG_LINE: line length of 101 exceeds 100 columns"),
                          EndsWith(": CHECK:LINE_SPACING: Please don't use multiple blank lines"),
                          "total: 1 errors, 1 warnings, 1 checks, 5 lines checked"));
}

// One handler is lost to spatch, as a file of the kernel would be, and no other.
TEST_F(MiniLinux, SpatchParsesAllButEbony) {
  const fs::path patch = tree().parent_path() / "calls.cocci";
  append(patch,
         "@r@\nidentifier g;\nexpression list es;\nposition p;\n@@\ng@p(es)\n\n"
         "@script:python@\np << r.p;\n@@\nprint(p[0].current_element)\n");
  std::vector<std::string> argv = {"spatch", "--very-quiet", "--no-includes", "--sp-file",
                                   patch.string()};
  std::set<std::string> handlers;
  for (const std::string& source : files_below(tree(), ".c")) {
    argv.push_back((tree() / source).string());
    for (const std::string& line : split_lines(text_of(tree() / source))) {
      const auto open = line.find('(');
      if (line.find("vm_fault_t ") != std::string::npos && line.find(';') == std::string::npos &&
          !line.starts_with("\t") && open != std::string::npos)
        handlers.insert(line.substr(line.rfind(' ', open) + 1, open - line.rfind(' ', open) - 1));
    }
  }
  handlers.erase("cobalt_error_to_fault");  // calls nothing
  for (const char* of_the_core : {"__handle_mm_fault", "handle_mm_fault"})
    handlers.erase(of_the_core);
  Command command;
  command.argv = argv;
  command.cwd = tree().parent_path();  // not where .cocciconfig is
  const auto spatch = run(command);
  ASSERT_TRUE(spatch) << spatch.error().message;
  ASSERT_TRUE(spatch->ok()) << spatch->err;
  const auto lines = split_lines(spatch->out);
  const std::set<std::string> parsed(lines.begin(), lines.end());
  std::set<std::string> lost;
  std::set_difference(handlers.begin(), handlers.end(), parsed.begin(), parsed.end(),
                      std::inserter(lost, lost.end()));
  EXPECT_THAT(lost, ElementsAre("ebony_fault"));
  EXPECT_EQ(handlers.size(), 86U);
}

}  // namespace
}  // namespace killify
