// SHA-256 of text, in hex: names cache entries and identifies semantic patches in manifests.
#pragma once

#include <string>
#include <string_view>

namespace killify {

[[nodiscard]] std::string sha256(std::string_view bytes);

}  // namespace killify
