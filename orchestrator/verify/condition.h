// Which configuration symbols bring a line through the #ifs around it.
#pragma once

#include "verify/source_shape.h"

#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace killify {

// What is asked of one symbol.
struct Side {
  std::string symbol;  // without CONFIG_
  bool on = true;
  bool module_is_on = true;  // IS_ENABLED(); defined() looks at y alone

  bool operator==(const Side&) const = default;
  bool operator<(const Side& other) const {
    return std::tie(symbol, on, module_is_on) <
           std::tie(other.symbol, other.on, other.module_is_on);
  }
};

// All of them together.
using Sides = std::set<Side>;

// The ways in which the expression comes to be `wanted`: none where it cannot; one that asks
// nothing where symbols do not decide it, or where it says more than this understands. More than a
// few ways are cut off.
[[nodiscard]] std::vector<Sides> ways_to(std::string_view expression, bool wanted);

// The ways in which a line of a file is let through. A macro that the file itself defines under an
// #if stands for that.
[[nodiscard]] std::vector<Sides> ways_to_line(const SourceShape& shape, int line);

// `enabled`: the symbols that are y or m, and X_MODULE for each X that is m.
[[nodiscard]] bool holds(const Sides& sides, const std::set<std::string>& enabled);

}  // namespace killify
