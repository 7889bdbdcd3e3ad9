// What is known of a value on a way through a function: a constant by its name, or no more than
// whether it is 0.
#pragma once

#include "reach/values.h"

#include <compare>
#include <concepts>
#include <string>
#include <string_view>

namespace killify {

struct FlowValue {
  // "-EINTR", "VM_FAULT_SIGBUS", "0", "true"; several bits as "A | B"; "" where it is not known.
  std::string text;
  Truth truth = Truth::kUnknown;  // whether it is not 0

  // Of a constant, with what its name says.
  [[nodiscard]] static FlowValue of(std::string text);
  // A bool and nothing that becomes one, as a string literal does.
  [[nodiscard]] static FlowValue of(std::same_as<bool> auto holds) {
    return of(std::string(holds ? "true" : "false"));
  }
  [[nodiscard]] static FlowValue of(Truth truth) {
    return truth == Truth::kUnknown ? FlowValue{} : of(truth == Truth::kTrue);
  }

  [[nodiscard]] bool is_error() const { return text.starts_with("-E"); }
  [[nodiscard]] bool is_known() const { return truth != Truth::kUnknown || !text.empty(); }
  // Whether it is below 0; an error in a pointer is.
  [[nodiscard]] Truth is_negative() const;
  // NOLINTNEXTLINE(modernize-use-nullptr): no pointers are compared here
  auto operator<=>(const FlowValue&) const = default;
};

// The result of an operator of C: "==", "<", "&", "|" and their like.
[[nodiscard]] FlowValue combined(const FlowValue& a, std::string_view op, const FlowValue& b);

}  // namespace killify
