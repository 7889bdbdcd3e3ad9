#include "support/error.h"

#include <gtest/gtest.h>

#include <memory>

namespace killify {
namespace {

Result<std::unique_ptr<int>> half(int n) {
  if (n % 2 != 0) return fail("{}: odd", n);
  return std::make_unique<int>(n / 2);
}

Status check(int n) {
  KILLIFY_TRY(const std::unique_ptr<int> result, half(n));
  if (*result == 0) return tl::unexpected<Error>(Error{"zero", Exit::kFailed});
  return {};
}

Result<int> quarter(int n) {
  KILLIFY_CHECK(check(n));
  KILLIFY_TRY(const auto first, half(n));
  KILLIFY_TRY(const auto second, half(*first));
  return *second;
}

TEST(Error, PassesTheValueThrough) {
  EXPECT_EQ(quarter(8), 2);
}

TEST(Error, StopsAtTheFirstFailure) {
  EXPECT_EQ(quarter(6).error().message, "3: odd");
  EXPECT_EQ(quarter(6).error().exit, Exit::kUsage);
}

TEST(Error, KeepsTheExitStatus) {
  EXPECT_EQ(quarter(0).error().message, "zero");
  EXPECT_EQ(quarter(0).error().exit, Exit::kFailed);
}

}  // namespace
}  // namespace killify
