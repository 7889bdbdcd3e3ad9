#include "facts/guard_locks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace killify {
namespace {

using testing::ElementsAre;

GuardClasses classes_of(const std::string& header) {
  GuardClasses classes;
  add_guard_classes(tokens_of(header), classes);
  return classes;
}

// As 7.x writes them, and 6.12.
const GuardClasses kClasses = classes_of(
    "DEFINE_LOCK_GUARD_1(mutex, struct mutex, mutex_lock(_T->lock), mutex_unlock(_T->lock))\n"
    "DEFINE_LOCK_GUARD_1_COND(mutex, _try, mutex_trylock(_T->lock))\n"
    "DEFINE_LOCK_GUARD_1_COND(mutex, _intr, mutex_lock_interruptible(_T->lock), _RET == 0)\n"
    "DEFINE_LOCK_GUARD_1_COND(mutex, _kill, mutex_lock_killable(_T->lock), _RET == 0)\n"
    "DEFINE_GUARD_COND(device, _intr, device_lock_interruptible(_T), _RET == 0)\n"
    "DEFINE_GUARD_COND(rwsem_read, _intr, down_read_interruptible(_T) == 0)\n"
    "DEFINE_GUARD_COND(pm, _ioctl, pm_get_ioctl(_T), _RET >= 0)\n"
    "DEFINE_GUARD_COND(odd, _intr, odd_lock(&_T->inner), _RET == 0)\n"
    "#define DEFINE_GUARD_COND(_name, _ext, _lock) whatever\n");

std::string shown(const std::string& code) {
  std::vector<GuardLock> locks;
  return with_locks_shown(code, kClasses, locks);
}

TEST(GuardLocks, ClassesAreThoseWhoseLockFunctionReturnsNothingButErrors) {
  std::vector<std::string> names;
  for (const auto& [name, lock] : kClasses) names.push_back(name);
  EXPECT_THAT(names, ElementsAre("device_intr", "mutex_intr", "mutex_kill", "rwsem_read_intr"));
  EXPECT_EQ(kClasses.at("mutex_intr").before, "mutex_lock_interruptible(");
  EXPECT_EQ(kClasses.at("mutex_intr").behind, ")");
}

TEST(GuardLocks, EachGuardIsShownAsTheLockThatItTakes) {
  EXPECT_EQ(shown("guard(mutex_intr)(&box->lock);"), "mutex_lock_interruptible(&box->lock);");
  EXPECT_EQ(shown("scoped_guard(rwsem_read_intr, &box->sem)\n\tf();"),
            "if (down_read_interruptible(&box->sem)) { } else\n\tf();");
  EXPECT_EQ(shown("scoped_cond_guard(mutex_intr, return -EINTR, &box->lock) {"),
            "if (mutex_lock_interruptible(&box->lock)) { return -EINTR; } else {");
  EXPECT_EQ(shown("ACQUIRE(device_intr, held)(&box->dev);\nret = ACQUIRE_ERR(device_intr, &held);"),
            "int held = device_lock_interruptible(&box->dev);\nret = held;");
}

TEST(GuardLocks, EveryLineStaysWhereItIs) {
  EXPECT_EQ(
      shown("scoped_cond_guard (mutex_intr, return say(a,\n\t\tb), /* ours */\n\t\t&l) {\n\tx;"),
      "if (mutex_lock_interruptible(&l)) { return say(a, b); } else\n\n {\n\tx;");
}

TEST(GuardLocks, AClassThatIsWrittenOutTakesItsLockByAFunctionOfItsOwn) {
  const GuardClasses classes = {{"box", constructed_class("box")}};
  std::vector<GuardLock> locks;
  EXPECT_EQ(with_locks_shown("scoped_cond_guard(box, return 1, box) f();", classes, locks),
            "if (!class_box_constructor(box)) { return 1; } else f();");
  EXPECT_EQ(with_locks_shown("guard(box)(box);", classes, locks), "class_box_constructor(box);");
  EXPECT_THAT(
      guard_classes_in(tokens_of("guard(box)(box); f(guard); scoped_guard(mutex, &l) g();")),
      ElementsAre("box", "mutex"));
}

TEST(GuardLocks, AFailStatementThatOnlyLeavesTheGuardIsNone) {
  EXPECT_EQ(shown("scoped_cond_guard(mutex_intr, break, &l) f();"),
            "if (mutex_lock_interruptible(&l)) { } else f();");
}

TEST(GuardLocks, OtherGuardsAndOtherCodeStay) {
  for (const std::string code :
       {"guard(mutex)(&l);", "scoped_cond_guard(mutex_try, return -EBUSY, &l) {",
        "guard(mutex_intr);", "x.guard(mutex_intr)(&l)", "scoped_guard(mutex_intr) f();",
        "/* guard(mutex_intr)(&l) */", "ACQUIRE(pm_ioctl, pm)(xe);",
        "#define lock_box(b) guard(mutex_intr)(&(b)->lock)\n",
        "scoped_guard(mutex_intr,\n#ifdef A\n&a)\n#else\n&b)\n#endif\n;"})
    EXPECT_EQ(shown(code), code);
}

// What comes back when semantic patches have replaced words of the shown text.
std::string converted(const std::string& code,
                      const std::vector<std::pair<std::string, std::string>>& words) {
  std::vector<GuardLock> locks;
  auto text = with_locks_marked(code, kClasses, locks);
  for (const auto& [from, to] : words)
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
  return with_locks_hidden(text, kClasses, locks).value_or("none");
}

TEST(GuardLocks, WhatIsNotConvertedComesBackAsItWas) {
  const std::string code =
      "scoped_cond_guard (mutex_intr, return say(a,\n\t\tb), /* ours */\n\t\t&l) {\n"
      "\tACQUIRE(mutex_intr, held)(&m);\n\tret = ACQUIRE_ERR(mutex_intr, &held);\n}\n"
      "guard(mutex_intr)(&l);\nscoped_guard(mutex_intr, &l) f();\n";
  EXPECT_EQ(converted(code, {}), code);
  EXPECT_EQ(converted(code, {{"f()", "g()"}}), code.substr(0, code.size() - 5) + "g();\n");
}

TEST(GuardLocks, AConvertedLockIsOneOfTheClassThatTakesIt) {
  const std::pair<std::string, std::string> lock = {"_interruptible", "_killable"};
  EXPECT_EQ(converted("scoped_cond_guard(mutex_intr, return VM_FAULT_NOPAGE,\n\t\t  &l) {",
                      {lock, {"NOPAGE", "SIGBUS"}}),
            "scoped_cond_guard(mutex_kill, return VM_FAULT_SIGBUS,\n\t\t  &l) {");
  EXPECT_EQ(
      converted("ACQUIRE(mutex_intr, held)(&l);\nret = ACQUIRE_ERR(mutex_intr, &held);", {lock}),
      "ACQUIRE(mutex_kill, held)(&l);\nret = ACQUIRE_ERR(mutex_kill, &held);");
  EXPECT_EQ(converted("guard(mutex_intr)(&l);", {lock}), "guard(mutex_kill)(&l);");
}

TEST(GuardLocks, WhatNoGuardSaysDoesNotComeBack) {
  EXPECT_EQ(converted("guard(rwsem_read_intr)(&s);", {{"_interruptible", "_killable"}}), "none");
  EXPECT_EQ(converted("scoped_guard(mutex_intr, &l) f();", {{"if (", "if (!"}}), "none");
  EXPECT_EQ(converted("guard(mutex_intr)(&l);", {{"/*killify:end 0*/", ""}}), "none");
}

TEST(GuardLocks, AreListedByTheirLines) {
  std::vector<GuardLock> locks;
  (void)with_locks_shown("f();\nguard(mutex_intr)(&l);\n", kClasses, locks);
  ASSERT_EQ(locks.size(), 1U);
  EXPECT_EQ(locks[0].macro, "guard");
  EXPECT_EQ(locks[0].guard_class, "mutex_intr");
  EXPECT_EQ(locks[0].line, 2);
}

}  // namespace
}  // namespace killify
