#include "support/visible.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace killify {
namespace {

// What Paint writes.
constexpr std::array<std::string_view, 7> kColours{"\033[0m",  "\033[1m",  "\033[2m", "\033[31m",
                                                   "\033[32m", "\033[33m", "\033[36m"};

struct Character {
  std::uint32_t code = 0;
  std::size_t size = 1;
  bool valid = false;
};

Character character_at(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  Character none{lead, 1, false};
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return none;
  std::uint32_t code = lead & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return none;
    code = code << 6U | (byte(i) & 0x3FU);
  }
  const bool too_long = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  if (too_long || (code >= 0xD800 && code < 0xE000) || code > 0x10FFFF) return none;
  return {code, size, true};
}

bool turns_text_around(std::uint32_t code) {
  return code == 0x061C || code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

bool is_harmless(const Character& character) {
  const auto code = character.code;
  if (!character.valid) return false;
  if (code == '\n' || code == '\t') return true;
  return code >= 0x20 && code != 0x7F && (code < 0x80 || code > 0x9F) && !turns_text_around(code);
}

}  // namespace

std::string visible(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const auto character = character_at(text);
    const auto colour = std::ranges::find_if(
        kColours, [&](std::string_view sequence) { return text.starts_with(sequence); });
    if (colour != kColours.end()) {
      shown += *colour;
      text.remove_prefix(colour->size());
      continue;
    }
    if (is_harmless(character))
      shown += text.substr(0, character.size);
    else if (character.valid && character.code >= 0x80)
      shown += fmt::format("\\u{:04x}", character.code);
    else if (!text.starts_with("\r\n"))
      shown += fmt::format("\\x{:02x}", character.code);
    text.remove_prefix(character.size);
  }
  return shown;
}

}  // namespace killify
