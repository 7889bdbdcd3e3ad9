// What objdump prints of an object, read so that two objects can be compared: without addresses.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

struct Instruction {
  std::string text;    // "mov $0x2,%esi"; without the target of a branch
  std::string target;  // what it refers to elsewhere: "x", "g", "g[12]", ".rodata+0x8"
  std::string callee;  // the function that it calls or jumps to; else ""
  std::optional<std::size_t> place;  // in its own function, that it branches to

  [[nodiscard]] std::string shown() const;  // "call x", "je [12]"
};

struct DisassembledFunction {
  std::string name;
  std::vector<Instruction> instructions;
  bool renamed = false;  // it or something that it refers to had another name
};

// The functions in the order of the object. `text`: of objdump -d -r --no-show-raw-insn, GNU or
// LLVM. A branch leads to the nth instruction of a function ("g[12]"; "g" is the first), and a
// reference to code by section and offset likewise; instructions that do nothing do not count.
// Names get those that `renamed` has for them.
[[nodiscard]] std::vector<DisassembledFunction> read_disassembly(
    std::string_view text, const std::map<std::string, std::string>& renamed);

}  // namespace killify
