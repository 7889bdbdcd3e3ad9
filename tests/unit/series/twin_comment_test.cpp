// What the comment of an interruptible function becomes for its killable counterpart.
#include "series/twin_comment.h"

#include "support/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

const std::map<std::string, std::string> kNames = {
    {"ww_mutex_lock_interruptible", "ww_mutex_lock_killable"},
    {"ww_mutex_lock_slow_interruptible", "ww_mutex_lock_slow_killable"}};

std::string killable(const std::string& text) {
  const auto comment = killable_comment(split_lines(text), kNames);
  EXPECT_EQ(comment.unknown, "");
  return join(comment.lines, "\n") + "\n";
}

std::string unknown(const std::string& line) {
  return killable_comment({"/**", " * " + line, " */"}, kNames).unknown;
}

// As include/linux/ww_mutex.h has it in 6.1.
TEST(TwinComment, SaysWhatIsTrueOfTheCopy) {
  EXPECT_EQ(killable(R"(/**
 * ww_mutex_lock_interruptible - acquire the w/w mutex, interruptible
 * @lock: the mutex to be acquired
 *
 * returning -EALREADY. Returns 0 if the mutex was successfully acquired. If a
 * signal arrives while waiting for the lock then this function returns -EINTR.
 *
 * In the die case the caller must wait for this contending lock to be available by
 * calling ww_mutex_lock_slow_interruptible. Alternatively callers can opt to
 * not acquire this lock.
 *
 * The mutex must later on be released by the same task that
 * acquired it.
 */
)"),
            R"(/**
 * ww_mutex_lock_killable - acquire the w/w mutex, killable
 * @lock: the mutex to be acquired
 *
 * returning -EALREADY. Returns 0 if the mutex was successfully acquired. If a
 * fatal signal arrives while waiting for the lock then this function returns
 * -EINTR.
 *
 * In the die case the caller must wait for this contending lock to be available by
 * calling ww_mutex_lock_slow_killable. Alternatively callers can opt to
 * not acquire this lock.
 *
 * The mutex must later on be released by the same task that
 * acquired it.
 */
)");
}

TEST(TwinComment, EveryWordingOfASignal) {
  EXPECT_EQ(killable(R"(/**
 * box_lock() - Take the lock, interruptible by signals.
 *
 * Any signal wakes the sleeper.
 *
 * Return: 0, or -EINTR if interrupted.
 */
)"),
            R"(/**
 * box_lock() - Take the lock, interruptible by fatal signals.
 *
 * A fatal signal wakes the sleeper.
 *
 * Return: 0, or -EINTR if interrupted by a fatal signal.
 */
)");
}

TEST(TwinComment, WhatIsNoSignalStays) {
  const std::string text = R"(/*
 * An error is signalled by -EALREADY. It signals the waiters. The lock is
 * uninterruptible, and a fatal signal is fatal.
 */
)";
  EXPECT_EQ(killable(text), text);
}

TEST(TwinComment, WhatItCannotReadIsNamed) {
  EXPECT_EQ(unknown("Returns -EINTR on signal."), "on signal.");
  EXPECT_EQ(unknown("This is not interruptible at first."), "interruptible");
}

// A line in which nothing changes is not in the diff.
TEST(TwinComment, OnlyLinesThatChangeAreTouched) {
  EXPECT_EQ(killable(R"(/*
 * vm callbacks like fault() and *_mkwrite() allow for the mmap_lock to be dropped
 * during long waits. This is
 * done interruptibly, so that any signal that comes ends it; and the next word is here
 * and  stays   so.
 */
)"),
            R"(/*
 * vm callbacks like fault() and *_mkwrite() allow for the mmap_lock to be dropped
 * during long waits. This is
 * done killably, so that a fatal signal that comes ends it; and the next word
 * is here and stays so.
 */
)");
}

TEST(TwinComment, TheResultOfAFatalSignalIsTold) {
  const auto told = [](const std::string& text) {
    return join(with_fatal_result(split_lines(text), "VM_FAULT_NOPAGE", "VM_FAULT_SIGBUS"), "\n");
  };
  EXPECT_EQ(told(" * Return:\n *    VM_FAULT_RETRY if blocking wait.\n"
                 " *    VM_FAULT_NOPAGE if blocking wait and retrying was not allowed.\n */"),
            " * Return:\n *    VM_FAULT_RETRY if blocking wait.\n"
            " *    VM_FAULT_SIGBUS if a fatal signal is pending.\n */");
  EXPECT_EQ(told(" * VM_FAULT_NOPAGE if it waits and\n * nothing else.\n */"),
            " * VM_FAULT_SIGBUS if it waits and\n * nothing else.\n */");
  EXPECT_EQ(told(" * Else it gives VM_FAULT_NOPAGE if so.\n */"),
            " * Else it gives VM_FAULT_SIGBUS if so.\n */");
}

TEST(TwinComment, OneLineIsEnough) {
  EXPECT_EQ(killable("\t/* ww_mutex_lock_interruptible() for a box */\n"),
            "\t/* ww_mutex_lock_killable() for a box */\n");
}

}  // namespace
}  // namespace killify
