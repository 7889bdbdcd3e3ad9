#include "verify/register_use.h"

#include "support/text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <vector>

namespace killify {
namespace {

bool is_alphanumeric(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

// "8(%rax,%rbx)" and "%rcx" of "8(%rax,%rbx),%rcx".
std::vector<std::string_view> operands_of(std::string_view text) {
  std::vector<std::string_view> operands;
  std::size_t start = 0;
  int depth = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || (text[i] == ',' && depth == 0)) {
      operands.push_back(text.substr(start, i - start));
      start = i + 1;
    } else if (text[i] == '(') {
      ++depth;
    } else if (text[i] == ')') {
      --depth;
    }
  }
  return operands;
}

bool is_register(std::string_view operand) {
  return operand.starts_with('%') && operand.find(':') == std::string_view::npos;
}

bool is_memory(std::string_view operand) {
  return !is_register(operand) && !operand.starts_with('$');
}

}  // namespace

std::string register_family(std::string_view name) {
  if (name.starts_with('%')) name.remove_prefix(1);
  if (const auto* const digit = std::ranges::find_if(name, is_digit);
      digit != name.end() && digit - name.begin() <= 1)
    return {digit, std::find_if_not(digit, name.end(), is_digit)};
  if (name.size() == 3 && (name[0] == 'r' || name[0] == 'e')) name.remove_prefix(1);
  if (name.size() == 3 && name[2] == 'l') name.remove_suffix(1);
  // al, ah and ax; not si, di, bp and sp.
  if (name.size() == 2 && (name[1] == 'x' || name[1] == 'l' || name[1] == 'h'))
    name.remove_suffix(1);
  return std::string(name);
}

std::set<std::string> registers_in(std::string_view instruction) {
  std::set<std::string> families;
  instruction.remove_prefix(std::min(instruction.find(' '), instruction.size()));
  for (std::size_t i = 0; i < instruction.size(); ++i) {
    const char before = i == 0 ? ' ' : instruction[i - 1];
    if (!is_alphanumeric(instruction[i]) || is_alphanumeric(before) || before == '$' ||
        before == '#')
      continue;
    std::size_t end = i;
    while (end < instruction.size() && is_alphanumeric(instruction[end])) ++end;
    const std::string_view word = instruction.substr(i, end - i);
    if (!is_digit(word.front())) families.insert(register_family(word));
    i = end - 1;
  }
  return families;
}

bool RegisterUse::depends_on(const RegisterUse& other) const {
  return all.contains(other.written) || other.all.contains(written) ||
         (moves_stack && other.all.contains("sp")) || (other.moves_stack && all.contains("sp")) ||
         (stores && (other.loads || other.stores)) || (other.stores && loads);
}

std::optional<RegisterUse> register_use(std::string_view instruction) {
  constexpr std::array<std::string_view, 24> kPlain{
      "mov",    "movb",   "movw",   "movl", "movq", "movabs", "movzbl", "movzwl",
      "movsbl", "movswl", "movslq", "lea",  "pop",  "add",    "sub",    "and",
      "or",     "xor",    "xorl",   "shl",  "shr",  "sar",    "neg",    "not"};
  const std::size_t blank = instruction.find(' ');
  const std::string_view mnemonic = instruction.substr(0, blank);
  if (blank == std::string_view::npos || std::ranges::find(kPlain, mnemonic) == kPlain.end())
    return std::nullopt;
  const auto operands = operands_of(instruction.substr(blank + 1));
  const std::string_view destination = operands.back();
  RegisterUse use;
  use.all = registers_in(instruction);
  use.moves_stack = mnemonic == "pop";
  if (use.moves_stack) use.all.insert("sp");
  if (is_register(destination))
    use.written = register_family(destination);
  else
    use.stores = true;
  use.loads = use.moves_stack || (use.stores && !mnemonic.starts_with("mov"));
  if (mnemonic != "lea")
    for (std::size_t i = 0; i + 1 < operands.size(); ++i) use.loads |= is_memory(operands[i]);
  return use;
}

}  // namespace killify
