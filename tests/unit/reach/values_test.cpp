#include "reach/values.h"

#include <gtest/gtest.h>

#include <map>

namespace killify {
namespace {

// Evaluates with these variables, themselves given as expressions.
Value worth(const std::string& expression, const std::map<std::string, Value>& variables = {}) {
  return evaluate(expression, {[&](std::string_view name) {
                                 auto it = variables.find(std::string(name));
                                 return it == variables.end() ? Value::unknown() : it->second;
                               },
                               {}});
}

std::string text(const std::string& expression,
                 const std::map<std::string, Value>& variables = {}) {
  return text_of(worth(expression, variables));
}

Value context(bool interruptible) {
  Object object;
  object.fields["interruptible"] = Value::number(interruptible);
  object.others_zero = true;
  return Value::of(std::make_shared<const Object>(object));
}

const std::map<std::string, Value> kKnown = {{"intr", Value::number(true)},
                                             {"state", Value::bits({"TASK_KILLABLE"})},
                                             {"flags", Value::bits({"WAIT_INTR", "WAIT_PRIO"})},
                                             {"ctx", context(false)}};

TEST(Values, Constants) {
  EXPECT_EQ(text("true"), "true");
  EXPECT_EQ(text("0"), "false");
  EXPECT_EQ(text("NULL"), "false");
  EXPECT_EQ(text("0x0UL"), "false");
  EXPECT_EQ(text("TASK_INTERRUPTIBLE"), "TASK_INTERRUPTIBLE");
  EXPECT_EQ(text("WAIT_A | WAIT_B"), "WAIT_A | WAIT_B");
  EXPECT_EQ(text("A"), "unknown") << "a macro's parameter";
  EXPECT_EQ(text("x"), "unknown");
  EXPECT_EQ(text("x + 1"), "unknown");
  EXPECT_EQ(text("f ( x )"), "unknown");
  EXPECT_EQ(text(""), "unknown");
  EXPECT_EQ(text("( true"), "unknown");
}

TEST(Values, Logic) {
  EXPECT_EQ(text("! intr", kKnown), "false");
  EXPECT_EQ(text("intr && x", kKnown), "unknown");
  EXPECT_EQ(text("! intr && x", kKnown), "false");
  EXPECT_EQ(text("intr || x", kKnown), "true");
  EXPECT_EQ(text("x || ! intr", kKnown), "unknown");
  EXPECT_EQ(text("( ! ( intr ) ) || false", kKnown), "false");
  EXPECT_EQ(text("unlikely ( intr )", kKnown), "true");
  EXPECT_EQ(text("intr == true", kKnown), "true");
  EXPECT_EQ(text("intr != true", kKnown), "false");
}

TEST(Values, AChoiceIsOneOfBothWhereItIsNotKnown) {
  EXPECT_EQ(text("intr ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE", kKnown), "TASK_INTERRUPTIBLE");
  EXPECT_EQ(text("! intr ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE", kKnown),
            "TASK_UNINTERRUPTIBLE");
  EXPECT_EQ(has_bit(worth("x ? TASK_INTERRUPTIBLE : TASK_KILLABLE"), "TASK_INTERRUPTIBLE"),
            Truth::kUnknown);
  EXPECT_EQ(has_bit(worth("x ? TASK_UNINTERRUPTIBLE : TASK_KILLABLE"), "TASK_INTERRUPTIBLE"),
            Truth::kFalse);
}

TEST(Values, States) {
  EXPECT_EQ(has_bit(worth("state", kKnown), "TASK_INTERRUPTIBLE"), Truth::kFalse);
  EXPECT_EQ(text("state == TASK_KILLABLE", kKnown), "true");
  EXPECT_EQ(text("state == TASK_INTERRUPTIBLE", kKnown), "false");
  EXPECT_EQ(text("state & TASK_INTERRUPTIBLE", kKnown), "false");
}

TEST(Values, Flags) {
  EXPECT_EQ(truth_of(worth("flags & WAIT_INTR", kKnown)), Truth::kTrue);
  EXPECT_EQ(truth_of(worth("flags & WAIT_ALL", kKnown)), Truth::kFalse);
  EXPECT_EQ(truth_of(worth("x & WAIT_ALL", kKnown)), Truth::kUnknown);
  EXPECT_EQ(has_bit(worth("x | WAIT_INTR"), "WAIT_INTR"), Truth::kTrue);
  EXPECT_EQ(has_bit(worth("x | WAIT_INTR"), "WAIT_ALL"), Truth::kUnknown);
  EXPECT_EQ(truth_of(worth("( x | WAIT_INTR ) & WAIT_INTR")), Truth::kTrue);
  EXPECT_EQ(truth_of(worth("0 & x")), Truth::kFalse);
}

// A mask has the bits of others, whatever they are called.
TEST(Values, FlagsThatShareABitAreNotApart) {
  const std::map<std::string, unsigned long> numbers = {
      {"WAIT_INTR", 1}, {"WAIT_PRIO", 2}, {"WAIT_ALL", 3}, {"WAIT_FAST", 4}};
  const Scope scope{[](std::string_view name) {
                      return name == "flags" ? Value::bits({"WAIT_INTR"}) : Value::unknown();
                    },
                    {},
                    {},
                    [&](const std::string& name) -> std::optional<unsigned long> {
                      auto it = numbers.find(name);
                      return it == numbers.end() ? std::nullopt : std::optional(it->second);
                    }};
  EXPECT_EQ(truth_of(evaluate("flags & WAIT_ALL", scope)), Truth::kUnknown);
  EXPECT_EQ(truth_of(evaluate("flags & WAIT_FAST", scope)), Truth::kFalse);
  EXPECT_EQ(truth_of(evaluate("flags & WAIT_PRIO", scope)), Truth::kFalse);
  EXPECT_EQ(truth_of(evaluate("flags & WAIT_INTR", scope)), Truth::kTrue);
}

TEST(Values, NumbersAreCompared) {
  EXPECT_EQ(text("2 > 0"), "true");
  EXPECT_EQ(text("0 >= 1"), "false");
  EXPECT_EQ(text("-1 < 0"), "true");
  EXPECT_EQ(text("-1 > 0"), "false");
  EXPECT_EQ(text("-EINTR < 0"), "true");
  EXPECT_EQ(text("0 <= -EINTR"), "false");
  EXPECT_EQ(text("-EINTR < -4"), "unknown");
  EXPECT_EQ(text("-EINTR == -EINTR"), "true");
  EXPECT_EQ(text("-EINTR == 0"), "false");
  EXPECT_EQ(text("SOME_NUMBER > 0"), "unknown");
  EXPECT_EQ(text("- x"), "unknown");
  EXPECT_EQ(truth_of(worth("-EINTR")), Truth::kTrue);
}

TEST(Values, ANameAloneMayBeZero) {
  EXPECT_EQ(truth_of(worth("SOME_ENUMERATOR")), Truth::kUnknown);
}

TEST(Values, Fields) {
  EXPECT_EQ(text("ctx -> interruptible", kKnown), "false");
  EXPECT_EQ(text("! ctx -> interruptible", kKnown), "true");
  EXPECT_EQ(text("ctx -> no_wait", kKnown), "false") << "not mentioned in an initialiser";
  EXPECT_EQ(text("( & ctx ) -> interruptible", kKnown), "false");
  EXPECT_EQ(text("x -> interruptible", kKnown), "unknown");
  EXPECT_EQ(text("ctx && ctx -> interruptible", kKnown), "false");
  EXPECT_EQ(text("ctx == NULL", kKnown), "false");
  EXPECT_EQ(text("ctx -> list [ 0 ]", kKnown), "unknown");
}

TEST(Values, Casts) {
  EXPECT_EQ(text("( bool ) intr", kKnown), "true");
  EXPECT_EQ(text("( unsigned int ) 0"), "false");
  EXPECT_EQ(text("( struct ctx * ) ctx", kKnown), text("ctx", kKnown));
}

TEST(Values, WhatHoldsOfTwo) {
  EXPECT_EQ(text_of(join(context(true), context(true))), text_of(context(true)));
  EXPECT_EQ(text_of(field_of(join(context(true), context(false)), "interruptible")), "1?");
  EXPECT_EQ(truth_of(field_of(join(context(true), context(false)), "interruptible")),
            Truth::kUnknown);
  EXPECT_FALSE(join(Value::number(true), context(true)).known());
  EXPECT_EQ(join(Value::of({1}, "f"), Value::of({2}, "g")).functions,
            (std::set<std::size_t>{1, 2}));
}

}  // namespace
}  // namespace killify
