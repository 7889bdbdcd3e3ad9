#include "series/fatal_ends.h"

#include <gtest/gtest.h>

namespace killify {
namespace {

constexpr const char* kChoice =
    "return fatal_signal_pending(current) ? VM_FAULT_SIGBUS : VM_FAULT_NOPAGE;";

TEST(GuardedReturns, AreThoseOfTheLines) {
  const std::string text =
      "\tif (a)\n\t\treturn VM_FAULT_NOPAGE;\n\tif (b)\n\t\treturn VM_FAULT_NOPAGE;\n";
  EXPECT_EQ(with_guarded_returns(text, {4}, "VM_FAULT_SIGBUS"),
            std::string("\tif (a)\n\t\treturn VM_FAULT_NOPAGE;\n\tif (b)\n\t\t") + kChoice + "\n");
  EXPECT_EQ(with_guarded_returns(text, {}, "VM_FAULT_SIGBUS"), text);
}

TEST(GuardedReturns, StandAnywhereInTheLine) {
  EXPECT_EQ(with_guarded_returns("return VM_FAULT_NOPAGE; /* VM_FAULT_NOPAGE */\n", {1},
                                 "VM_FAULT_SIGBUS"),
            std::string(kChoice) + " /* VM_FAULT_NOPAGE */\n");
}

TEST(GuardedReturns, OtherReturnsStay) {
  for (const std::string text :
       {"return VM_FAULT_NOPAGE | bits;\n", "return ret;\n", "ret = VM_FAULT_NOPAGE;\n",
        "return\n\tVM_FAULT_NOPAGE;\n", "#define NO return VM_FAULT_NOPAGE;\n"})
    EXPECT_EQ(with_guarded_returns(text, {1, 2}, "VM_FAULT_SIGBUS"), text);
}

TEST(GuardedReturns, ALineWithoutRoomStays) {
  const std::string text = std::string(5, '\t') + "return VM_FAULT_NOPAGE;\n";
  EXPECT_EQ(with_guarded_returns(text, {1}, "VM_FAULT_SIGBUS"), text);
}

}  // namespace
}  // namespace killify
