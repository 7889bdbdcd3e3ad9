#include "verify/object_code.h"

#include <gtest/gtest.h>

namespace killify {
namespace {

TEST(ObjectCode, IsComparedWithoutWhatTheCompilerCounts) {
  EXPECT_EQ(comparable_code("\tjmp    <__UNIQUE_ID_modeset1041+0x9>\n"),
            "\tjmp    <__UNIQUE_ID_modeset+0x9>\n");
  EXPECT_EQ(comparable_code("<__initcall__kmod_dma_resv__305_712_lockdep4>:\n"),
            "<__initcall__kmod_dma_resv____lockdep>:\n");
  EXPECT_EQ(comparable_code("R_X86_64_PC32\t__key.57812-0x4"), "R_X86_64_PC32\t__key-0x4");
}

TEST(ObjectCode, KeepsEverythingElse) {
  for (const char* line :
       {"\tmov    $0x12,%eax\n", "\tcall   dma_resv_lock_2\n", "R_X86_64_PC32\t.rodata.str1.8+0x1c",
        "R_X86_64_32S\t.text+0x10", "\tadd    r0, r1, #12\n", "<f.part.0.cold>:", "12.5"})
    EXPECT_EQ(comparable_code(line), line);
}

}  // namespace
}  // namespace killify
