#include "verify/configuration.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Configurations, NamesAreMadeOfParts) {
  const auto found = find_configuration("arm64-clang-def+PREEMPT_RT-DEBUG_LOCK_ALLOC");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->arch, "arm64");
  EXPECT_TRUE(found->llvm);
  EXPECT_EQ(found->base, "defconfig");
  EXPECT_THAT(found->fragment, HasSubstr("CONFIG_PREEMPT_RT=y\n# CONFIG_DEBUG_LOCK_ALLOC is not"));
  EXPECT_EQ(find_configuration("arm-omap2plus_defconfig")->base, "omap2plus_defconfig");
  const auto forced = find_configuration("x86_64-allmod-SMP++ARCH_SUPPORTS_RT+RTC_DRV_v3020");
  ASSERT_TRUE(forced) << forced.error().message;
  EXPECT_THAT(forced->forced, ElementsAre("ARCH_SUPPORTS_RT"));
  EXPECT_THAT(forced->fragment, HasSubstr("# CONFIG_SMP is not set\nCONFIG_RTC_DRV_v3020=y\n"));
  EXPECT_THAT(find_configuration("powerpcle-allyes")->fragment, HasSubstr("LITTLE_ENDIAN=y"));
  for (const char* wrong : {"x86-allmod", "arm64", "arm64-", "x86_64-clang", "x86_64-all+X"})
    EXPECT_FALSE(find_configuration(wrong)) << wrong;
}

TEST(Configurations, AnUnknownNameSuggestsANearOne) {
  const auto found = find_configuration("arm64-almod");
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("did you mean 'arm64-allmod'?"));
}

TEST(Configurations, EachNameIsKnownAndTestsCompilation) {
  for (const std::string& name : configuration_names()) {
    const auto found = find_configuration(name);
    ASSERT_TRUE(found) << name;
    EXPECT_EQ(found->name, name);
    EXPECT_THAT(found->fragment, HasSubstr("CONFIG_COMPILE_TEST=y\n"));
  }
}

}  // namespace
}  // namespace killify
