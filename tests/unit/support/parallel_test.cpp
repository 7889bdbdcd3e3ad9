#include "support/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <vector>

namespace killify {
namespace {

TEST(ParallelFor, CallsEachIndexOnce) {
  for (const unsigned jobs : {0U, 1U, 2U, 7U}) {
    std::vector<std::atomic<int>> calls(100);
    ASSERT_TRUE(parallel_for(calls.size(), jobs, [&](std::size_t i) -> Status {
      ++calls[i];
      return {};
    }));
    for (const auto& count : calls) EXPECT_EQ(count, 1);
  }
}

TEST(ParallelFor, OfNothingSucceeds) {
  EXPECT_TRUE(parallel_for(0, 4, [](std::size_t) -> Status { return fail("called"); }));
}

TEST(ParallelFor, KeepsTheOrderWithOneJob) {
  std::vector<std::size_t> order;
  ASSERT_TRUE(parallel_for(4, 1, [&](std::size_t i) -> Status {
    order.push_back(i);
    return {};
  }));
  EXPECT_EQ(order, (std::vector<std::size_t>{0, 1, 2, 3}));
}

TEST(ParallelFor, RunsAtTheSameTime) {
  std::latch both(2);  // a single thread would wait here for ever
  EXPECT_TRUE(parallel_for(2, 2, [&](std::size_t) -> Status {
    both.arrive_and_wait();
    return {};
  }));
}

TEST(ParallelFor, NeverExceedsTheJobs) {
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  ASSERT_TRUE(parallel_for(200, 3, [&](std::size_t) -> Status {
    const int now = ++running;
    int seen = most;
    while (seen < now && !most.compare_exchange_weak(seen, now)) {
    }
    --running;
    return {};
  }));
  EXPECT_LE(most, 3);
}

TEST(ParallelFor, StopsAtAnError) {
  std::size_t last = 0;
  const Status status = parallel_for(10, 1, [&](std::size_t i) -> Status {
    last = i;
    if (i == 3) return fail("no {}", i);
    return {};
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "no 3");
  EXPECT_EQ(last, 3U);
}

TEST(ParallelFor, ReturnsTheErrorWithTheLowestIndexWhoeverIsFirst) {
  std::latch both(2);
  std::latch second_failed(1);
  const Status status = parallel_for(2, 2, [&](std::size_t i) -> Status {
    both.arrive_and_wait();
    if (i == 1) second_failed.count_down();
    if (i == 0) second_failed.wait();
    return fail("no {}", i);
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "no 0");
}

}  // namespace
}  // namespace killify
