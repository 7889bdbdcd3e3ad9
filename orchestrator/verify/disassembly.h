// What objdump prints of an object, read so that two objects can be compared: without addresses.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// An instruction of a function.
struct CodePlace {
  std::size_t function = 0;  // of the object
  std::size_t instruction = 0;
};

struct Instruction {
  std::string text;    // "mov $0x2,%esi"; without the target of a branch
  std::string target;  // what it refers to elsewhere: "x", ".rodata+0x8"
  std::string callee;  // the function that it calls or jumps to; else ""
  // Where it branches to in its own function, or behind the first instruction of another one.
  std::optional<CodePlace> place;

  [[nodiscard]] std::string shown() const;  // "call x", "je [12]"
};

struct DisassembledFunction {
  std::string name;
  std::vector<Instruction> instructions;
  bool renamed = false;  // it or something that it refers to had another name
};

// The functions in the order of the object. `text`: of objdump -d -r --no-show-raw-insn, GNU or
// LLVM. A branch, or a reference to code by section and offset, leads to an instruction, or to a
// function by name where it is its first. Instructions that do nothing are left out. Names get
// those that `renamed` has for them.
[[nodiscard]] std::vector<DisassembledFunction> read_disassembly(
    std::string_view text, const std::map<std::string, std::string>& renamed);

}  // namespace killify
