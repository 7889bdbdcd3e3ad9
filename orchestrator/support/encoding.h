// Bytes as text in UTF-8. Kernel sources are bytes.
#pragma once

#include <string>
#include <string_view>

namespace killify {

// Whether the bytes are text in UTF-8.
[[nodiscard]] bool is_utf8(std::string_view bytes);
// Each byte as the character that it is in Latin-1, in UTF-8; and back.
[[nodiscard]] std::string latin1_to_utf8(std::string_view bytes);
[[nodiscard]] std::string utf8_to_latin1(std::string_view utf8);

}  // namespace killify
