#include "support/colour.h"

#include <gtest/gtest.h>

namespace killify {
namespace {

TEST(Paint, WrapsWhereItIsOn) {
  EXPECT_EQ(Paint(true).red("x"), "\033[31mx\033[0m");
  EXPECT_EQ(Paint(true).bold("x"), "\033[1mx\033[0m");
  EXPECT_EQ(Paint(false).red("x"), "x");
}

TEST(ColoursWanted, TheUserDecides) {
  EXPECT_TRUE(colours_wanted(ColourMode::kAlways));
  EXPECT_FALSE(colours_wanted(ColourMode::kNever));
}

}  // namespace
}  // namespace killify
