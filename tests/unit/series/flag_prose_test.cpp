// Sentences about a flag as the kernel's comments have them, and what they say of a task state.
#include "series/flag_prose.h"

#include "support/text.h"

#include <gtest/gtest.h>

namespace killify {
namespace {

// One sentence of a comment before and after; "a person" where it cannot be said.
std::string said(const std::string& sentence) {
  const auto result = with_flag_as_state("/**\n * " + sentence + "\n */", "intr", "state");
  if (!result) return "a person";
  const auto lines = split_lines(*result);
  return join({lines.begin() + 1, lines.end() - 1}, "\n").substr(3);
}

TEST(FlagProse, ValuesBecomeComparisons) {
  EXPECT_EQ(said("-EINTR if interrupted and @intr==true"),
            "-EINTR if interrupted and @state != TASK_UNINTERRUPTIBLE");
  EXPECT_EQ(said("If @intr == true, it sleeps."), "If @state != TASK_UNINTERRUPTIBLE, it sleeps.");
  EXPECT_EQ(said("If @intr == %false it waits."), "If @state == TASK_UNINTERRUPTIBLE it waits.");
  EXPECT_EQ(said("-EINTR if @intr is true and a signal comes."),
            "-EINTR if @state is not TASK_UNINTERRUPTIBLE and a signal comes.");
  EXPECT_EQ(said("-EINTR if @intr was set to true and one is pending."),
            "-EINTR if @state was not TASK_UNINTERRUPTIBLE and one is pending.");
  EXPECT_EQ(said("If @intr is set to false, it waits."),
            "If @state is TASK_UNINTERRUPTIBLE, it waits.");
  EXPECT_EQ(said("If @intr is set, it may fail."),
            "If @state is not TASK_UNINTERRUPTIBLE, it may fail.");
}

TEST(FlagProse, ASentenceMayGoOnInTheNextLine) {
  EXPECT_EQ(said("It fails if @intr is\n * true."),
            "It fails if @state is not TASK_UNINTERRUPTIBLE.");
}

TEST(FlagProse, ALineThatGrowsTooLongIsDivided) {
  EXPECT_EQ(said("Return: Zero on success, -ERESTARTSYS if interrupted and @intr==true"),
            "Return: Zero on success, -ERESTARTSYS if interrupted and @state !=\n"
            " * TASK_UNINTERRUPTIBLE");
}

TEST(FlagProse, WhatSaysNothingOfValuesNamesTheState) {
  EXPECT_EQ(said("It uses @intr to judge how to wait. Returns true."),
            "It uses @state to judge how to wait. Returns true.");
  EXPECT_EQ(said("It reads @interval."), "It reads @interval.");
}

TEST(FlagProse, OtherWordsOnValuesAreLeftToAPerson) {
  EXPECT_EQ(said("@intr selects whether to use interruptable (true) or\n * other (false) sleep."),
            "a person");
  EXPECT_EQ(said("Without @intr set, it waits."), "a person");
  EXPECT_EQ(said("It returns. When false,\n * @intr makes it wait."), "a person");
}

}  // namespace
}  // namespace killify
