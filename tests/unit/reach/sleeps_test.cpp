#include "reach/sleeps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using testing::SizeIs;

class Sleeps : public testing::Test {
 public:
  Sleeps() {
    const std::filesystem::path source = KILLIFY_TEST_SOURCE_DIR;
    catalogue_ = load_catalogue(source / "series" / "catalogue.yaml").value();
    facts_.functions.push_back({.name = "f",
                                .is_static = true,
                                .returns = "int",
                                .parameters = {},
                                .first = 2,
                                .last = 9});
  }

  Sleeps& call(const char* callee, std::vector<std::string> arguments, int line = 3) {
    facts_.calls.push_back({"f", callee, {}, std::move(arguments), line, {}});
    return *this;
  }

  std::vector<Sleep> found(std::string_view text = {}) {
    return sleeps_in(facts_.functions[0], facts_, tokens_of(text), catalogue_);
  }

  Truth condition(const char* callee, std::vector<std::string> arguments) {
    facts_.calls.clear();
    call(callee, std::move(arguments));
    const auto sleeps = found();
    return sleeps.size() == 1 ? sleeps[0].condition.holds
                              : throw std::runtime_error("not one sleep");
  }

 private:
  Catalogue catalogue_;
  SourceFacts facts_;
};

TEST_F(Sleeps, ALockIsAlwaysOne) {
  const auto sleeps = call("mutex_lock_interruptible", {"& x -> lock"}).found();
  ASSERT_THAT(sleeps, SizeIs(1));
  EXPECT_EQ(sleeps[0].condition.holds, Truth::kTrue);
  EXPECT_TRUE(sleeps[0].condition.by_constants);
  EXPECT_TRUE(sleeps[0].parsed);
  EXPECT_EQ(slept_on(*sleeps[0].sink, {"& x -> lock"}), "x->lock");
}

TEST_F(Sleeps, OtherCallsAndOtherBranchesAreNone) {
  EXPECT_THAT(call("mutex_lock", {"& l"}).call("mutex_lock_interruptible", {"& l"}, 20).found(),
              SizeIs(0));
}

TEST_F(Sleeps, AnArgumentMayDecide) {
  EXPECT_EQ(condition("dma_fence_wait", {"f", "true"}), Truth::kTrue);
  EXPECT_EQ(condition("dma_fence_wait", {"f", "false"}), Truth::kFalse);
  EXPECT_EQ(condition("dma_fence_wait", {"f", "intr"}), Truth::kUnknown);
  EXPECT_EQ(condition("dma_fence_wait", {"f"}), Truth::kUnknown);
  EXPECT_EQ(condition("set_current_state", {"TASK_INTERRUPTIBLE"}), Truth::kTrue);
  EXPECT_EQ(condition("set_current_state", {"TASK_RUNNING"}), Truth::kFalse);
  EXPECT_EQ(condition("set_current_state", {"TASK_INTERRUPTIBLE | TASK_FREEZABLE"}), Truth::kTrue);
  EXPECT_EQ(condition("set_current_state", {"intr ? TASK_INTERRUPTIBLE : TASK_KILLABLE"}),
            Truth::kUnknown);
  EXPECT_EQ(condition("dma_fence_wait_timeout", {"f", "true", "0"}), Truth::kFalse)
      << "it only looks";
  EXPECT_EQ(condition("dma_fence_wait_timeout", {"f", "true", "t"}), Truth::kTrue);
}

TEST_F(Sleeps, WhatDecidesIsSaid) {
  const auto sleeps = call("dma_fence_wait", {"f", "ctx -> intr"}).found();
  ASSERT_THAT(sleeps, SizeIs(1));
  EXPECT_EQ(sleeps[0].condition.decides, "ctx->intr");
  EXPECT_FALSE(sleeps[0].condition.by_constants);
}

TEST_F(Sleeps, ACallThatOnlyTheTokensShowIsNotParsed) {
  const auto sleeps = call("mutex_lock_interruptible", {"& l"}, 3)
                          .found(
                              "\n\n  mutex_lock_interruptible(&l);\n"
                              "  MACRO { down_interruptible(\n&s); }\n\n\n\n\n\n"
                              "mutex_lock_interruptible(&outside);\n");
  ASSERT_THAT(sleeps, SizeIs(2));
  EXPECT_EQ(sleeps[0].line, 3);
  EXPECT_TRUE(sleeps[0].parsed);
  EXPECT_EQ(sleeps[1].line, 4);
  EXPECT_EQ(sleeps[1].sink->name, "down_interruptible");
  EXPECT_FALSE(sleeps[1].parsed);
}

TEST(PlainExpression, IsAsAPersonWritesIt) {
  EXPECT_EQ(plain_expression("& x -> lock"), "x->lock");
  EXPECT_EQ(plain_expression("x -> y [ i ] . lock"), "x->y[i].lock");
  EXPECT_EQ(plain_expression("f ( a , b )"), "f(a, b)");
  EXPECT_EQ(plain_expression("sizeof x"), "sizeof x");
  EXPECT_EQ(plain_expression("a & b"), "a&b");
  EXPECT_EQ(plain_expression(""), "");
}

TEST(LastName, IsTheMember) {
  EXPECT_EQ(last_name("& ctx -> run_wq"), "run_wq");
  EXPECT_EQ(last_name("wq"), "wq");
  EXPECT_EQ(last_name("wq [ 0 ]"), "");
  EXPECT_EQ(last_name("queue ( )"), "");
  EXPECT_EQ(last_name(""), "");
}

}  // namespace
}  // namespace killify
