// What a handler's arguments, flags and context objects decide far away from it.
#include "support/small_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using test::fault;
using test::function;
using test::kAlone;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

// The verdicts of drivers that share the functions before their handlers, by the driver's name:
// "VERDICT: REASON", "" where nothing is found.
test::Verdicts judged(const std::string& before, const test::Files& bodies) {
  test::Files drivers;
  test::Verdicts verdicts;
  for (const auto& [name, body] : bodies) {
    drivers[name] = before + fault(name, body);
    verdicts[name] = "";
  }
  for (const auto& [chain, verdict] : test::verdicts_of(drivers)) {
    auto& known = verdicts.at(chain.substr(0, chain.find("_fault")));
    known += (known.empty() ? "" : "; ") + verdict;
  }
  return verdicts;
}

std::string decides(const std::string& what) {
  return "thread: '" + what + "' decides, and says so on this way";
}
std::string denies(const std::string& what) {
  return "safe: '" + what + "' says otherwise on every way here";
}
std::string unknown(const std::string& what) {
  return "review: whether it sleeps interruptibly depends on '" + what + "'";
}

TEST(Conditions, ABooleanIsCarriedThroughFunctions) {
  EXPECT_THAT(
      judged(function("wait_for", "struct dma_fence *f, bool intr",
                      "\treturn dma_fence_wait(f, intr);\n") +
                 function("outer", "bool how, struct dma_fence *f", "\treturn wait_for(f, how);\n"),
             {{"no", "\tif (outer(false, f))\n\t\treturn 1;\n"},
              {"open", "\tif (outer(vmf->flags, f))\n\t\treturn 1;\n"},
              {"yes", "\tif (outer(true, f))\n\t\treturn 1;\n"}}),
      ElementsAre(Pair("no", denies("intr")), Pair("open", unknown("intr")),
                  Pair("yes", decides("intr"))));
}

// One call says no, one says yes: the sleep is one.
TEST(Conditions, TheWorstWayCounts) {
  EXPECT_THAT(judged(function("wait_for", "struct dma_fence *f, bool intr",
                              "\treturn dma_fence_wait(f, intr);\n"),
                     {{"both", "\twait_for(f, false);\n\twait_for(f, true);\n"},
                      {"maybe", "\twait_for(f, false);\n\twait_for(f, vmf->flags);\n"}}),
              ElementsAre(Pair("both", decides("intr")), Pair("maybe", unknown("intr"))));
}

TEST(Conditions, FlagsAreCombinedAndTakenApart) {
  EXPECT_THAT(
      judged(function("wait_for", "struct dma_fence *f, unsigned int flags",
                      "\treturn dma_fence_wait(f, flags & WAIT_INTR);\n"),
             {{"added",
               "\tunsigned int flags = WAIT_ALL;\n\n\tflags |= WAIT_INTR;\n"
               "\twait_for(f, flags);\n"},
              {"no", "\twait_for(f, WAIT_ALL);\n"},
              {"none", "\twait_for(f, 0);\n"},
              {"plus", "\twait_for(f, vmf->flags | WAIT_INTR);\n"},
              {"yes", "\twait_for(f, WAIT_INTR | WAIT_ALL);\n"}}),
      ElementsAre(Pair("added", unknown("flags&WAIT_INTR")), Pair("no", denies("flags&WAIT_INTR")),
                  Pair("none", denies("flags&WAIT_INTR")), Pair("plus", decides("flags&WAIT_INTR")),
                  Pair("yes", decides("flags&WAIT_INTR"))));
}

TEST(Conditions, AStateIsAParameterOrAChoice) {
  const std::string sleep =
      function("sleep_in", "unsigned int state", "\tset_current_state(state);\n\tschedule();\n") +
      function("choose", "bool intr",
               "\tsleep_in(intr ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE);\n");
  EXPECT_THAT(judged(sleep, {{"chosen", "\tchoose(true);\n"},
                             {"kill", "\tsleep_in(TASK_KILLABLE);\n"},
                             {"not_chosen", "\tchoose(false);\n"},
                             {"open", "\tchoose(vmf->flags);\n"},
                             {"plain", "\tsleep_in(TASK_INTERRUPTIBLE);\n"}}),
              ElementsAre(Pair("chosen", decides("state")), Pair("kill", denies("state")),
                          Pair("not_chosen", denies("state")), Pair("open", unknown("state")),
                          Pair("plain", decides("state"))));
}

// Any signal may end such a sleep only where the fault's flags say that it may.
TEST(Conditions, AStateThatTheFaultsFlagsDecideIsRight) {
  const std::string helper =
      "static unsigned int state_of(unsigned int flags)\n{\n"
      "\tif (flags & FAULT_FLAG_INTERRUPTIBLE)\n\t\treturn TASK_INTERRUPTIBLE;\n"
      "\treturn TASK_KILLABLE;\n}\n"
      "static unsigned int other_state(unsigned int flags)\n{\n"
      "\tif (flags & FAULT_FLAG_WRITE)\n\t\treturn TASK_INTERRUPTIBLE;\n"
      "\treturn TASK_KILLABLE;\n}\n";
  EXPECT_THAT(judged(helper, {{"aware", "\tset_current_state(state_of(vmf->flags));\n"},
                              {"other", "\tset_current_state(other_state(vmf->flags));\n"},
                              {"stored",
                               "\tunsigned int state = state_of(vmf->flags);\n\n"
                               "\tset_current_state(state);\n"}}),
              ElementsAre(Pair("aware", denies("state_of(vmf->flags)")),
                          Pair("other", unknown("other_state(vmf->flags)")),
                          Pair("stored", denies("state"))));
}

const std::string kContext =
    "struct ctx {\n\tbool intr;\n\tbool no_wait;\n};\n"
    "static void ctx_init(struct ctx *ctx, bool intr)\n{\n\tctx->intr = intr;\n}\n" +
    function("wait_for", "struct dma_fence *f, struct ctx *ctx",
             "\treturn dma_fence_wait(f, ctx->intr);\n");

TEST(Conditions, AContextObjectCarriesTheAnswer) {
  EXPECT_THAT(
      judged(kContext,
             {{"designated",
               "\tstruct ctx c = { .intr = true, .no_wait = false };\n\n"
               "\twait_for(f, &c);\n"},
              {"designated_no",
               "\tstruct ctx c = { .intr = false, .no_wait = true };\n\n"
               "\twait_for(f, &c);\n"},
              {"init", "\tstruct ctx c;\n\n\tctx_init(&c, true);\n\twait_for(f, &c);\n"},
              {"init_no", "\tstruct ctx c;\n\n\tctx_init(&c, false);\n\twait_for(f, &c);\n"},
              {"left_out", "\tstruct ctx c = { .no_wait = true };\n\n\twait_for(f, &c);\n"},
              {"open", "\tstruct ctx *c = vmf->ctx;\n\n\twait_for(f, c);\n"},
              {"positional", "\tstruct ctx c = { true, false };\n\n\twait_for(f, &c);\n"},
              {"positional_no", "\tstruct ctx c = { false, true };\n\n\twait_for(f, &c);\n"},
              {"two_answers",
               "\tstruct ctx c = { .intr = false };\n\n"
               "\tif (vmf->flags)\n\t\tc.intr = true;\n\twait_for(f, &c);\n"}}),
      UnorderedElementsAre(
          Pair("designated", decides("ctx->intr")), Pair("designated_no", denies("ctx->intr")),
          Pair("init", decides("ctx->intr")), Pair("init_no", denies("ctx->intr")),
          Pair("left_out", denies("ctx->intr")), Pair("open", unknown("ctx->intr")),
          Pair("positional", decides("ctx->intr")), Pair("positional_no", denies("ctx->intr")),
          Pair("two_answers", unknown("ctx->intr"))));
}

// A context that holds a task state, as the series itself makes them.
TEST(Conditions, AContextObjectCarriesAState) {
  const std::string context =
      "struct ctx {\n\tunsigned int state;\n};\n"
      "static void ctx_init(struct ctx *ctx, unsigned int state)\n{\n\tctx->state = state;\n}\n" +
      function("wait_for", "struct box *box, struct ctx *ctx",
               "\tif (ctx->state == TASK_KILLABLE)\n\t\treturn mutex_lock_killable(&box->lock);\n"
               "\tif (ctx->state == TASK_INTERRUPTIBLE)\n"
               "\t\treturn mutex_lock_interruptible(&box->lock);\n\treturn 0;\n");
  const auto with = [](const std::string& state) {
    return "\tstruct ctx c;\n\n\tctx_init(&c, " + state + ");\n\twait_for(vmf->box, &c);\n";
  };
  EXPECT_THAT(judged(context, {{"any", with("vmf->state")},
                               {"killable", with("TASK_KILLABLE")},
                               {"signal", with("TASK_INTERRUPTIBLE")},
                               {"uninterruptible", with("TASK_UNINTERRUPTIBLE")}}),
              ElementsAre(Pair("any", kAlone), Pair("killable", ""), Pair("signal", kAlone),
                          Pair("uninterruptible", "")));
}

// A hard-coded answer below a context that says otherwise is the one that counts.
TEST(Conditions, AConstantBelowAContextCounts) {
  EXPECT_THAT(judged(kContext + function("deep", "struct dma_fence *f, struct ctx *ctx",
                                         "\tif (ctx->no_wait)\n\t\treturn 1;\n"
                                         "\treturn dma_fence_wait(f, true);\n"),
                     {{"hard", "\tstruct ctx c = { .intr = false };\n\n\tdeep(f, &c);\n"},
                      {"no_wait", "\tstruct ctx c = { .no_wait = true };\n\n\tdeep(f, &c);\n"}}),
              ElementsAre(Pair("hard", kAlone), Pair("no_wait", "")));
}

// What would be assigned under the guard does not make the guard unknown.
TEST(Conditions, AConstantThatRulesOutItsOwnChangeStays) {
  const auto retire = [](const std::string& more) {
    return function("retire", "struct dma_fence *f, long timeout",
                    "\twhile (busy(f)) {\n\t\tif (timeout > 0) {\n"
                    "\t\t\ttimeout = dma_fence_wait_timeout(f, true, timeout);\n"
                    "\t\t\tif (timeout < 0)\n\t\t\t\treturn timeout;\n\t\t}\n" +
                        more + "\t}\n");
  };
  const test::Files callers = {{"none", "\tretire(f, 0);\n"}, {"some", "\tretire(f, 5);\n"}};
  EXPECT_THAT(judged(retire(""), callers), ElementsAre(Pair("none", ""), Pair("some", kAlone)));
  EXPECT_THAT(judged(retire("\t\ttimeout = 1;\n"), callers),
              ElementsAre(Pair("none", kAlone), Pair("some", kAlone)));
}

TEST(Conditions, AGuardThatDoesNotHoldEndsTheWay) {
  const std::string guarded =
      function("lock", "struct box *box, bool intr",
               "\tif (!intr)\n\t\treturn 0;\n\treturn mutex_lock_interruptible(&box->lock);\n");
  const std::string branches =
      function("lock", "struct box *box, bool intr",
               "\tif (intr)\n\t\treturn mutex_lock_interruptible(&box->lock);\n\telse\n"
               "\t\treturn down_interruptible(&box->sem);\n");
  const test::Files callers = {{"no", "\tlock(box, false);\n"}, {"yes", "\tlock(box, true);\n"}};
  EXPECT_THAT(judged(guarded, callers), ElementsAre(Pair("no", ""), Pair("yes", kAlone)));

  test::Files drivers;
  for (const auto& [name, body] : callers) drivers[name] = branches + fault(name, body);
  EXPECT_THAT(test::verdicts_of(drivers),
              ElementsAre(Pair("no_fault > lock > down_interruptible", kAlone),
                          Pair("yes_fault > lock > mutex_lock_interruptible", kAlone)));
}

TEST(Conditions, NumbersDecideAsWell) {
  const std::string wait =
      function("wait_for", "struct dma_fence *f, long t",
               "\tif (t > 0)\n\t\treturn mutex_lock_interruptible(&f->lock);\n") +
      function("failed", "struct dma_fence *f, int err",
               "\tif (err < 0)\n\t\treturn mutex_lock_interruptible(&f->lock);\n");
  EXPECT_THAT(judged(wait, {{"constant", "\tfailed(f, -EINTR);\n"},
                            {"error", "\tfailed(f, -1);\n"},
                            {"good", "\tfailed(f, 0);\n"},
                            {"negative", "\twait_for(f, -1);\n"},
                            {"some", "\twait_for(f, 100);\n"},
                            {"zero", "\twait_for(f, 0);\n"}}),
              ElementsAre(Pair("constant", kAlone), Pair("error", kAlone), Pair("good", ""),
                          Pair("negative", ""), Pair("some", kAlone), Pair("zero", "")));
}

TEST(Conditions, AWaitOfNoTimeOnlyLooks) {
  const std::string wait = function("wait_for", "struct dma_fence *f, long t",
                                    "\treturn dma_fence_wait_timeout(f, true, t);\n");
  EXPECT_THAT(judged(wait, {{"direct", "\tdma_fence_wait_timeout(f, true, 0);\n"},
                            {"none", "\twait_for(f, 0);\n"},
                            {"some", "\twait_for(f, 100);\n"}}),
              ElementsAre(Pair("direct", ""), Pair("none", denies("t")), Pair("some", kAlone)));
}

TEST(Conditions, KillableSleepsAreNone) {
  EXPECT_THAT(judged("", {{"killable", "\tif (mutex_lock_killable(&box->lock))\n\t\treturn 1;\n"},
                          {"pending", "\tif (fatal_signal_pending(current))\n\t\treturn 1;\n"},
                          {"state", "\tset_current_state(TASK_UNINTERRUPTIBLE);\n"}}),
              ElementsAre(Pair("killable", ""), Pair("pending", ""), Pair("state", "")));
}

// What "&=" leaves of a mask is not known: BOX_ANY has BOX_BOUND.
TEST(Conditions, AMaskThatLosesABitIsNotKnown) {
  const std::string before =
      "#define BOX_BOUND 1\n#define BOX_ACTIVE 2\n#define BOX_ANY (BOX_BOUND | BOX_ACTIVE)\n" +
      function("wait_for", "struct dma_fence *f, unsigned int flags",
               "\tif (flags & BOX_ACTIVE)\n\t\tdma_fence_wait(f, true);\n"
               "\tflags &= ~BOX_BOUND;\n");
  EXPECT_THAT(judged(before, {{"any", "\twait_for(f, BOX_ANY);\n"}}),
              ElementsAre(Pair("any", kAlone)));
}

// "= { }" is all 0.
TEST(Conditions, AnEmptyInitialiserSaysNo) {
  const std::string before = "struct box_ctx {\n\tint tries;\n\tbool intr;\n};\n" +
                             function("wait_for", "struct dma_fence *f, struct box_ctx *ctx",
                                      "\treturn dma_fence_wait(f, ctx->intr);\n");
  EXPECT_THAT(judged(before, {{"no", "\tstruct box_ctx ctx = { };\n\twait_for(f, &ctx);\n"},
                              {"yes",
                               "\tstruct box_ctx ctx = { };\n\tctx.intr = true;\n"
                               "\twait_for(f, &ctx);\n"}}),
              ElementsAre(Pair("no", denies("ctx->intr")), Pair("yes", decides("ctx->intr"))));
}

// A context in a context.
TEST(Conditions, AnInnerObjectIsCarriedThroughFunctions) {
  const std::string before =
      "struct box_ctx {\n\tbool intr;\n};\n"
      "struct walk {\n\tint tries;\n\tstruct box_ctx *ctx;\n};\n"
      "struct outer {\n\tstruct walk walk;\n};\n" +
      function("wait_for", "struct dma_fence *f, struct walk *walk",
               "\treturn dma_fence_wait(f, walk->ctx->intr);\n") +
      function("outer", "struct dma_fence *f, struct box_ctx *ctx",
               "\tstruct outer o = {\n\t\t.walk = {\n\t\t\t.tries = 1,\n\t\t\t.ctx = ctx,\n"
               "\t\t},\n\t};\n\treturn wait_for(f, &o.walk);\n");
  EXPECT_THAT(
      judged(before, {{"no", "\tstruct box_ctx ctx = { .intr = false };\n\touter(f, &ctx);\n"},
                      {"open", "\touter(f, vmf->ctx);\n"},
                      {"yes", "\tstruct box_ctx ctx = { .intr = true };\n\touter(f, &ctx);\n"}}),
      ElementsAre(Pair("no", denies("walk->ctx->intr")), Pair("open", unknown("walk->ctx->intr")),
                  Pair("yes", decides("walk->ctx->intr"))));
}

}  // namespace
}  // namespace killify
