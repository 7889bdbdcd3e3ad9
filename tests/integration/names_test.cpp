// A tree whose files have names that are commands to a shell, or to make: no command runs them.
#include "support/killify_run.h"
#include "support/shell_safe.h"

#include <gmock/gmock.h>

namespace killify::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// Found in PATH by whoever takes a name for a command.
const std::string kSentinel = "killify-sentinel";

const std::vector<std::string> kNames = {
    "$(killify-sentinel).c",   "`killify-sentinel`.c",     "a;killify-sentinel;.c",
    "a|killify-sentinel&&x.c", "a\nkillify-sentinel\n.c",  "$(shell killify-sentinel).c",
    "'$(killify-sentinel)'.c", "\"`killify-sentinel`\".c", "$(killify-sentinel)/one.c"};

class OddNames : public ::testing::Test, protected MiniTree {
 protected:
  OddNames() {
    write_text(path() / "bin" / kSentinel,
               "#!/bin/sh\necho \"$0 $*\" >> " + sentinel().string() + "\n");
    fs::permissions(path() / "bin" / kSentinel, fs::perms::owner_all);
    const std::string driver = text_of(kMiniLinux / "drivers/misc/argon/argon.c");
    for (const std::string& name : kNames) write_text(source() / "drivers/misc/odd" / name, driver);
    write_text(source() / "include/linux/$(killify-sentinel).h", "int sentinel(void);\n");
    for (const auto& entry : fs::directory_iterator(kMiniLinux))
      fs::copy(entry, source() / entry.path().filename(), fs::copy_options::recursive);
  }

  [[nodiscard]] fs::path source() const { return path() / "source"; }
  [[nodiscard]] fs::path odd_tree() const { return path() / "odd"; }
  [[nodiscard]] fs::path sentinel() const { return path() / "sentinel"; }

  [[nodiscard]] Completed run_on(const Words& arguments, const fs::path& directory) const {
    return Place::killify(arguments, directory,
                          {{"PATH", (path() / "bin").string() + ":" + std::getenv("PATH")}});
  }

  void expect(const Words& arguments, int status) const {
    const Completed done = run_on(arguments, odd_tree());
    EXPECT_EQ(done.exit_code, status) << shell_quoted(arguments) << done.out << done.err;
    EXPECT_FALSE(fs::exists(sentinel())) << shell_quoted(arguments) << text_of(sentinel());
  }
};

TEST_F(OddNames, AreNoCommands) {
  ASSERT_EQ(run_on({"import", source().string(), odd_tree().string()}, path()).exit_code, 0);
  (void)git({"config", "user.name", "A. Tester"}, odd_tree());
  (void)git({"config", "user.email", "tester@example.org"}, odd_tree());
  const std::string odd = "drivers/misc/odd";
  for (const char* format : {"text", "json", "sarif"})
    expect({"audit", std::string("--format=") + format, odd}, 0);
  expect({"explain", "argon_fault"}, 0);
  for (const char* group : {"file", "driver", "maintainers"})
    expect({"plan", std::string("--group=") + group, odd}, 0);
  expect({"diff", odd}, 0);
  // A subject cannot hold a name with a line break.
  expect({"generate", "--group=file", "-o", out().string(), odd}, 2);
  expect({"generate", "-o", out().string(), odd}, 0);
  expect({"report", out().string()}, 0);
  // Neither built nor shown to the tree's scripts: that is said, and nothing else is.
  const Completed verified =
      run_on({"verify", "--config=x86_64-allmod", out().string()}, odd_tree());
  EXPECT_EQ(verified.exit_code, 3) << verified.out << verified.err;
  EXPECT_THAT(verified.out, AllOf(HasSubstr("make hands names to a shell"),
                                  HasSubstr("checkpatch.pl and get_maintainer.pl hand names")));
  EXPECT_FALSE(fs::exists(sentinel())) << text_of(sentinel());
  // No machine is started: the fixture kernel cannot be built so far.
  write_text(path() / "bin" / "qemu-system-x86_64", "#!/bin/sh\necho QEMU emulator version 0\n");
  fs::permissions(path() / "bin" / "qemu-system-x86_64", fs::perms::owner_all);
  expect({"prove", "--series=" + out().string()}, 3);
  const std::string branch = "$(killify-sentinel)";
  (void)git({"branch", branch, "killify/killable-fault-handlers/v1"}, odd_tree());
  expect({"prove", "--series=" + branch}, 3);
  for (const auto& [name, text] : contents_below(out())) EXPECT_TRUE(is_shell_safe(name)) << name;
}

// The program would be found, and writes where it is looked for.
TEST_F(OddNames, WouldShowThatTheyWereRun) {
  Command command;
  command.argv = {"sh", "-c", "echo " + kNames.front()};
  command.env = {{"PATH", (path() / "bin").string() + ":" + std::getenv("PATH")}};
  ASSERT_TRUE(killify::run(command).value().ok());
  EXPECT_TRUE(fs::exists(sentinel()));
}

}  // namespace
}  // namespace killify::test
