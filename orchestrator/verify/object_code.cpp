#include "verify/object_code.h"

#include "support/text.h"

#include <algorithm>
#include <cctype>

namespace killify {
namespace {

bool in_plain_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
}

std::string without_counts(std::string_view word) {
  std::string name(word);
  if (name.starts_with("__initcall__")) {
    std::erase_if(name, is_digit);
    return name;
  }
  if (const auto dot = name.rfind('.');
      dot != std::string::npos && dot > 0 && name[0] != '.' && !is_digit(name[0]) &&
      std::all_of(name.begin() + static_cast<std::ptrdiff_t>(dot) + 1, name.end(), is_digit))
    name.resize(dot);
  if (name.starts_with("__UNIQUE_ID_"))
    while (is_digit(name.back())) name.pop_back();
  return name;
}

}  // namespace

std::string comparable_code(std::string_view disassembly) {
  std::string text;
  text.reserve(disassembly.size());
  while (!disassembly.empty()) {
    const auto* const end = std::find_if_not(disassembly.begin(), disassembly.end(), in_plain_name);
    const auto length = static_cast<std::size_t>(end - disassembly.begin());
    text += without_counts(disassembly.substr(0, length));
    disassembly.remove_prefix(length);
    if (disassembly.empty()) break;
    text += disassembly.front();
    disassembly.remove_prefix(1);
  }
  return text;
}

}  // namespace killify
