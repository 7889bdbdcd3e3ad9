#include "report/text_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace killify {
namespace {

using testing::HasSubstr;

LeftOut left_out(const std::string& file, const std::string& reason) {
  LeftOut left;
  left.finding.id = "0123456789ab";
  left.finding.handler.function = "a_fault";
  left.finding.sink = {"mutex_lock_interruptible", "a_lock", file, 7, "a->lock"};
  left.finding.on_signal = "unknown";
  left.reason = reason;
  return left;
}

Changes sample() {
  Changes changes;
  Change change;
  change.step.name = "convert drivers/misc/box";
  change.step.group = "drivers/misc/box";
  change.step.reason = "why";
  change.step.queues = {"box->wq"};
  change.files = {{"drivers/misc/box/box.c", "a\nold\nb\n", "a\nnew\nb\n"}};
  change.sites = {{.handler = "box_fault",
                   .function = "box_lock",
                   .file = "drivers/misc/box/box.c",
                   .line = 2,
                   .before = "mutex_lock_interruptible",
                   .after = "mutex_lock_killable",
                   .object = "box->lock",
                   .on_signal = "VM_FAULT_NOPAGE",
                   .on_fatal = "VM_FAULT_SIGBUS"},
                  {.handler = "box_fault",
                   .function = "box_fault",
                   .file = "drivers/misc/box/box.c",
                   .line = 9,
                   .before = "set_current_state",
                   .after = "set_current_state",
                   .object = "",
                   .on_signal = "ignored",
                   .on_fatal = ""}};
  change.semantic_patches = {"convert/mutex.cocci"};
  changes.changes.push_back(std::move(change));
  changes.left_out = {left_out("a.c", "review: look"), left_out("b.c", "review: look there"),
                      left_out("c.c", "waits for a missing primitive: x()")};
  return changes;
}

TEST(PaintedDiff, HasGitsColours) {
  const std::string diff =
      "diff --git a/x b/x\nindex 1..2\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n c\n";
  EXPECT_EQ(painted_diff(diff, Paint(false)), diff);
  const auto painted = painted_diff(diff, Paint(true));
  EXPECT_THAT(painted, HasSubstr("\033[1m--- a/x"));
  EXPECT_THAT(painted, HasSubstr("\033[1m+++ b/x"));
  EXPECT_THAT(painted, HasSubstr("\033[36m@@ -1 +1 @@"));
  EXPECT_THAT(painted, HasSubstr("\033[31m-a"));
  EXPECT_THAT(painted, HasSubstr("\033[32m+b"));
  EXPECT_THAT(painted, HasSubstr("\n c\n"));
}

// "--- x" in a hunk is a removed line that starts with two dashes, not the name of a file.
TEST(PaintedDiff, KnowsAHunksLinesFromAHeader) {
  const std::string diff =
      "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,1 +1,1 @@\n--- old\n+++ new\n";
  const auto painted = painted_diff(diff, Paint(true));
  EXPECT_THAT(painted, HasSubstr("\033[31m--- old"));
  EXPECT_THAT(painted, HasSubstr("\033[32m+++ new"));
}

TEST(LeftOutSummary, CountsTheKinds) {
  EXPECT_EQ(left_out_summary({}), "");
  EXPECT_EQ(
      left_out_summary(sample().left_out),
      "3 sleeps left alone (2 review, 1 waits for a missing primitive); killify plan says why");
}

TEST(PlanText, SaysWhatChangesAndWhatStays) {
  EXPECT_EQ(
      plan_text(sample(), Paint(false)),
      "convert drivers/misc/box\n"
      "  why: why\n"
      "  drivers/misc/box/box.c:2: mutex_lock_interruptible() in box_lock(), from box_fault() -> "
      "mutex_lock_killable(); on a signal: VM_FAULT_NOPAGE, on a fatal one now: "
      "VM_FAULT_SIGBUS\n"
      "  drivers/misc/box/box.c:9: set_current_state() in box_fault() -> TASK_KILLABLE; on a "
      "signal: ignored\n"
      "  with the wake-ups of box->wq\n"
      "  by convert/mutex.cocci\n"
      "\n"
      "Left alone\n"
      "  a.c:7: mutex_lock_interruptible() in a_lock(), from a_fault()\n    review: look\n"
      "  b.c:7: mutex_lock_interruptible() in a_lock(), from a_fault()\n    review: look there\n"
      "  c.c:7: mutex_lock_interruptible() in a_lock(), from a_fault()\n"
      "    waits for a missing primitive: x()\n");
}

TEST(PlanText, CountsWhatNeedsNoChange) {
  Changes changes;
  EXPECT_EQ(plan_text(changes, Paint(false)), "");
  changes.settled = 1;
  EXPECT_EQ(plan_text(changes, Paint(false)),
            "1 more sleep is safe or suppressed: nothing to do there; killify audit --all says "
            "why\n");
  changes = sample();
  changes.settled = 2;
  EXPECT_THAT(
      plan_text(changes, Paint(false)),
      testing::EndsWith("primitive: x()\n\n2 more sleeps are safe or suppressed: nothing to "
                        "do there; killify audit --all says why\n"));
}

TEST(ChangesJson, HoldsTheSameAndTheDiff) {
  const auto text = changes_json(sample());
  ASSERT_TRUE(text);
  const auto document = nlohmann::json::parse(*text);
  EXPECT_EQ(document["schema"], "killify.plan/1");
  ASSERT_EQ(document["steps"].size(), 1U);
  const auto& step = document["steps"][0];
  EXPECT_EQ(step["group"], "drivers/misc/box");
  EXPECT_EQ(step["sites"].size(), 2U);
  EXPECT_EQ(step["sites"][0]["after"], "mutex_lock_killable");
  EXPECT_THAT(step["diff"].get<std::string>(), HasSubstr("-old\n+new\n"));
  ASSERT_EQ(document["left_out"].size(), 3U);
  EXPECT_EQ(document["left_out"][2]["reason"], "waits for a missing primitive: x()");
}

// Old kernel sources hold Latin-1 bytes, and JSON does not.
TEST(ChangesJson, BytesThatAreNoUtf8AreReplaced) {
  auto changes = sample();
  changes.changes[0].files[0].before = "J\xf6rg\nold\n";
  changes.changes[0].files[0].after = "J\xf6rg\nnew\n";
  const auto text = changes_json(changes);
  ASSERT_TRUE(text);
  EXPECT_TRUE(nlohmann::json::accept(*text));
}

}  // namespace
}  // namespace killify
