// killify verify says of each commit what the compiler said, and nothing that it did not.
#include "json_schema.h"
#include "support/interrupted_run.h"
#include "support/killify_run.h"

#include <gmock/gmock.h>

namespace killify::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kBranch = "killify/killable-fault-handlers/v1";

class Verify : public ::testing::Test, protected MiniTree {
 protected:
  Verify() { share_answers(); }

  void generate(Words paths = {}) const {
    Words arguments = {"--progress=none", "generate", "-o", out().string()};
    arguments.insert(arguments.end(), paths.begin(), paths.end());
    const Completed done = killify(arguments);
    ASSERT_TRUE(done.ok()) << done.err;
  }

  [[nodiscard]] Completed verify(Words arguments) const {
    arguments.insert(arguments.begin(), {"--progress=none", "verify"});
    return killify(arguments);
  }

  // A commit on the branch that is checked out.
  void commit(const std::string& file, const std::string& text, const std::string& subject) const {
    write_text(tree() / file, text);
    (void)git({"add", file});
    (void)git({"commit", "-q", "-m", subject});
  }
};

// Every status that is in the report, by source.
std::map<std::string, std::string> statuses(const nlohmann::json& report) {
  std::map<std::string, std::string> found;
  for (const auto& commit : report.at("commits"))
    for (const auto& build : commit.at("builds"))
      for (const auto& object : build.at("objects"))
        found[object.at("source")] = object.at("status");
  return found;
}

TEST_F(Verify, TheSeriesBuildsButForTheDriverThatIsOff) {
  generate();
  const RepositoryState before = state();
  const Completed done = verify({"--format=json", out().string()});
  EXPECT_EQ(done.exit_code, 3) << done.err;
  const auto report = parsed(done.out);
  EXPECT_EQ(JsonSchema("verify").mismatch(report), "");
  const auto found = statuses(report);
  EXPECT_EQ(found.size(), 20U);
  for (const auto& [source, status] : found)
    EXPECT_EQ(status, source == "drivers/misc/argon/argon.c" ? "not_enabled" : "built") << source;
  EXPECT_EQ(state(), before);

  // Again, of the range, from what the first run learnt.
  const Completed again = verify({"--format=json", std::string("main..") + kBranch});
  EXPECT_EQ(again.exit_code, 3);
  const auto known = parsed(again.out);
  EXPECT_EQ(statuses(known), found);
  for (const auto& commit : known.at("commits"))
    for (const auto& build : commit.at("builds")) {
      const bool off = commit.at("subject").get<std::string>().find("argon") != std::string::npos;
      EXPECT_TRUE(off || build.at("cached").get<bool>()) << commit;
    }
}

TEST_F(Verify, TheDirectoryThatGenerateNamedIsTaken) {
  const Completed made =
      killify({"--progress=none", "generate", "-o", "../out", "drivers/gpu/drm/walnut"});
  ASSERT_TRUE(made.ok()) << made.err;
  EXPECT_THAT(made.out, HasSubstr("killify verify ../out"));
  EXPECT_EQ(verify({"../out"}).exit_code, 0);
}

TEST_F(Verify, ASabotagedCommitFailsWithTheCompilersMessage) {
  generate({"drivers/gpu/drm/walnut"});
  (void)git({"checkout", "-q", "-b", "sabotage", kBranch});
  const std::string file = "fs/cove/file.c";
  const std::string good = text_of(tree() / file);
  commit(file, good + "int broken(void) { return undeclared_thing; }\n", "cove: Break it");
  commit("fs/reef/file.c", text_of(tree() / "fs/reef/file.c") + "\n", "reef: Add a line");
  commit(file, good, "cove: Mend it");
  const Completed text = verify({std::string("main..sabotage")});
  EXPECT_EQ(text.exit_code, 1);
  EXPECT_THAT(text.out, HasSubstr("'undeclared_thing' undeclared"));
  const auto report = parsed(verify({"--format=json", "main..sabotage"}).out);
  ASSERT_EQ(report.at("commits").size(), 4U);
  std::vector<std::string> found;
  for (const auto& one : report.at("commits"))
    found.push_back(one.at("builds")[0].at("objects")[0].at("status"));
  EXPECT_THAT(found, ::testing::ElementsAre("built", "failed", "built", "built"));
  const std::string log = report.at("commits")[1].at("builds")[0].at("log");
  EXPECT_THAT(text_of(log), HasSubstr("undeclared_thing"));
}

TEST_F(Verify, AnObjectThatIsOffIsNeverCalledBuilt) {
  (void)git({"checkout", "-q", "-b", "work"});
  const std::string argon = "drivers/misc/argon/argon.c";
  commit(argon, text_of(tree() / argon) + "int undeclared_function(void) { return nothing; }\n",
         "argon: Break what nobody builds");
  const Completed done = verify({"--format=json", "main..work"});
  EXPECT_EQ(done.exit_code, 3);
  EXPECT_EQ(statuses(parsed(done.out)).at(argon), "not_enabled");
  EXPECT_THAT(done.out, Not(HasSubstr("\"built\"")));
}

TEST_F(Verify, WhatIsNoRangeIsRefused) {
  for (const std::string what :
       {"main..nosuch", "nosuch..main", "nosuch", "main..", "..", "a...b"}) {
    const Completed done = verify({what});
    EXPECT_EQ(done.exit_code, 2) << what;
    EXPECT_THAT(done.err, StartsWith("killify: ")) << what;
    EXPECT_EQ(split_lines(done.err).size(), 1U) << done.err;
  }
  EXPECT_THAT(verify({"main..main"}).err, HasSubstr("no commits"));
  const Completed unknown = verify({"--config=x86_64-allmo", "main..main"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_EQ(verify({path().string()}).exit_code, 2) << "a directory without a manifest";
}

TEST_F(Verify, AfterKillItGoesOnAndSaysTheSame) {
  generate({"drivers/gpu/drm", "fs"});
  const RepositoryState before = state();
  const std::string range = std::string("main..") + kBranch;
  // Its make kills it: the first call prepares the build directory, later ones compile.
  const fs::path make = path() / "bin/make";
  for (const std::string nth : {"1", "2", "3", "5"}) {
    fs::remove(path() / "calls");
    write_text(make, "#!/bin/sh\necho >> '" + (path() / "calls").string() + "'\n[ $(wc -l < '" +
                         (path() / "calls").string() + "') -eq " + nth +
                         " ] && kill -9 $PPID\nexec " + find_program("make").string() +
                         " \"$@\"\n");
    fs::permissions(make, fs::perms::owner_all);
    const Completed killed =
        killify({"--progress=none", "verify", range},
                {{"PATH", make.parent_path().string() + ":" + std::getenv("PATH")}});
    EXPECT_EQ(killed.signal, SIGKILL) << nth << killed.err;
  }
  const Completed done = verify({"--format=json", range});
  EXPECT_EQ(done.exit_code, 0) << done.err << done.out;
  for (const auto& [source, status] : statuses(parsed(done.out))) EXPECT_EQ(status, "built");
  EXPECT_EQ(state(), before);
}

TEST_F(Verify, AnInterruptEndsItWithItsOwnStatus) {
  generate({"fs"});
  const RepositoryState before = state();
  const std::string range = std::string("main..") + kBranch;
  const InterruptedRun run = run_until(
      with_cache({"--progress=json", "verify", range}), tree(), environment(), SIGINT,
      [](const std::string& line) { return line.find("\"begin\"") != std::string::npos; });
  EXPECT_TRUE(run.sent);
  EXPECT_EQ(run.exit_code, 130);
  EXPECT_EQ(state(), before);
  EXPECT_EQ(verify({range}).exit_code, 0);
}

}  // namespace
}  // namespace killify::test
