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
    facts_.calls.push_back({"f", callee, std::move(arguments), line});
    return *this;
  }

  std::vector<Sleep> found(std::string_view text = {}) {
    return sleeps_in(facts_.functions[0], facts_, tokens_of(text), catalogue_);
  }

  Holds condition(const char* callee, std::vector<std::string> arguments) {
    facts_.calls.clear();
    call(callee, std::move(arguments));
    const auto sleeps = found();
    return sleeps.size() == 1 ? sleeps[0].condition : throw std::runtime_error("not one sleep");
  }

 private:
  Catalogue catalogue_;
  SourceFacts facts_;
};

TEST_F(Sleeps, ALockIsNamed) {
  const auto sleeps = call("mutex_lock_interruptible", {"& x -> lock"}).found();
  ASSERT_THAT(sleeps, SizeIs(1));
  EXPECT_EQ(sleeps[0].object, "x->lock");
  EXPECT_EQ(sleeps[0].condition, Holds::kYes);
  EXPECT_TRUE(sleeps[0].parsed);
}

TEST_F(Sleeps, OtherCallsAndOtherBranchesAreNone) {
  EXPECT_THAT(call("mutex_lock", {"& l"}).call("mutex_lock_interruptible", {"& l"}, 20).found(),
              SizeIs(0));
}

TEST_F(Sleeps, AnArgumentMayDecide) {
  EXPECT_EQ(condition("dma_fence_wait", {"f", "true"}), Holds::kYes);
  EXPECT_EQ(condition("dma_fence_wait", {"f", "false"}), Holds::kNo);
  EXPECT_EQ(condition("dma_fence_wait", {"f", "intr"}), Holds::kUnknown);
  EXPECT_EQ(condition("dma_fence_wait", {"f"}), Holds::kUnknown);
  EXPECT_EQ(condition("set_current_state", {"TASK_INTERRUPTIBLE"}), Holds::kYes);
  EXPECT_EQ(condition("set_current_state", {"TASK_RUNNING"}), Holds::kNo);
  EXPECT_EQ(condition("set_current_state", {"TASK_INTERRUPTIBLE | TASK_FREEZABLE"}), Holds::kYes);
  EXPECT_EQ(condition("set_current_state", {"intr ? TASK_INTERRUPTIBLE : TASK_KILLABLE"}),
            Holds::kUnknown);
  EXPECT_EQ(condition("i915_request_wait", {"rq", "I915_WAIT_INTERRUPTIBLE | I915_WAIT_ALL"}),
            Holds::kYes);
  EXPECT_EQ(condition("i915_request_wait", {"rq", "0"}), Holds::kNo);
  EXPECT_EQ(condition("ttm_bo_wait_ctx", {"bo", "ctx"}), Holds::kUnknown);
}

TEST_F(Sleeps, WhatDecidesIsSaid) {
  const auto sleeps = call("dma_fence_wait", {"f", "ctx -> intr"}).found();
  ASSERT_THAT(sleeps, SizeIs(1));
  EXPECT_EQ(sleeps[0].decides, "ctx->intr");
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
