// A hash of a word, the same in every run: word indexes on disk are made of it.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace killify {

// Eight bytes a step: the words of a kernel tree are 700 MB. All 64 bits depend on all bytes.
[[nodiscard]] inline std::uint64_t word_hash(std::string_view word, std::uint64_t seed = 0) {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15U;  // 2^64 / golden ratio
  auto hash = (seed + word.size() + 1) * kOdd;
  auto mix = [&hash](std::uint64_t bytes) {
    hash = (hash ^ bytes) * kOdd;
    hash ^= hash >> 32;
  };
  const auto* at = word.data();
  auto left = word.size();
  for (; left >= 8; at += 8, left -= 8) {
    std::uint64_t bytes;
    std::memcpy(&bytes, at, 8);
    mix(bytes);
  }
  std::uint64_t tail = 0;
  for (; left > 0; --left) tail = tail << 8 | static_cast<unsigned char>(at[left - 1]);
  mix(tail);
  hash *= kOdd;
  return hash ^ hash >> 29;
}

}  // namespace killify
