#include "report/explain.h"

#include "json_schema.h"
#include "report/verdict_text.h"
#include "unit/report/audit_sample.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using nlohmann::json;
using test::sample_audit;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

// Line N of every file is "<TAB>FILE line N".
Result<std::string> read_source(const std::string& path) {
  std::string text;
  for (int line = 1; line <= 30; ++line) text += fmt::format("\t{} line {}\n", path, line);
  return text;
}

std::string explained(const AuditedTree& tree, const std::string& question) {
  const auto explanation = find_explanation(tree, question);
  if (!explanation) return "error: " + explanation.error().message;
  const auto text = explain_text(*explanation, read_source, Paint(false), 0);
  return text ? *text : "error: " + text.error().message;
}

TEST(FindExplanation, KnowsHandlersSleepsHopsAndIds) {
  const auto tree = sample_audit();
  const auto found = [&](const std::string& question) {
    return find_explanation(tree, question).value().findings.size();
  };
  EXPECT_EQ(found("box_fault"), 4U);
  EXPECT_EQ(found("ttm_reserve"), 1U);
  EXPECT_EQ(found("TIN_WAIT"), 1U) << "only another chain goes there";
  EXPECT_EQ(found("dma_resv_lock_interruptible"), 1U);
  EXPECT_EQ(found("beef00000003"), 1U);
  EXPECT_EQ(found("beef"), 5U);
  EXPECT_EQ(found("idle_fault"), 0U);
}

TEST(FindExplanation, WhatIsUnknownGetsASuggestion) {
  const auto tree = sample_audit();
  EXPECT_THAT(explained(tree, "ttm_reserv"), HasSubstr("(did you mean 'ttm_reserve'?)"));
  EXPECT_THAT(explained(tree, "idl_fault"), HasSubstr("(did you mean 'idle_fault'?)"));
  EXPECT_THAT(explained(tree, "bee"), HasSubstr("error: bee: "));  // too short for an id
}

TEST(ExplainText, ShowsEachWayWithItsSourceAndValues) {
  EXPECT_EQ(
      explained(sample_audit(), "beef00000002"),
      "finding beef00000002 thread  An interruptible sleep that a fault handler shares with other "
      "callers\n"
      "  handler  tin_fault(), drivers/gpu/drm/tin/tin.c:10; tin_fault_ops.fault in "
      "drivers/gpu/drm/tin/tin.c:90\n"
      "  sleep    dma_resv_lock_interruptible() in ttm_reserve() on bo->resv, "
      "drivers/gpu/drm/ttm/vm.c:5\n"
      "  interruptible: yes, by what it is given on this way\n"
      "\n"
      "  The shortest way, 2 calls:\n"
      "    tin_fault() drivers/gpu/drm/tin/tin.c:20\n"
      "        drivers/gpu/drm/tin/tin.c line 20\n"
      "        calls through the field bdev->funcs->move: ttm_reserve()\n"
      "    ttm_reserve() drivers/gpu/drm/ttm/vm.c:5\n"
      "        drivers/gpu/drm/ttm/vm.c line 5\n"
      "        with interruptible = true\n"
      "\n"
      "  Another way (1 of 1), 3 calls:\n"
      "    tin_fault() drivers/gpu/drm/tin/tin.c:30\n"
      "        drivers/gpu/drm/tin/tin.c line 30\n"
      "    TIN_WAIT() drivers/gpu/drm/tin/tin.h:3\n"
      "        drivers/gpu/drm/tin/tin.h line 3\n"
      "        calls by a macro: ttm_reserve()\n"
      "    ttm_reserve() drivers/gpu/drm/ttm/vm.c:5\n"
      "        drivers/gpu/drm/ttm/vm.c line 5\n"
      "        with interruptible = true\n"
      "\n"
      "  On a signal\n"
      "    tin_fault() returns VM_FAULT_NOPAGE, which tin_to_fault() makes of the error. The "
      "access "
      "is made\n"
      "    again at once. A fault from user mode delivers the signal on the way; one from kernel "
      "mode\n"
      "    (copy_to_user() and the like) does not, so the sleep fails again and the fault spins "
      "until what\n"
      "    it waits for is there.\n"
      "\n"
      "  Why thread\n"
      "    ttm_reserve() is shared: ioctl() calls it, too\n"
      "\n"
      "  What to do\n"
      "    Do not convert in place: the other callers are right to sleep interruptibly. Hand the "
      "task state\n"
      "    down from the callers, killable from the fault handler and interruptible from the "
      "others.\n");
}

TEST(ExplainText, NamesWhatTheSameLookAnswersAndIsAskedByIt) {
  auto tree = sample_audit();
  tree.audit.findings[2].also = {{"signal_pending", "box_wait", "drivers/misc/box/wait.c", 7, ""}};
  for (const char* question : {"beef00000003", "signal_pending", "box_wait"})
    EXPECT_THAT(
        explained(tree, question),
        HasSubstr("  also     signal_pending() in box_wait(), drivers/misc/box/wait.c:7\n"));
}

TEST(ExplainText, AHandlerWithoutFindingsSaysSo) {
  auto tree = sample_audit();
  EXPECT_THAT(explained(tree, "idle_fault"),
              AllOf(HasSubstr("whether this fault handler sleeps interruptibly is not known"),
                    Not(HasSubstr("no interruptible sleep"))));
  tree.audit.coverage.unanswered = 0;
  EXPECT_THAT(explained(tree, "idle_fault"),
              AllOf(HasSubstr("idle_fault(): no interruptible sleep is found on the ways"),
                    HasSubstr("drivers/misc/idle.c:90"), Not(HasSubstr("finding")),
                    HasSubstr("  Not followed, in functions that it can come to\n"
                              "    vm_operations_struct->fault(), 4 calls: ")));
  auto all_known = sample_audit();
  all_known.audit.coverage = {};
  EXPECT_THAT(
      explained(all_known, "idle_fault"),
      AllOf(HasSubstr("idle_fault(): no interruptible sleep is reached"), Not(HasSubstr("hide"))));
}

TEST(ExplainText, AFileThatCannotBeReadIsAnError) {
  const auto tree = sample_audit();
  const auto explanation = find_explanation(tree, "box_fault").value();
  const auto text = explain_text(
      explanation, [](const std::string& path) -> Result<std::string> { return fail("{}", path); },
      Paint(false), 0);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().message, "drivers/misc/box/box.c");
}

TEST(ExplainJson, FitsItsSchema) {
  const auto tree = sample_audit();
  for (const std::string question : {"beef", "idle_fault", "box_fault"}) {
    const auto explanation = find_explanation(tree, question).value();
    const auto text = explain_json(tree, explanation, read_source);
    ASSERT_TRUE(text) << text.error().message;
    const auto document = json::parse(*text);
    EXPECT_EQ(test::JsonSchema("explain").mismatch(document), "");
    EXPECT_THAT(document["findings"], SizeIs(explanation.findings.size()));
  }
  const auto document =
      json::parse(*explain_json(tree, find_explanation(tree, "TIN_WAIT").value(), read_source));
  EXPECT_EQ(document["findings"][0]["other_chains"][0][1]["source"],
            "drivers/gpu/drm/tin/tin.h line 3");
}

TEST(ExplainJson, HasTheNotesOnTheHandlerAskedFor) {
  auto tree = sample_audit();
  for (const std::size_t which : {0U, 1U})
    tree.audit.notes.push_back({.id = "cafe",
                                .kind = NoteKind::kSpins,
                                .handler = tree.audit.handlers[which],
                                .function = "box_pin",
                                .file = "drivers/misc/pin.c",
                                .line = 7,
                                .way = {},
                                .detail = "mutex_trylock"});
  const auto document =
      json::parse(*explain_json(tree, find_explanation(tree, "box_fault").value(), read_source));
  EXPECT_EQ(test::JsonSchema("explain").mismatch(document), "");
  ASSERT_THAT(document["notes"], SizeIs(1));
  EXPECT_EQ(document["notes"][0]["handler"]["function"], "box_fault");
}

// Each result that the analysis can name has a meaning of its own.
TEST(SignalConsequence, TellsTheResultsApart) {
  std::set<std::string> texts;
  auto finding = sample_audit().audit.findings[1];
  for (const std::string result : {"VM_FAULT_NOPAGE", "VM_FAULT_RETRY", "VM_FAULT_SIGBUS",
                                   "VM_FAULT_OOM", "ignored", "unknown", "VM_FAULT_LOCKED"}) {
    finding.on_signal = result;
    texts.insert(signal_consequence(finding, CampaignWords()));
  }
  EXPECT_THAT(texts, SizeIs(7));
  finding.on_signal = "VM_FAULT_RETRY";
  for (const std::string lock : {"dropped", "held"}) {
    finding.mmap_lock = lock;
    texts.insert(signal_consequence(finding, CampaignWords()));
    EXPECT_EQ(signal_text(finding), "VM_FAULT_RETRY, lock " + lock);
  }
  EXPECT_THAT(texts, SizeIs(8));
  finding.handler.retry_succeeds = true;
  EXPECT_THAT(signal_consequence(finding, CampaignWords()),
              HasSubstr("takes VM_FAULT_RETRY from this field for "
                        "success"));
  for (const auto& text : texts) EXPECT_TRUE(text.ends_with('.')) << text;
}

}  // namespace
}  // namespace killify
