// What the command line accepts, refuses and prints.
#include "json_schema.h"
#include "support/killify_run.h"

#include <gmock/gmock.h>

namespace killify::test {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class CommandLine : public ::testing::Test, protected MiniTree {
 protected:
  CommandLine() { share_answers(); }

  void expect_refused(const Words& arguments, const std::string& part) const {
    const Completed done = killify(arguments);
    EXPECT_EQ(done.exit_code, 2) << shell_quoted(arguments);
    EXPECT_EQ(done.out, "");
    EXPECT_THAT(done.err, AllOf(StartsWith("killify: "), HasSubstr(part)));
    EXPECT_EQ(split_lines(done.err).size(), 1U) << done.err;
  }
};

TEST_F(CommandLine, HelpAndVersionAreResults) {
  const Completed help = killify({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_EQ(help.err, "");
  for (const std::string command : {"import", "audit", "explain", "diff", "plan", "generate",
                                    "verify", "check", "prove", "report", "doctor"}) {
    EXPECT_THAT(help.out, HasSubstr(command));
    const Completed own = killify({command, "--help"});
    EXPECT_EQ(own.exit_code, 0) << own.err;
    EXPECT_THAT(own.out, HasSubstr(command));
    const Completed asked = killify({"help", command});
    EXPECT_EQ(asked.exit_code, 0) << asked.err;
    EXPECT_EQ(asked.out, own.out);
    for (const auto& line : split_lines(own.out + help.out))
      EXPECT_TRUE(line.size() <= 80 || line.starts_with("Usage:")) << line;
  }
  EXPECT_EQ(killify({"help"}).out, help.out);
  const Completed version = killify({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_EQ(killify({"-V"}).out, version.out);
  EXPECT_THAT(version.out, ::testing::MatchesRegex("killify [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

// The command line stands above the environment, that above the tree's git config, that above the
// user's.
TEST_F(CommandLine, WhatIsSetHoldsUnlessSomethingNearerSaysOtherwise) {
  const auto where = [&](const std::string& key, const Environment& more = {}, Words options = {}) {
    options.insert(options.end(), {"config", "--format=json"});
    const Completed done = killify(options, more);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    const auto config = parsed(done.out);
    EXPECT_EQ(JsonSchema("config").mismatch(config), "");
    for (const auto& one : config.at("settings"))
      if (one.at("key") == "killify." + key)
        return one.at("value").get<std::string>() + ", " + one.at("where").get<std::string>();
    return std::string("none");
  };
  EXPECT_EQ(where("jobs"), "the number of processors, default");
  (void)git({"config", "--global", "killify.jobs", "3"});
  EXPECT_EQ(where("jobs"), "3, the user's git config");
  (void)git({"config", "killify.jobs", "4"});
  EXPECT_EQ(where("jobs"), "4, the tree's git config");
  EXPECT_EQ(where("jobs", {{"KILLIFY_JOBS", "5"}}), "5, KILLIFY_JOBS");
  EXPECT_EQ(where("jobs", {{"KILLIFY_JOBS", "5"}}, {"-j", "6"}), "6, the command line");

  // What is set is what a command does.
  (void)git({"config", "killify.campaign", "release-waits"});
  EXPECT_THAT(killify({"audit", "fs/cove"}).out, HasSubstr("of 0 release methods"));
  EXPECT_THAT(killify({"audit", "--campaign=kthread-idle", "fs/cove"}).out,
              HasSubstr("of 0 kernel threads"));

  // What is wrong says where it stands, and no command does anything then; help still helps.
  (void)git({"config", "killify.jobs", "many"});
  expect_refused({"audit", "fs/cove"}, "killify.jobs (the tree's git config): --jobs: Value many");
  EXPECT_EQ(killify({"help"}).exit_code, 0);
  EXPECT_EQ(killify({"-j", "2", "audit", "fs/cove"}).exit_code, 0);
  (void)git({"config", "killify.colour", "never"});
  EXPECT_THAT(killify({"config"}).out, HasSubstr("means nothing (did you mean 'color'?)"));
}

// bash itself is asked, word by word as it takes a line apart.
TEST_F(CommandLine, ShellsCompleteWhatThereIs) {
  const fs::path script = path() / "completion";
  const Completed bash = killify({"completion", "bash"});
  ASSERT_EQ(bash.exit_code, 0) << bash.err;
  write_text(script, bash.out);
  const auto completed = [&](const std::string& words) {
    const Completed done = run({"bash", "-ec",
                                "source " + script.string() + "; COMP_WORDS=(" + words +
                                    "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _killify; "
                                    "printf '%s ' \"${COMPREPLY[@]}\""},
                               path());
    EXPECT_EQ(done.err, "");
    return std::string(trim(done.out));
  };
  EXPECT_EQ(completed("killify au"), "audit");
  EXPECT_EQ(completed("killify -C linux gen"), "generate");
  EXPECT_EQ(completed("killify help ver"), "verify");
  EXPECT_EQ(completed("killify audit --form"), "--format");
  EXPECT_EQ(completed("killify audit --format ''"), "dot json sarif text");
  EXPECT_EQ(completed("killify audit --format = js"), "json");
  EXPECT_EQ(completed("killify plan --campaign = kt"), "kthread-idle");
  EXPECT_EQ(completed("killify --col"), "--color");
  EXPECT_EQ(completed("killify verify --strategy"), "") << "it has none";
  for (const std::string shell : {"zsh", "fish"}) {
    const Completed done = killify({"completion", shell});
    EXPECT_EQ(done.exit_code, 0) << done.err;
    EXPECT_THAT(done.out, AllOf(HasSubstr("kthread-idle"), HasSubstr("dot json sarif text")));
    const std::string program = find_program(shell).string();
    if (program.empty()) continue;  // what it makes of that
    write_text(script, done.out);
    EXPECT_EQ(run({program, "-n", script.string()}, path()).err, "") << shell;
  }
  expect_refused({"completion", "tcsh"}, "tcsh");
}

TEST_F(CommandLine, WhatIsNotKnownGetsASuggestion) {
  expect_refused({"dif"}, "unknown command 'dif' (did you mean 'diff'?)");
  expect_refused({"help", "dif"}, "unknown command 'dif' (did you mean 'diff'?)");
  expect_refused({"diff", "--stta"}, "unknown option '--stta' (did you mean '--stat'?)");
  expect_refused({"--progres=none", "diff"}, "did you mean '--progress'?");
  expect_refused({"plan", "--format=jsn"}, "'jsn': use one of json, text (did you mean 'json'?)");
  expect_refused({"--color=alwys", "plan"}, "did you mean 'always'?");
  expect_refused({"plan", "--group=drivr"}, "did you mean 'driver'?");
  for (const std::string option : {"--campaign=", "--series="})
    expect_refused({"plan", option + "killable-fault-handler"},
                   "did you mean 'killable-fault-handlers'?");
  expect_refused({"verify", "--config=x86_64-allmo", "HEAD..HEAD"}, "");
}

TEST_F(CommandLine, WhatIsMissingOrOutOfRangeIsNamed) {
  expect_refused({}, "--help");
  expect_refused({"generate"}, "--output");
  expect_refused({"verify"}, "");
  expect_refused({"-j", "0", "plan"}, "");
  expect_refused({"-j", "many", "plan"}, "");
  expect_refused({"generate", "-o", "out", "-v", "0"}, "");
  expect_refused({"import", "only-one"}, "");
  expect_refused({"-C", "/nonexistent", "plan"}, "/nonexistent");
  EXPECT_FALSE(fs::exists(tree() / "out"));
}

TEST_F(CommandLine, NoProgressMeansSilence) {
  for (const Words& arguments : {Words{"--progress=none", "plan"}, Words{"--progress=none", "diff"},
                                 Words{"--progress=none", "generate", "-o", out().string()}}) {
    const Completed done = killify(arguments);
    EXPECT_TRUE(done.ok());
    EXPECT_EQ(done.err, "");
    EXPECT_NE(done.out, "");
  }
}

TEST_F(CommandLine, JsonProgressIsALineAnEvent) {
  const Completed done = killify({"--progress=json", "diff", "drivers/misc"});
  ASSERT_TRUE(done.ok());
  std::string activity;
  for (const std::string& line : split_lines(done.err)) {
    const auto event = parsed(line);
    const std::string kind = event.at("event");
    EXPECT_THAT(kind, AnyOf("begin", "advance", "end", "note"));
    if (kind == "begin") activity = event.at("activity");
    if (kind == "advance" || kind == "end") {
      EXPECT_EQ(event.at("activity"), activity);
    }
  }
  EXPECT_NE(activity, "");
}

TEST_F(CommandLine, PlainProgressHasNoControlCharacters) {
  const Completed done = killify({"plan"}, {{"TERM", "xterm"}});
  ASSERT_TRUE(done.ok());
  EXPECT_NE(done.err, "");
  EXPECT_THAT(done.err, Not(AnyOf(HasSubstr("\033"), HasSubstr("\r"))));
}

TEST_F(CommandLine, ColoursComeWhenAskedFor) {
  const auto colours = [&](const std::string& when) {
    return killify({"--color=" + when, "diff", "fs/cove"}).out.find('\033') != std::string::npos;
  };
  EXPECT_TRUE(colours("always"));
  EXPECT_FALSE(colours("never"));
  EXPECT_FALSE(colours("auto")) << "not on a terminal";
  const Completed json = killify({"--color=always", "plan", "--format=json", "fs/cove"});
  EXPECT_THAT(json.out, Not(HasSubstr("\033")));
}

TEST_F(CommandLine, AReaderWhoHasSeenEnoughIsNoError) {
  const Completed done =
      run({"bash", "-c", "\"$@\" | head -1; echo ${PIPESTATUS[0]}", "-", KILLIFY_TEST_BINARY,
           "--cache", cache().string(), "--progress=none", "diff"},
          tree());
  EXPECT_THAT(split_lines(done.out), ::testing::ElementsAre(StartsWith("diff --git"), "0"));
  EXPECT_EQ(done.err, "");
}

TEST_F(CommandLine, AFullDiskUnderStdoutIsAnError) {
  const Completed done = run({"bash", "-c", "exec \"$@\" > /dev/full", "-", KILLIFY_TEST_BINARY,
                              "--cache", cache().string(), "--progress=none", "diff"},
                             tree());
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_THAT(done.err, HasSubstr("stdout: cannot be written"));
}

TEST_F(CommandLine, DoctorFindsWhatTheTestsUse) {
  const Completed done = killify({"doctor", "--format=json"});
  EXPECT_EQ(done.exit_code, 0) << done.out;
  EXPECT_EQ(parsed(done.out).at("schema"), "killify.doctor/1");
}

}  // namespace
}  // namespace killify::test
