// Which registers an instruction uses: whether two instructions may change places.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace killify {

// A register by whatever name and width: "si" for %rsi, %esi and %sil, "8" for %r8d, "1" for w1 and
// x1.
[[nodiscard]] std::string register_family(std::string_view name);

// The families of all registers that an instruction names.
[[nodiscard]] std::set<std::string> registers_in(std::string_view instruction);

struct RegisterUse {
  std::set<std::string> all;  // read or written
  std::string written;
  bool moves_stack = false;  // pop
  bool loads = false;
  bool stores = false;

  // Does it make a difference which of the two comes first?
  [[nodiscard]] bool depends_on(const RegisterUse& other) const;
};

// Of an instruction of x86, as AT&T writes it, that moves or computes a value, does nothing else,
// and obeys no flags. Nothing of any other.
[[nodiscard]] std::optional<RegisterUse> register_use(std::string_view instruction);

}  // namespace killify
