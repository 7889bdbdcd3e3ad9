// A campaign with another aim than the flagship's: what a last close waits for becomes
// uninterruptible.
#include "json_schema.h"
#include "support/campaign_tree.h"

#include <gmock/gmock.h>

namespace killify::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

const std::string kWaitsBranch = "killify/release-waits/v1";

class ReleaseWaits : public ::testing::Test, protected CampaignTree {
 protected:
  ReleaseWaits() : CampaignTree("release-waits") {}
};

TEST_F(ReleaseWaits, WaitsLoseTheirErrorPaths) {
  const std::string diff = with_campaign({"diff", "--no-pager"}).out;
  // A result that has no other use goes with its variable.
  EXPECT_THAT(diff, HasSubstr("-\tint err;\n"
                              " \n"
                              "-\terr = mutex_lock_interruptible(&port->lock);\n"
                              "-\tif (err < 0)\n"
                              "-\t\treturn err;\n"
                              "+\tmutex_lock(&port->lock);\n"));
  // One that is returned is 0; one that is set anew stays as it is.
  EXPECT_THAT(diff, HasSubstr("+\tmutex_lock(&port->lock);\n"
                              "+\tret = 0;\n"
                              " \tif (port->error)\n"));
  EXPECT_THAT(diff, HasSubstr("+\tdown_read(&port->table);\n"
                              " \tret = port->error;\n"));
  // The loop goes, and the wake-up reaches the sleeper.
  EXPECT_THAT(diff, HasSubstr("-\twhile (wait_event_interruptible(port->idle_wait, port->idle))\n"
                              "-\t\t;\n"
                              "+\twait_event(port->idle_wait, port->idle);\n"));
  EXPECT_THAT(diff, HasSubstr("+\twake_up(&port->idle_wait);\n"));
  // Another result than the signal's is still asked for.
  EXPECT_THAT(diff, HasSubstr("+\tleft = wait_for_completion_timeout(&port->drained,\n"
                              "+\t\t\t\t\t   2 * HZ);\n"
                              " \tif (left <= 0)\n"));
  EXPECT_THAT(diff, Not(HasSubstr("killable")));
}

TEST_F(ReleaseWaits, WhatIsLeftHasItsReason) {
  const auto plan = parsed(with_campaign({"plan", "--format=json"}).out);
  std::map<std::string, std::string> reasons;
  for (const auto& left : plan["left_out"]) reasons[left["function"]] = left["reason"];
  EXPECT_THAT(reasons, SizeIs(4));
  EXPECT_EQ(reasons["avocet_take"],
            "thread: avocet_take() is shared: avocet_ioctl() calls it, too "
            "(drivers/usb/avocet.c:25)");
  EXPECT_EQ(reasons["dunlin_flush"],
            "review: a comment of dunlin_flush() speaks of signals (line 21 of the new text)");
  EXPECT_EQ(reasons["dunlin_release"],
            "review: nothing would jump to the label out of dunlin_release() any more");
  EXPECT_EQ(reasons["godwit_release"],
            "review: nothing bounds this wait, and a signal may be the only way out of "
            "wait_event_interruptible()");
}

// Each message says what its own sleep does, in the campaign's words; every commit builds.
TEST_F(ReleaseWaits, TheSeriesSpeaksOfClosesAndBuilds) {
  const Completed made = with_campaign({"generate", "-o", out().string()});
  ASSERT_TRUE(made.ok()) << made.err;
  const std::string log = git({"log", "--format=%s%n%b", "main.." + kWaitsBranch});
  EXPECT_THAT(log, AllOf(HasSubstr("usb: heron: Let no signal end the wait in heron_release()\n"),
                         HasSubstr("heron_release() returns -EINTR then, and what it has\nleft"),
                         HasSubstr("curlew_release() waits again then, and spins"),
                         HasSubstr("plover_release() goes on then as if the wait were over.")));
  EXPECT_THAT(log, AllOf(Not(HasSubstr("fault")), Not(HasSubstr("killable"))));
  const std::string cover = text_of(out() / "0000-cover-letter.patch");
  EXPECT_THAT(cover, AllOf(HasSubstr("5 places reached by 5\nrelease methods."),
                           Not(HasSubstr("fault")), Not(HasSubstr("killable"))));
  const Completed verified =
      killify({"--progress=none", "verify", "--format=json", out().string()});
  ASSERT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  const auto report = parsed(verified.out);
  EXPECT_EQ(JsonSchema("verify").mismatch(report), "");
  EXPECT_THAT(report["commits"], SizeIs(4));
  for (const auto& commit : report["commits"])
    EXPECT_EQ(commit["checkpatch"]["checks"], 0) << commit.dump(1);
}

// The plan of what it made is empty: nothing is converted twice, and what is left has its reason.
TEST_F(ReleaseWaits, IsDoneOnce) {
  ASSERT_TRUE(with_campaign({"generate", "-o", out().string()}).ok());
  const auto again = parsed(with_campaign({"plan", "--rev", kWaitsBranch, "--format=json"}).out);
  EXPECT_TRUE(again["steps"].empty()) << again["steps"].dump(1);
}

// Reports call things by the campaign's names.
TEST_F(ReleaseWaits, ReportsSpeakOfReleaseMethods) {
  const std::string audit = with_campaign({"audit"}).out;
  EXPECT_THAT(audit, HasSubstr("10 release methods in 8 drivers; 9 of them sleep"));
  const std::string explained = with_campaign({"explain", "curlew_release"}).out;
  EXPECT_THAT(explained, AllOf(HasSubstr("that only release methods reach"),
                               HasSubstr("as if the wait were over; a loop waits again"),
                               HasSubstr("uninterruptible form"), Not(HasSubstr("fault"))));
  EXPECT_THAT(with_campaign({"audit", "--handler=heron_releas"}).err,
              HasSubstr("no release method of that name (did you mean 'heron_release'?)"));
}

// A campaign of a user's own, with its own semantic patch.
TEST_F(ReleaseWaits, AUsersOwnSemanticPatchConverts) {
  const fs::path mine = path() / "mine";
  fs::create_directories(mine);
  for (const char* name : {"convert.txt", "cover.txt"})
    fs::copy_file(kSource / "series/release-waits" / name, mine / name);
  for (const char* name : {"catalogue.yaml", "boundaries.yaml", "prefixes.yaml"})
    fs::copy_file(kSource / "series" / name, mine / name);
  std::string campaign = text_of(kSource / "series/release-waits/campaign.yaml");
  for (const auto& [was, is] : {std::pair<std::string, std::string>{"../", ""},
                                {"convert/uninterruptible.cocci", "./mine.cocci"}})
    for (auto at = campaign.find(was); at != campaign.npos; at = campaign.find(was, at + is.size()))
      campaign.replace(at, was.size(), is);
  write_text(mine / "campaign.yaml", campaign);
  write_text(mine / "mine.cocci",
             "virtual returns_nothing\nvirtual unbounded\n"
             "@depends on returns_nothing@\nidentifier virtual.fn, virtual.from, virtual.to;\n"
             "expression x, l;\nstatement S;\n@@\n  fn(...) {\n  <...\n- x = from(l);\n"
             "- if (x < 0) S\n+ to(l);\n  ...>\n  }\n");
  const Completed made = killify({"--progress=none", "generate", "--campaign", mine.string(), "-o",
                                  out().string(), "drivers/usb/heron.c"});
  ASSERT_TRUE(made.ok()) << made.err;
  const std::string patch = git({"show", kWaitsBranch});
  EXPECT_THAT(patch, AllOf(HasSubstr("+\tmutex_lock(&port->lock);"),
                           HasSubstr("Generated with Coccinelle, mine.cocci.")));
  const auto manifest = parsed(text_of(out() / "manifest.json"));
  EXPECT_THAT(manifest.dump(), Not(HasSubstr(mine.string())));
}

}  // namespace
}  // namespace killify::test
