// What verify prints of its results.
#include "verify/verify_report.h"

#include "fake_tree.h"
#include "json_schema.h"
#include "verify/table.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace killify {
namespace {

using ::testing::HasSubstr;

TEST(VerifyReport, JsonSaysWhatWasFoundAndNoMore) {
  VerifyReport report;
  CommitResult commit{std::string(40, 'a'), "A subject", {}};
  BuildResult build;
  build.configuration = "x86_64-allmod";
  build.arch = "x86_64";
  build.compiler = "gcc 12";
  build.objects = {{"a.c", "a.o", BuildStatus::kBuilt, "", {}},
                   {"b.c", "b.o", BuildStatus::kFailed, "", {"b.c", 3, "no", "b.c:3: no"}}};
  commit.builds.push_back(build);
  report.commits.push_back(commit);
  const auto json = nlohmann::json::parse(verify_json(report));
  EXPECT_EQ(test::JsonSchema("verify").mismatch(json), "");
  const auto& objects = json.at("commits").at(0).at("builds").at(0).at("objects");
  EXPECT_EQ(
      objects.at(0),
      nlohmann::json(
          {{"path", "a.o"}, {"source", "a.c"}, {"status", "built"}, {"by", "recorded command"}}));
  EXPECT_EQ(objects.at(1).at("error").at("line"), 3);
  EXPECT_EQ(json.at("commits").at(0).at("verdict"), "failed");
  EXPECT_FALSE(json.at("commits").at(0).contains("checkpatch"));

  const auto back = build_from_json(build_to_json(build));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->objects, build.objects);
}

TEST(VerifyReport, TextNamesTheLogAndTheError) {
  VerifyReport report;
  BuildResult build;
  build.configuration = "x86_64-allmod";
  build.compiler = "gcc 12";
  build.log = "/cache/logs/x.log";
  build.objects = {
      {"b.c", "b.o", BuildStatus::kFailed, "", {"b.c", 3, "no", "b.c:3:1: error: no"}}};
  report.commits.push_back({"0123456789abcdef", "A subject", {build}});
  const std::string text = verify_text(report, Paint(false));
  EXPECT_THAT(text, HasSubstr("0123456789ab A subject: fails\n"));
  EXPECT_THAT(text, HasSubstr("failed           b.o\n"));
  EXPECT_THAT(text, HasSubstr("      b.c:3:1: error: no\n"));
  EXPECT_THAT(text, HasSubstr("log: /cache/logs/x.log\n"));
  EXPECT_THAT(text, HasSubstr("1 commit: 1 failed\n"));
}

TEST(VerifyReport, TextNamesTheFileWhereTheObjectIsAnotherOnes) {
  VerifyReport report;
  BuildResult build;
  build.compiler = "gcc 12";
  build.objects = {{"a.h", "b.o", BuildStatus::kBuilt, "", {}}};
  report.commits.push_back({"0123456789abcdef", "A subject", {build}});
  EXPECT_THAT(verify_text(report, Paint(false)), HasSubstr("built            a.h (in b.o)\n"));
}

TEST(VerifyReport, TheTableHasARowForEachCommit) {
  CommitResult commit{"0123456789abcdef", "drm/x: Do it", {}};
  for (const auto status : {BuildStatus::kBuilt, BuildStatus::kFailed, BuildStatus::kNotEnabled}) {
    BuildResult build;
    build.configuration = "c";
    build.objects = {{"a.c", "a.o", status, "", {}}};
    commit.builds.push_back(build);
  }
  EXPECT_EQ(table_row(commit),
            "drm/x: Do it                                  built        failed       not enabled"
            "  fails");
  EXPECT_EQ(table_head({test::fake_configuration()}),
            "commit                                        fake-allmod  verdict");
}

TEST(VerifyReport, TheTableShowsWhatIsUnderWay) {
  CommitResult commit{"0123456789abcdef", "drm/x: Do it", {}};
  commit.builds.resize(3);
  commit.builds[0].objects = {{"a.c", "a.o", BuildStatus::kBuilt, "", {}}};
  auto long_name = test::fake_configuration();
  long_name.name = "x86_64-allmod-DEBUG_LOCK_ALLOC-PROVE_LOCKING-LOCK_STAT";
  EXPECT_EQ(table_row_under_way(commit,
                                {test::fake_configuration(), long_name, test::fake_configuration()},
                                {CellState::kDone, CellState::kRunning, CellState::kWaiting}),
            "drm/x: Do it                                  built        "
            "running                           waiting    ");
  EXPECT_THAT(table_head({long_name}), HasSubstr("  x86_64-allmod-...CKING-LOCK_STAT  verdict"));
}

TEST(VerifyReport, JunitCountsWhatFailed) {
  VerifyReport report;
  CommitResult commit{"0123456789abcdef", "drm/x: \"Do\" <it>", {}};
  BuildResult build;
  build.configuration = "x86_64-allmod";
  build.compiler = "gcc 12";
  build.objects = {{"a.c", "a.o", BuildStatus::kBuilt, "", {}},
                   {"b.c", "b.o", BuildStatus::kFailed, "", {"b.c", 3, "no & no", "b.c:3: no"}},
                   {"c.c", "c.o", BuildStatus::kNotEnabled, "needs CONFIG_C", {}},
                   {"d.rst", "", BuildStatus::kNothing, "not compiled", {}}};
  commit.builds.push_back(build);
  commit.complaints = {{"line", "a.c:3", "cut", ""}, {"warning", "a.c:4", "unused", "later"}};
  report.commits.push_back(commit);
  const std::string xml = verify_junit(report);
  EXPECT_THAT(xml, HasSubstr("tests=\"5\" failures=\"2\" errors=\"0\" skipped=\"2\""));
  EXPECT_THAT(xml, HasSubstr("name=\"0123456789ab drm/x: &quot;Do&quot; &lt;it&gt;\""));
  EXPECT_THAT(xml, HasSubstr("<failure message=\"no &amp; no\">"));
  EXPECT_THAT(xml, HasSubstr("<skipped message=\"not_enabled: needs CONFIG_C\"/>"));
}

TEST(VerifyReport, TellsCallersApart) {
  const auto caller = [](const std::string& name, CodeChange change) {
    Caller one{name + ".c", name + ".o", "x86_64-allmod"};
    one.difference.change = change;
    return one;
  };
  CallerReport callers;
  callers.callers = {caller("a", CodeChange::kSame),     caller("b", CodeChange::kName),
                     caller("c", CodeChange::kConstant), caller("d", CodeChange::kOther),
                     caller("e", CodeChange::kSame),     {"f.c", "", ""}};
  callers.callers[2].difference.functions = {
      {"c", CodeChange::kConstant, {"xor %esi,%esi"}, {"mov $0x2,%esi"}}};
  callers.callers[3].calls = {"wait(f, intr)"};
  callers.callers[3].difference.functions = {
      {"d", CodeChange::kOther, {"mov $0x1,%esi", "ret"}, {"mov $0x102,%esi"}},
      {"d.part", CodeChange::kOther, {}, {"ret"}}};
  callers.callers[4].problem = "c.c:1: error: no";
  callers.callers[4].broken = true;
  VerifyReport report;
  CommitResult commit{std::string(40, 'a'), "A subject", {}};
  commit.callers = callers;
  report.commits.push_back(commit);

  EXPECT_THAT(verify_text(report, Paint(false)),
              HasSubstr("  callers in files that stay: 6: 1 the same, 1 but for the name, 1 pass 2 "
                        "(TASK_UNINTERRUPTIBLE) for 0 (false), 1 differ, 1 not compared, 1 not "
                        "built (0.0 s)\n"
                        "    differs d.o (x86_64-allmod)\n"
                        "      calls wait(f, intr)\n"
                        "      d\n"
                        "      - mov $0x1,%esi; ret\n"
                        "      + mov $0x102,%esi\n"
                        "      d.part: only in this commit\n"
                        "    not compared e.o (x86_64-allmod): c.c:1: error: no\n"));
  EXPECT_EQ(test::JsonSchema("verify").mismatch(nlohmann::json::parse(verify_json(report))), "");
  EXPECT_THAT(verify_junit(report),
              HasSubstr("<testcase classname=\"callers\" name=\"d.o\" time=\"0.000\"><skipped "
                        "message=\"differs in d\"/></testcase>"));

  // Calls are looked up anew.
  callers.callers[3].calls.clear();
  const auto back = callers_from_json(callers_to_json(callers.callers));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, callers.callers);
  EXPECT_FALSE(callers_from_json("{"));
}

}  // namespace
}  // namespace killify
