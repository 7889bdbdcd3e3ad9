#include "cocci/batches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Batches, AFewSmallTextsGoTogether) {
  EXPECT_THAT(batches({}, 2), IsEmpty());
  EXPECT_THAT(batches({100, 300, 200}, 2), ElementsAre(ElementsAre(1, 2, 0)));
}

TEST(Batches, ALargeTextGoesAlone) {
  EXPECT_THAT(batches({100, 5'000'000, 200}, 2), ElementsAre(ElementsAre(1), ElementsAre(2, 0)));
}

TEST(Batches, AllWorkersGetSome) {
  EXPECT_THAT(batches(std::vector<std::size_t>(40, 20'000), 2), SizeIs(testing::Ge(8U)));
}

TEST(Batches, ManySmallTextsKeepAllWorkersBusy) {
  EXPECT_THAT(batches(std::vector<std::size_t>(7, 100), 2), SizeIs(1));
  EXPECT_THAT(batches(std::vector<std::size_t>(9, 100), 2), ElementsAre(SizeIs(5), SizeIs(4)));
}

TEST(Batches, EachTextIsInOneOfThem) {
  const auto cut = batches(std::vector<std::size_t>(1000, 1), 3);
  std::set<std::size_t> seen;
  for (const auto& batch : cut) {
    EXPECT_LE(batch.size(), 40U);
    for (const auto index : batch) EXPECT_TRUE(seen.insert(index).second);
  }
  EXPECT_THAT(seen, SizeIs(1000));
}

}  // namespace
}  // namespace killify
