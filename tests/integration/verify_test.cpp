// killify verify says of each commit what the compiler said, and nothing that it did not.
#include "json_schema.h"
#include "support/interrupted_run.h"
#include "support/killify_run.h"

#include <gmock/gmock.h>

#include <random>

namespace killify::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class Verify : public ::testing::Test, protected MiniTree {
 protected:
  Verify() { share_answers(); }

  void generate(Words paths = {}) const {
    Words arguments = {"--progress=none", "generate", "-o", out().string()};
    arguments.insert(arguments.end(), paths.begin(), paths.end());
    const Completed done = killify(arguments);
    ASSERT_TRUE(done.ok()) << done.err;
  }

  [[nodiscard]] Completed verify(Words arguments) const { return verify_in({}, arguments); }

  [[nodiscard]] Completed verify_in(const Environment& more, Words arguments) const {
    arguments.insert(arguments.begin(), {"--progress=none", "verify"});
    return killify(arguments, more);
  }

  // A commit on the branch that is checked out.
  void commit(const std::string& file, const std::string& text, const std::string& subject) const {
    write_text(tree() / file, text);
    (void)git({"add", file});
    (void)git({"commit", "-q", "-s", "-m", subject, "-m", "Say why."});
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
  EXPECT_EQ(found.size(), 42U);
  for (const auto& [source, status] : found)
    EXPECT_EQ(status, source == "drivers/misc/argon/argon.c" ? "not_enabled" : "built") << source;
  EXPECT_EQ(state(), before);
  // One driver sleeps in both branches of an #ifdef, and the configuration compiles the first. So
  // it is with a lock that has two implementations. Other configurations have the rest.
  for (const auto& commit : report.at("commits")) {
    const std::string subject = commit.at("subject");
    const bool lock = subject.find("ww_mutex") != std::string::npos;
    const bool lead = lock || subject.find("lead") != std::string::npos;
    EXPECT_EQ(commit.at("verdict"),
              lead || statuses({{"commits", {commit}}}).contains("drivers/misc/argon/argon.c")
                  ? "not_judged"
                  : "good")
        << commit;
    if (!lead) continue;
    for (const auto& line : commit.at("lines").at("uncovered"))
      EXPECT_THAT(line.at("why"), AllOf(HasSubstr(lock ? "#ifdef CONFIG_DEBUG_LOCK_ALLOC"
                                                       : "#ifdef CONFIG_MISC_LEAD_SLOTS"),
                                        HasSubstr("--config auto looks for them")));
    EXPECT_THAT(commit.at("lines").at("uncovered"), Not(IsEmpty()));
  }

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

// What is added is added to both implementations of the lock.
TEST_F(Verify, EveryPrefixOfAPlanBuildsInEveryVariant) {
  generate({"drivers/gpu/drm/juniper", "drivers/gpu/drm/larch"});
  const Completed done = verify({"--format=json", "--config",
                                 "x86_64-allmod,x86_64-allmod-DEBUG_LOCK_ALLOC", out().string()});
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  const auto report = parsed(done.out);
  ASSERT_EQ(report.at("commits").size(), 3U);
  for (const auto& commit : report.at("commits")) {
    EXPECT_EQ(commit.at("verdict"), "good") << commit;
    EXPECT_THAT(commit.at("lines").at("uncovered"), IsEmpty());
  }
}

TEST_F(Verify, TheDirectoryThatGenerateNamedIsTaken) {
  const Completed made =
      killify({"--progress=none", "generate", "-o", "../out", "drivers/gpu/drm/walnut"});
  ASSERT_TRUE(made.ok()) << made.err;
  EXPECT_THAT(made.out, HasSubstr("killify verify --config auto ../out"));
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

// The kernel's Makefile takes LC_ALL away from a compiler that make runs, and messages quote as the
// language does.
TEST_F(Verify, AWarningThatWasThereIsNotNewInAnyLocale) {
  (void)git({"checkout", "-q", "-b", "work"});
  const std::string cove = "fs/cove/file.c";
  const std::string before = text_of(tree() / cove) + "\nint cove_seen(void)\n{\n\treturn 0;\n}\n";
  commit(cove, before, "cove: Warn of a missing prototype");
  commit(cove, before + "\nstatic inline int cove_inner(void)\n{\n\treturn 0;\n}\n",
         "cove: Add what warns of nothing");
  const Completed done = verify_in({{"LC_ALL", ""}, {"LC_MESSAGES", ""}, {"LANG", "C.UTF-8"}},
                                   {"--format=json", "work~1..work"});
  const auto report = parsed(done.out);
  EXPECT_THAT(report.at("commits").at(0).at("builds").at(0).at("new_warnings"), IsEmpty());
}

TEST_F(Verify, EachKindOfFailureIsToldApart) {
  (void)git({"checkout", "-q", "-b", "work"});
  const std::string cove = "fs/cove/file.c";
  const std::string good = text_of(tree() / cove);
  commit(cove, good + "\nstatic int cove_unused(void)\n{\n\treturn 0;\n}\n",
         "cove: Add what nobody calls");
  commit(cove, good + "\n#ifdef CONFIG_NOBODY_HAS\nint cove_cut(void);\n#endif\n",
         "cove: Add what nobody compiles");
  commit(cove, good + "\nint cove_wide(void); \n", "cove: Leave a blank behind");
  const fs::path series = path() / "series.yaml";
  std::string text = text_of(kSource / "series/killable-fault-handlers.yaml");
  for (const std::string key : {"\ncatalogue: ", "\nboundaries: ", "\n  prefixes: ", "\n  scope: "})
    text.insert(text.find(key) + key.size(), (kSource / "series/").string());
  for (auto at = text.find("messages/"); at != text.npos;
       at = text.find("messages/", at + 9 + (kSource / "series/").string().size()))
    text.insert(at, (kSource / "series/").string());
  write_text(series, text + "  neutral:\n    - {subject: \"reef: Rename *\"}\n");
  const std::string reef = "fs/reef/file.c";
  commit(reef,
         text_of(tree() / reef) + "\nint reef_new(void);\nint reef_new(void)\n{\n\treturn 1;\n}\n",
         "reef: Rename something");

  const Completed done = verify({"--format=json", "--series", series.string(), "main..work"});
  EXPECT_EQ(done.exit_code, 1) << done.err;
  const auto report = parsed(done.out);
  EXPECT_EQ(JsonSchema("verify").mismatch(report), "");
  std::vector<std::string> found;
  for (const auto& one : report.at("commits")) {
    for (const auto& complaint : one.at("complaints")) found.push_back(complaint.at("check"));
    found.emplace_back("|");
  }
  EXPECT_THAT(found,
              ElementsAre("warning", "|", "line", "|", "checkpatch", "|", "object code", "|"))
      << done.out;

  const Completed junit =
      verify({"--format=junit", "--series", series.string(), "--commit=2", "main..work"});
  EXPECT_EQ(junit.exit_code, 1);
  EXPECT_THAT(junit.out,
              HasSubstr("<testsuites name=\"killify verify\" tests=\"2\" failures=\"1\""));
  EXPECT_THAT(junit.out, HasSubstr("cut by #ifdef CONFIG_NOBODY_HAS"));
  const Completed first = verify({"--first-failure", "--series", series.string(), "main..work"});
  EXPECT_THAT(first.out, HasSubstr("4 commits: 1 failed, 3 not reached"));
}

// What became of each unchanged caller in the only commit that has some.
std::map<std::string, std::string> callers_in(const nlohmann::json& report) {
  std::map<std::string, std::string> found;
  for (const auto& one : report.at("commits"))
    if (one.contains("callers"))
      for (const auto& caller : one.at("callers").at("objects"))
        found[caller.at("source")] = caller.value("code", "not built");
  return found;
}

TEST_F(Verify, UnchangedCallersAreComparedOnRequest) {
  generate({"drivers/gpu/drm/oak"});
  const Completed plain = verify({"--format=json", out().string()});
  EXPECT_THAT(callers_in(parsed(plain.out)), IsEmpty());
  const Completed done = verify({"--callers", "--format=json", out().string()});
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  const auto report = parsed(done.out);
  EXPECT_EQ(JsonSchema("verify").mismatch(report), "");
  EXPECT_THAT(callers_in(report),
              ElementsAre(std::pair("drivers/gpu/drm/holly/holly_gem.c", "same")));
  const Completed range = verify({"--callers", std::string("main..") + kBranch});
  EXPECT_EQ(range.exit_code, 2);
  EXPECT_THAT(range.err, HasSubstr("its manifest.json tells what was renamed"));
}

// oak_lend() takes a flag; its callers say false, true, and what they are told.
TEST_F(Verify, CallersOfAFlagGetAConstantOrANewName) {
  const auto edit = [this](const std::string& file, const std::string& from,
                           const std::string& to) {
    std::string text = text_of(tree() / file);
    const auto at = text.find(from);
    ASSERT_NE(at, text.npos) << file;
    write_text(tree() / file, text.replace(at, from.size(), to));
  };
  const std::string oak = "drivers/gpu/drm/oak/oak_gem.c";
  const std::string holly = "drivers/gpu/drm/holly/holly_gem.c";
  edit("include/linux/oak.h", "oak_lend(struct oak_object *obj)",
       "oak_lend(struct oak_object *obj, bool intr)");
  edit(oak,
       "int oak_lend(struct oak_object *obj)\n{\n"
       "\treturn mutex_lock_interruptible(&obj->lock);\n}\n",
       "int oak_lend(struct oak_object *obj, bool intr)\n{\n"
       "\tif (intr)\n\t\treturn mutex_lock_interruptible(&obj->lock);\n"
       "\tmutex_lock(&obj->lock);\n\treturn 0;\n}\n");
  edit(oak, "if (oak_lend(obj))", "if (oak_lend(obj, true))");
  edit(holly, "oak_lend(obj)", "oak_lend(obj, false)");
  const auto append = [this](const std::string& file, const std::string& text) {
    write_text(tree() / file, text_of(tree() / file) + "\n#include <linux/oak.h>\n" + text);
  };
  append("fs/reef/file.c",
         "int reef_lend(struct oak_object *obj);\n"
         "int reef_lend(struct oak_object *obj)\n{\n\treturn oak_lend(obj, true) + 1;\n}\n");
  append("fs/cove/file.c",
         "int cove_lend(struct oak_object *obj, bool intr);\n"
         "int cove_lend(struct oak_object *obj, bool intr)\n{\n\treturn oak_lend(obj, intr) + "
         "1;\n}\n");
  (void)git({"commit", "-q", "-a", "-s", "-m", "oak: Take a flag"});
  // What stays exported stays a function, whose callers are what they were.
  const fs::path series = path() / "series";
  fs::copy(kSource / "series", series, fs::copy_options::recursive);
  write_text(series / "own.yaml",
             text_of(series / "killable-fault-handlers.yaml") + "\ndrop_exports: [oak_lend]\n");
  generate({"--series", (series / "own.yaml").string(), "drivers/gpu/drm/oak"});
  const Completed done = verify({"--callers", "--format=json", out().string()});
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  EXPECT_THAT(callers_in(parsed(done.out)),
              ElementsAre(std::pair(holly, "constant"), std::pair("fs/cove/file.c", "other"),
                          std::pair("fs/reef/file.c", "name")));

  // A wrapper that passes another state.
  auto manifest = parsed(text_of(out() / "manifest.json"));
  auto& commits = manifest.at("commits");
  std::size_t last = 0;
  while (commits.at(last).at("kind") != "thread") ++last;
  (void)git({"checkout", "-q", "-b", "sabotage", commits[last].at("oid").get<std::string>()});
  edit("include/linux/oak.h", "intr ? TASK_INTERRUPTIBLE", "intr ? TASK_KILLABLE");
  (void)git({"commit", "-q", "-a", "--amend", "--no-edit"});
  commits[last]["oid"] = commit_id("sabotage");
  while (commits.size() > last + 1) commits.erase(commits.size() - 1);
  write_text(out() / "manifest.json", manifest.dump());
  const Completed wrong = verify({"--callers", out().string()});
  EXPECT_EQ(wrong.exit_code, 0) << wrong.out << wrong.err;
  EXPECT_THAT(wrong.out, HasSubstr("callers in files that stay: 3: 1 pass 2 "
                                   "(TASK_UNINTERRUPTIBLE) for 0 (false), 2 differ"));
  EXPECT_THAT(wrong.out, HasSubstr("differs fs/reef/file.o (x86_64-allmod)\n"
                                   "      calls oak_lend(obj, true)\n"));
  EXPECT_THAT(wrong.out, HasSubstr("      - mov $0x1,%esi"));
  EXPECT_THAT(wrong.out, HasSubstr("      + mov $0x102,%esi"));
}

TEST_F(Verify, AutoTakesAConfigurationForEachSideOfAnIfdef) {
  generate({"drivers/misc/lead", "drivers/misc/argon"});
  const Completed done = verify({"--config=auto", "--format=json", out().string()});
  EXPECT_EQ(done.exit_code, 3) << done.out << done.err;
  const auto report = parsed(done.out);
  EXPECT_EQ(JsonSchema("verify").mismatch(report), "");
  EXPECT_THAT(report.at("choices"),
              ::testing::Contains(
                  HasSubstr("-MISC_LEAD_SLOTS: for the #if around drivers/misc/lead/lead.c")));
  for (const auto& one : report.at("commits")) {
    const auto& object = one.at("builds")[0].at("objects")[0];
    if (object.at("source") == "drivers/misc/argon/argon.c")
      EXPECT_EQ(object.at("reason"), "needs CONFIG_MISC_ARGON (depends on MISC_ARGON_BUS)");
    else
      EXPECT_THAT(one.at("lines").at("uncovered"), IsEmpty()) << one;
  }
}

TEST_F(Verify, AutoForcesWhatNoArchitectureOfTheTreeSelects) {
  (void)git({"checkout", "-q", "-b", "work"});
  const std::string top = text_of(tree() / "Kconfig");
  write_text(tree() / "arch/Kconfig", "config ARCH_SUPPORTS_RT\n\tbool\n");
  commit("arch/Kconfig", text_of(tree() / "arch/Kconfig"), "arch: Declare what may be supported");
  commit("Kconfig",
         top +
             "\nsource \"arch/Kconfig\"\n\nconfig PREEMPT_RT\n\tbool \"Real time\"\n"
             "\tdepends on ARCH_SUPPORTS_RT\n",
         "sched: Add PREEMPT_RT");
  (void)git({"branch", "base"});
  const std::string cove = "fs/cove/file.c";
  commit(cove,
         text_of(tree() / cove) +
             "\n#ifdef CONFIG_PREEMPT_RT\nint cove_rt(void);\n#else\n"
             "int cove_plain(void);\n#endif\n",
         "cove: Tell PREEMPT_RT apart");
  const Completed done = verify({"--config=auto", "--format=json", "base..work"});
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  const auto report = parsed(done.out);
  EXPECT_THAT(report.at("choices"),
              ::testing::Contains(::testing::AllOf(
                  HasSubstr("-allmod++ARCH_SUPPORTS_RT+PREEMPT_RT: for the #if around"),
                  HasSubstr("ARCH_SUPPORTS_RT is forced on from outside"))));
  const auto& lines = report.at("commits")[0].at("lines");
  EXPECT_EQ(lines.at("compiled"), 2) << lines;
  EXPECT_THAT(lines.at("uncovered"), IsEmpty());
}

TEST_F(Verify, AProgramThatIsKilledForMemoryIsNotTheCommitsFault) {
  (void)git({"checkout", "-q", "-b", "work"});
  const std::string cove = "fs/cove/file.c";
  commit(cove, text_of(tree() / cove) + "\nint cove_more(void);\n", "cove: Add a declaration");
  const fs::path bin = path() / "bin";
  const auto gcc_that = [&](const std::string& does) {
    write_text(bin / "gcc", "#!/bin/sh\ncase \"$*\" in *cove*) " + does + ";; esac\nexec " +
                                find_program("gcc").string() + " \"$@\"\n");
    fs::permissions(bin / "gcc", fs::perms::owner_all);
    return verify_in({{"PATH", bin.string() + ":" + std::getenv("PATH")}, {"CCACHE_DISABLE", "1"}},
                     {"--format=json", "main..work"});
  };
  const auto reason_of = [](const Completed& done) {
    return parsed(done.out).at("commits")[0].at("builds")[0].at("objects")[0].at("reason");
  };
  const Completed killed =
      gcc_that("echo 'gcc: fatal error: Killed signal terminated program cc1' >&2; exit 1");
  EXPECT_EQ(killed.exit_code, 3);
  EXPECT_THAT(reason_of(killed), HasSubstr("Killed signal terminated program cc1"));
  // Nothing of that is kept.
  EXPECT_EQ(verify({"main..work"}).exit_code, 0);
}

// A checker that is older than the tree may end badly on any file of it.
TEST_F(Verify, ACheckerThatEndsBadlyInTheParentToo) {
  const auto judged_with = [&](const std::string& branch, const std::string& checker) {
    (void)git({"checkout", "-q", "-b", branch, "main"});
    const fs::path script = tree() / "scripts" / "kernel-doc";
    write_text(script, "#!/bin/sh\n" + checker + "\n");
    fs::permissions(script, fs::perms::owner_all);
    (void)git({"add", "scripts/kernel-doc"});
    (void)git({"commit", "-q", "-s", "-m", "doc: Add a checker", "-m", "Say why."});
    (void)git({"branch", branch + "-base"});
    const std::string cove = "fs/cove/file.c";
    commit(cove, text_of(tree() / cove) + "\nint cove_more(void);\n", "cove: Add a declaration");
    return verify({"--format=json", branch + "-base.." + branch});
  };
  const auto object_of = [](const Completed& done) {
    return parsed(done.out).at("commits")[0].at("builds")[0].at("objects")[0];
  };
  const Completed always = judged_with("always", "kill -SEGV $$");
  ASSERT_EQ(always.exit_code, 0) << always.err << always.out;
  EXPECT_EQ(object_of(always).at("status"), "built");
  EXPECT_EQ(object_of(always).at("reason"),
            "kernel-doc: killed by signal 11 (Segmentation fault), before this commit as well");
  const Completed now = judged_with("now", "! grep -q cove_more \"$2\" || kill -SEGV $$");
  EXPECT_EQ(now.exit_code, 3);
  EXPECT_EQ(object_of(now).at("status"), "not_judged");
  EXPECT_EQ(object_of(now).at("reason"), "kernel-doc: killed by signal 11 (Segmentation fault)");
}

TEST_F(Verify, ABaseThatDoesNotPrepareIsOneError) {
  (void)git({"checkout", "-q", "-b", "base"});
  (void)git({"mv", "tools/objtool/objtool.sh", "tools/objtool/objtool.c"});
  (void)git({"commit", "-q", "-s", "-m", "objtool: Break the preparation", "-m", "Say why."});
  (void)git({"checkout", "-q", "-b", "work"});
  const std::string cove = "fs/cove/file.c";
  commit(cove, text_of(tree() / cove) + "\nint cove_more(void);\n", "cove: Add a declaration");
  const Completed done = verify({"base..work"});
  EXPECT_EQ(done.exit_code, 3) << done.out;
  EXPECT_THAT(done.err, HasSubstr("the base does not prepare in x86_64-allmod: No rule to make"
                                  " target 'objtool.sh'"));
  EXPECT_EQ(done.out, "");
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

// A report without what differs from run to run.
nlohmann::json settled(const std::string& text) {
  auto report = parsed(text);
  for (auto& one : report.at("commits"))
    for (auto& build : one.at("builds")) {
      for (const char* key : {"seconds", "cached", "log"}) build.erase(key);
      for (auto& object : build.at("objects")) object.erase("by");
    }
  return report;
}

TEST_F(Verify, AfterKillItGoesOnAndSaysTheSame) {
  constexpr int kRounds = 20;
  generate({"fs"});
  const RepositoryState before = state();
  const std::string range = std::string("main..") + kBranch;
  const std::string configurations = "--config=x86_64-allmod,x86_64-allyes";
  const auto undisturbed = settled(verify({"--format=json", configurations, range}).out);

  // Each program that killify starts counts, and the one whose turn it is kills it.
  const fs::path bin = path() / "bin";
  for (const std::string program : {"make", "gcc", "perl", "git"}) {
    write_text(bin / program, "#!/bin/sh\nplace='" + bin.string() +
                                  "'\necho >> \"$place/calls\"\n" +
                                  "[ $(wc -l < \"$place/calls\") -eq $(cat \"$place/turn\") ] && " +
                                  "kill -9 $(cat \"$place/pid\")\nexec " +
                                  find_program(program).string() + " \"$@\"\n");
    fs::permissions(bin / program, fs::perms::owner_all);
  }
  const Environment with_bin = {{"PATH", bin.string() + ":" + std::getenv("PATH")},
                                {"CCACHE_DISABLE", "1"}};
  std::mt19937 random(6);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same points in each run
  std::uniform_int_distribution<int> turn(1, 40);
  int killed = 0;
  for (int round = 0; round < kRounds; ++round) {
    const fs::path cache = path() / ("cache-" + std::to_string(round));
    fs::remove(bin / "calls");
    write_text(bin / "turn", std::to_string(turn(random)));
    const Words words = killify_words({"--cache", cache.string(), "--progress=none", "verify",
                                       "--format=json", configurations, range});
    Words argv = {"sh", "-c", "echo $$ > '" + (bin / "pid").string() + "'; exec \"$@\"", "sh"};
    argv.insert(argv.end(), words.begin(), words.end());
    killed += run_program(argv, tree(), environment(with_bin)).signal == SIGKILL ? 1 : 0;
    const Completed resumed = run_program(words, tree(), environment());
    EXPECT_EQ(resumed.exit_code, 0) << resumed.err << resumed.out;
    EXPECT_EQ(settled(resumed.out), undisturbed) << round;
  }
  EXPECT_GT(killed, 0);
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
