#include "series/cover_letter.h"

#include "series/message.h"
#include "support/text.h"
#include "unit/series/samples.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using testing::HasSubstr;
using testing::Not;

LeftOut left_out(const std::string& function, const std::string& reason) {
  LeftOut item;
  item.finding.handler.function = function;
  item.finding.sink.name = "dma_resv_lock_interruptible";
  item.finding.sink.file = "d/x.c";
  item.finding.sink.line = 7;
  item.reason = reason;
  return item;
}

Series two_commits() {
  Series series;
  series.name = "killable-fault-handlers";
  series.title = "Only fatal signals may interrupt a page fault";
  series.cover_template = samples::kMessages / "cover.txt";
  series.base.oid = std::string(40, 'b');
  series.base.author.time = 1700000000;
  series.kernel_version = "6.1.192";
  series.identity = samples::author();
  series.spatch_version = "1.1.1";
  SiteChange loop = samples::etnaviv_site();
  loop.handler = "gru_fault";
  loop.file = "drivers/misc/sgi-gru/grumain.c";
  loop.loop_exit = true;
  for (const Change& change :
       {samples::etnaviv_change(), samples::change_of("drivers/misc/sgi-gru", {loop})})
    series.commits.push_back({.change = change,
                              .message = {.subject = change.step.group + ": Do it", .body = "b\n"},
                              .to = {},
                              .cc = {},
                              .oid = std::string(40, 'c')});
  series.cover_recipients = {{.to = {"A <a@example.org>"}, .cc = {"l@example.org"}}};
  return series;
}

std::string cover(const Series& series) {
  return samples::value_of(format_cover_letter(series, postings_of(series.commits).at(0)));
}

// The same, as two postings of which the second changes a file of the first.
Series two_postings() {
  Series series = two_commits();
  series.prefixes = {{"drivers/gpu/drm", "drm/{}"}, {"drivers/misc", "misc: {}"}};
  series.commits[0].change.step.posting = {.number = 1, .subsystem = "drm"};
  series.commits[1].change.step.posting = {.number = 2, .subsystem = "misc"};
  series.commits[1].change.files.push_back(series.commits[0].change.files.front());
  series.cover_recipients.push_back({.to = {"M <m@example.org>"}, .cc = {}});
  return series;
}

TEST(CoverLetter, OfAPostingTellsWhatMustBeThereFirst) {
  const Series series = two_postings();
  const auto ranges = postings_of(series.commits);
  ASSERT_EQ(ranges.size(), 2U);
  EXPECT_EQ(ranges[1].directory, "2-misc/");
  const std::string first = cover(series);
  EXPECT_THAT(first, AllOf(HasSubstr("Subject: [PATCH 0/1] Only fatal signals may interrupt a page "
                                     "fault (drm)\n"),
                           HasSubstr("This is posting 1 of 2: the patches for drm.\n"),
                           Not(HasSubstr("must be there first")), Not(HasSubstr("gru_fault")),
                           Not(HasSubstr("prerequisite-patch-id"))));
  const std::string second = samples::value_of(format_cover_letter(series, ranges[1]));
  EXPECT_THAT(second, AllOf(HasSubstr("To: M <m@example.org>\n"),
                            HasSubstr("1 patch of other postings must be there first:\n\n"
                                      "  - drivers/gpu/drm/etnaviv: Do it (posting 1)\n"),
                            HasSubstr("\nA U Thor (1):\n  drivers/misc/sgi-gru: Do it\n"),
                            HasSubstr("base-commit: " + std::string(40, 'b') +
                                      "\nprerequisite-patch-id: ")));
}

TEST(CoverLetter, OfAPostingThatOnlyPreparesClaimsNoSleep) {
  Series series = two_postings();
  EXPECT_THAT(cover(series), HasSubstr("lets only fatal signals end these sleeps, 1 place in"));
  series.commits[0].change.step.kind = StepKind::kPrepare;
  series.commits[0].change.sites.clear();
  EXPECT_THAT(cover(series),
              AllOf(HasSubstr("the patches for drm. No page fault changes by them"),
                    Not(HasSubstr("end these sleeps")), Not(HasSubstr("The price"))));
}

TEST(CoverLetter, OfAPostingListsWhatItsSubsystemLeavesAlone) {
  Series series = two_postings();
  series.left_out = {left_out("drm_fault", "review: one"), left_out("misc_fault", "review: two"),
                     left_out("fs_fault", "review: three")};
  series.left_out[0].finding.sink.file = "drivers/gpu/drm/a/a.c";
  series.left_out[1].finding.sink.file = "drivers/misc/b/b.c";
  series.left_out[2].finding.sink.file = "fs/c/c.c";
  const auto ranges = postings_of(series.commits);
  EXPECT_THAT(cover(series), AllOf(HasSubstr("2 other places"), HasSubstr("drm_fault"),
                                   HasSubstr("fs_fault"), Not(HasSubstr("misc_fault"))));
  EXPECT_THAT(samples::value_of(format_cover_letter(series, ranges[1])),
              AllOf(HasSubstr("1 other place"), HasSubstr("misc_fault")));
}

TEST(CoverLetter, HasTheShapeOfGits) {
  const std::string mail = cover(two_commits());
  EXPECT_THAT(mail, testing::StartsWith(
                        "From cccccccccccccccccccccccccccccccccccccccc Mon Sep 17 00:00:00 2001\n"
                        "From: A U Thor <author@example.org>\n"
                        "Date: Tue, 14 Nov 2023 22:13:22 +0000\n"
                        "Subject: [PATCH 0/2] Only fatal signals may interrupt a page fault\n"
                        "To: A <a@example.org>\n"
                        "Cc: l@example.org\n\n"));
  EXPECT_THAT(mail,
              HasSubstr("\nA U Thor (2):\n"
                        "  drivers/gpu/drm/etnaviv: Do it\n"
                        "  drivers/misc/sgi-gru: Do it\n\n"
                        " drivers/gpu/drm/etnaviv/etnaviv_gem.c | 2 +-\n"
                        " drivers/misc/sgi-gru/grumain.c        | 2 +-\n"
                        " 2 files changed, 2 insertions(+), 2 deletions(-)\n\n\n"
                        "base-commit: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n-- \nkillify "));
}

TEST(CoverLetter, TellsTheFacts) {
  const std::string mail = cover(two_commits());
  EXPECT_THAT(mail, HasSubstr("  - drivers/gpu/drm/etnaviv: etnaviv_gem_fault()\n"
                              "  - drivers/misc/sgi-gru: gru_fault()\n"));
  const std::string text = join(split_lines(mail), " ");
  EXPECT_THAT(text, HasSubstr("these sleeps, 2 places in 2 fault handlers in 2 directories."));
  EXPECT_THAT(text, HasSubstr("Such a fault now ends with VM_FAULT_SIGBUS. A retry loop"));
  EXPECT_THAT(text, HasSubstr("Coccinelle (spatch 1.1.1)"));
  EXPECT_THAT(text, Not(HasSubstr("left alone")));
  EXPECT_THAT(text, Not(HasSubstr("{")));
}

TEST(CoverLetter, GroupsWhatIsLeftOutAndShortensLongLists) {
  Series series = two_commits();
  series.left_out = {left_out("z", "needs a look")};
  for (const char* name : {"a", "b", "c", "d", "e"})
    series.left_out.push_back(left_out(name, "waits for dma_resv_lock_killable()"));
  EXPECT_THAT(cover(series), HasSubstr("\n6 other places left alone, for these reasons:\n\n"
                                       "  - waits for dma_resv_lock_killable() (5)\n"
                                       "      d/x.c:7: dma_resv_lock_interruptible() in a()\n"
                                       "      d/x.c:7: dma_resv_lock_interruptible() in b()\n"
                                       "      d/x.c:7: dma_resv_lock_interruptible() in c()\n"
                                       "      and 2 more, named in manifest.json\n"
                                       "  - needs a look (1)\n"
                                       "      d/x.c:7: dma_resv_lock_interruptible() in z()\n"));
}

TEST(CoverLetter, FileOfTwoCommitsCountsOnce) {
  Series series = two_commits();
  FileChange more = series.commits[0].change.files[0];
  std::swap(more.before, more.after);
  more.after += "more\n";
  series.commits[1].change.files = {more};
  EXPECT_THAT(cover(series), HasSubstr(" 1 file changed, 1 insertion(+)\n"));
}

TEST(CoverLetter, TellsWhatAPatchOfEachKindIsAbout) {
  Series series = two_commits();
  series.commits[0].change.step.kind = StepKind::kPrepare;
  series.commits[0].change.additions = {{.name = "a_killable", .model = "a", .file = "a.h"},
                                        {.name = "b_killable", .model = "b", .file = "a.h"}};
  series.commits[1].change.step.kind = StepKind::kThread;
  for (const char* name : {"a", "b", "c", "d", "e"})
    series.commits[1].change.additions.push_back(
        {.name = std::string(name) + "_state", .model = name, .file = "a.c"});
  EXPECT_THAT(cover(series),
              HasSubstr("  - drivers/gpu/drm/etnaviv: adds a_killable() and b_killable()\n"
                        "  - drivers/misc/sgi-gru: a task state for a(), b(), c() and 2 more\n"));
  series.commits[1].change.additions.clear();
  EXPECT_THAT(cover(series), HasSubstr(": a task state for what is behind a function"));
}

TEST(CoverLetter, PromisesNothingOfWhatOnlyTheSeriesFileAsksFor) {
  Series series = two_commits();
  Finding asked;
  asked.id = "a_wait(intr)";
  for (auto& commit : series.commits) {
    commit.change.sites.clear();
    commit.change.step.kind = StepKind::kThread;
    commit.change.step.findings = {asked};
  }
  series.commits[0].change.additions = {{.name = "a_wait_state", .model = "a_wait", .file = "a.c"}};
  series.commits[1].change.step.threads.contexts = {
      {.in = "a_ctx", .flag = "intr", .state = "state", .file = "a.h", .position = 0, .users = {}}};
  series.left_out = {{asked, "threaded already: there is a_wait_state()"}};
  const std::string mail = cover(series);
  EXPECT_THAT(mail, HasSubstr("No page fault changes by these patches.\n"));
  EXPECT_THAT(mail, HasSubstr(": a task state for a_wait(), for callers to come\n"));
  EXPECT_THAT(mail, HasSubstr(": a task state in struct a_ctx, for callers to come\n"));
  EXPECT_THAT(mail, Not(HasSubstr("threaded already"))) << "it is no sleep";
}

TEST(CoverLetter, ChangelogAndVersionOfAReRoll) {
  Series series = two_commits();
  series.reroll = 2;
  series.changelog = "v2:\n  - better\n";
  const std::string mail = cover(series);
  EXPECT_THAT(mail, HasSubstr("[PATCH v2 0/2] "));
  EXPECT_THAT(mail, HasSubstr("\n\nv2:\n  - better\n\nA U Thor (2):\n"));
  series.changelog = "---\n";
  EXPECT_FALSE(format_cover_letter(series, postings_of(series.commits).at(0)));
}

TEST(CoverLetter, AProofStandsWhereTheTemplateSays) {
  Series series = two_commits();
  EXPECT_THAT(cover(series), Not(HasSubstr("proof")));
  series.proof = "Booted in QEMU:\n\n          handler entries\nbochs-drm: ttm_bo_vm_fault()\n";
  EXPECT_THAT(cover(series),
              HasSubstr("Booted in QEMU:\n\n"
                        "          handler entries\nbochs-drm: ttm_bo_vm_fault()\n\n"));
}

}  // namespace
}  // namespace killify
