#include "series/cover_letter.h"

#include "series/left_alone.h"
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
  item.finding.sink.function = "x_wait";
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
  return samples::value_of(format_cover_letter(series, postings_of(series.commits).at(0))).mail;
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
                           HasSubstr("This is posting 1 of 2: the patches for drm.\n\n"
                                     "  1. drm: 1 patch\n  2. misc: 1 patch\n\n"),
                           Not(HasSubstr("builds upon")), Not(HasSubstr("gru_fault")),
                           Not(HasSubstr("prerequisite-patch-id"))));
  const std::string second = samples::value_of(format_cover_letter(series, ranges[1])).mail;
  EXPECT_THAT(second, AllOf(HasSubstr("To: M <m@example.org>\n"),
                            HasSubstr("builds upon 1 patch of\nposting 1, named below.\n"),
                            HasSubstr("\nA U Thor (1):\n  drivers/misc/sgi-gru: Do it\n"),
                            HasSubstr("base-commit: " + std::string(40, 'b') +
                                      "\nprerequisite-patch-id: ")));
}

TEST(CoverLetter, OfAPostingThatOnlyPreparesClaimsNoSleep) {
  Series series = two_postings();
  EXPECT_THAT(cover(series),
              HasSubstr("lets only fatal signals end these sleeps, 1 place reached by"));
  series.commits[0].change.step.kind = StepKind::kPrepare;
  series.commits[0].change.sites.clear();
  EXPECT_THAT(cover(series),
              AllOf(HasSubstr("the patches for drm. No page fault changes by them"),
                    Not(HasSubstr("end these sleeps")), Not(HasSubstr("The price"))));
}

TEST(CoverLetter, OfAPostingCountsWhatItsSubsystemLeavesAlone) {
  Series series = two_postings();
  series.left_out = {left_out("drm_fault", "review: one"), left_out("misc_fault", "review: two"),
                     left_out("fs_fault", "review: three")};
  series.left_out[0].finding.sink.file = "drivers/gpu/drm/a/a.c";
  series.left_out[1].finding.sink.file = "drivers/misc/b/b.c";
  series.left_out[2].finding.sink.file = "fs/c/c.c";
  series.left_out[2].finding.verdict = Verdict::kThread;
  const auto ranges = postings_of(series.commits);
  EXPECT_THAT(
      cover(series),
      AllOf(HasSubstr("of 1 it is not known\nwhether they are reached interruptibly and for 1 no"),
            HasSubstr("\n  - drivers/gpu/drm/a: 1\n  - fs/c: 1\n"),
            Not(HasSubstr("drivers/misc/b"))));
  EXPECT_THAT(samples::value_of(format_cover_letter(series, ranges[1])).mail,
              AllOf(HasSubstr("In 1 case a handler may still sleep interruptibly: it is not known "
                              "whether\nit is reached"),
                    HasSubstr("  - drivers/misc/b: 1\n")));
  const std::string first = left_alone_text(series, ranges[0]);
  EXPECT_THAT(first,
              AllOf(HasSubstr("\nfs/c (1)\n\n  three:\n    fs/c/c.c:7: "
                              "dma_resv_lock_interruptible() in x_wait(), from fs_fault()\n"),
                    Not(HasSubstr("misc_fault")), Not(HasSubstr("review:"))));
  EXPECT_THAT(left_alone_text(series, ranges[1]), HasSubstr("misc_fault"));
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

std::size_t lines_of_text(const std::string& mail) {
  const auto lines = split_lines(mail);
  const auto begin = std::ranges::find(lines, "");
  const auto end = std::ranges::find_if(
      begin, lines.end(), [](const std::string& line) { return line.starts_with("A U Thor ("); });
  return static_cast<std::size_t>(end - begin) - 2;
}

TEST(CoverLetter, TellsTheFacts) {
  Series series = two_commits();
  series.command = "killify generate -o DIR drivers";
  series.guideline = "Documentation/process/generated-content.rst";
  const std::string mail = cover(series);
  const std::string text = join(split_lines(mail), " ");
  EXPECT_THAT(text, HasSubstr("these sleeps, 2 places reached by 2 fault handlers."));
  EXPECT_THAT(text, HasSubstr("Such a fault now ends with VM_FAULT_SIGBUS. A retry loop"));
  EXPECT_THAT(text, HasSubstr("Patches 1 and 2 convert sleeps."));
  EXPECT_THAT(text, HasSubstr("As Documentation/process/generated-content.rst asks: diffs and "
                              "messages are generated, by killify "));
  EXPECT_THAT(text, HasSubstr("Coccinelle (spatch 1.1.1)"));
  EXPECT_THAT(mail, HasSubstr("again:\n\n  killify generate -o DIR drivers\n"));
  EXPECT_THAT(text, Not(HasSubstr("may still sleep")));
  EXPECT_THAT(text, Not(HasSubstr("{")));
  series.guideline.clear();
  EXPECT_THAT(cover(series), Not(HasSubstr("generated-content")));
}

TEST(CoverLetter, SaysHowItWasTestedAndWhatWasNot) {
  Series series = two_commits();
  EXPECT_THAT(cover(series), HasSubstr("These patches were not built and not run yet"));
  series.verified = "Built after each patch: all good.";
  EXPECT_THAT(cover(series),
              AllOf(HasSubstr("Built after each patch: all good. They were not run yet"),
                    Not(HasSubstr("not built"))));
  series.proof = "Booted in QEMU.\n";
  EXPECT_THAT(cover(series),
              AllOf(HasSubstr("\nBooted in QEMU.\n"), Not(HasSubstr("not run yet"))));
  series.verified.clear();
  EXPECT_THAT(cover(series), HasSubstr("Not each of these patches was built yet"));
}

TEST(CoverLetter, FitsOneScreenWhateverIsLeft) {
  Series series = two_commits();
  for (int i = 0; i < 40; ++i) {
    series.left_out.push_back(left_out("f" + std::to_string(i), "waits for something else"));
    series.left_out.back().finding.sink.file = fmt::format("d{}/x.c", i % 20);
    series.unseen.push_back("nothing is known of " + std::to_string(i));
  }
  const std::string mail = cover(series);
  EXPECT_LE(lines_of_text(mail), kCoverLines) << mail;
  EXPECT_THAT(mail,
              AllOf(HasSubstr("\n  - d0: 2\n"), HasSubstr("\n  - 13 other directories: 26\n"),
                    HasSubstr("40 places could not be looked at; left-alone.txt names them.")));
  const std::string file = left_alone_text(series, postings_of(series.commits).at(0));
  for (int i = 0; i < 40; ++i) {
    EXPECT_THAT(file, HasSubstr(fmt::format("from f{}()\n", i)));
    EXPECT_THAT(file, HasSubstr(fmt::format("\n  nothing is known of {}\n", i)));
  }
}

TEST(CoverLetter, ALongProofStandsInAFileOfItsOwn) {
  Series series = two_commits();
  for (int i = 0; i < 50; ++i) series.proof += fmt::format("  row {}\n", i);
  const auto letter =
      samples::value_of(format_cover_letter(series, postings_of(series.commits)[0]));
  EXPECT_TRUE(letter.proof_aside);
  EXPECT_LE(lines_of_text(letter.mail), kCoverLines);
  EXPECT_THAT(letter.mail, AllOf(HasSubstr("is in proof.txt."), Not(HasSubstr("row 1"))));
  series.proof = "  row\n";
  EXPECT_FALSE(
      samples::value_of(format_cover_letter(series, postings_of(series.commits)[0])).proof_aside);
}

TEST(CoverLetter, FileOfTwoCommitsCountsOnce) {
  Series series = two_commits();
  FileChange more = series.commits[0].change.files[0];
  std::swap(more.before, more.after);
  more.after += "more\n";
  series.commits[1].change.files = {more};
  EXPECT_THAT(cover(series), HasSubstr(" 1 file changed, 1 insertion(+)\n"));
}

TEST(CoverLetter, TellsTheOrderByKind) {
  Series series = two_commits();
  series.commits[0].change.step.kind = StepKind::kPrepare;
  series.commits[1].change.step.kind = StepKind::kThread;
  EXPECT_THAT(cover(series),
              HasSubstr("Patch 1 adds functions that the tree lacks and patch 2 lets "
                        "shared\nfunctions take a task state."));
}

// A handler whose sleeps are in files of several folders is one, and two of one name are two.
TEST(CoverLetter, CountsHandlersByWhereTheyAre) {
  Series series = two_commits();
  series.commits[0].change.sites.push_back(series.commits[0].change.sites[0]);
  series.commits[0].change.sites[1].file = "drivers/other/x.c";
  EXPECT_THAT(cover(series), HasSubstr("3 places reached by 2\nfault handlers"));
  for (std::size_t i = 0; i < 2; ++i) {
    auto& change = series.commits[i].change;
    for (auto& site : change.sites) site.handler = "fault";
    Finding finding;
    finding.handler.function = "fault";
    finding.handler.file = change.step.group + "/f.c";
    change.step.findings = {finding};
  }
  EXPECT_THAT(cover(series), HasSubstr("3 places reached by 2\nfault handlers"));
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
  EXPECT_THAT(mail, Not(HasSubstr("may still sleep"))) << "it is no sleep";
  EXPECT_EQ(left_alone_text(series, postings_of(series.commits).at(0)), "");
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
