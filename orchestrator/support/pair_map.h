// A hash map by two texts, which a look-up does not have to copy.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace killify {

struct PairHash {
  using is_transparent = void;
  [[nodiscard]] std::size_t operator()(
      const std::pair<std::string_view, std::string_view>& key) const {
    std::hash<std::string_view> hash;
    return hash(key.first) * 31 + hash(key.second);
  }
};

struct PairEqual {
  using is_transparent = void;
  [[nodiscard]] bool operator()(const std::pair<std::string_view, std::string_view>& a,
                                const std::pair<std::string_view, std::string_view>& b) const {
    return a == b;
  }
};

// References to values stay valid.
template <typename Value>
using PairMap = std::unordered_map<std::pair<std::string, std::string>, Value, PairHash, PairEqual>;

}  // namespace killify
