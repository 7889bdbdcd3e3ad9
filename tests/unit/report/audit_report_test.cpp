#include "json_schema.h"
#include "report/audit_json.h"
#include "report/audit_text.h"
#include "report/handler_graph.h"
#include "report/sarif.h"
#include "support/process.h"
#include "support/text.h"
#include "unit/report/audit_sample.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace killify {
namespace {

using nlohmann::json;
using test::JsonSchema;
using test::sample_audit;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

TEST(AuditText, IsALineForEachFindingWhereNoTerminalIs) {
  EXPECT_EQ(
      audit_text(sample_audit(), {}),
      "  HANDLER    SLEEP                                                CHAIN  ON A SIGNAL      "
      "VERDICT  REASON\n"
      "drivers/gpu/drm/tin\n"
      "  tin_fault  dma_resv_lock_interruptible in ttm_reserve (vm.c:5)      2  VM_FAULT_NOPAGE  "
      "thread   ttm_reserve() is shared: ioctl() calls it, too\n"
      "drivers/misc/box\n"
      "  box_fault  mutex_lock_interruptible (box.c:12)                      1  VM_FAULT_SIGBUS  "
      "convert  only fault handlers come here\n"
      "  box_fault  mutex_lock_interruptible (box.c:12)                      1  unknown          "
      "review   whether it sleeps interruptibly depends on 'intr'\n"
      "\n"
      "3 registrations of 3 fault handlers in 3 drivers; 2 of them sleep interruptibly\n"
      "3 findings in 2 calls: 1 convert, 1 thread, 1 review\n"
      "2 more need nothing to do: 1 suppressed, 1 safe (--all shows them)\n"
      "killify explain HANDLER shows each way, with the source and what to do\n"
      "Coverage: 9 files read: 5 parsed whole, 2 in part, 1 failed, 1 timed out\n"
      "  spatch gave no answer to 2 questions: what stands above is not whole\n"
      "  Not parsed, in files with a handler or a way to a sleep; calls there may be missing:\n"
      "    drivers/misc/box/box.c: 40-44, 50\n"
      "  Further 3 lines in 1 file that no way goes through; --format=json lists them\n"
      "  Not followed: 4 calls, 4 through 1 field:\n"
      "    vm_operations_struct->fault(), 4 calls: drivers/misc/idle.c:91, ...\n"
      "  drivers/misc/odd.c:1: no end within 120 s\n"
      "  Not looked at: wait_fault() (mm/wait.c): by name\n");
}

TEST(AuditText, AllShowsWhatIsSettledAndEveryRegistration) {
  const auto text = audit_text(sample_audit(), {.all = true});
  EXPECT_THAT(text, AllOf(HasSubstr("ctx->interruptible is false"), HasSubstr("box_block() blocks"),
                          HasSubstr("\nREGISTRATIONS\n"), Not(HasSubstr("--all"))));
  EXPECT_THAT(text, HasSubstr("  drivers/misc/idle.c:90: idle_fault_ops.fault = idle_fault "
                              "(drivers/misc/idle.c:10)\n"));
}

TEST(AuditText, OfManyFindingsTheFirstAreShownAndTheRestCounted) {
  const auto text = audit_text(sample_audit(), {.first = 1});
  EXPECT_THAT(text, StartsWith("The 1 to look at first, of 3\n"));
  EXPECT_THAT(text, HasSubstr("\n2 more: 1 thread, 1 review; --all, --verdict=VERDICT or "
                              "--handler=NAME shows them\n"
                              "     1  whether it sleeps interruptibly depends on 'intr'\n\n"));
  EXPECT_THAT(text, Not(HasSubstr("VM_FAULT_NOPAGE")));
  EXPECT_EQ(audit_text(sample_audit(), {.first = 3}), audit_text(sample_audit(), {}));
}

TEST(AuditText, WhatIsWaivedIsCountedAndShownWithAll) {
  auto tree = sample_audit();
  tree.waived["beef00000001"] = {.id = "beef00000001", .reason = "never held", .by = "A. Person"};
  const auto text = audit_text(tree, {});
  EXPECT_THAT(text, AllOf(Not(HasSubstr("only fault handlers come here")),
                          HasSubstr("\n2 findings in 2 calls: 1 thread, 1 review\n"),
                          HasSubstr("\n1 more is waived (--all shows them)\n")));
  EXPECT_THAT(audit_text(tree, {.all = true}),
              AllOf(HasSubstr("only fault handlers come here"),
                    HasSubstr("  beef00000001 box_fault: mutex_lock_interruptible() in "
                              "box_fault(): waived by A. Person: never held\n")));
}

TEST(AuditText, WhatIsNewAndGoneSinceAnOlderAudit) {
  auto tree = sample_audit();
  tree.since = Comparison{.with = "v6.0",
                          .fresh = {"beef00000002"},
                          .gone = {{"old_fault", "down_interruptible", "old_lock", "convert"}},
                          .unchanged = 2};
  EXPECT_THAT(audit_text(tree, {}),
              HasSubstr("Since v6.0: 1 new, 1 gone, 2 unchanged\n"
                        "  new: beef00000002 tin_fault: dma_resv_lock_interruptible() in "
                        "ttm_reserve() (thread)\n"
                        "  gone: old_fault: down_interruptible() in old_lock() (convert)\n"));
}

TEST(AuditText, KeepsToTheTerminalsWidth) {
  const auto tree = sample_audit();
  for (const std::size_t width : {70, 80, 100, 130}) {
    auto table = audit_text(tree, {.width = width});
    table.resize(table.find("\n\n"));
    for (const auto& line : split_lines(table)) EXPECT_LE(line.size(), width) << line;
    EXPECT_THAT(table, HasSubstr("ttm_reserve"));
  }
  EXPECT_THAT(audit_text(tree, {.width = 80}),
              HasSubstr("\n               in ttm_reserve (vm.c:5)\n"
                        "      ttm_reserve() is shared: ioctl() calls it, too\n"));
}

TEST(AuditText, LinesThatShareAReasonShareIt) {
  auto tree = sample_audit();
  auto again = tree.audit.findings[1];
  again.sink.line = 13;
  again.id = "beef00000006";
  tree.audit.findings.push_back(again);
  const auto lines = split_lines(audit_text(tree, {.width = 80}));
  EXPECT_THAT(lines, Contains(HasSubstr("only fault handlers")).Times(1));
  EXPECT_THAT(lines, Contains(HasSubstr("convert")).Times(3));  // and once among the counts
}

TEST(AuditText, PaintsTheVerdictOnly) {
  const auto text = audit_text(sample_audit(), {.paint = Paint(true)});
  EXPECT_THAT(text, AllOf(HasSubstr("  \033[31mconvert\033[0m  "),
                          HasSubstr("\033[33mthread\033[0m"), HasSubstr("\033[36mreview\033[0m")));
}

TEST(AuditText, ATreeWithoutFindingsSaysSo) {
  auto tree = sample_audit();
  tree.audit.findings.clear();
  tree.audit.coverage = {};
  EXPECT_EQ(audit_text(tree, {}),
            "3 registrations of 3 fault handlers in 3 drivers; none of them sleeps interruptibly\n"
            "Coverage: 0 files read: 0 parsed whole, 0 in part, 0 failed, 0 timed out\n");
}

TEST(AuditText, WhatSpatchDidNotAnswerIsNotNone) {
  auto tree = sample_audit();
  tree.audit.findings.clear();
  EXPECT_THAT(audit_text(tree, {}),
              AllOf(Not(HasSubstr("none of them")),
                    HasSubstr("whether they sleep interruptibly is not known")));
}

TEST(AuditText, NoneIsSaidOnlyWhereAllIsKnown) {
  auto tree = sample_audit();
  tree.audit.findings.clear();
  const auto coverage = tree.audit.coverage;
  constexpr const char* kNotAll =
      "no interruptible sleep was found, and not every call was followed";
  tree.audit.coverage = {};
  tree.audit.coverage.unresolved = coverage.unresolved;
  EXPECT_THAT(audit_text(tree, {}),
              AllOf(HasSubstr(kNotAll), HasSubstr("  Not followed: 4 calls, 4 through 1 field:\n"
                                                  "    vm_operations_struct->fault(), 4 calls: "
                                                  "drivers/misc/idle.c:91, ...\n")));
  tree.audit.coverage = {};
  tree.audit.coverage.lost = coverage.lost;
  EXPECT_THAT(audit_text(tree, {}), HasSubstr(kNotAll));
  tree.audit.coverage = {};
  tree.audit.coverage.unseen = coverage.unseen;
  EXPECT_THAT(audit_text(tree, {}),
              HasSubstr("  Not looked at: wait_fault() (mm/wait.c): by name\n"));
}

TEST(AuditText, NotesThatSayTheSameOfSeveralPlacesAreOneLine) {
  auto tree = sample_audit();
  tree.audit.coverage.notes = {"fs/a.c:1: which is not known", "fs/b.c:2: no definition",
                               "fs/c.c:3: which is not known", "fs/d.c:4: which is not known"};
  EXPECT_THAT(audit_text(tree, {}), HasSubstr("  fs/a.c:1 and 2 more: which is not known\n"
                                              "  fs/b.c:2: no definition\n"));
  EXPECT_EQ(json::parse(audit_json(tree))["coverage"]["notes"].size(), 4U);
}

TEST(AuditText, HandlersAndWhatIsNearComeBeforeTheCut) {
  auto tree = sample_audit();
  auto& unresolved = tree.audit.coverage.unresolved;
  for (int i = 0; i < 7; ++i)
    unresolved.push_back(
        {UnresolvedCall::Kind::kName, fmt::format("name_{}", i), false, 1, 1, {}, {}});
  const auto text = audit_text(tree, {});
  EXPECT_THAT(text, AllOf(HasSubstr("7 of 7 names without a definition"), HasSubstr("name_3()"),
                          Not(HasSubstr("name_4()")), HasSubstr("    and 3 more; ")));
}

TEST(AuditedTree, OfOneHandlerOnlyItsCallsAreLeft) {
  auto other = sample_audit();
  ASSERT_TRUE(keep_handler(other, "box_fault"));
  EXPECT_TRUE(other.audit.coverage.unresolved.empty());
  auto idle = sample_audit();
  ASSERT_TRUE(keep_handler(idle, "idle_fault"));
  ASSERT_EQ(idle.audit.coverage.unresolved.size(), 1U);
  EXPECT_EQ(idle.audit.coverage.unresolved[0].handlers, std::vector<std::size_t>{0});
}

TEST(AuditJson, FitsItsSchema) {
  const auto document = json::parse(audit_json(sample_audit()));
  EXPECT_EQ(JsonSchema("audit").mismatch(document), "");
  ASSERT_EQ(document["findings"].size(), 5U);
  const auto& finding = document["findings"][0];
  EXPECT_EQ(finding["chain"][0]["edge"], "field");
  EXPECT_EQ(finding["chain"][0]["through"], "bdev->funcs->move");
  EXPECT_EQ(finding["chain"][1]["values"], json({"interruptible = true"}));
  EXPECT_EQ(finding["other_chains"][0][1]["function"], "TIN_WAIT");
  EXPECT_EQ(finding["translator"], "tin_to_fault");
  EXPECT_EQ(document["coverage"]["lost"][0],
            json({{"file", "drivers/misc/box/box.c"}, {"lines", {40, 44}}}));
  EXPECT_EQ(document["coverage"]["parsed"], 5);
}

TEST(AuditJson, NotesFitTheSchema) {
  auto tree = sample_audit();
  const auto handler = tree.audit.handlers.front();
  for (const auto kind : {NoteKind::kRetryIsSuccess, NoteKind::kSpins, NoteKind::kStaysBlocked,
                          NoteKind::kPartialMask})
    tree.audit.notes.push_back({"a1", kind, handler, "pin", "a.c", 7, {"f", "pin"}, "SIGTERM"});
  const auto document = json::parse(audit_json(tree));
  EXPECT_EQ(JsonSchema("audit").mismatch(document), "");
  ASSERT_EQ(document["notes"].size(), 4U);
  EXPECT_EQ(document["notes"][0]["verdict"], "note");
  EXPECT_EQ(document["notes"][3]["kind"], "partial-mask");
  EXPECT_THAT(document["notes"][3]["says"].get<std::string>(), HasSubstr("but not SIGTERM"));
  EXPECT_THAT(audit_text(tree, {}), HasSubstr("4 notes on results and masks of signals (--all"));
  EXPECT_THAT(audit_text(tree, {.all = true}),
              HasSubstr("counts as success from ." + handler.field));
}

TEST(AuditReports, TellWhatTheSameLookAnswers) {
  auto tree = sample_audit();
  tree.audit.findings[2].also = {
      {"signal_pending", "tin_wait", "drivers/gpu/drm/tin/wait.c", 7, ""}};
  const auto document = json::parse(audit_json(tree));
  EXPECT_EQ(JsonSchema("audit").mismatch(document), "");
  EXPECT_EQ(document["findings"][2]["also"][0], json({{"name", "signal_pending"},
                                                      {"function", "tin_wait"},
                                                      {"file", "drivers/gpu/drm/tin/wait.c"},
                                                      {"line", 7},
                                                      {"object", ""}}));
  EXPECT_THAT(audit_text(tree, {}), HasSubstr("(box.c:12) and 1 more"));
  const auto sarif = json::parse(audit_sarif(tree, "1.2.3"));
  EXPECT_EQ(JsonSchema("sarif-subset").mismatch(sarif), "");
  const auto& related = sarif["runs"][0]["results"][2]["relatedLocations"];
  ASSERT_THAT(related, SizeIs(1));
  EXPECT_EQ(related[0]["physicalLocation"]["artifactLocation"]["uri"],
            "drivers/gpu/drm/tin/wait.c");
  EXPECT_EQ(related[0]["message"]["text"], "The same look answers signal_pending()");
}

TEST(AuditJson, ASchemaRefusesWhatItDoesNotDescribe) {
  auto document = json::parse(audit_json(sample_audit()));
  auto other = document;
  other["findings"][0]["verdict"] = "perhaps";
  EXPECT_NE(JsonSchema("audit").mismatch(other), "");
  other = document;
  other["findings"][0]["chain"][0].erase("edge");
  EXPECT_NE(JsonSchema("audit").mismatch(other), "");
}

TEST(AuditJson, BytesThatAreNoUtf8AreReplaced) {
  auto tree = sample_audit();
  tree.audit.findings[0].sink.object = "J\xf6rg";
  EXPECT_TRUE(json::accept(audit_json(tree)));
  EXPECT_TRUE(json::accept(audit_sarif(tree, "1.2.3")));
}

class SarifTest : public testing::Test {
 protected:
  const json document_ = json::parse(audit_sarif(sample_audit(), "1.2.3"));
  const json& run_ = document_["runs"][0];
  // Of the finding whose id ends in `digit`.
  const json& result(char digit) const {
    for (const auto& one : run_["results"])
      if (one["partialFingerprints"]["killifyFinding/v1"].get<std::string>().back() == digit)
        return one;
    throw std::out_of_range("no such finding");
  }
};

TEST_F(SarifTest, HasWhatTheStandardRequires) {
  EXPECT_EQ(JsonSchema("sarif-subset").mismatch(document_), "");
  EXPECT_EQ(run_["tool"]["driver"]["version"], "1.2.3");
}

TEST_F(SarifTest, IndicesPointAtWhatTheyName) {
  const auto& rules = run_["tool"]["driver"]["rules"];
  const std::function<void(const json&)> check = [&](const json& value) {
    if (value.is_object() && value.contains("uri") && value.contains("index")) {
      EXPECT_EQ(run_["artifacts"].at(value["index"].get<std::size_t>())["location"]["uri"],
                value["uri"]);
    }
    if (value.is_structured())
      for (const auto& member : value) check(member);
  };
  check(run_);
  for (const auto& one : run_["results"])
    EXPECT_EQ(rules.at(one["ruleIndex"].get<std::size_t>())["id"], one["ruleId"]);
}

// SARIF 2.1.0, 3.27.10: a result of a kind other than "fail" has the level "none".
TEST_F(SarifTest, KindAndLevelAgree) {
  for (const auto& one : run_["results"]) EXPECT_EQ(one["kind"] == "fail", one["level"] != "none");
  EXPECT_EQ(result('1')["kind"], "fail");
  EXPECT_EQ(result('3')["kind"], "review");
  EXPECT_EQ(result('5')["kind"], "pass");
}

TEST_F(SarifTest, ASuppressedFindingIsASuppressedResult) {
  EXPECT_THAT(result('4')["suppressions"][0]["justification"].get<std::string>(),
              HasSubstr("box_block()"));
  EXPECT_FALSE(result('1').contains("suppressions"));
}

TEST_F(SarifTest, EachChainIsACodeFlow) {
  for (const auto& one : run_["results"]) {
    EXPECT_TRUE(one.contains("codeFlows")) << one;
    for (const auto* property : {"sink", "condition", "onSignal"})
      EXPECT_TRUE(one["properties"].contains(property)) << one;
  }
  const auto& flows = result('2')["codeFlows"];
  ASSERT_THAT(flows, SizeIs(2));
  const auto& steps = flows[0]["threadFlows"][0]["locations"];
  ASSERT_THAT(steps, SizeIs(2));
  EXPECT_EQ(steps[0]["location"]["message"]["text"],
            "tin_fault() calls ttm_reserve() (field bdev->funcs->move)");
  EXPECT_EQ(steps[1]["location"]["message"]["text"],
            "ttm_reserve() calls dma_resv_lock_interruptible(), interruptible = true");
  EXPECT_EQ(steps[1]["location"]["physicalLocation"]["region"]["startLine"], 5);
  EXPECT_THAT(flows[1]["threadFlows"][0]["locations"], SizeIs(3));
  EXPECT_EQ(result('2')["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            "drivers/gpu/drm/ttm/vm.c");
}

TEST_F(SarifTest, WhatWasNotSeenIsANotification) {
  std::vector<std::string> texts;
  std::size_t places = 0;
  for (const auto& one : run_["invocations"][0]["toolExecutionNotifications"]) {
    texts.push_back(one["message"]["text"]);
    places += one.contains("locations") ? 1 : 0;
  }
  EXPECT_EQ(places, 3U);
  EXPECT_THAT(texts,
              AllOf(Contains(HasSubstr("9 files read")), Contains(HasSubstr("within 120 s"))));
}

// Of all kinds of notes, each with the rule that explains it.
TEST(Sarif, ANoteIsAResultOfItsOwn) {
  auto tree = sample_audit();
  for (const auto kind : kNoteKinds)
    tree.audit.notes.push_back({.id = "cafe",
                                .kind = kind,
                                .handler = tree.audit.handlers[1],
                                .function = "box_pin",
                                .file = "drivers/misc/pin.c",
                                .line = 7,
                                .way = {"box_pin"},
                                .detail = "mutex_trylock"});
  const auto document = json::parse(audit_sarif(tree, "1"));
  EXPECT_EQ(JsonSchema("sarif-subset").mismatch(document), "");
  const auto& run = document["runs"][0];
  std::set<std::string> rules;
  for (const auto& one : run["results"]) {
    const std::string rule = one["ruleId"];
    EXPECT_EQ(run["tool"]["driver"]["rules"].at(one["ruleIndex"].get<std::size_t>())["id"], rule);
    if (!rule.starts_with("killify/note/")) continue;
    rules.insert(rule);
    EXPECT_EQ(one["level"], "note");
    EXPECT_EQ(one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
              "drivers/misc/pin.c");
    EXPECT_THAT(one["message"]["text"].get<std::string>(),
                AllOf(StartsWith("fault handler box_fault(): "), HasSubstr("box_pin()")));
  }
  EXPECT_THAT(rules,
              testing::ElementsAre("killify/note/partial-mask", "killify/note/retry-is-success",
                                   "killify/note/spins", "killify/note/stays-blocked"));
}

TEST(Sarif, APathIsWrittenAsAUri) {
  auto tree = sample_audit();
  tree.audit.findings[0].chain[0].file = "drivers/a b%#?.c";
  EXPECT_THAT(audit_sarif(tree, "1"), HasSubstr("\"drivers/a%20b%25%23%3F.c\""));
}

TEST(HandlerGraph, DrawsAllWaysWithTheirKinds) {
  auto tree = sample_audit();
  ASSERT_TRUE(keep_handler(tree, "tin_fault"));
  const auto graph = handler_graph(tree.audit.handlers, tree.audit.findings);
  const auto lines = split_lines(graph);
  EXPECT_EQ(lines.front(), "digraph \"tin_fault\" {");
  EXPECT_THAT(lines, Contains(HasSubstr("label=\"20\\nbdev->funcs->move\", style=dashed")));
  EXPECT_THAT(lines, Contains(AllOf(HasSubstr("TIN_WAIT"), HasSubstr("style=dotted"))));
  EXPECT_THAT(lines, Contains(AllOf(HasSubstr("vm.c:5\\nthread"), HasSubstr("fillcolor=gold"))));
  // The sleep and the call of it stand in both ways, and once in the graph.
  EXPECT_THAT(lines, Contains(HasSubstr("shape=ellipse")).Times(1));
  EXPECT_THAT(lines, Contains(HasSubstr("[label=\"5\"]")).Times(1));
  EXPECT_THAT(graph, Not(HasSubstr("box_fault")));
}

TEST(HandlerGraph, GraphvizCanDrawIt) {
  auto tree = sample_audit();
  ASSERT_TRUE(keep_handler(tree, "tin_fault"));
  tree.audit.findings[0].chain[0].through = "a\"b\\->c";
  const auto drawn = run(
      {.argv = {"dot", "-Tsvg"}, .input = handler_graph(tree.audit.handlers, tree.audit.findings)});
  ASSERT_TRUE(drawn) << drawn.error().message;
  EXPECT_TRUE(drawn->ok()) << drawn->err;
  EXPECT_THAT(drawn->out, AllOf(HasSubstr("<svg"), HasSubstr("ttm_reserve()")));
}

TEST(KeepHandler, SuggestsAName) {
  auto tree = sample_audit();
  const auto kept = keep_handler(tree, "bax_fault");
  ASSERT_FALSE(kept);
  EXPECT_THAT(kept.error().message, HasSubstr("(did you mean 'box_fault'?)"));
}

}  // namespace
}  // namespace killify
