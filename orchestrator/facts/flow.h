// In which order the statements of a function may run, from its tokens alone: what a semantic patch
// says of a function can be compared with it, as neither knows of the other.
//
// Every `#if` branch is seen: a function with branches has several flows. A macro that heads a
// statement ("for_each_foo(x) {") is expanded where its definition is known; where it is not, what
// it heads may run any number of times.
#pragma once

#include "facts/sketch.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// A token of C with its operators in one piece: "&&", "->".
struct FlowToken {
  std::string_view text;
  int line = 0;
  Token::Kind kind = Token::Kind::kPunctuation;
};
using FlowTokens = std::vector<FlowToken>;
using Code = std::span<const FlowToken>;

// What runs at once, and where it goes on: indices of Flow::steps.
struct FlowStep {
  enum class Kind {
    kExpression,  // a declaration, too; goes on at `next`
    kBranch,      // `next` where the code holds, else `otherwise`; both may be, without code
    kSwitch,      // one of the cases, else `otherwise`
    kReturn,      // without code at the end of a function
    kUnclear,     // not understood
  };
  struct Case {
    Code value;
    std::size_t step = 0;
  };
  Kind kind = Kind::kExpression;
  Code code;
  std::size_t next = 0;
  std::size_t otherwise = 0;
  std::vector<Case> cases;
  int line = 0;
};

// The steps that can come right after it; none after a return.
[[nodiscard]] std::vector<std::size_t> successors(const FlowStep& step);

struct Flow {
  FlowTokens tokens;  // what the steps point into
  std::vector<std::string> parameters;
  std::vector<FlowStep> steps;  // the first one is where it begins
};

// The definition of a macro that heads a statement; nullptr where it is not known.
using FindMacro = std::function<const MacroDefinition*(std::string_view name)>;

// The flows of all functions of that name in the file: where `line` is given, of those around it
// only. A macro that is a block, an expression, or a statement expression is taken for a function
// that returns its value.
[[nodiscard]] std::vector<std::unique_ptr<const Flow>> flows_of(const Sketch& file,
                                                                const std::string& function,
                                                                int line, const FindMacro& macros);

// The index of what closes the bracket code[open]; the size where nothing does.
[[nodiscard]] std::size_t closing(Code code, std::size_t open);

// "f" of "f(...)"; "" where anything else stands there, too.
[[nodiscard]] std::string_view called(Code code);

// Without what asks the compiler to expect it: "x" of "unlikely(x)".
[[nodiscard]] Code expected(Code code);

// The parts of a list that commas outside of brackets divide; none of nothing.
[[nodiscard]] std::vector<Code> divided(Code code, std::string_view separator);

}  // namespace killify
