#include "prove/stock_kernel.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// As `apt-cache show` prints packages.
constexpr const char* kShown =
    "Package: linux-image-cloud-amd64\n"
    "Version: 6.1.192-2\n"
    "Depends: linux-image-6.1.0-56-cloud-amd64 (= 6.1.192-2)\n"
    "\n"
    "Package: linux-headers-6.1.0-56-cloud-amd64\n"
    "Pre-Depends: linux-headers-x\n"
    "Depends: linux-headers-6.1.0-56-common (= 6.1.192-2), linux-kbuild-6.1 (>= 6.1.192-2), "
    "linux-compiler-gcc-12-x86\n"
    "Description: linux-headers-y, linux-kbuild-z\n";

TEST(StockKernel, ThePackagesBehindANameAreRead) {
  EXPECT_THAT(packages_needed(kShown, "linux-image-"),
              ElementsAre("linux-image-6.1.0-56-cloud-amd64"));
  EXPECT_THAT(packages_needed(kShown, "linux-headers-"),
              ElementsAre("linux-headers-6.1.0-56-common"));
  EXPECT_THAT(packages_needed(kShown, "linux-kbuild-"), ElementsAre("linux-kbuild-6.1"));
  EXPECT_THAT(packages_needed("", "linux-"), IsEmpty());
}

}  // namespace
}  // namespace killify
