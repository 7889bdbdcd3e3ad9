// Which findings one look answers.
#include "reach/waits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using testing::ElementsAre;

const Catalogue& wait_catalogue() {
  static const Catalogue kCatalogue = [] {
    Catalogue made;
    made.sinks.resize(2);
    made.sinks[0].name = "sleep";
    made.sinks[1].name = "pending";
    made.sinks[1].result = SinkResult::kTrueOnSignal;
    return made;
  }();
  return kCatalogue;
}

// A finding for review at the end of these functions.
Finding wait_at(const std::string& sink, int line, std::vector<std::string> way,
                const std::string& reason = "look") {
  Finding one;
  one.id = sink + std::to_string(line);
  one.handler.function = "a_fault";
  one.handler.file = "a.c";
  one.sink = {sink, way.back(), "a.c", line, {}};
  for (auto& function : way) one.chain.push_back({std::move(function), "a.c", line});
  one.reason = reason;
  return one;
}

// "sleep3 pending4": what stays, each with what is joined to it.
std::vector<std::string> joined_waits(std::vector<Finding> findings) {
  join_waits(findings, wait_catalogue());
  std::vector<std::string> texts;
  for (const auto& one : findings) {
    auto text = one.id;
    for (const auto& sink : one.also) text += " " + sink.name + std::to_string(sink.line);
    texts.push_back(std::move(text));
  }
  return texts;
}

const std::vector<std::string> kWaitWay = {"a_fault", "f", "g"};

TEST(Waits, OfOneFunctionAreOneUnderTheFirstSleep) {
  EXPECT_THAT(joined_waits({wait_at("pending", 2, kWaitWay), wait_at("sleep", 3, kWaitWay),
                            wait_at("pending", 4, kWaitWay), wait_at("sleep", 5, kWaitWay)}),
              ElementsAre("sleep3 pending2 pending4 sleep5"));
  EXPECT_THAT(joined_waits({wait_at("pending", 2, kWaitWay), wait_at("pending", 4, kWaitWay)}),
              ElementsAre("pending2 pending4"));
}

TEST(Waits, ATestBelongsToTheSleepNextToIt) {
  const std::vector<std::string> behind = {"a_fault", "f", "g", "h"};
  const std::vector<std::string> far = {"a_fault", "f", "g", "h", "i"};
  EXPECT_THAT(joined_waits({wait_at("pending", 2, kWaitWay), wait_at("sleep", 3, behind)}),
              ElementsAre("sleep3 pending2"));
  EXPECT_THAT(joined_waits({wait_at("sleep", 3, kWaitWay), wait_at("pending", 7, behind),
                            wait_at("pending", 8, behind)}),
              ElementsAre("sleep3 pending7 pending8"));
  EXPECT_THAT(joined_waits({wait_at("sleep", 3, kWaitWay), wait_at("pending", 2, far)}),
              ElementsAre("sleep3", "pending2"));
  EXPECT_THAT(joined_waits({wait_at("sleep", 3, kWaitWay), wait_at("sleep", 7, behind)}),
              ElementsAre("sleep3", "sleep7"));
}

TEST(Waits, AnotherQuestionStaysOne) {
  EXPECT_THAT(
      joined_waits({wait_at("sleep", 3, kWaitWay), wait_at("sleep", 4, {"a_fault", "other", "g"})}),
      ElementsAre("sleep3", "sleep4"));
  EXPECT_THAT(joined_waits(
                  {wait_at("sleep", 3, kWaitWay), wait_at("sleep", 4, kWaitWay, "look elsewhere")}),
              ElementsAre("sleep3", "sleep4"));
  auto other = wait_at("sleep", 4, kWaitWay);
  other.handler.function = "b_fault";
  EXPECT_THAT(joined_waits({wait_at("sleep", 3, kWaitWay), other}),
              ElementsAre("sleep3", "sleep4"));
  for (auto verdict : {Verdict::kConvert, Verdict::kThread, Verdict::kSafe, Verdict::kSuppressed}) {
    auto certain = wait_at("sleep", 4, kWaitWay);
    certain.verdict = verdict;
    EXPECT_THAT(joined_waits({wait_at("sleep", 3, kWaitWay), certain}),
                ElementsAre("sleep3", "sleep4"));
    auto both = wait_at("sleep", 3, kWaitWay);
    both.verdict = verdict;
    EXPECT_THAT(joined_waits({both, certain}), ElementsAre("sleep3", "sleep4"));
  }
}

// How many conditions are open differs from sleep to sleep; that the way is long does not.
TEST(Waits, LongChainsAreOneReason) {
  auto one = wait_at("sleep", 3, kWaitWay, "9 calls deep, and nothing is known of 4 conditions");
  auto other = wait_at("sleep", 4, kWaitWay, "9 calls deep, and nothing is known of 5 conditions");
  EXPECT_THAT(joined_waits({one, other}), ElementsAre("sleep3", "sleep4"));
  one.only_deep = other.only_deep = true;
  EXPECT_THAT(joined_waits({one, other}), ElementsAre("sleep3 sleep4"));
}

}  // namespace
}  // namespace killify
