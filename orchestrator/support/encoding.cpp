#include "support/encoding.h"

namespace killify {

bool is_utf8(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[at++]);
    if (lead < 0x80) continue;
    if (lead < 0xc2 || lead > 0xf4) return false;
    const std::size_t more = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    if (bytes.size() - at < more) return false;
    // Not in more bytes than it takes, no surrogate, nothing above U+10FFFF.
    const auto second = static_cast<unsigned char>(bytes[at]);
    if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
        (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f))
      return false;
    for (const auto end = at + more; at < end; ++at)
      if ((static_cast<unsigned char>(bytes[at]) & 0xc0U) != 0x80) return false;
  }
  return true;
}

std::string latin1_to_utf8(std::string_view bytes) {
  std::string utf8;
  utf8.reserve(bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) utf8 += static_cast<char>(0xc0U | byte >> 6U);
    utf8 += byte < 0x80 ? c : static_cast<char>(0x80U | (byte & 0x3fU));
  }
  return utf8;
}

std::string utf8_to_latin1(std::string_view utf8) {
  std::string bytes;
  bytes.reserve(utf8.size());
  for (std::size_t at = 0; at < utf8.size(); ++at) {
    const auto byte = static_cast<unsigned char>(utf8[at]);
    if (byte < 0x80 || at + 1 == utf8.size()) {
      bytes += utf8[at];
      continue;
    }
    const auto second = static_cast<unsigned char>(utf8[++at]);
    bytes += static_cast<char>((byte & 0x03U) << 6U | (second & 0x3fU));
  }
  return bytes;
}

}  // namespace killify
