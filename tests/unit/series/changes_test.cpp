// What carrying out a plan makes of small drivers, and what the check afterwards turns down.
#include "series/changes.h"

#include "plan/planner.h"
#include "support/small_changes.h"
#include "support/small_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using test::changes_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string handler(const std::string& name, const std::string& body) {
  return "static vm_fault_t " + name + "(struct vm_fault *vmf)\n{\n" + body + "\treturn 0;\n}\n\n";
}

std::string ops(const std::string& bindings) {
  return "static const struct vm_operations_struct box_ops = {\n" + bindings + "};\n";
}

const std::string kLock =
    "\tif (mutex_lock_interruptible(&box->lock))\n\t\treturn VM_FAULT_NOPAGE;\n";

TEST(CarryOut, ConvertsTheSleepAndItsResult) {
  test::SmallTree tree({{"d/box.c", handler("box_fault", kLock) + ops("\t.fault = box_fault,\n")}});
  const auto result = changes_of(tree);
  ASSERT_THAT(result.changes, SizeIs(1));
  const auto& change = result.changes[0];
  ASSERT_THAT(change.files, SizeIs(1));
  EXPECT_THAT(change.files[0].after, HasSubstr("if (mutex_lock_killable(&box->lock))\n"
                                               "\t\treturn VM_FAULT_SIGBUS;\n"));
  EXPECT_THAT(change.files[0].before, HasSubstr("mutex_lock_interruptible"));
  ASSERT_THAT(change.sites, SizeIs(1));
  EXPECT_EQ(change.sites[0].on_signal, "VM_FAULT_NOPAGE");
  EXPECT_EQ(change.sites[0].on_fatal, "VM_FAULT_SIGBUS");
  EXPECT_EQ(change.sites[0].line, 3);
  EXPECT_THAT(change.semantic_patches,
              ElementsAre("convert/fatal-return.cocci", "convert/mutex.cocci"));
}

const std::string kGuardMacros =
    "#define guard(_name) CLASS(_name, __UNIQUE_ID(guard))\n"
    "#define scoped_guard(_name, args...) for (CLASS(_name, scope)(args); held(&scope); )\n"
    "#define scoped_cond_guard(_name, _fail, args...) \\\n"
    "\tfor (CLASS(_name, scope)(args); ; ) if (!held(&scope)) { _fail; break; } else\n";
const std::string kGuardClasses =
    "DEFINE_GUARD(mutex, struct mutex *, mutex_lock(_T), mutex_unlock(_T))\n"
    "DEFINE_GUARD_COND(mutex, _try, mutex_trylock(_T))\n"
    "DEFINE_GUARD_COND(mutex, _intr, mutex_lock_interruptible(_T), _RET == 0)\n";
const std::string kKillableClass =
    "DEFINE_GUARD_COND(mutex, _kill, mutex_lock_killable(_T), _RET == 0)\n";

// The headers, and the drivers.
test::Files with_guards(const std::string& classes, test::Files drivers) {
  drivers["include/linux/cleanup.h"] = kGuardMacros;
  drivers["include/linux/mutex.h"] =
      "int mutex_lock_interruptible(struct mutex *lock);\n"
      "int mutex_lock_killable(struct mutex *lock);\n" +
      classes;
  return drivers;
}

TEST(CarryOut, AGuardThatSleepsIsConvertedToTheClassThatTheTreeHas) {
  test::SmallTree tree(with_guards(
      kGuardClasses + kKillableClass,
      {{"d/box.c",
        handler("box_fault",
                "\tscoped_cond_guard(mutex_intr, return VM_FAULT_NOPAGE,\n"
                "\t\t\t  &box->lock) {\n\t\tbox->faults++;\n\t}\n") +
            handler("box_mkwrite",
                    "\tscoped_guard(mutex, &box->lock)\n\t\tbox->writes++;\n"
                    "\tscoped_cond_guard(mutex_try, return VM_FAULT_NOPAGE, &box->lock)\n"
                    "\t\tbox->writes++;\n") +
            ops("\t.fault = box_fault,\n\t.page_mkwrite = box_mkwrite,\n")}}));
  const auto result = changes_of(tree);
  EXPECT_THAT(result.left_out, IsEmpty());
  ASSERT_THAT(result.changes, SizeIs(1));
  ASSERT_THAT(result.changes[0].sites, SizeIs(1));
  EXPECT_EQ(result.changes[0].sites[0].function, "box_fault");
  EXPECT_EQ(result.changes[0].sites[0].on_fatal, "VM_FAULT_SIGBUS");
  auto expected = result.changes[0].files[0].before;
  for (const auto& [from, to] :
       {std::pair("mutex_intr, return VM_FAULT_NOPAGE", "mutex_kill, return VM_FAULT_SIGBUS")})
    expected.replace(expected.find(from), std::string(from).size(), to);
  EXPECT_EQ(result.changes[0].files[0].after, expected);
}

// A driver whose guard is of a class.
test::Files guarded_by(const std::string& guard_class) {
  return {{"d/box.c", handler("box_fault", "\tscoped_cond_guard(" + guard_class +
                                               ", return VM_FAULT_NOPAGE, &box->lock)\n"
                                               "\t\tbox->faults++;\n") +
                          ops("\t.fault = box_fault,\n")}};
}

TEST(CarryOut, AKillableGuardClassIsMadeBesideTheOtherWhereTheTreeHasNone) {
  test::SmallTree tree(with_guards(kGuardClasses, guarded_by("mutex_intr")));
  const auto result = changes_of(tree);
  for (const auto& left : result.left_out) ADD_FAILURE() << left.reason;
  ASSERT_THAT(result.changes, SizeIs(2));
  const auto& made = result.changes[0];
  EXPECT_EQ(made.step.kind, StepKind::kPrepare);
  EXPECT_EQ(made.step.reason, "the tree has no mutex_kill, which a sleep waits for");
  EXPECT_THAT(made.semantic_patches, IsEmpty());
  ASSERT_THAT(made.additions, SizeIs(1));
  EXPECT_EQ(made.additions[0],
            (Addition{"mutex_kill", "mutex_intr", "include/linux/mutex.h", true}));
  ASSERT_THAT(made.files, SizeIs(1));
  EXPECT_EQ(made.files[0].after, made.files[0].before + kKillableClass);
  ASSERT_THAT(result.changes[1].files, SizeIs(1));
  EXPECT_THAT(result.changes[1].files[0].after,
              HasSubstr("scoped_cond_guard(mutex_kill, return VM_FAULT_SIGBUS, &box->lock)\n"));
}

TEST(CarryOut, AGuardClassThatCannotBeMadeLeavesTheGuardAlone) {
  const std::string intr = "DEFINE_GUARD_COND(mutex, _intr, mutex_lock_interruptible(_T) == 0)\n";
  const std::string odd = "DEFINE_GUARD_COND(mutex, _calm, mutex_lock_interruptible(_T) == 0)\n";
  const std::string taken = "DEFINE_GUARD_COND(mutex, _kill, mutex_trylock(_T) == 0)\n";
  auto without_killable = with_guards("", guarded_by("mutex_intr"));
  without_killable["include/linux/mutex.h"] =
      "int mutex_lock_interruptible(struct mutex *lock);\n" + intr +
      "int mutex_lock_killable(struct mutex *lock);\n";
  auto twice = with_guards(intr, guarded_by("mutex_intr"));
  twice["include/linux/other.h"] = intr;
  const std::vector<std::pair<test::Files, std::string>> trees = {
      {with_guards(odd, guarded_by("mutex_calm")),
       "scoped_cond_guard(mutex_calm) killably (d/box.c:3): the name of the class mutex_calm does "
       "not say that it is interruptible"},
      {with_guards(intr + taken, guarded_by("mutex_intr")),
       "scoped_cond_guard(mutex_intr) killably (d/box.c:3): the class mutex_kill of the tree does "
       "not take the lock by mutex_lock_killable()"},
      {without_killable,
       "scoped_cond_guard(mutex_intr) killably (d/box.c:3): where the class mutex_intr is defined, "
       "mutex_lock_killable() may not be known (include/linux/mutex.h:2)"},
      {twice,
       "scoped_cond_guard(mutex_intr) killably (d/box.c:3): include/linux/mutex.h and "
       "include/linux/other.h define the class mutex_intr"},
      {with_guards("int one; " + intr, guarded_by("mutex_intr")),
       "scoped_cond_guard(mutex_intr) killably (d/box.c:3): where the class mutex_intr is defined "
       "is not understood"}};
  for (const auto& [files, why] : trees) {
    test::SmallTree tree(files);
    const auto result = changes_of(tree);
    EXPECT_THAT(result.changes, IsEmpty());
    ASSERT_THAT(result.left_out, SizeIs(1)) << why;
    EXPECT_EQ(result.left_out[0].reason,
              "review: no guard class of the tree takes the lock of " + why);
  }
}

// guard() does not tell whether it has the lock: converted as a lock whose result nobody looks at.
TEST(CarryOut, AGuardWhoseFailureNobodySeesIsOneOfTheOtherClass) {
  test::SmallTree tree(with_guards(
      kGuardClasses + kKillableClass,
      {{"d/box.c", handler("box_fault", "\tguard(mutex_intr)(&box->lock);\n\tbox->faults++;\n") +
                       ops("\t.fault = box_fault,\n")}}));
  const auto result = changes_of(tree);
  EXPECT_THAT(result.left_out, IsEmpty());
  ASSERT_THAT(result.changes, SizeIs(1));
  EXPECT_THAT(result.changes[0].files[0].after,
              HasSubstr("\tguard(mutex_kill)(&box->lock);\n\tbox->faults++;\n"));
}

// One handler of a driver cannot be shown to end its fault: the other is converted without it.
TEST(CarryOut, AHandlerThatDoesNotEndTheFaultIsLeftAlone) {
  test::SmallTree tree(
      {{"d/box.c",
        handler("box_fault", kLock) +
            handler("odd_fault",
                    "\tif (mutex_lock_interruptible(&box->lock))\n\t\treturn odd(vmf, box);\n") +
            ops("\t.fault = box_fault,\n\t.page_mkwrite = odd_fault,\n")}});
  const auto result = changes_of(tree);
  ASSERT_THAT(result.changes, SizeIs(1));
  ASSERT_THAT(result.changes[0].sites, SizeIs(1));
  EXPECT_EQ(result.changes[0].sites[0].function, "box_fault");
  const auto& after = result.changes[0].files[0].after;
  EXPECT_THAT(after, HasSubstr("if (mutex_lock_interruptible(&box->lock))\n\t\treturn odd("));
  ASSERT_THAT(result.left_out, SizeIs(1));
  EXPECT_THAT(result.left_out[0].reason,
              HasSubstr("review: what odd_fault() returns on a fatal signal cannot be told"));
}

// A helper that two functions of a handler call: the longer way counts like the shorter one.
TEST(CarryOut, EveryWayToASleepHasToEndTheFault) {
  test::SmallTree tree(
      {{"d/box.c",
        "static int take(struct box *box)\n{\n\treturn mutex_lock_interruptible(&box->lock);\n}\n\n"
        "static int other(struct box *box)\n{\n\tif (take(box))\n\t\tbox->failed++;\n"
        "\treturn box->state;\n}\n\n" +
            handler("box_fault",
                    "\tif (other(vmf->box))\n\t\treturn VM_FAULT_NOPAGE;\n"
                    "\tif (take(vmf->box))\n\t\treturn VM_FAULT_NOPAGE;\n") +
            ops("\t.fault = box_fault,\n")}});
  const auto result = changes_of(tree);
  EXPECT_THAT(result.changes, IsEmpty());
  EXPECT_THAT(result.left_out, SizeIs(1));
}

// Two commits that change one file build on each other.
TEST(CarryOut, AStepStartsFromWhatTheOneBeforeLeft) {
  const std::string wait =
      "\tif (wait_event_interruptible(box->wq, box->done))\n"
      "\t\treturn VM_FAULT_NOPAGE;\n";
  const std::string bind = ops("\t.fault = box_fault,\n");
  test::SmallTree tree({{"drivers/misc/box/a.c", handler("box_fault", wait) + bind},
                        {"drivers/misc/box/box.h", "struct box {\n\twait_queue_head_t wq;\n};\n"},
                        {"drivers/misc/box/c.c",
                         "void box_done(struct box *box)\n{\n"
                         "\twake_up_interruptible(&box->wq);\n}\n" +
                             handler("box_fault", kLock) + bind}});
  const auto result = changes_of(tree, Grouping::kFile);
  ASSERT_THAT(result.changes, SizeIs(2)) << result.left_out.size();
  const auto& last = result.changes[1].files.back();
  EXPECT_EQ(last.path, "drivers/misc/box/c.c");
  EXPECT_THAT(last.before, HasSubstr("\twake_up(&box->wq)"));
  EXPECT_THAT(last.after, HasSubstr("\twake_up(&box->wq)"));
  EXPECT_THAT(last.after, HasSubstr("mutex_lock_killable"));
}

// The semantic patch does not see through the pointer arithmetic, so the wait stays with it.
TEST(CarryOut, AWakeUpThatIsNotConvertedKeepsItsWait) {
  test::SmallTree tree(
      {{"drivers/misc/box/a.c",
        "struct box {\n\twait_queue_head_t wq;\n};\n" +
            handler("box_fault",
                    "\tif (wait_event_interruptible(box->wq, box->done))\n"
                    "\t\treturn VM_FAULT_NOPAGE;\n") +
            ops("\t.fault = box_fault,\n") +
            "void box_done(struct box *box)\n{\n\twake_up_interruptible(&(*(box + 1)).wq);\n"
            "\twake_up_interruptible(1 + &box->wq);\n}\n"}});
  const auto result = changes_of(tree);
  EXPECT_THAT(result.changes, IsEmpty());
  ASSERT_THAT(result.left_out, SizeIs(1));
  EXPECT_THAT(result.left_out[0].reason,
              HasSubstr("does not convert this wake-up (drivers/misc/box/a.c:"));
}

// A primitive that the tree has in its interruptible form only.
const test::Files kWwMutex = {
    {"include/linux/ww_mutex.h",
     "/**\n * ww_mutex_lock_interruptible - take it, or leave it when a signal arrives\n */\n"
     "extern int ww_mutex_lock_interruptible(struct ww_mutex *lock,\n"
     "\t\t\t\t       struct ww_acquire_ctx *ctx);\n"},
    {"kernel/locking/ww.c",
     "static int take(struct ww_mutex *lock, unsigned int state)\n{\n\treturn state;\n}\n\n"
     "#ifdef CONFIG_DEBUG\n"
     "int ww_mutex_lock_interruptible(struct ww_mutex *lock,\n"
     "\t\t\t\tstruct ww_acquire_ctx *ctx)\n{\n"
     "\treturn take(lock, TASK_INTERRUPTIBLE);\n}\n"
     "EXPORT_SYMBOL_GPL(ww_mutex_lock_interruptible);\n"
     "#else\n"
     "int ww_mutex_lock_interruptible(struct ww_mutex *lock, struct ww_acquire_ctx *ctx)\n{\n"
     "\treturn take(lock, TASK_INTERRUPTIBLE);\n}\n\n"
     "EXPORT_SYMBOL(ww_mutex_lock_interruptible);\n"
     "#endif\n"}};

test::Files with_ww_mutex(test::Files files) {
  files.insert(kWwMutex.begin(), kWwMutex.end());
  return files;
}

const std::string kWwLock =
    "\tif (ww_mutex_lock_interruptible(&box->lock, NULL))\n\t\treturn VM_FAULT_NOPAGE;\n";

TEST(CarryOut, WhatTheTreeLacksIsAddedFirst) {
  test::SmallTree tree(
      with_ww_mutex({{"d/box.c", handler("box_fault", kWwLock) + ops("\t.fault = box_fault,\n")}}));
  const auto result = changes_of(tree);
  ASSERT_THAT(result.changes, SizeIs(2));
  const auto& added = result.changes[0];
  EXPECT_EQ(added.step.name, "prepare include/linux/ww_mutex.h");
  EXPECT_THAT(added.step.enables, ElementsAre("convert d"));
  EXPECT_THAT(added.additions,
              ElementsAre(Addition{"ww_mutex_lock_killable", "ww_mutex_lock_interruptible",
                                   "include/linux/ww_mutex.h"}));
  ASSERT_THAT(added.files, SizeIs(2));
  EXPECT_EQ(added.files[0].after,
            added.files[0].before +
                "\n/**\n * ww_mutex_lock_killable - take it, or leave it when a fatal signal "
                "arrives\n */\n"
                "int ww_mutex_lock_killable(struct ww_mutex *lock,\n"
                "\t\t\t   struct ww_acquire_ctx *ctx);\n");
  EXPECT_THAT(added.files[1].after,
              HasSubstr("EXPORT_SYMBOL_GPL(ww_mutex_lock_interruptible);\n\n"
                        "int ww_mutex_lock_killable(struct ww_mutex *lock,\n"
                        "\t\t\t   struct ww_acquire_ctx *ctx)\n{\n"
                        "\treturn take(lock, TASK_KILLABLE);\n}\n"
                        "EXPORT_SYMBOL_GPL(ww_mutex_lock_killable);\n#else\n"));
  EXPECT_THAT(added.files[1].after, HasSubstr("\treturn take(lock, TASK_KILLABLE);\n}\n"
                                              "EXPORT_SYMBOL(ww_mutex_lock_killable);\n#endif\n"));
  const auto& converted = result.changes[1];
  EXPECT_THAT(converted.step.needs, ElementsAre("prepare include/linux/ww_mutex.h"));
  // A lock without a context fails because of a signal only.
  EXPECT_THAT(converted.files.at(0).after,
              HasSubstr("\tif (ww_mutex_lock_killable(&box->lock, NULL))\n"
                        "\t\treturn VM_FAULT_SIGBUS;\n"));

  auto files = kWwMutex;
  for (const auto& change : result.changes)
    for (const auto& file : change.files) files[file.path] = file.after;
  test::SmallTree second(files);
  EXPECT_THAT(changes_of(second).changes, IsEmpty());
}

// Two steps, since the primitives are declared in two headers.
TEST(CarryOut, AStaticCounterpartIsMadeOnce) {
  const std::string arguments = "(struct ww_mutex *lock, struct ww_acquire_ctx *ctx)";
  const std::string calls = "\n{\n\treturn wait_interruptible(lock);\n}\n\n";
  const std::string slow =
      "\tif (ww_mutex_lock_slow_interruptible(&box->lock, NULL))\n\t\treturn VM_FAULT_NOPAGE;\n";
  test::SmallTree tree(
      {{"include/linux/ww_mutex.h", "int ww_mutex_lock_interruptible" + arguments + ";\n"},
       {"include/linux/ww_slow.h", "int ww_mutex_lock_slow_interruptible" + arguments + ";\n"},
       {"kernel/locking/ww.c",
        "static int take(struct ww_mutex *lock, unsigned int state)\n{\n\treturn state;\n}\n\n"
        "static int wait_interruptible(struct ww_mutex *lock)\n{\n"
        "\treturn take(lock, TASK_INTERRUPTIBLE);\n}\n\n"
        "int ww_mutex_lock_interruptible" +
            arguments + calls + "int ww_mutex_lock_slow_interruptible" + arguments + calls},
       {"d/box.c", handler("box_fault", kWwLock) + ops("\t.fault = box_fault,\n")},
       {"e/box.c", handler("slow_fault", slow) + ops("\t.fault = slow_fault,\n")}});
  const auto result = changes_of(tree);
  EXPECT_THAT(result.left_out, IsEmpty());
  std::string made;
  for (const auto& change : result.changes)
    for (const auto& file : change.files)
      if (file.path == "kernel/locking/ww.c") made = file.after;
  const std::string counterpart = "static int wait_killable(struct ww_mutex *lock)";
  const auto first = made.find(counterpart);
  ASSERT_NE(first, std::string::npos) << made;
  EXPECT_EQ(made.find(counterpart, first + 1), std::string::npos) << made;
  EXPECT_THAT(made, AllOf(HasSubstr("int ww_mutex_lock_killable("),
                          HasSubstr("int ww_mutex_lock_slow_killable(")));
}

TEST(CarryOut, NothingIsAddedThatNoConversionNeedsInTheEnd) {
  test::SmallTree tree(
      with_ww_mutex({{"d/box.c", handler("odd_fault",
                                         "\tif (ww_mutex_lock_interruptible(&box->lock, NULL))\n"
                                         "\t\treturn odd(vmf, box);\n") +
                                     ops("\t.fault = odd_fault,\n")}}));
  const auto result = changes_of(tree);
  EXPECT_THAT(result.changes, IsEmpty());
  EXPECT_THAT(result.left_out, SizeIs(1));
}

// A comment that could become untrue is not copied.
TEST(CarryOut, WhereNothingCanBeAddedTheSleepStays) {
  auto files =
      with_ww_mutex({{"d/box.c", handler("box_fault", kWwLock) + ops("\t.fault = box_fault,\n")}});
  files["include/linux/ww_mutex.h"] =
      "/* Interrupted on signal delivery: ww_mutex_lock_interruptible() */\n"
      "int ww_mutex_lock_interruptible(struct ww_mutex *lock, struct ww_acquire_ctx *ctx);\n";
  test::SmallTree tree(files);
  const auto result = changes_of(tree);
  EXPECT_THAT(result.changes, IsEmpty());
  ASSERT_THAT(result.left_out, SizeIs(1));
  EXPECT_THAT(result.left_out[0].reason,
              HasSubstr("waits for a missing primitive: ww_mutex_lock_killable()"));
}

// The driver's own name becomes the killable one where nobody else uses it.
TEST(CarryOut, AWrapperIsRenamedWithItsCallers) {
  test::SmallTree tree(
      {{"drivers/misc/box/box.h",
        "static inline int box_lock_interruptible(struct box *box)\n{\n"
        "\treturn mutex_lock_interruptible(&box->lock);\n}\n"},
       {"drivers/misc/box/box.c",
        "#include \"box.h\"\n\n" +
            handler("box_fault",
                    "\tif (box_lock_interruptible(box))\n\t\treturn VM_FAULT_NOPAGE;\n") +
            ops("\t.fault = box_fault,\n")}});
  const auto result = changes_of(tree);
  ASSERT_THAT(result.changes, SizeIs(1));
  const auto& change = result.changes[0];
  ASSERT_THAT(change.files, SizeIs(2));
  EXPECT_THAT(change.files[0].after, HasSubstr("\tif (box_lock_killable(box))\n"
                                               "\t\treturn VM_FAULT_SIGBUS;\n"));
  EXPECT_EQ(change.files[1].after,
            "static inline int box_lock_killable(struct box *box)\n{\n"
            "\treturn mutex_lock_killable(&box->lock);\n}\n");
  ASSERT_THAT(change.step.twins, SizeIs(1));
  EXPECT_TRUE(change.step.twins[0].replaces);
}

// As in ttm_bo_vm_reserve(): one call drops mmap_lock before it, the other does not.
TEST(CarryOut, OfTwoCallsInOneFunctionEachHasItsResult) {
  test::SmallTree tree(
      {{"d/box.c",
        "/* Takes the box interruptibly. VM_FAULT_NOPAGE asks to come again. */\n" +
            handler("box_fault",
                    "\tif (box->first) {\n\t\tmmap_read_unlock(vmf->vma->vm_mm);\n"
                    "\t\tif (!mutex_lock_interruptible(&box->lock))\n"
                    "\t\t\tmutex_unlock(&box->lock);\n\t\treturn VM_FAULT_RETRY;\n\t}\n" +
                        kLock) +
            ops("\t.fault = box_fault,\n")}});
  const auto result = changes_of(tree);
  ASSERT_THAT(result.changes, SizeIs(1));
  const auto& sites = result.changes[0].sites;
  ASSERT_THAT(sites, SizeIs(2));
  EXPECT_EQ(sites[0].on_fatal, "VM_FAULT_RETRY");
  EXPECT_EQ(sites[1].on_fatal, "VM_FAULT_SIGBUS");
  EXPECT_THAT(result.changes[0].files.at(0).after,
              HasSubstr("/* Takes the box killably. VM_FAULT_SIGBUS asks to come again. */\n"));
}

TEST(CarryOut, NothingIsDoneTwice) {
  test::SmallTree first(
      {{"d/box.c", handler("box_fault", kLock) + ops("\t.fault = box_fault,\n")}});
  const auto once = changes_of(first);
  test::SmallTree second({{"d/box.c", once.changes.at(0).files.at(0).after}});
  const auto again = changes_of(second);
  EXPECT_THAT(again.changes, IsEmpty());
  EXPECT_THAT(again.left_out, IsEmpty());
}

}  // namespace
}  // namespace killify
