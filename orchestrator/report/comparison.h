// What is new in an audit against an older one, and what is gone.
#pragma once

#include "reach/finding.h"
#include "support/error.h"

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// A sleep of a handler, by what stays the same from one kernel to the next: no lines, no paths.
struct KnownSleep {
  std::string handler;
  std::string sink;
  std::string function;  // that holds the sink's call
  std::string verdict;
  auto operator<=>(const KnownSleep&) const = default;
};

struct Comparison {
  std::string with{};                // a revision or a file
  std::vector<std::string> fresh{};  // ids of findings that the older audit does not have
  std::vector<KnownSleep> gone{};    // sorted
  std::size_t unchanged = 0;
};

// The open ones of them, waived or not. Of several alike each counts.
[[nodiscard]] std::vector<KnownSleep> open_sleeps(const std::vector<Finding>& findings);

// Those of what `killify audit --format=json` printed; `name` is the file's.
[[nodiscard]] Result<std::vector<KnownSleep>> open_sleeps_in(std::string_view json,
                                                             std::string_view name);

// The verdict is not compared: a sleep that is now judged otherwise is the same sleep.
[[nodiscard]] Comparison compare(const std::vector<Finding>& findings,
                                 std::vector<KnownSleep> before, std::string with);

}  // namespace killify
