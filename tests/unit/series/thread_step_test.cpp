// A task state threaded through small drivers, from the audit to the changed text.
#include "plan/asked_threads.h"
#include "plan/planner.h"
#include "reach/audit.h"
#include "series/changes.h"
#include "support/small_changes.h"
#include "support/small_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace killify {
namespace {

using test::changes_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> names_of(const Changes& changes) {
  std::vector<std::string> names;
  for (const auto& change : changes.changes) names.push_back(change.step.name);
  return names;
}

// The text of a file when all is done.
std::string text_of(const Changes& changes, const std::string& path) {
  std::string text;
  for (const auto& change : changes.changes)
    for (const auto& file : change.files)
      if (file.path == path) text = file.after;
  return text;
}

std::string reasons(const Changes& changes) {
  std::string text;
  for (const auto& left : changes.left_out) text += left.reason + "\n";
  return text;
}

// A handler that calls `call`, and an ioctl that calls `other`.
std::string driver(const std::string& helpers, const std::string& call, const std::string& other) {
  return "#include \"box.h\"\n\n" + helpers +
         "static long box_ioctl(struct file *file, unsigned int cmd, unsigned long arg)\n{\n"
         "\tstruct box *box = file->private_data;\n\n\treturn " +
         other +
         ";\n}\n\nstatic const struct file_operations box_fops = {\n\t.unlocked_ioctl = "
         "box_ioctl,\n};\n\n"
         "static vm_fault_t box_fault(struct vm_fault *vmf)\n{\n"
         "\tstruct box *box = vmf->vma->vm_private_data;\n\n\tif (" +
         call +
         ")\n\t\treturn VM_FAULT_NOPAGE;\n\treturn 0;\n}\n\n"
         "static const struct vm_operations_struct box_vm_ops = {\n\t.fault = box_fault,\n};\n";
}

const std::string kTake =
    "int box_take(struct box *box)\n{\n\tint err;\n\n"
    "\terr = mutex_lock_interruptible(&box->lock);\n\treturn err;\n}\n\n";

TEST(ThreadStep, GivesASharedHelperAStateAndKeepsItsOtherCallers) {
  test::SmallTree tree({{"d/box.c", driver(kTake, "box_take(box)", "box_take(box)")},
                        {"d/box.h", "int box_take(struct box *box);\n"}});
  const auto changes = changes_of(tree);
  EXPECT_THAT(names_of(changes), ElementsAre("thread d", "convert d"));
  EXPECT_THAT(changes.left_out, IsEmpty());
  EXPECT_EQ(text_of(changes, "d/box.h"),
            "int box_take_state(struct box *box, unsigned int state);\n\n"
            "static inline int box_take(struct box *box)\n{\n"
            "\treturn box_take_state(box, TASK_INTERRUPTIBLE);\n}\n");
  const auto text = text_of(changes, "d/box.c");
  EXPECT_THAT(text, HasSubstr("\tif (state == TASK_KILLABLE)\n"
                              "\t\terr = mutex_lock_killable(&box->lock);\n\telse\n"
                              "\t\terr = mutex_lock_interruptible(&box->lock);\n"));
  EXPECT_THAT(text, HasSubstr("\treturn box_take(box);\n"));
  EXPECT_THAT(text, HasSubstr("\tif (box_take_state(box, TASK_KILLABLE))\n"
                              "\t\treturn fatal_signal_pending(current) ? VM_FAULT_SIGBUS : "
                              "VM_FAULT_NOPAGE;\n"));
}

// Modules that this tree does not know call what it exports.
TEST(ThreadStep, KeepsWhatIsExportedWithItsType) {
  const test::Files files{{"d/box.c", driver(kTake + "EXPORT_SYMBOL_GPL(box_take);\n\n",
                                             "box_take(box)", "box_take(box)")},
                          {"d/box.h", "struct box;\nint box_take(struct box *box);\n"}};
  test::SmallTree tree(files);
  const auto changes = changes_of(tree);
  EXPECT_THAT(changes.left_out, IsEmpty());
  const auto text = text_of(changes, "d/box.c");
  EXPECT_THAT(text, HasSubstr("EXPORT_SYMBOL_GPL(box_take_state);\n\n"
                              "int box_take(struct box *box)\n{\n"
                              "\treturn box_take_state(box, TASK_INTERRUPTIBLE);\n}\n"
                              "EXPORT_SYMBOL_GPL(box_take);\n"));
  EXPECT_THAT(text, HasSubstr("\treturn box_take(box);\n"));
  EXPECT_THAT(text, HasSubstr("if (box_take_state(box, TASK_KILLABLE))"));
  EXPECT_EQ(text_of(changes, "d/box.h"),
            "struct box;\nint box_take(struct box *box);\n"
            "int box_take_state(struct box *box, unsigned int state);\n");

  test::SmallTree internal(files);
  internal.series.dropped_exports = {"box_take"};
  const auto dropped = changes_of(internal);
  EXPECT_THAT(text_of(dropped, "d/box.c"), Not(HasSubstr("EXPORT_SYMBOL_GPL(box_take);")));
  EXPECT_THAT(text_of(dropped, "d/box.h"), HasSubstr("static inline int box_take("));
  EXPECT_THAT(dropped.changes.front().dropped_exports, ElementsAre("box_take"));
}

// A file may export what another one defines; that export is not the step's to change.
TEST(ThreadStep, KeepsAFunctionThatAnotherFileExports) {
  test::SmallTree tree({{"d/box.c", driver(kTake, "box_take(box)", "box_take(box)")},
                        {"d/box.h", "struct box;\nint box_take(struct box *box);\n"},
                        {"d/symbols.c", "#include \"box.h\"\nEXPORT_SYMBOL_GPL(box_take);\n"}});
  const auto changes = changes_of(tree);
  EXPECT_THAT(changes.left_out, IsEmpty());
  const auto text = text_of(changes, "d/box.c");
  EXPECT_THAT(text, HasSubstr("int box_take(struct box *box)\n{\n"
                              "\treturn box_take_state(box, TASK_INTERRUPTIBLE);\n}\n"));
  EXPECT_THAT(text, Not(HasSubstr("EXPORT_SYMBOL")));
  EXPECT_THAT(text_of(changes, "d/box.h"), Not(HasSubstr("static inline")));
}

TEST(ThreadStep, TellsFunctionsOfTwoModulesApart) {
  test::Files files;
  for (const std::string name : {"a", "b"}) {
    const auto directory = "drivers/" + name + "/";
    files[directory + "box.c"] = driver("", "box_take(box)", "box_take(box)");
    files[directory + "gem.c"] = "#include \"box.h\"\n\n" + kTake;
    files[directory + "box.h"] = "int box_take(struct box *box);\n";
    files[directory + "Makefile"] = name + "-y := box.o gem.o\nobj-m += " + name + ".o\n";
  }
  test::SmallTree tree(files);
  const auto changes = changes_of(tree);
  EXPECT_EQ(reasons(changes), "");
  EXPECT_THAT(names_of(changes),
              testing::UnorderedElementsAre("thread drivers/a", "thread drivers/b",
                                            "convert drivers/a", "convert drivers/b"));
}

TEST(ThreadStep, IsRefusedWhereItTakesAnExportAway) {
  test::SmallTree tree({{"d/box.c", driver(kTake + "EXPORT_SYMBOL(box_take);\n\n", "box_take(box)",
                                           "box_take(box)")},
                        {"d/box.h", "int box_take(struct box *box);\n"}});
  const auto found = test::value_of(audit(*tree.facts, tree.series, {}));
  const auto group = group_by(Grouping::kDriver, tree.series.commit.prefixes);
  auto plan = test::value_of(make_plan(*tree.facts, tree.series, found.findings, group));
  for (auto& step : plan.steps)
    for (auto& form : step.threads.forms) form.exported = false;
  const auto changes =
      test::value_of(carry_out(*tree.facts, tree.series, group, std::move(plan), *tree.progress));
  EXPECT_THAT(changes.changes, IsEmpty());
  EXPECT_EQ(reasons(changes), "review: box_take() is exported no more (d/box.c)\n");
}

TEST(ThreadStep, DoesNotChangeTheTypeOfAnExportedFunctionBehindAPointer) {
  const std::string implementer =
      "long box_sleep(struct box *box, bool intr)\n{\n\tif (intr)\n"
      "\t\tset_current_state(TASK_INTERRUPTIBLE);\n\telse\n"
      "\t\tset_current_state(TASK_UNINTERRUPTIBLE);\n\tschedule();\n\treturn 0;\n}\n";
  test::SmallTree tree(
      {{"d/box.c", driver("", "box_wait(box, true)", "box_wait(box, false)")},
       {"d/core.c",
        "#include \"box.h\"\n\nlong box_wait(struct box *box, bool intr)\n{\n"
        "\treturn box->ops->wait(box, intr);\n}\n"},
       {"d/box.h",
        "struct box_ops {\n\tlong (*wait)(struct box *box, bool intr);\n};\n"
        "struct box {\n\tconst struct box_ops *ops;\n};\n"
        "long box_wait(struct box *box, bool intr);\nlong box_sleep(struct box *box, bool "
        "intr);\n"},
       {"d/one.c", "#include \"box.h\"\n\n" + implementer +
                       "EXPORT_SYMBOL(box_sleep);\n\n"
                       "const struct box_ops one_ops = {\n\t.wait = box_sleep,\n};\n"}});
  const auto changes = changes_of(tree);
  EXPECT_THAT(changes.changes, IsEmpty());
  EXPECT_THAT(reasons(changes), HasSubstr("box_sleep() is behind box_ops.wait() and exported: its "
                                          "type has to stay"));
}

TEST(ThreadStep, GivesAContextThatTheSeriesFileNamesAState) {
  test::SmallTree tree(
      {{"d/box.h",
        "struct box_ctx {\n\tbool no_wait;\n\tbool intr;\n};\n\n"
        "int box_wait(struct box *box, bool intr);\n"},
       {"d/box.c",
        "#include \"box.h\"\n\n"
        "int box_wait(struct box *box, bool intr)\n{\n"
        "\tset_current_state(intr ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE);\n\tschedule();\n"
        "\treturn 0;\n}\n\n"
        "static int box_lend(struct box *box, struct box_ctx *ctx)\n{\n"
        "\treturn box_wait(box, ctx->intr);\n}\n\n"
        "int box_give(struct box *box, bool intr)\n{\n"
        "\tstruct box_ctx ctx = { false, intr };\n\tstruct box_ctx other = {};\n\n"
        "\treturn box_lend(box, &ctx) ?: box_lend(box, &other);\n}\n"}});
  tree.series.threads = {
      {.kind = ThreadSpec::Kind::kContext, .name = "box_ctx", .flag = "intr", .place = {}}};
  const auto group = group_by(Grouping::kDriver, tree.series.commit.prefixes);
  const auto asked = test::value_of(asked_threads(*tree.facts, tree.series, {"d"}));
  auto plan = test::value_of(make_plan(*tree.facts, tree.series, asked.findings, group));
  const auto changes =
      test::value_of(carry_out(*tree.facts, tree.series, group, std::move(plan), *tree.progress));
  EXPECT_EQ(reasons(changes), "");
  EXPECT_THAT(text_of(changes, "d/box.h"), HasSubstr("\tbool no_wait;\n\tunsigned int state;\n"));
  const auto text = text_of(changes, "d/box.c");
  EXPECT_THAT(text, HasSubstr("return box_wait_state(box, ctx->state);"));
  EXPECT_THAT(text, HasSubstr("\tstruct box_ctx ctx = {\n\t\tfalse,\n"
                              "\t\tintr ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE,\n\t};\n"
                              "\tstruct box_ctx other = { .state = TASK_UNINTERRUPTIBLE };\n"));
}

TEST(ThreadStep, LeavesAWaitOfWhichTheTreeHasNoKillableForm) {
  const std::string wait =
      "int box_take(struct box *box)\n{\n"
      "\treturn wait_event_interruptible_lock_irq(box->wq, box->full, box->lock);\n}\n\n"
      "void box_put(struct box *box)\n{\n\twake_up_all(&box->wq);\n}\n\n";
  test::SmallTree tree({{"d/box.c", driver(wait, "box_take(box)", "box_take(box)")},
                        {"d/box.h",
                         "struct box {\n\twait_queue_head_t wq;\n};\n\n"
                         "int box_take(struct box *box);\n"}});
  const auto changes = changes_of(tree);
  EXPECT_THAT(names_of(changes), IsEmpty());
  EXPECT_EQ(reasons(changes),
            "review: no rule makes this wait_event_interruptible_lock_irq() in box_take() take a "
            "state\n");
}

TEST(ThreadStep, LeavesMacrosThatCallTheOldName) {
  test::SmallTree tree({{"d/box.c", driver(kTake, "box_take(box)", "BOX_TAKE(box)")},
                        {"d/box.h",
                         "int box_take(struct box *box);\n"
                         "#define BOX_TAKE(box) box_take(box)\n"}});
  const auto changes = changes_of(tree);
  EXPECT_THAT(changes.left_out, IsEmpty());
  EXPECT_THAT(text_of(changes, "d/box.h"), HasSubstr("static inline int box_take("));
  EXPECT_THAT(text_of(changes, "d/box.h"), HasSubstr("#define BOX_TAKE(box) box_take(box)\n"));
}

const std::string kWait =
    "static int box_sleep(struct box *box, bool intr)\n{\n"
    "\tset_current_state(intr ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE);\n\tschedule();\n"
    "\treturn intr && signal_pending(current) ? -EINTR : 0;\n}\n\n"
    "int box_wait(struct box *box, bool intr)\n{\n\treturn box_sleep(box, intr);\n}\n\n";

TEST(ThreadStep, PutsAStateInThePlaceOfAFlagThroughEachFunctionThatPassesItOn) {
  test::SmallTree tree({{"d/box.c", driver(kWait, "box_wait(box, true)", "box_wait(box, false)")},
                        {"d/box.h", "int box_wait(struct box *box, bool intr);\n"}});
  const auto changes = changes_of(tree);
  EXPECT_EQ(reasons(changes), "");
  const auto text = text_of(changes, "d/box.c");
  EXPECT_THAT(text, HasSubstr("box_sleep_state(struct box *box, unsigned int state)"));
  EXPECT_THAT(text, HasSubstr("set_current_state(state);"));
  EXPECT_THAT(text, HasSubstr("signal_pending_state(state, current)"));
  EXPECT_THAT(text, HasSubstr("return box_sleep_state(box, state);"));
  EXPECT_THAT(text, HasSubstr("box_wait(box, false)"));
  EXPECT_THAT(text, HasSubstr("box_wait_state(box, TASK_KILLABLE)"));
  EXPECT_THAT(text_of(changes, "d/box.h"),
              HasSubstr("intr ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE"));
}

// box_take() undoes with box_put(), which sleeps as box_take() does, what failed.
std::string undoing(const std::string& sleep) {
  return "static int box_sleep(struct box *box)\n{\n" + sleep +
         "}\n\nint box_put(struct box *box)\n{\n\treturn box_sleep(box);\n}\n\n"
         "int box_take(struct box *box)\n{\n\tint err;\n\n\terr = box_sleep(box);\n"
         "\tif (err)\n\t\tbox_put(box);\n\treturn err;\n}\n\n";
}
const std::string kBoxHeader =
    "/**\n * box_put - give it back\n * @box: what was taken\n */\n"
    "int box_put(struct box *box);\nint box_take(struct box *box);\n";

TEST(ThreadStep, NoSignalEndsAnUndoThatNobodySeesFail) {
  test::SmallTree tree(
      {{"d/box.c", driver(undoing("\tset_current_state(TASK_INTERRUPTIBLE);\n\tschedule();\n"
                                  "\treturn signal_pending(current) ? -EINTR : 0;\n"),
                          "box_take(box)", "box_take(box)")},
       {"d/box.h", kBoxHeader}});
  const auto changes = changes_of(tree);
  EXPECT_EQ(reasons(changes), "");
  const auto text = text_of(changes, "d/box.c");
  EXPECT_THAT(text, HasSubstr("\terr = box_sleep(box, state);\n\tif (err)\n"
                              "\t\tbox_put_state(box, TASK_UNINTERRUPTIBLE);\n"));
  EXPECT_THAT(text, HasSubstr("\treturn box_sleep(box, state);\n"));
  EXPECT_THAT(text, HasSubstr("box_take_state(box, TASK_KILLABLE)"));
  EXPECT_THAT(text_of(changes, "d/box.h"),
              HasSubstr(" * @state: TASK_UNINTERRUPTIBLE, TASK_INTERRUPTIBLE or TASK_KILLABLE\n"));
}

// Where the state decides between two primitives, none of them is uninterruptible.
TEST(ThreadStep, AnUndoThatASignalWouldEndIsLeftToAPerson) {
  test::SmallTree tree(
      {{"d/box.c", driver(undoing("\treturn mutex_lock_interruptible(&box->lock);\n"),
                          "box_take(box)", "box_take(box)")},
       {"d/box.h", kBoxHeader}});
  const auto changes = changes_of(tree);
  EXPECT_THAT(text_of(changes, "d/box.c"), Not(HasSubstr("box_put_state(")));
  EXPECT_THAT(reasons(changes),
              HasSubstr("box_take() undoes with box_put() what failed, and nobody sees whether a "
                        "signal ended that"));
}

TEST(ThreadStep, LeavesToAPersonWhatAFlagIsUsedForOtherwise) {
  auto counts = kWait;
  counts.replace(counts.find("\tschedule();"), 0, "\tif (intr)\n\t\tbox->count++;\n");
  test::SmallTree tree({{"d/box.c", driver(counts, "box_wait(box, true)", "box_wait(box, false)")},
                        {"d/box.h", "int box_wait(struct box *box, bool intr);\n"}});
  const auto changes = changes_of(tree);
  EXPECT_THAT(changes.changes, IsEmpty());
  EXPECT_THAT(reasons(changes),
              HasSubstr("no rule understands what box_sleep() (d/box.c) does with 'intr'"));
}

TEST(ThreadStep, ChangesAFunctionPointerTogetherWithAllThatIsBehindIt) {
  const std::string ops =
      "struct box_ops {\n\tlong (*wait)(struct box *box, bool intr);\n};\n"
      "struct box {\n\tconst struct box_ops *ops;\n\tstruct mutex lock;\n};\n"
      "long box_wait(struct box *box, bool intr);\n";
  const std::string implementer =
      "#include \"box.h\"\n\nstatic long NAME_wait(struct box *box, bool intr)\n{\n"
      "\tif (intr)\n\t\tset_current_state(TASK_INTERRUPTIBLE);\n\telse\n"
      "\t\tset_current_state(TASK_UNINTERRUPTIBLE);\n\tschedule();\n\treturn 0;\n}\n\n"
      "const struct box_ops NAME_ops = {\n\t.wait = NAME_wait,\n};\n";
  auto named = [&](const std::string& name) {
    auto text = implementer;
    for (auto at = text.find("NAME"); at != std::string::npos; at = text.find("NAME"))
      text.replace(at, 4, name);
    return text;
  };
  test::SmallTree tree({{"d/box.c", driver("", "box_wait(box, true)", "box_wait(box, false)")},
                        {"d/core.c",
                         "#include \"box.h\"\n\nlong box_wait(struct box *box, bool intr)\n{\n"
                         "\treturn box->ops->wait(box, intr);\n}\n"},
                        {"d/box.h", ops},
                        {"d/one.c", named("one")},
                        {"d/two.c", named("two")}});
  const auto changes = changes_of(tree);
  EXPECT_EQ(reasons(changes), "");
  EXPECT_THAT(names_of(changes), testing::Contains("thread box_ops.wait"));
  for (const auto* file : {"d/one.c", "d/two.c"}) {
    EXPECT_THAT(text_of(changes, file), HasSubstr("_wait(struct box *box, unsigned int state)"));
    EXPECT_THAT(text_of(changes, file), HasSubstr("\tset_current_state(state);\n"));
    EXPECT_THAT(text_of(changes, file), Not(HasSubstr("intr")));
  }
  EXPECT_THAT(text_of(changes, "d/box.h"),
              HasSubstr("long (*wait)(struct box *box, unsigned int state);"));
  EXPECT_THAT(text_of(changes, "d/core.c"), HasSubstr("box->ops->wait(box, state);"));
}

TEST(ThreadStep, KeepsTheStateInAContextThatAnotherFileMakes) {
  const std::string header =
      "struct box_ctx {\n\tbool intr;\n};\n"
      "void box_ctx_init(struct box_ctx *ctx, bool intr);\n"
      "int box_enter(struct box *box, struct box_ctx *ctx);\n";
  const std::string context =
      "#include \"box.h\"\n\nvoid box_ctx_init(struct box_ctx *ctx, bool intr)\n{\n"
      "\tctx->intr = intr;\n}\n\n"
      "int box_enter(struct box *box, struct box_ctx *ctx)\n{\n\tint ret = 0;\n\n"
      "\tif (ctx->intr)\n\t\tret = mutex_lock_interruptible(&box->lock);\n\telse\n"
      "\t\tmutex_lock(&box->lock);\n\treturn ret;\n}\n";
  const std::string file =
      "#include \"box.h\"\n\nstatic vm_fault_t box_fault(struct vm_fault *vmf)\n{\n"
      "\tstruct box *box = vmf->vma->vm_private_data;\n\tstruct box_ctx ctx;\n\n"
      "\tbox_ctx_init(&ctx, true);\n\tif (box_enter(box, &ctx))\n\t\treturn VM_FAULT_NOPAGE;\n"
      "\treturn 0;\n}\n\n"
      "int box_user(struct box *box)\n{\n\tstruct box_ctx ctx;\n\n\tbox_ctx_init(&ctx, false);\n"
      "\treturn box_enter(box, &ctx);\n}\n\n"
      "static const struct vm_operations_struct box_vm_ops = {\n\t.fault = box_fault,\n};\n";
  test::SmallTree tree({{"d/box.c", file}, {"d/ctx.c", context}, {"d/box.h", header}});
  const auto changes = changes_of(tree);
  EXPECT_EQ(reasons(changes), "");
  EXPECT_THAT(text_of(changes, "d/box.h"), HasSubstr("\tunsigned int state;\n"));
  EXPECT_THAT(text_of(changes, "d/ctx.c"), HasSubstr("\tctx->state = state;\n"));
  EXPECT_THAT(text_of(changes, "d/ctx.c"),
              HasSubstr("\tif (ctx->state == TASK_KILLABLE)\n"
                        "\t\tret = mutex_lock_killable(&box->lock);\n"));
  EXPECT_THAT(text_of(changes, "d/box.c"), HasSubstr("box_ctx_init_state(&ctx, TASK_KILLABLE);"));
  EXPECT_THAT(text_of(changes, "d/box.c"), HasSubstr("box_ctx_init(&ctx, false);"));
}

const std::string kObjects =
    "#include \"box.h\"\n\n"
    "int box_enter(struct box *box, struct box_ctx *ctx)\n{\n\tint ret = 0;\n\n"
    "\tif (ctx->intr)\n\t\tret = mutex_lock_interruptible(&box->lock);\n\telse\n"
    "\t\tmutex_lock(&box->lock);\n\treturn ret;\n}\n\n"
    "static int box_share(struct box *box)\n{\n"
    "\tstruct box_ctx ctx = { .intr = true };\n\n\treturn box_enter(box, &ctx);\n}\n\n"
    "static vm_fault_t box_fault(struct vm_fault *vmf)\n{\n"
    "\tstruct box *box = vmf->vma->vm_private_data;\n"
    "\tstruct box_ctx ctx = {\n\t\t.intr = true,\n\t\t.no_wait = false,\n\t};\n\n"
    "\tif (box_enter(box, &ctx))\n\t\treturn VM_FAULT_NOPAGE;\n\treturn 0;\n}\n\n"
    "static vm_fault_t box_mkwrite(struct vm_fault *vmf)\n{\n"
    "\tstruct box *box = vmf->vma->vm_private_data;\n\n"
    "\tif (box_share(box))\n\t\treturn VM_FAULT_NOPAGE;\n\treturn 0;\n}\n\n"
    "int box_user(struct box *box, bool intr)\n{\n"
    "\tstruct box_ctx ctx = { .intr = intr };\n\tstruct box_ctx off = { .no_wait = true };\n\n"
    "\tif (box_enter(box, &off))\n\t\treturn box_share(box);\n"
    "\tctx.intr = false;\n\treturn box_enter(box, &ctx);\n}\n\n"
    "static const struct vm_operations_struct box_vm_ops = {\n\t.fault = box_fault,\n"
    "\t.pfn_mkwrite = box_mkwrite,\n};\n";
const std::string kObjectHeader =
    "struct box_ctx {\n\tbool intr;\n\tbool no_wait;\n};\n"
    "int box_enter(struct box *box, struct box_ctx *ctx);\n";

TEST(ThreadStep, KeepsTheStateInObjectsThatInitialisersMake) {
  test::SmallTree tree({{"d/box.c", kObjects}, {"d/box.h", kObjectHeader}});
  const auto changes = changes_of(tree);
  EXPECT_EQ(reasons(changes), "");
  EXPECT_THAT(names_of(changes), ElementsAre("thread d", "convert d"));
  EXPECT_THAT(text_of(changes, "d/box.h"), HasSubstr("\tunsigned int state;\n\tbool no_wait;\n"));
  const auto text = text_of(changes, "d/box.c");
  EXPECT_THAT(text, HasSubstr("\tif (ctx->state == TASK_KILLABLE)\n"
                              "\t\tret = mutex_lock_killable(&box->lock);\n"));
  EXPECT_THAT(text, HasSubstr("\t\t.state = TASK_KILLABLE,\n\t\t.no_wait = false,\n"));
  EXPECT_THAT(text, HasSubstr("box_share_state(struct box *box, unsigned int state)\n{\n"
                              "\tstruct box_ctx ctx = { .state = state };\n"));
  EXPECT_THAT(text, HasSubstr("\tif (box_share_state(box, TASK_KILLABLE))\n"));
  EXPECT_THAT(text,
              HasSubstr("ctx = { .state = intr ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE };"));
  EXPECT_THAT(text, HasSubstr("off = { .state = TASK_UNINTERRUPTIBLE, .no_wait = true };"));
  EXPECT_THAT(text, HasSubstr("\tctx.state = TASK_UNINTERRUPTIBLE;\n"));
  EXPECT_THAT(text, HasSubstr("\t\treturn box_share(box);\n"));
  // The step before the conversion changes nothing for the fault.
  const auto& before = changes.changes.at(0).files.front();
  EXPECT_THAT(before.after, HasSubstr("\t\t.state = TASK_INTERRUPTIBLE,\n"));
}

TEST(ThreadStep, LeavesAContextWhoseFlagIsUsedOtherwise) {
  auto counts = kObjects;
  counts.replace(counts.find("\tctx.intr = false;"), 0, "\tbox->count += ctx.intr;\n");
  test::SmallTree tree({{"d/box.c", counts}, {"d/box.h", kObjectHeader}});
  const auto changes = changes_of(tree);
  EXPECT_THAT(changes.changes, IsEmpty());
  EXPECT_THAT(reasons(changes), HasSubstr("no rule understands what box_user() (d/box.c) does with "
                                          "'intr' of struct box_ctx"));
}

TEST(ThreadStep, DoesNotThreadThroughAFunctionPointerThatHasNoFlag) {
  const std::string text =
      "struct box_ops {\n\tint (*get)(struct box *box);\n};\n"
      "static int box_get(struct box *box)\n{\n\treturn "
      "mutex_lock_interruptible(&box->lock);\n}\n\n"
      "static const struct box_ops ops = {\n\t.get = box_get,\n};\n\n"
      "struct box {\n\tconst struct box_ops *ops;\n\tstruct mutex lock;\n};\n\n"
      "int box_take(struct box *box)\n{\n\treturn box->ops->get(box);\n}\n\n";
  test::SmallTree tree({{"d/box.c", driver(text, "box_take(box)", "box_take(box)")},
                        {"d/box.h", "int box_take(struct box *box);\n"}});
  const auto changes = changes_of(tree);
  EXPECT_THAT(changes.changes, IsEmpty());
  EXPECT_THAT(reasons(changes), HasSubstr("a state would have to go through"));
}

}  // namespace
}  // namespace killify
