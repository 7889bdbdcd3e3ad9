// Which functions get a task state so that a fault sleeps killably in what it shares, and why
// others stay. From drivers of a few lines to the thread steps of their plan.
#include "plan/threading.h"

#include "plan/planner.h"
#include "support/small_plan.h"
#include "support/small_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using test::plan_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

constexpr const char* kFile = "drivers/misc/box/box.c";
const std::string kHandler =
    "static vm_fault_t box_fault(struct vm_fault *vmf)\n{\n"
    "\tstruct box *box = vmf->vma->vm_private_data;\n\n"
    "\tif (box_lock(box@))\n\t\treturn VM_FAULT_SIGBUS;\n"
    "\treturn 0;\n}\n\n"
    "static const struct vm_operations_struct box_ops = {\n\t.fault = box_fault,\n};\n\n"
    "long box_ioctl(struct box *box)\n{\n\treturn box_lock(box@);\n}\n";

// Code with a fault handler and another caller behind it, that both call box_lock(box ARGUMENTS).
std::string with_handler(const std::string& code, const std::string& arguments = {}) {
  auto text = code + "\n" + kHandler;
  for (auto at = text.find('@'); at != std::string::npos; at = text.find('@'))
    text.replace(at, 1, arguments);
  return text;
}

std::vector<StateForm> forms_of(const Plan& plan) {
  std::vector<StateForm> forms;
  for (const auto& step : plan.steps)
    if (step.kind == StepKind::kThread)
      forms.insert(forms.end(), step.threads.forms.begin(), step.threads.forms.end());
  return forms;
}

// What the functions become, as (name, new name).
std::vector<std::pair<std::string, std::string>> renamed(const Plan& plan) {
  std::vector<std::pair<std::string, std::string>> names;
  for (const auto& form : forms_of(plan)) names.emplace_back(form.function, form.renamed);
  return names;
}

std::string refusal(const Plan& plan) {
  return plan.left_out.size() == 1 ? plan.left_out[0].reason : "";
}

const std::string kAlways =
    "static int box_lock(struct box *box)\n{\n"
    "\treturn mutex_lock_interruptible(&box->lock);\n}\n";
const std::string kBool =
    "static int box_lock(struct box *box, bool intr)\n{\n"
    "\tif (intr)\n\t\treturn mutex_lock_interruptible(&box->lock);\n"
    "\tmutex_lock(&box->lock);\n\treturn 0;\n}\n";

TEST(Threading, WhatAlwaysSleepsInterruptiblyGetsAState) {
  test::SmallTree tree({{kFile, with_handler(kAlways)}});
  const auto plan = plan_of(tree);
  const auto forms = forms_of(plan);
  ASSERT_THAT(forms, SizeIs(1));
  EXPECT_EQ(forms[0].function, "box_lock");
  EXPECT_EQ(forms[0].renamed, "box_lock_state");
  EXPECT_EQ(forms[0].kind, FlagKind::kNone);
  EXPECT_EQ(forms[0].state, "state");
  EXPECT_TRUE(forms[0].is_static);
  EXPECT_TRUE(forms[0].keeps_callers);
  ASSERT_THAT(plan.steps, SizeIs(2));
  EXPECT_THAT(plan.steps[1].needs, ElementsAre(plan.steps[0].name));
  EXPECT_THAT(plan.steps[1].flips,
              ElementsAre(Pair(testing::_, ElementsAre(FunctionKey(kFile, "box_fault")))));
  EXPECT_THAT(plan.left_out, IsEmpty());
}

TEST(Threading, ABoolParameterGivesWayToTheState) {
  test::SmallTree tree({{kFile, with_handler(kBool, ", true")}});
  const auto forms = forms_of(plan_of(tree));
  ASSERT_THAT(forms, SizeIs(1));
  EXPECT_EQ(forms[0].kind, FlagKind::kBool);
  EXPECT_EQ(forms[0].index, 1U);
  EXPECT_EQ(forms[0].flag, "intr");
}

TEST(Threading, ABitOfAParameterStaysBesideTheState) {
  test::SmallTree tree(
      {{kFile, with_handler("static int box_lock(struct box *box, unsigned int flags)\n{\n"
                            "\tif (flags & BOX_INTR)\n"
                            "\t\treturn mutex_lock_interruptible(&box->lock);\n"
                            "\tmutex_lock(&box->lock);\n\treturn 0;\n}\n",
                            ", BOX_INTR")}});
  const auto forms = forms_of(plan_of(tree));
  ASSERT_THAT(forms, SizeIs(1));
  EXPECT_EQ(forms[0].kind, FlagKind::kBit);
  EXPECT_EQ(forms[0].flag, "flags");
  EXPECT_EQ(forms[0].bit, "BOX_INTR");
}

// The fault makes a context by a function that others use, too; box_take() reads it.
const std::string kContext =
    "struct box_ctx {\n\tbool intr;\n};\n\n"
    "static void box_ctx_init(struct box_ctx *ctx, bool intr)\n{\n\tctx->intr = intr;\n}\n\n"
    "static int box_take(struct box *box, struct box_ctx *ctx)\n{\n"
    "\tif (ctx->intr)\n\t\treturn mutex_lock_interruptible(&box->lock);\n"
    "\tmutex_lock(&box->lock);\n\treturn 0;\n}\n\n"
    "static vm_fault_t box_fault(struct vm_fault *vmf)\n{\n"
    "\tstruct box *box = vmf->vma->vm_private_data;\n\tstruct box_ctx ctx;\n\n"
    "\t@\n"
    "\tif (box_take(box, &ctx))\n\t\treturn VM_FAULT_SIGBUS;\n\treturn 0;\n}\n\n"
    "static const struct vm_operations_struct box_ops = {\n\t.fault = box_fault,\n};\n\n"
    "long box_ioctl(struct box *box)\n{\n\tstruct box_ctx ctx;\n\n"
    "\tbox_ctx_init(&ctx, true);\n\treturn box_take(box, &ctx);\n}\n";

Plan plan_of_context(const std::string& how_it_is_set) {
  auto text = kContext;
  text.replace(text.find('@'), 1, how_it_is_set);
  test::SmallTree tree({{kFile, text}});
  return plan_of(tree);
}

TEST(Threading, AFlagInAContextBecomesAState) {
  const auto plan = plan_of_context("box_ctx_init(&ctx, true);");
  std::vector<ContextForm> contexts;
  for (const auto& step : plan.steps)
    contexts.insert(contexts.end(), step.threads.contexts.begin(), step.threads.contexts.end());
  ASSERT_THAT(contexts, SizeIs(1)) << refusal(plan);
  EXPECT_EQ(contexts[0].in, "box_ctx");
  EXPECT_EQ(contexts[0].flag, "intr");
  EXPECT_THAT(contexts[0].users,
              ElementsAre(FunctionKey(kFile, "box_ctx_init"), FunctionKey(kFile, "box_take")));
  EXPECT_THAT(renamed(plan), ElementsAre(Pair("box_ctx_init", "box_ctx_init_state")));
}

TEST(Threading, AContextThatIsClearedInsteadIsLeftToAPerson) {
  auto text = kContext;
  text.replace(text.find('@'), 1, "box_ctx_init(&ctx, true);");
  text +=
      "\nlong box_read(struct box *box)\n{\n\tstruct box_ctx ctx;\n\n"
      "\tmemset(&ctx, 0, sizeof(ctx));\n\treturn box_take(box, &ctx);\n}\n";
  test::SmallTree tree({{kFile, text}});
  const auto plan = plan_of(tree);
  EXPECT_THAT(plan.steps, IsEmpty());
  EXPECT_THAT(refusal(plan), HasSubstr("memset() fills one"));
}

TEST(Threading, AContextThatIsSetInAnotherWayIsLeftToAPerson) {
  const auto plan = plan_of_context("box_magic(&ctx);");
  EXPECT_THAT(renamed(plan), IsEmpty());
  EXPECT_FALSE(plan.left_out.empty());
}

// box_take() reads a context; the fault and an ioctl make one, each in its way, behind other code.
std::string objects(const std::string& fault, const std::string& ioctl,
                    const std::string& more = {}) {
  return "struct box_ctx {\n\tbool intr;\n\tbool no_wait;\n};\n\n"
         "static int box_take(struct box *box, struct box_ctx *ctx)\n{\n"
         "\tif (ctx->intr)\n\t\treturn mutex_lock_interruptible(&box->lock);\n"
         "\tmutex_lock(&box->lock);\n\treturn 0;\n}\n\n" +
         more +
         "static vm_fault_t box_fault(struct vm_fault *vmf)\n{\n"
         "\tstruct box *box = vmf->vma->vm_private_data;\n\t" +
         fault +
         "\n\tif (box_take(box, &ctx))\n\t\treturn VM_FAULT_SIGBUS;\n\treturn 0;\n}\n\n"
         "static const struct vm_operations_struct box_ops = {\n\t.fault = box_fault,\n};\n\n"
         "long box_ioctl(struct box *box, bool intr)\n{\n\t" +
         ioctl + "\n\treturn box_take(box, &ctx);\n}\n";
}

Plan plan_of_objects(const std::string& fault, const std::string& ioctl,
                     const std::string& more = {}) {
  test::SmallTree tree({{kFile, objects(fault, ioctl, more)}});
  return plan_of(tree);
}

const std::string kTrue = "struct box_ctx ctx = { .intr = true, .no_wait = false };";

TEST(Threading, AnInitialiserGivesAContextItsState) {
  for (const std::string& fault :
       {kTrue, std::string("struct box_ctx ctx;\n\n\tctx.intr = true;")}) {
    const auto plan = plan_of_objects(fault, "struct box_ctx ctx = { .intr = intr };");
    ASSERT_THAT(plan.steps, SizeIs(2)) << refusal(plan);
    EXPECT_THAT(forms_of(plan), IsEmpty());
    const auto& threads = plan.steps[0].threads;
    ASSERT_THAT(threads.contexts, SizeIs(1));
    EXPECT_THAT(threads.contexts[0].users,
                ElementsAre(FunctionKey(kFile, "box_fault"), FunctionKey(kFile, "box_ioctl"),
                            FunctionKey(kFile, "box_take")));
    EXPECT_THAT(plan.steps[0].findings, SizeIs(1));
    EXPECT_THAT(plan.steps[1].flips,
                ElementsAre(Pair(testing::_, ElementsAre(FunctionKey(kFile, "box_fault")))));
    EXPECT_THAT(
        plan.steps[1].runs,
        testing::Contains(PatchRun{
            "thread/object.cocci",
            kFile,
            {{"fn", "box_fault"}, {"context", "box_ctx"}, {"to", "state"}, {"index", "0"}}}));
  }
}

TEST(Threading, AnInitialiserByPositionDoesSo) {
  for (const std::string& ioctl :
       {std::string("struct box_ctx ctx = { intr, false };"),
        std::string("struct box_ctx ctx = {};"), std::string("struct box_ctx ctx = { 0 };")}) {
    const auto plan = plan_of_objects("struct box_ctx ctx = { true, false };", ioctl);
    ASSERT_THAT(plan.steps, SizeIs(2)) << refusal(plan);
    const auto& contexts = plan.steps[0].threads.contexts;
    ASSERT_THAT(contexts, SizeIs(1));
    EXPECT_EQ(contexts[0].position, 0U);
    EXPECT_THAT(contexts[0].users, testing::Contains(FunctionKey(kFile, "box_ioctl")));
    EXPECT_THAT(plan.steps[1].flips,
                ElementsAre(Pair(testing::_, ElementsAre(FunctionKey(kFile, "box_fault")))));
  }
}

TEST(Threading, AnInitialiserWithoutTheFlagIsAUserOfIt) {
  const auto plan = plan_of_objects(kTrue, "struct box_ctx ctx = { .no_wait = true };");
  ASSERT_THAT(plan.steps, SizeIs(2)) << refusal(plan);
  EXPECT_THAT(plan.steps[0].threads.contexts.at(0).users,
              testing::Contains(FunctionKey(kFile, "box_ioctl")));
}

TEST(Threading, ASharedFunctionThatMakesAContextIsHandedTheState) {
  const std::string enter =
      "static int box_enter(struct box *box)\n{\n"
      "\tstruct box_ctx ctx = { .intr = true };\n\n\treturn box_take(box, &ctx);\n}\n\n";
  const std::string enter_by_flag =
      "static int box_enter(struct box *box, bool intr)\n{\n"
      "\tstruct box_ctx ctx = { .intr = intr };\n\n\treturn box_take(box, &ctx);\n}\n\n";
  for (bool by_flag : {false, true}) {
    auto text = objects("",
                        "struct box_ctx ctx = { .intr = intr };\n\n\tif (box_enter(box@))\n"
                        "\t\treturn -EINTR;",
                        by_flag ? enter_by_flag : enter);
    text.replace(text.find("box_take(box, &ctx))\n\t\treturn VM"), 19, "box_enter(box@)");
    for (auto at = text.find('@'); at != std::string::npos; at = text.find('@'))
      text.replace(at, 1, by_flag ? ", true" : "");
    test::SmallTree tree({{kFile, text}});
    const auto plan = plan_of(tree);
    const auto forms = forms_of(plan);
    ASSERT_THAT(forms, SizeIs(1)) << refusal(plan);
    EXPECT_EQ(forms[0].renamed, "box_enter_state");
    EXPECT_EQ(forms[0].kind, by_flag ? FlagKind::kBool : FlagKind::kNone);
    const auto& runs = plan.steps.at(0).runs;
    const auto context = std::ranges::find_if(runs, [](const PatchRun& run) {
      return run.patch == "thread/context.cocci" && run.defines.at("fn") == "box_enter_state";
    });
    ASSERT_NE(context, runs.end());
    EXPECT_EQ(context->defines.at("flag"), by_flag ? "intr" : "true");
    EXPECT_EQ(context->defines.at("value"), "state");
  }
}

TEST(Threading, AnObjectOfWhichTheStateIsNotClearLeavesTheContextToAPerson) {
  const auto reason = [](const std::string& ioctl, const std::string& more = {}) {
    const auto plan = plan_of_objects(kTrue, ioctl, more);
    EXPECT_THAT(plan.steps, IsEmpty());
    return refusal(plan);
  };
  const std::string fine = "struct box_ctx ctx = { .intr = intr };";
  EXPECT_THAT(reason("struct box_ctx ctx = { intr, .no_wait = false };"),
              HasSubstr("the initialiser of one names some members only (drivers/misc/box/box.c:"));
  EXPECT_THAT(reason("struct box_ctx ctx;"), HasSubstr("box_ioctl() does not set that of 'ctx'"));
  EXPECT_THAT(reason("struct box_ctx ctx;\n\n\tmemset(&ctx, 0, sizeof(ctx));\n\tctx.intr = intr;"),
              HasSubstr("memset() fills one"));
  EXPECT_THAT(reason(fine + "\n\tstruct box_ctx *heap = kzalloc(sizeof(*heap), GFP_KERNEL);\n\n"
                            "\theap->intr = true;"),
              HasSubstr("one is allocated"));
  EXPECT_THAT(reason(fine + "\n\tstruct box_ctx copy = ctx;"), HasSubstr("one is made as a copy"));
  EXPECT_THAT(reason(fine + "\n\tstruct box_ctx copy = { .intr = intr };\n\n\tctx = copy;"),
              HasSubstr("one is overwritten as a whole"));
  EXPECT_THAT(reason(fine + "\n\tstatic struct box_ctx kept;"), HasSubstr("one is static"));
  EXPECT_THAT(reason(fine + "\n\tbox_use(&(struct box_ctx){ .no_wait = true });"),
              HasSubstr("one has no name"));
  EXPECT_THAT(reason(fine, "struct box_job {\n\tstruct box_ctx ctx;\n};\n\n"),
              HasSubstr("one is no variable of a function"));
  EXPECT_THAT(reason(fine, "struct box_ctx box_default = { .intr = true };\n\n"),
              HasSubstr("is not known"));
  EXPECT_THAT(reason(fine, "#define BOX_CTX(name) struct box_ctx name = { .no_wait = true }\n\n"),
              HasSubstr("a macro makes one"));
  EXPECT_THAT(reason(fine, "static void box_show(struct box_ctx ctx)\n{\n}\n\n"),
              HasSubstr("one is handed over as a copy"));
}

TEST(Threading, AVariableOfAFaultsOwnFunctionDecidesNothing) {
  const auto plan = plan_of_objects(
      "bool intr = vmf->flags & FAULT_FLAG_USER;\n"
      "\tstruct box_ctx ctx = { .intr = intr };",
      "struct box_ctx ctx = { .intr = intr };");
  EXPECT_THAT(plan.steps, IsEmpty());
  EXPECT_FALSE(plan.left_out.empty());
}

TEST(Threading, EveryFunctionOnTheWayGetsAStateBeforeItsCaller) {
  test::SmallTree tree({{"include/linux/crate.h", "int crate_lock(struct crate *crate);\n"},
                        {"lib/crate.c",
                         "int crate_lock(struct crate *crate)\n{\n"
                         "\treturn mutex_lock_interruptible(&crate->lock);\n}\n"},
                        {kFile, with_handler("#include <linux/crate.h>\n"
                                             "static int box_lock(struct box *box)\n{\n"
                                             "\treturn crate_lock(box->crate);\n}\n")}});
  const auto plan = plan_of(tree);
  EXPECT_THAT(renamed(plan), ElementsAre(Pair("crate_lock", "crate_lock_state"),
                                         Pair("box_lock", "box_lock_state")));
  const auto forms = forms_of(plan);
  EXPECT_EQ(forms.at(0).header, "include/linux/crate.h");
  EXPECT_THAT(forms.at(0).files, ElementsAre("include/linux/crate.h", "lib/crate.c"));
}

// box_sit() gets a parameter and keeps its name, and could be changed before crate_lock(), which
// box_lock() waits for: box_lock() would not compile in between.
TEST(Threading, AFunctionWithoutASecondNameIsChangedWithItsCallers) {
  test::SmallTree tree({{"include/linux/crate.h", "int crate_lock(struct crate *crate);\n"},
                        {"lib/crate.c",
                         "int crate_lock(struct crate *crate)\n{\n"
                         "\treturn mutex_lock_interruptible(&crate->lock);\n}\n"},
                        {kFile, with_handler("#include <linux/crate.h>\n"
                                             "static int box_sit(struct box *box)\n{\n"
                                             "\treturn mutex_lock_interruptible(&box->seat);\n}\n\n"
                                             "static int box_lock(struct box *box)\n{\n"
                                             "\tif (box_sit(box))\n\t\treturn -EINTR;\n"
                                             "\treturn crate_lock(box->crate);\n}\n")}});
  const auto plan = plan_of(tree);
  EXPECT_THAT(renamed(plan),
              ElementsAre(Pair("crate_lock", "crate_lock_state"), Pair("box_sit", "box_sit"),
                          Pair("box_lock", "box_lock_state")));
  std::vector<std::size_t> forms;
  for (const auto& step : plan.steps)
    if (step.kind == StepKind::kThread) forms.push_back(step.threads.forms.size());
  EXPECT_THAT(forms, ElementsAre(1, 2));
}

// The handler is converted in a commit of its own, after the function that it calls.
TEST(Threading, AFunctionThatAHandlerCallsKeepsItsNameForThatCommit) {
  test::SmallTree tree(
      {{kFile, kAlways +
                   "static vm_fault_t box_fault(struct vm_fault *vmf)\n{\n"
                   "\tif (box_lock(vmf->box))\n\t\treturn VM_FAULT_SIGBUS;\n\treturn 0;\n}\n\n"
                   "static int box_open(struct box *box)\n{\n\treturn box_lock(box);\n}\n\n"
                   "static vm_fault_t box_mkwrite(struct vm_fault *vmf)\n{\n"
                   "\tif (box_open(vmf->box))\n\t\treturn VM_FAULT_SIGBUS;\n\treturn 0;\n}\n\n"
                   "static const struct vm_operations_struct box_ops = {\n"
                   "\t.fault = box_fault,\n\t.page_mkwrite = box_mkwrite,\n};\n\n"
                   "long box_ioctl(struct box *box)\n{\n\treturn box_open(box);\n}\n"}});
  EXPECT_THAT(renamed(plan_of(tree)),
              ElementsAre(Pair("box_lock", "box_lock_state"), Pair("box_open", "box_open_state")));
}

TEST(Threading, WhatABoolIsHandedToUnderstandsStatesFirst) {
  test::SmallTree tree({{kFile, with_handler("static int box_wait(struct box *box, bool intr)\n{\n"
                                             "\twhile (box->busy)\n"
                                             "\t\tif (intr && signal_pending(current))\n"
                                             "\t\t\treturn -ERESTARTSYS;\n"
                                             "\treturn 0;\n}\n\n"
                                             "static int box_lock(struct box *box, bool intr)\n{\n"
                                             "\tif (box_wait(box, intr))\n\t\treturn -EINTR;\n"
                                             "\tif (intr)\n"
                                             "\t\treturn mutex_lock_interruptible(&box->lock);\n"
                                             "\tmutex_lock(&box->lock);\n\treturn 0;\n}\n",
                                             ", true")}});
  EXPECT_THAT(renamed(plan_of(tree)),
              ElementsAre(Pair("box_wait", "box_wait_state"), Pair("box_lock", "box_lock_state")));
}

TEST(Threading, AFunctionPointerGoesWithAllThatIsBoundToIt) {
  test::SmallTree tree(
      {{"include/linux/box.h",
        "struct box_type {\n\tint (*lock)(struct box *box, bool intr);\n};\n"},
       {"drivers/misc/other/other.c",
        "#include <linux/box.h>\n"
        "static int other_lock(struct box *box, bool intr)\n{\n"
        "\tmutex_lock(&box->lock);\n\treturn 0;\n}\n\n"
        "const struct box_type other = {\n\t.lock = other_lock,\n};\n"},
       {kFile, with_handler("#include <linux/box.h>\n"
                            "struct box {\n\tconst struct box_type *type;\n};\n\n"
                            "static int plain_lock(struct box *box, bool intr)\n{\n"
                            "\tif (intr)\n\t\treturn mutex_lock_interruptible(&box->lock);\n"
                            "\tmutex_lock(&box->lock);\n\treturn 0;\n}\n\n"
                            "static const struct box_type plain = {\n\t.lock = plain_lock,\n};\n\n"
                            "static int box_lock(struct box *box, bool intr)\n{\n"
                            "\treturn box->type->lock(box, intr);\n}\n",
                            ", true")}});
  const auto plan = plan_of(tree);
  std::vector<FieldForm> fields;
  for (const auto& step : plan.steps)
    fields.insert(fields.end(), step.threads.fields.begin(), step.threads.fields.end());
  ASSERT_THAT(fields, SizeIs(1)) << refusal(plan);
  EXPECT_EQ(fields[0].in, "box_type");
  EXPECT_EQ(fields[0].field, "lock");
  EXPECT_EQ(fields[0].index, 1U);
  EXPECT_THAT(fields[0].implementers,
              ElementsAre(FunctionKey("drivers/misc/box/box.c", "plain_lock"),
                          FunctionKey("drivers/misc/other/other.c", "other_lock")));
  EXPECT_THAT(fields[0].callers, ElementsAre(FunctionKey(kFile, "box_lock")));
}

TEST(Threading, AFlagThatIsComputedIsLeftToAPerson) {
  test::SmallTree tree({{kFile, with_handler("static int box_lock(struct box *box, int mode)\n{\n"
                                             "\tif (mode > box->level)\n"
                                             "\t\treturn mutex_lock_interruptible(&box->lock);\n"
                                             "\tmutex_lock(&box->lock);\n\treturn 0;\n}\n",
                                             ", 3")}});
  const auto plan = plan_of(tree);
  EXPECT_THAT(renamed(plan), IsEmpty());
  EXPECT_THAT(plan.left_out, SizeIs(1));
}

TEST(Threading, AFunctionThatIsDefinedTwiceIsLeftToAPerson) {
  const std::string lock =
      "int crate_lock(struct crate *crate)\n{\n"
      "\treturn mutex_lock_interruptible(&crate->lock);\n}\n";
  test::SmallTree tree({{"include/linux/crate.h", "int crate_lock(struct crate *crate);\n"},
                        {"lib/crate.c", lock},
                        {"lib/crate-rt.c", lock},
                        {kFile, with_handler("#include <linux/crate.h>\n"
                                             "static int box_lock(struct box *box)\n{\n"
                                             "\treturn crate_lock(box->crate);\n}\n")}});
  const auto plan = plan_of(tree);
  EXPECT_THAT(renamed(plan), IsEmpty());
  EXPECT_FALSE(plan.left_out.empty());
}

// Two shared functions of one driver: box_lock() sleeps in `primitive`, box_take() in a mutex.
std::string two_sleeps(const std::string& primitive) {
  return "#include <linux/crate.h>\n"
         "static int box_lock(struct box *box)\n{\n\treturn " +
         primitive +
         "(&box->crate, NULL);\n}\n\n"
         "static int box_take(struct box *box)\n{\n"
         "\treturn mutex_lock_interruptible(&box->lock);\n}\n\n"
         "static vm_fault_t box_fault(struct vm_fault *vmf)\n{\n"
         "\tstruct box *box = vmf->vma->vm_private_data;\n\n"
         "\treturn box_lock(box) ? VM_FAULT_SIGBUS : 0;\n}\n\n"
         "static vm_fault_t box_mkwrite(struct vm_fault *vmf)\n{\n"
         "\tstruct box *box = vmf->vma->vm_private_data;\n\n"
         "\treturn box_take(box) ? VM_FAULT_SIGBUS : 0;\n}\n\n"
         "static const struct vm_operations_struct box_ops = {\n"
         "\t.fault = box_fault,\n\t.pfn_mkwrite = box_mkwrite,\n};\n\n"
         "long box_ioctl(struct box *box)\n{\n\treturn box_lock(box) ?: box_take(box);\n}\n";
}

TEST(Threading, APrimitiveThatCannotBeMadeHoldsUpOnlyWhatCallsIt) {
  test::SmallTree tree({{"include/linux/crate.h",
                         "#define dma_resv_lock_interruptible(obj, ctx) crate_lock(obj, ctx)\n"},
                        {kFile, two_sleeps("dma_resv_lock_interruptible")}});
  const auto plan = plan_of(tree);
  EXPECT_THAT(renamed(plan), ElementsAre(Pair("box_take", "box_take_state")));
  ASSERT_THAT(plan.left_out, SizeIs(1));
  EXPECT_EQ(plan.left_out[0].finding.handler.function, "box_fault");
  EXPECT_EQ(plan.left_out[0].reason,
            "waits for a missing primitive: dma_resv_lock_killable(): "
            "dma_resv_lock_interruptible() is a macro (include/linux/crate.h)");
  ASSERT_THAT(plan.steps, SizeIs(2));
  EXPECT_THAT(plan.steps[1].flips,
              ElementsAre(Pair(testing::_, ElementsAre(FunctionKey(kFile, "box_mkwrite")))));
}

TEST(Threading, APrimitiveThatTheTreeLacksIsMadeBeforeWhatCallsIt) {
  test::SmallTree tree(
      {{"include/linux/crate.h",
        "int ww_mutex_lock_interruptible(struct ww_mutex *lock, struct ww_acquire_ctx *ctx);\n"},
       {"lib/crate.c",
        "#include <linux/crate.h>\n\n"
        "int ww_mutex_lock_interruptible(struct ww_mutex *lock, struct ww_acquire_ctx *ctx)\n{\n"
        "\treturn crate_lock(lock, TASK_INTERRUPTIBLE, ctx);\n}\n\n"
        "int crate_lock(struct ww_mutex *lock, unsigned int state, struct ww_acquire_ctx *ctx)\n{\n"
        "\treturn crate_wait(lock, state);\n}\n"},
       {kFile, two_sleeps("ww_mutex_lock_interruptible")}});
  const auto plan = plan_of(tree);
  EXPECT_THAT(plan.left_out, IsEmpty()) << refusal(plan);
  EXPECT_THAT(renamed(plan),
              ElementsAre(Pair("box_lock", "box_lock_state"), Pair("box_take", "box_take_state")));
  ASSERT_THAT(plan.steps, SizeIs(3));
  EXPECT_EQ(plan.steps[0].name, "prepare include/linux/crate.h");
  EXPECT_THAT(plan.steps[1].needs, ElementsAre(plan.steps[0].name));
  ASSERT_THAT(plan.steps[0].twins, SizeIs(1));
  EXPECT_EQ(plan.steps[0].twins[0].name, "ww_mutex_lock_killable");
  // Only the one that gets there needs it.
  ASSERT_THAT(plan.steps[0].findings, SizeIs(1));
  EXPECT_EQ(plan.steps[0].findings[0].handler.function, "box_fault");
}

}  // namespace
}  // namespace killify
