// Continuation lines after a name in front of them has changed.
#include "series/alignment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using testing::ElementsAre;

TEST(Realigned, LinesBelowAParenthesisMoveAlong) {
  EXPECT_THAT(realigned({"int lock_interruptible(struct a *a,", "\t\t       struct b *b);"},
                        {"int lock_killable(struct a *a,", "\t\t       struct b *b);"}),
              ElementsAre("int lock_killable(struct a *a,", "\t\t  struct b *b);"));
}

TEST(Realigned, OnlyTheParenthesisThatMovedCounts) {
  EXPECT_THAT(realigned({"\tif (lock_interruptible(a,", "\t\t\t       b) ||", "\t    done)"},
                        {"\tif (lock_killable(a,", "\t\t\t       b) ||", "\t    done)"}),
              ElementsAre("\tif (lock_killable(a,", "\t\t\t  b) ||", "\t    done)"));
}

// Somebody wanted it so.
TEST(Realigned, LinesThatWereNotAlignedStay) {
  EXPECT_THAT(realigned({"\tlock_interruptible(a,", "\t\tb);"}, {"\tlock_killable(a,", "\t\tb);"}),
              ElementsAre("\tlock_killable(a,", "\t\tb);"));
}

// As __ww_mutex_lock_interruptible_slowpath() in 6.1: a copy of it would not pass checkpatch.pl.
TEST(Realigned, LinesThatStandTooFarToTheRight) {
  EXPECT_THAT(realigned({"lock_interruptible(a,", "\t\t\tb)"}, {"lock_killable(a,", "\t\t\tb)"},
                        Align::kBehind),
              ElementsAre("lock_killable(a,", "\t      b)"));
}

TEST(Realigned, ParenthesesInTextsAndCommentsAreNone) {
  EXPECT_THAT(realigned({"\tlock_interruptible(\"(\",", "\t\t\t   b); // (", "\tc(d,", "\t  e);"},
                        {"\tlock_killable(\"(\",", "\t\t\t   b); // (", "\tc(d,", "\t  e);"}),
              ElementsAre("\tlock_killable(\"(\",", "\t\t      b); // (", "\tc(d,", "\t  e);"));
}

}  // namespace
}  // namespace killify
