#include "support/shell_safe.h"

#include <algorithm>

namespace killify {

bool is_shell_safe(std::string_view name) {
  return !name.empty() && name.front() != '-' && std::ranges::all_of(name, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("._+,@=/-").find(c) != std::string_view::npos;
  });
}

}  // namespace killify
