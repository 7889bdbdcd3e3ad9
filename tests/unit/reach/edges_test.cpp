// Which calls lead on from a handler: through fields, parameters and macros, and which do not.
#include "reach/relevant.h"
#include "support/small_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace killify {
namespace {

using test::chain_text;
using test::fault;
using test::findings_of;
using test::function;
using test::kAlone;
using test::kSleep;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using testing::StartsWith;

const std::string kOps =
    "struct box_ops {\n\tint (*reserve)(struct box *box);\n};\n"
    "struct other_ops {\n\tint (*reserve)(struct box *box);\n};\n"
    "struct box {\n\tconst struct box_ops *ops;\n\tstruct mutex lock;\n};\n";
const std::string kReserve = function("box_reserve", "struct box *box", kSleep);

TEST(Edges, AFieldLeadsToWhatItsStructIsBoundTo) {
  const std::string call =
      function("call", "struct box *box", "\treturn box->ops->reserve(box);\n");
  EXPECT_THAT(
      test::verdicts_of(
          {{"right", kOps + kReserve +
                         "static const struct box_ops ops = { .reserve = box_reserve };\n" + call +
                         fault("right", "\tcall(vmf->box);\n")},
           {"wrong", kOps + kReserve +
                         "static const struct other_ops ops = { .reserve = box_reserve };\n" +
                         call + fault("wrong", "\tcall(vmf->box);\n")}}),
      ElementsAre(Pair("right_fault > call > box_reserve > mutex_lock_interruptible",
                       AllOf(StartsWith("thread: box_reserve() is shared: its address is taken"),
                             HasSubstr("right.c")))));
}

TEST(Edges, OfAnUnknownStructOnlyTheOwnDriversFunctionsAreMeant) {
  const std::string bound =
      kReserve + "static const struct box_ops ops = { .reserve = box_reserve };\n";
  EXPECT_THAT(
      test::verdicts_of({{"near", bound + fault("near", "\tglobal_box->reserve(vmf->box);\n")},
                         {"far", fault("far", "\tglobal_box->reserve(vmf->box);\n")}}),
      ElementsAre(Pair("near_fault > box_reserve > mutex_lock_interruptible",
                       AllOf(StartsWith("review: what is behind global_box->reserve() in "
                                        "near_fault() is known by its name only"),
                             HasSubstr("drivers/near/near.c:")))));
}

TEST(Edges, TooManyCandidatesAreForAPerson) {
  auto driver = [](int count) {
    std::string text = kOps;
    for (int i = 0; i < count; ++i) {
      auto name = fmt::format("reserve_{}", i);
      text += function(name, "struct box *box", kSleep) +
              fmt::format("static const struct box_ops ops_{} = {{ .reserve = {} }};\n", i, name);
    }
    return text + function("call", "struct box *box", "\treturn box->ops->reserve(box);\n");
  };
  const auto verdicts = test::verdicts_of({{"few", driver(8) + fault("few", "\tcall(box);\n")},
                                           {"many", driver(9) + fault("many", "\tcall(box);\n")}});
  EXPECT_THAT(verdicts, SizeIs(17));
  for (const auto& [chain, verdict] : verdicts)
    EXPECT_THAT(verdict,
                chain.starts_with("few")
                    ? StartsWith("thread: ")
                    : StartsWith("review: 9 functions may be behind box->ops->reserve() in call()"))
        << chain;
}

// A core function calls what each of its users gave it: one user's handler does not come to the
// function of the other.
TEST(Edges, ACoreLeadsBackToTheHandlersDriver) {
  const test::Files core = {{"include/linux/box.h", kOps + "int box_lock(struct box *box);\n"},
                            {"lib/box.c", function("box_lock", "struct box *box",
                                                   "\treturn box->ops->reserve(box);\n", "") +
                                              "EXPORT_SYMBOL(box_lock);\n"}};
  auto driver = [](const std::string& name, const std::string& sleep) {
    return function(name + "_reserve", "struct box *box", sleep) +
           "static const struct box_ops ops = { .reserve = " + name + "_reserve };\n" +
           fault(name, "\tbox_lock(vmf->box);\n");
  };
  test::Files files = core;
  files["drivers/a/a.c"] = driver("a", kSleep);
  files["drivers/b/b.c"] = driver("b", "");
  test::SmallTree tree(files);
  const auto findings = findings_of(tree);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(chain_text(findings[0]), "a_fault > box_lock > a_reserve > mutex_lock_interruptible");
  EXPECT_EQ(findings[0].chain[0].edge, "direct");
  EXPECT_EQ(findings[0].chain[1].edge, "field");
  EXPECT_EQ(findings[0].chain[1].through, "box->ops->reserve");
}

TEST(Edges, AFunctionThatIsPassedOnIsCalledThroughTheParameter) {
  const test::Files core = {
      {"include/linux/fs.h",
       "struct mapping_ops {\n\tint (*read_page)(struct file *file, struct page *page);\n};\n"
       "struct mapping {\n\tconst struct mapping_ops *a_ops;\n};\n"
       "struct file {\n\tstruct mapping *mapping;\n};\n"
       "int read_pages(struct file *file, filler_t filler);\n"},
      {"mm/read.c",
       "static int fill(struct file *file, filler_t filler)\n{\n\treturn filler(file, 0);\n}\n" +
           function("read_pages", "struct file *file, filler_t filler",
                    "\treturn fill(file, filler);\n", "")}};
  auto driver = [](const std::string& name, const std::string& call) {
    return function(name + "_read", "struct file *file, struct page *box", kSleep) +
           "static const struct mapping_ops ops = { .read_page = " + name + "_read };\n" +
           fault(name, "\tstruct file *file = vmf->file;\n\n\t" + call);
  };
  test::Files files = core;
  files["fs/a/a.c"] = driver("a", "read_pages(file, a_read);\n");
  files["fs/b/b.c"] = driver("b", "read_pages(file, file->mapping->a_ops->read_page);\n");
  files["fs/d/d.c"] = function("d_quiet", "struct file *file, struct page *page", "") +
                      driver("d", "read_pages(file, d_quiet);\n");
  test::SmallTree tree(files);
  const auto findings = findings_of(tree);
  std::vector<std::string> chains;
  for (const auto& finding : findings) chains.push_back(chain_text(finding));
  EXPECT_THAT(chains,
              ElementsAre("a_fault > read_pages > fill > a_read > mutex_lock_interruptible",
                          "b_fault > read_pages > fill > b_read > mutex_lock_interruptible"));
  EXPECT_EQ(findings.at(0).chain.at(2).edge, "field");
  EXPECT_EQ(findings.at(0).chain.at(2).through, "filler");
}

TEST(Edges, MacrosAreFollowed) {
  test::SmallTree tree(
      {{"drivers/a/a.c",
        "#define lock_box(b) box_lock_it(b, true)\n#define quiet_box(b) box_lock_it(b, false)\n"
        "#define sleep_on(b) mutex_lock_interruptible(&(b)->lock)\n" +
            function("box_lock_it", "struct box *box, bool intr",
                     "\treturn dma_fence_wait(box->fence, intr);\n") +
            fault("a", "\tlock_box(vmf->box);\n") + fault("b", "\tquiet_box(vmf->box);\n") +
            fault("c", "\tsleep_on(vmf->box);\n")}});
  const auto findings = findings_of(tree);
  ASSERT_THAT(findings, SizeIs(3));
  EXPECT_EQ(chain_text(findings[0]), "a_fault > lock_box > box_lock_it > dma_fence_wait");
  EXPECT_EQ(findings[0].chain[0].edge, "macro");
  EXPECT_EQ(findings[0].verdict, Verdict::kThread);
  EXPECT_EQ(findings[1].verdict, Verdict::kSafe);
  EXPECT_EQ(chain_text(findings[2]), "c_fault > sleep_on > mutex_lock_interruptible");
}

TEST(Edges, StaticFunctionsOfOneNameDoNotMix) {
  const std::string quiet = function("helper", "struct box *box", "");
  const std::string loud = function("helper", "struct box *box", kSleep);
  EXPECT_THAT(test::verdicts_of({}, {{"drivers/a/a.c", loud + fault("a", "\thelper(vmf->box);\n")},
                                     {"drivers/a/b.c", quiet + fault("b", "\thelper(vmf->box);\n")},
                                     {"drivers/a/c.c", fault("c", "\thelper(vmf->box);\n")}}),
              ElementsAre(Pair("a_fault > helper > mutex_lock_interruptible", kAlone)));
}

TEST(Edges, WorkThatIsQueuedIsNoPartOfTheFault) {
  const std::string work =
      "static void box_work(struct work_struct *work)\n{\n\tstruct box *box = to_box(work);\n\n" +
      kSleep + "}\n";
  EXPECT_THAT(
      test::verdicts_of(
          {{"called", work + fault("called", "\tbox_work(&vmf->box->work);\n")},
           {"queued", work + fault("queued",
                                   "\tINIT_WORK(&vmf->box->work, box_work);\n"
                                   "\tqueue_work(wq, &vmf->box->work);\n")},
           {"thread", work + fault("thread", "\tkthread_run(box_work, vmf->box, \"x\");\n")}},
          {{"include/linux/workqueue.h",
            "#define INIT_WORK(w, f) do { (w)->func = (f); } while (0)\n"
            "static inline bool queue_work(struct workqueue_struct *wq, struct work_struct *work)\n"
            "{\n\treturn work->func(work);\n}\n"}}),
      ElementsAre(Pair("called_fault > box_work > mutex_lock_interruptible", kAlone)));
}

TEST(Edges, BoundariesStopTheWayButNotToAFilesOwnFunction) {
  const std::string own = function("kfree_box", "struct box *box", kSleep);
  EXPECT_THAT(
      test::verdicts_of({{"far", fault("far", "\tkfree_box(vmf->box);\n")},
                         {"own", own + fault("own", "\tkfree_box(vmf->box);\n")}},
                        {{"mm/slab.c", function("kfree_box", "struct box *box", kSleep, "")}}),
      ElementsAre(Pair("own_fault > kfree_box > mutex_lock_interruptible", kAlone)));
}

TEST(Edges, BothDefinitionsOfAFunctionAreLookedAt) {
  const std::string two = "#ifdef CONFIG_A\n" + function("helper", "struct box *box", "") +
                          "#else\n" + function("helper", "struct box *box", kSleep) + "#endif\n";
  EXPECT_THAT(test::verdicts_of({{"a", two + fault("a", "\thelper(vmf->box);\n")}}),
              ElementsAre(Pair("a_fault > helper > mutex_lock_interruptible", kAlone)));
}

TEST(Edges, WhatSpatchCannotParseIsForAPerson) {
  const std::string odd =
      "static int odd(struct box *box)\n{\n\tODD_BEGIN(a) {\n"
      "\t\tif (mutex_lock_interruptible(&box->lock))\n\t\t\treturn 1;\n\t} ODD_END\n\treturn "
      "0;\n}\n\n";
  EXPECT_THAT(test::verdicts_of({{"a", odd + fault("a", "\todd(vmf->box);\n")}}),
              ElementsAre(Pair("a_fault > odd > mutex_lock_interruptible",
                               "review: spatch cannot parse odd(): look at drivers/a/a.c:4")));
}

TEST(Edges, AWayThroughWhatCannotBeParsedIsForAPerson) {
  const std::string odd = function("helper", "struct box *box", kSleep) +
                          "static int odd(struct box *box)\n{\n\tODD_BEGIN(a) {\n"
                          "\t\tif (helper(box))\n\t\t\treturn 1;\n\t} ODD_END\n\treturn 0;\n}\n\n";
  const auto verdicts = test::verdicts_of({{"a", odd + fault("a", "\todd(vmf->box);\n")}});
  EXPECT_THAT(verdicts, ElementsAre(Pair("a_fault > odd > helper > mutex_lock_interruptible",
                                         HasSubstr("review: spatch cannot parse odd()"))));
}

// A driver whose handler is so many functions away from its sleep, itself and the last one counted.
std::string chain_of(int count, const std::string& name) {
  std::string text = function("f1", "struct box *box", kSleep);
  for (int i = 2; i < count; ++i)
    text += function(fmt::format("f{}", i), "struct box *box",
                     fmt::format("\tif (box->open)\n\t\treturn f{}(box);\n", i - 1));
  return text + fault(name, fmt::format("\tf{}(vmf->box);\n", count - 1));
}

TEST(Edges, LongChainsAreForAPerson) {
  const auto verdicts =
      test::verdicts_of({{"eight", chain_of(8, "eight")}, {"nine", chain_of(9, "nine")}});
  ASSERT_THAT(verdicts, SizeIs(2));
  EXPECT_EQ(verdicts.begin()->second, kAlone);
  EXPECT_THAT(verdicts.rbegin()->second,
              StartsWith("review: 9 calls deep, and nothing is known of 7 conditions on the way"));
}

TEST(Edges, TheSearchEndsSixteenFunctionsAwayAndSaysSo) {
  for (const int count : {16, 17}) {
    test::SmallTree tree({{"drivers/a/a.c", chain_of(count, "a")}});
    const auto found = test::value_of(audit(*tree.facts, tree.series, {}));
    EXPECT_THAT(found.findings, SizeIs(count == 16 ? 1 : 0));
    EXPECT_EQ(found.coverage.edge, count == 16 ? 0U : 1U);
  }
}

// What is said of every way is said of those that were looked at.
TEST(Edges, SafeIsSaidOfTheWaysThatWereLookedAt) {
  const std::string quiet = function("quiet", "struct box *box, bool intr",
                                     "\treturn dma_fence_wait(box->fence, intr);\n");
  for (const int count : {16, 17}) {
    auto text = quiet + chain_of(count, "a");
    const auto call = text.rfind("\tf");
    text.insert(call, "\tquiet(vmf->box, false);\n");
    test::SmallTree tree({{"drivers/a/a.c", text}});
    const auto findings = findings_of(tree);
    const auto safe = std::ranges::find(findings, Verdict::kSafe, &Finding::verdict);
    ASSERT_NE(safe, findings.end());
    EXPECT_EQ(safe->reason, count == 16
                                ? "'intr' says otherwise on every way here"
                                : "'intr' says otherwise on every way here of up to 16 functions");
  }
}

// Of two ways the direct one would be too long to be certain.
TEST(Edges, AWayThroughAFieldIsPreferredToALongOne) {
  auto text = kOps + chain_of(9, "a");
  const std::string call = "\tf8(vmf->box);\n";
  text.replace(text.find(call), call.size(),
               "\tstruct box *box = vmf->box;\n\n\tf8(box);\n\tbox->ops->reserve(box);\n");
  text.insert(text.find("static int f2("),
              "static const struct box_ops ops = { .reserve = f1 };\n\n");
  test::SmallTree tree({{"drivers/a/a.c", text}});
  const auto findings = findings_of(tree);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_THAT(findings[0].chain, SizeIs(2));
  EXPECT_NE(findings[0].verdict, Verdict::kReview) << findings[0].reason;
}

// far() is 14 functions away on the sure way, and its sleep 4 more; by a field that can be many
// things it is near enough.
TEST(Edges, AShorterWayThatIsDoubtfulIsKeptForWhatIsFurtherOn) {
  for (const bool doubtful_first : {false, true}) {
    std::string code = kReserve;
    auto add_way = [&](const std::string& name, std::string callee, int many) {
      for (int i = 0; i < many; ++i) {
        const auto here = fmt::format("{}_{}", name, i);
        code += function(here, "struct box *box", "\treturn " + callee + "(box);\n");
        callee = here;
      }
      return callee;
    };
    const auto far = add_way("far", "box_reserve", 4);
    const auto sure = add_way("sure", far, 12);
    std::string tables = "struct pick { int (*one)(struct box *box); };\n";
    for (int i = 0; i < 9; ++i) {
      const auto name = fmt::format("picked_{}", i);
      code += function(name, "struct box *box", "\treturn " + far + "(box);\n");
      tables += fmt::format("static const struct pick pick_{0} = {{ .one = {1} }};\n", i, name);
    }
    const std::string by_field = "\tvmf->pick->one(vmf->box);\n";
    const std::string by_name = "\t" + sure + "(vmf->box);\n";
    test::SmallTree tree(
        {{"include/linux/mm.h",
          "struct pick;\nstruct vm_fault { struct pick *pick; struct box *box; };\n"},
         {"drivers/a/a.c",
          code + tables + fault("a", doubtful_first ? by_field + by_name : by_name + by_field)}});
    const auto findings = findings_of(tree);
    ASSERT_THAT(findings, SizeIs(1)) << doubtful_first;
    EXPECT_EQ(findings[0].verdict, Verdict::kReview);
    EXPECT_LE(findings[0].chain.size(), kMaxChain);
    EXPECT_THAT(findings[0].reason, StartsWith("9 functions may be behind vmf->pick->one() in"));
  }
}

TEST(Edges, ManyFunctionsBehindAParameterAreForAPerson) {
  std::string text =
      "struct mapping_ops {\n\tint (*read_page)(struct file *file);\n};\n"
      "struct mapping {\n\tconst struct mapping_ops *a_ops;\n};\n"
      "struct file {\n\tstruct mapping *mapping;\n};\n"
      "static int fill(struct file *file, filler_t filler)\n{\n\treturn filler(file);\n}\n";
  for (int i = 0; i < 9; ++i)
    text +=
        function(fmt::format("read_{}", i), "struct file *box", kSleep) +
        fmt::format("static const struct mapping_ops ops_{0} = {{ .read_page = read_{0} }};\n", i);
  test::SmallTree tree({{"fs/a/a.c", text + fault("a",
                                                  "\tstruct file *file = vmf->file;\n\n"
                                                  "\tfill(file, file->mapping->a_ops->read_page);"
                                                  "\n")}});
  const auto findings = findings_of(tree);
  EXPECT_THAT(findings, SizeIs(9));
  for (const auto& finding : findings) {
    EXPECT_EQ(finding.verdict, Verdict::kReview);
    EXPECT_THAT(finding.reason,
                StartsWith("9 functions may be behind filler() in fill() (fs/a/a.c:"));
  }
}

TEST(Edges, ADirectWayIsPreferredToAShorterOneThroughAField) {
  test::SmallTree tree(
      {{"drivers/a/a.c",
        kOps + kReserve + "static const struct box_ops ops = { .reserve = box_reserve };\n" +
            function("inner", "struct box *box", "\treturn box_reserve(box);\n") +
            function("outer", "struct box *box", "\treturn inner(box);\n") +
            fault("a",
                  "\tstruct box *box = vmf->box;\n\n\tbox->ops->reserve(box);\n\touter(box);\n")}});
  const auto findings = findings_of(tree);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(chain_text(findings[0]),
            "a_fault > outer > inner > box_reserve > mutex_lock_interruptible");
  ASSERT_THAT(findings[0].other_chains, SizeIs(1));
  EXPECT_THAT(findings[0].other_chains[0], SizeIs(2));
}

// All of them are to be threaded, or none.
TEST(Edges, EveryCallThatLeadsToTheSleepIsOnAWay) {
  std::string calls;
  for (int i = 2; i < 14; ++i)
    calls += fmt::format("\tif (vmf->flags & {})\n\t\tinner(vmf->box);\n", i);
  test::SmallTree tree(
      {{"drivers/a/a.c", kReserve +
                             function("inner", "struct box *box", "\treturn box_reserve(box);\n") +
                             function("late", "struct box *box", "\treturn inner(box);\n") +
                             fault("a", calls + "\tlate(vmf->box);\n")}});
  const auto findings = findings_of(tree);
  ASSERT_THAT(findings, SizeIs(1));
  std::set<int> lines = {findings[0].chain.front().line};
  for (const auto& way : findings[0].other_chains) lines.insert(way.front().line);
  EXPECT_THAT(lines, SizeIs(13));
  EXPECT_THAT(findings[0].other_chains, SizeIs(12)) << "no way that another one covers";
}

// mid() is converted for a sleep of its own, six functions down. From there the shared sleep is at
// most 8 functions away, so that it counts, too, or it is further, and nobody expects it there.
TEST(Edges, InAFunctionThatASleepIsSurelyBehindWhatComesAfterItCounts) {
  std::string direct;
  for (int i = 2; i < 11; ++i)
    direct += fmt::format("\tif (vmf->flags & {})\n\t\tbox_reserve(vmf->box);\n", i);
  auto functions_to = [](const std::string& name, std::string callee, int many) {
    std::string text;
    for (int i = 0; i < many; ++i) {
      const auto here = fmt::format("{}_{}", name, i);
      text += function(here, "struct box *box", "\treturn " + callee + "(box);\n");
      callee = here;
    }
    return text;
  };
  const auto own =
      function("own", "struct box *box", "\treturn mutex_lock_interruptible(&box->own);\n");
  const auto mid = function("mid", "struct box *box",
                            "\tif (own(box))\n\t\treturn -EINTR;\n\treturn near_5(box) ? : "
                            "far_6(box);\n");
  test::SmallTree tree({{"drivers/a/a.c", kReserve + own + functions_to("near", "box_reserve", 6) +
                                              functions_to("far", "box_reserve", 7) + mid +
                                              functions_to("way", "mid", 5) +
                                              fault("a", direct + "\tway_4(vmf->box);\n")}});
  const auto findings = findings_of(tree);
  ASSERT_THAT(findings, SizeIs(2));
  const auto& shared = findings[0].sink.function == "box_reserve" ? findings[0] : findings[1];
  EXPECT_THAT(shared.other_chains, SizeIs(9));
  const auto& longest = shared.other_chains.back();
  EXPECT_THAT(longest, SizeIs(14));
  EXPECT_EQ(longest[6].function, "mid");
  EXPECT_EQ(longest[7].function, "near_5");
}

// spatch reads the function, and tells of no call where a macro heads a loop.
TEST(Edges, WhatTheHeadOfALoopCallsIsForAPersonBecauseItsConditionsAreNotKnown) {
  test::SmallTree tree(
      {{"include/linux/boxes.h",
        "#define for_each_box(b, first) for (b = first_box(first); b; b = next_box(b))\n"},
       {"drivers/a/a.c",
        "#include <linux/boxes.h>\n" + function("first_box", "struct box *box", kSleep, "") +
            fault("a", "\tstruct box *b;\n\n\tfor_each_box(b, vmf->box) {\n\t\tuse(b);\n\t}\n")}});
  const auto findings = findings_of(tree);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(chain_text(findings[0]),
            "a_fault > for_each_box > first_box > mutex_lock_interruptible");
  EXPECT_EQ(findings[0].verdict, Verdict::kReview);
  EXPECT_THAT(findings[0].reason,
              StartsWith("when a_fault() comes to the loop of for_each_box() is not known ("));
}

// NVIDIA's UVM: each entry point is a function whose body is a macro around the real one.
TEST(Edges, AMacroMayBeAroundTheHandler) {
  EXPECT_THAT(
      test::verdicts_of({{"a",
                          "#define ENTRY_RET(line) do { \\\n\ttypeof(line) ret; \\\n\tenter(); \\\n"
                          "\tret = (line); \\\n\tleave(); \\\n\treturn ret; \\\n} while (0)\n" +
                              function("a_fault", "struct vm_fault *vmf", kSleep) +
                              "static vm_fault_t a_fault_entry(struct vm_fault *vmf)\n{\n"
                              "\tENTRY_RET(a_fault(vmf));\n}\n"
                              "static const struct vm_operations_struct ops = {\n"
                              "\t.fault = a_fault_entry,\n};\n"}}),
      ElementsAre(Pair("a_fault_entry > a_fault > mutex_lock_interruptible", kAlone)));
}

// For two kernels: both heads, and both fields of the table.
TEST(Edges, BothBranchesOfAVersionAreLookedAt) {
  const std::string head =
      "#if LINUX_VERSION_CODE >= KERNEL_VERSION(4, 11, 0)\n"
      "static vm_fault_t a_fault(struct vm_fault *vmf)\n{\n#else\n"
      "static int a_fault(struct vm_area_struct *vma, struct vm_fault *vmf)\n{\n#endif\n";
  EXPECT_THAT(test::verdicts_of(
                  {{"a", head + kSleep +
                             "\treturn 0;\n}\nstatic const struct vm_operations_struct ops = {\n"
                             "#if LINUX_VERSION_CODE < 3\n\t.nopage = a_nopage,\n#else\n"
                             "\t.fault = a_fault,\n#endif\n};\n"}}),
              ElementsAre(Pair("a_fault > mutex_lock_interruptible", kAlone)));
}

TEST(Edges, AFunctionThatCallsItselfEnds) {
  EXPECT_THAT(
      test::verdicts_of({{"a", "static int two(struct box *box);\n" +
                                   function("one", "struct box *box", "\ttwo(box);\n" + kSleep) +
                                   function("two", "struct box *box", "\treturn one(box);\n") +
                                   fault("a", "\tone(vmf->box);\n")}}),
      ElementsAre(Pair("a_fault > one > mutex_lock_interruptible", kAlone)));
}

}  // namespace
}  // namespace killify
