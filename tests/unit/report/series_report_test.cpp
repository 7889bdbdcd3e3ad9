#include "report/series_report.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kVerify = R"({"schema":"killify.verify/1","choices":[],"not_reached":0,
  "commits":[{"oid":"cccccccccccccccccccccccccccccccccccccccc","subject":"drm/x: Do it",
  "verdict":"failed","builds":[{"config":"x86_64-allmod","new_warnings":["w"],
  "objects":[{"status":"built"},{"status":"not_enabled"}]},
  {"config":"arm64-allmod","new_warnings":[],"objects":[{"status":"built"}]}],"lines":{},
  "complaints":[{"check":"checkpatch","where":"drivers/x.c:7","text":"a < b"},
  {"check":"warning","where":"","text":"known","waived":"was there"}]}]})";

SeriesReport report() {
  SeriesReport report;
  report.manifest.series = "killable-fault-handlers";
  report.manifest.base_commit = std::string(40, 'b');
  report.manifest.kernel_version = "6.1.192";
  report.manifest.branch = "killify/killable-fault-handlers/v1";
  ManifestCommit commit;
  commit.oid = std::string(40, 'c');
  commit.subject = "drm/x: Do it";
  SiteChange site;
  site.file = "drivers/x.c";
  site.line = 7;
  site.before = "mutex_lock_interruptible";
  site.after = "mutex_lock_killable";
  commit.sites = {site};
  report.manifest.commits = {commit};
  return report;
}

TEST(SeriesReport, WhatWasNotRunIsSaid) {
  const std::string text = series_report_text(report(), Paint(false));
  EXPECT_THAT(text,
              HasSubstr("killable-fault-handlers v1: 1 commit on bbbbbbbbbbbb, Linux 6.1.192"));
  EXPECT_THAT(text, HasSubstr("cccccccccccc drm/x: Do it: not verified\n"));
  EXPECT_THAT(text, HasSubstr("not proven: killify prove --series was not run"));
}

TEST(SeriesReport, ACoverLetterSaysHowTheseCommitsWereBuilt) {
  auto verified = *read_verified(kVerify, "verify.json");
  const std::vector<Oid> commits = {std::string(40, 'c')};
  EXPECT_THAT(verified_sentence(verified, commits, "v.json").error().message,
              HasSubstr("v.json: commit cccccccccccc failed"));
  verified.begin()->second.verdict = "good";
  EXPECT_EQ(verified_sentence(verified, commits, "v.json").value_or(""),
            "Built after each patch in arm64-allmod and x86_64-allmod: 2 objects, 1 new warning, "
            "1 of 1 patch good by killify verify.");
  EXPECT_THAT(verified_sentence(verified, {std::string(40, 'd')}, "v.json").error().message,
              HasSubstr("says nothing of commit dddddddddddd"));
}

TEST(SeriesReport, VerifyAndProofStandBesideTheCommits) {
  SeriesReport whole = report();
  auto verified = read_verified(kVerify, "verify.json");
  ASSERT_TRUE(verified) << verified.error().message;
  whole.verified = *verified;
  EXPECT_THAT(whole.verified->at(std::string(40, 'c')).complaints,
              ElementsAre("checkpatch: drivers/x.c:7: a < b"));
  whole.proof.emplace();
  whole.proof->series = true;
  Path path;
  path.name = "bochs-drm: ttm_bo_vm_fault()";
  whole.proof->paths = {path};

  EXPECT_THAT(
      series_report_text(whole, Paint(false)),
      AllOf(HasSubstr("drm/x: Do it: failed in x86_64-allmod, arm64-allmod\n"
                      "  checkpatch: drivers/x.c:7: a < b\n"),
            HasSubstr("at run time: not judged\n"), HasSubstr("bochs-drm: ttm_bo_vm_fault()\n")));
  const std::string page = series_report_html(whole);
  EXPECT_THAT(page, AllOf(HasSubstr("<td class=\"failed\">failed in x86_64-allmod, arm64-allmod<br>"
                                    "checkpatch: drivers/x.c:7: a &lt; b</td>"),
                          HasSubstr("mutex_lock_interruptible() &rarr; mutex_lock_killable()"),
                          HasSubstr("bochs-drm: ttm_bo_vm_fault()"), Not(HasSubstr("<script"))));
}

TEST(SeriesReport, AnotherFileIsRefused) {
  for (const char* text : {"", "[]", R"({"schema":"killify.prove/1"})",
                           R"({"schema":"killify.verify/1","commits":[{}]})"}) {
    const auto verified = read_verified(text, "x.json");
    ASSERT_FALSE(verified) << text;
    EXPECT_THAT(verified.error().message, HasSubstr("x.json: is not what `killify verify"));
  }
}

}  // namespace
}  // namespace killify
