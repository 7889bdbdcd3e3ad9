#include "support/shell_safe.h"

#include <gtest/gtest.h>

namespace killify {
namespace {

TEST(ShellSafe, IsNothingToAShellOrToMake) {
  for (const char* name : {"drivers/gpu/drm/x_y-z.c", "a+b,c@d=e.o", "A0"})
    EXPECT_TRUE(is_shell_safe(name)) << name;
  for (const char* name : {"", "-n", "a b", "$(x).c", "`x`", "a;b", "a:b", "a%b", "a*", "a'b",
                           "a\nb", "a\"b", "a\\b", "\xc3\xa9.c", "~a", "a#b", "a&b", "a|b", "a<b"})
    EXPECT_FALSE(is_shell_safe(name)) << name;
}

}  // namespace
}  // namespace killify
