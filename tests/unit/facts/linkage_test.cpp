#include "facts/linkage.h"

#include "support/small_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// Two drivers of one origin, of which one is laid out over directories that its makefile names;
// a driver of two modules; code that is always in the image.
test::Files drivers() {
  return {{"drivers/gpu/Makefile", "obj-y += one/ two/\n"},
          {"drivers/gpu/one/Makefile",
           "one-y := drv.o gem.o\none-$(CONFIG_PM) += pm.o\nobj-$(CONFIG_ONE) += one.o\n"},
          {"drivers/gpu/two/core/Kbuild",
           "two-y := drv.o ../mm/gem.o\nobj-$(CONFIG_TWO) += two.o helper.o\n"},
          {"drivers/gpu/two/core/Makefile", "obj-m += wrong.o\n"},
          {"mm/Makefile", "obj-y := fault.o\nobj-$(CONFIG_KSM) += ksm.o\n"}};
}

TEST(Linkage, AFileIsPartOfTheModuleThatItsMakefileSays) {
  test::SmallTree tree(drivers());
  auto& linkage = tree.facts->linkage();
  EXPECT_THAT(linkage.modules_of("drivers/gpu/one/gem.c"), ElementsAre("drivers/gpu/one/one.o"));
  EXPECT_THAT(linkage.modules_of("drivers/gpu/one/pm.c"), ElementsAre("drivers/gpu/one/one.o"));
  EXPECT_THAT(linkage.modules_of("drivers/gpu/two/mm/gem.c"),
              ElementsAre("drivers/gpu/two/core/two.o"));
  EXPECT_THAT(linkage.modules_of("drivers/gpu/two/core/helper.c"),
              ElementsAre("drivers/gpu/two/core/helper.o"));
  EXPECT_THAT(linkage.modules_of("mm/ksm.c"), ElementsAre("mm/ksm.o"));
  EXPECT_THAT(linkage.modules_of("mm/fault.c"), IsEmpty()) << "always in the image";
  EXPECT_THAT(linkage.modules_of("drivers/gpu/two/core/wrong.c"), IsEmpty()) << "Kbuild wins";
  EXPECT_THAT(linkage.modules_of("drivers/gpu/one/gem.h"), IsEmpty());
  EXPECT_THAT(linkage.modules_of("drivers/gpu/one/unlisted.c"), IsEmpty());
}

TEST(Linkage, FilesOfTwoModulesAreApart) {
  test::SmallTree tree(drivers());
  auto& linkage = tree.facts->linkage();
  EXPECT_TRUE(linkage.are_apart("drivers/gpu/one/gem.c", "drivers/gpu/two/mm/gem.c"));
  EXPECT_TRUE(linkage.are_apart("drivers/gpu/two/core/helper.c", "drivers/gpu/two/core/drv.c"));
  EXPECT_FALSE(linkage.are_apart("drivers/gpu/two/core/drv.c", "drivers/gpu/two/mm/gem.c"));
  EXPECT_FALSE(linkage.are_apart("drivers/gpu/one/gem.c", "mm/fault.c"));
  EXPECT_FALSE(linkage.are_apart("drivers/gpu/one/gem.c", "drivers/gpu/one/unlisted.c"));
}

TEST(Linkage, AUseMeansTheDefinitionOfItsModule) {
  test::SmallTree tree(drivers());
  auto& linkage = tree.facts->linkage();
  const std::vector<std::string> both{"drivers/gpu/one/gem.c", "drivers/gpu/two/mm/gem.c"};
  EXPECT_THAT(linkage.of_its_module("drivers/gpu/two/core/drv.c", both),
              ElementsAre("drivers/gpu/two/mm/gem.c"));
  EXPECT_THAT(linkage.of_its_module("drivers/gpu/one/drv.c", both),
              ElementsAre("drivers/gpu/one/gem.c"));
  for (const auto* other : {"mm/fault.c", "mm/ksm.c", "drivers/gpu/one/unlisted.c"})
    EXPECT_EQ(linkage.of_its_module(other, both), both) << other;
}

}  // namespace
}  // namespace killify
