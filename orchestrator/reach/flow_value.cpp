#include "reach/flow_value.h"

#include "reach/fault_result.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>

namespace killify {
namespace {

constexpr std::string_view kAnyError = "VM_FAULT_ERROR";

bool is_result(const std::string& text) {
  return text.starts_with("VM_FAULT_");
}

std::optional<long> number_of(const std::string& text) {
  if (text == "false" || text == "NULL") return 0;
  if (text == "true") return 1;
  if (text.empty()) return std::nullopt;
  char* end = nullptr;
  const long value = std::strtol(text.c_str(), &end, 0);
  const std::string_view rest = end;
  if (end == text.c_str() || rest.find_first_not_of("uUlL") != std::string_view::npos)
    return std::nullopt;
  return value;
}

std::set<std::string> bits_of(const std::string& text) {
  std::set<std::string> bits;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find(" | ", begin), text.size());
    bits.insert(text.substr(begin, end - begin));
    begin = end + 3;
  }
  return bits;
}

Truth either(bool yes, bool no) {
  return yes ? Truth::kTrue : no ? Truth::kFalse : Truth::kUnknown;
}

Truth equal(const FlowValue& a, const FlowValue& b) {
  const auto first = number_of(a.text);
  const auto second = number_of(b.text);
  if (first && second) return either(*first == *second, *first != *second);
  if (first == 0) return !b.truth;
  if (second == 0) return !a.truth;
  if (a.text.empty() || b.text.empty()) return Truth::kUnknown;
  if (a.text == b.text) return Truth::kTrue;
  // Some errors have two names.
  const auto names = [](std::string_view text) {
    return text == "-EWOULDBLOCK" ? "-EAGAIN" : text == "-EDEADLOCK" ? "-EDEADLK" : text;
  };
  if (a.is_error() && b.is_error()) return either(names(a.text) == names(b.text), true);
  if (a.is_negative() != b.is_negative() && a.is_negative() != Truth::kUnknown &&
      b.is_negative() != Truth::kUnknown)
    return Truth::kFalse;
  return either(false, is_result(a.text) && is_result(b.text));
}

Truth below(const FlowValue& a, const FlowValue& b) {
  const auto first = number_of(a.text);
  const auto second = number_of(b.text);
  if (first && second) return either(*first < *second, true);
  if (second == 0) return a.is_negative();
  if (first == 0) {  // whether b is above
    if (b.is_negative() == Truth::kTrue || b.truth == Truth::kFalse) return Truth::kFalse;
    return either(b.is_negative() == Truth::kFalse && b.truth == Truth::kTrue, false);
  }
  return Truth::kUnknown;
}

FlowValue common_bits(const FlowValue& a, const FlowValue& b) {
  if (a.truth == Truth::kFalse || b.truth == Truth::kFalse) return FlowValue::of("0");
  if (!is_result(a.text) || !is_result(b.text)) return {};
  std::set<std::string> common;
  for (const auto& one : bits_of(a.text))
    for (const auto& other : bits_of(b.text)) {
      if (one == other || (other == kAnyError && is_fault_error(one))) common.insert(one);
      if (one == kAnyError && is_fault_error(other)) common.insert(other);
      if ((one == kAnyError && other == "VM_FAULT_FALLBACK") ||
          (other == kAnyError && one == "VM_FAULT_FALLBACK"))
        common.insert("VM_FAULT_FALLBACK");
    }
  std::string text;
  for (const auto& bit : common) text += (text.empty() ? "" : " | ") + bit;
  return FlowValue::of(text.empty() ? "0" : text);
}

FlowValue all_bits(const FlowValue& a, const FlowValue& b) {
  if (a.truth == Truth::kFalse) return b;
  if (b.truth == Truth::kFalse) return a;
  if (is_result(a.text) && is_result(b.text)) {
    auto bits = bits_of(a.text);
    bits.merge(bits_of(b.text));
    std::string text;
    for (const auto& bit : bits) text += (text.empty() ? "" : " | ") + bit;
    return FlowValue::of(text);
  }
  const bool any = a.truth == Truth::kTrue || b.truth == Truth::kTrue;
  return {{}, any ? Truth::kTrue : Truth::kUnknown};
}

}  // namespace

FlowValue FlowValue::of(std::string text) {
  FlowValue value;
  const auto number = number_of(text);
  if (number)
    value.truth = either(*number != 0, true);
  else if (text.starts_with("-E") || is_result(text))
    value.truth = Truth::kTrue;
  value.text = std::move(text);
  return value;
}

Truth FlowValue::is_negative() const {
  if (is_error()) return Truth::kTrue;
  if (is_result(text) || truth == Truth::kFalse) return Truth::kFalse;
  if (const auto number = number_of(text)) return either(*number < 0, true);
  return Truth::kUnknown;
}

FlowValue combined(const FlowValue& a, std::string_view op, const FlowValue& b) {
  if (op == "==") return FlowValue::of(equal(a, b));
  if (op == "!=") return FlowValue::of(!equal(a, b));
  if (op == "<") return FlowValue::of(below(a, b));
  if (op == ">") return FlowValue::of(below(b, a));
  if (op == ">=") return FlowValue::of(!below(a, b));
  if (op == "<=") return FlowValue::of(!below(b, a));
  if (op == "&") return common_bits(a, b);
  if (op == "|") return all_bits(a, b);
  return {};
}

}  // namespace killify
