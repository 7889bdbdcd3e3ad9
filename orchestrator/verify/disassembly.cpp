#include "verify/disassembly.h"

#include "support/text.h"
#include "verify/object_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

namespace killify {
namespace {

using Address = std::uint64_t;

// A word of hexadecimal digits, all of it.
std::optional<Address> hexadecimal(std::string_view text) {
  if (text.starts_with("0x")) text.remove_prefix(2);
  Address value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Without comments ("# 29 <f+0x29>", "// b.none", "; 64 <f>", "@ (64 <f>)"), each run of blanks
// one.
std::string plain_text(std::string_view line) {
  std::string text;
  for (const char c : line) {
    const bool blank = c == ' ' || c == '\t';
    if (!blank)
      text += c;
    else if (!text.ends_with(' ') && !text.ends_with(','))
      text += ' ';
  }
  for (const std::string_view comment : {" # ", " // ", " ; ", " @ "})
    text.resize(std::min(text.size(), text.find(comment)));
  return std::string(trim(text));
}

bool does_nothing(std::string_view text) {
  for (const std::string_view prefix : {"data16 ", "cs "})
    while (text.starts_with(prefix)) text.remove_prefix(prefix.size());
  return text.starts_with("nop") || text == "xchg %ax,%ax";
}

struct Reference {
  std::string type;
  std::string symbol;
  std::string offset;  // "+0x8", "-0x4" or ""
};

Reference read_reference(std::string_view text) {
  Reference reference;
  const std::size_t blank = std::min(text.find_first_of(" \t"), text.size());
  reference.type = text.substr(0, blank);
  const std::string_view rest = trim(text.substr(blank));
  std::size_t sign = rest.find_last_of("+-");
  if (sign == std::string_view::npos || sign == 0 || !hexadecimal(rest.substr(sign + 1)))
    sign = rest.size();
  reference.symbol = rest.substr(0, sign);
  reference.offset = rest.substr(sign);
  return reference;
}

// What an instruction refers to, until all functions are read.
struct Open {
  std::string section;
  std::size_t function = 0;
  std::size_t instruction = 0;
  std::optional<Address> leads_to;  // as it is printed
  std::string there;                // "f+0x12"
  std::vector<Reference> references;
};

class DisassemblyReader {
 public:
  explicit DisassemblyReader(const std::map<std::string, std::string>& renamed)
      : renamed_(renamed) {}

  std::vector<DisassembledFunction> read(std::string_view text) {
    for (const std::string& line : split_lines(text)) take(line);
    for (const Open& open : open_) resolve(open);
    return std::move(functions_);
  }

 private:
  void take(std::string_view line) {
    constexpr std::string_view kSection = "Disassembly of section ";
    if (line.starts_with(kSection)) {
      section_ = line.substr(kSection.size(), line.rfind(':') - kSection.size());
    } else if (line.ends_with(">:")) {
      const std::size_t open = line.find('<');
      DisassembledFunction function;
      function.name = name(line.substr(open + 1, line.size() - open - 3), function);
      functions_.push_back(std::move(function));
    } else if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
      const auto address = hexadecimal(trim(line.substr(0, colon)));
      if (!address || functions_.empty()) return;
      const std::string_view rest = trim(line.substr(colon + 1));
      if (!rest.starts_with("R_"))
        take_instruction(*address, plain_text(rest));
      else if (!dropped_)
        open_.back().references.push_back(read_reference(rest));
    }
  }

  void take_instruction(Address address, std::string text) {
    auto& instructions = functions_.back().instructions;
    places_[section_][address] = {functions_.size() - 1, instructions.size()};
    dropped_ = does_nothing(text);
    if (dropped_) return;
    Open open{section_, functions_.size() - 1, instructions.size(), {}, {}, {}};
    const std::size_t bracket = text.rfind('<');
    if (text.ends_with('>') && bracket != std::string::npos && bracket != 0) {
      const std::string_view front = trim(std::string_view(text).substr(0, bracket));
      const std::size_t before = front.find_last_of(" ,") + 1;  // npos + 1 is 0
      open.leads_to = hexadecimal(front.substr(before));
      open.there = text.substr(bracket + 1, text.size() - bracket - 2);
      if (open.leads_to) text = trim(front.substr(0, before));
    }
    open_.push_back(std::move(open));
    instructions.push_back({std::move(text), {}, {}, {}});
  }

  // As it is compared: with the new name, and without what the compiler counts.
  std::string name(std::string_view symbol, DisassembledFunction& user) const {
    const auto found = renamed_.find(std::string(symbol));
    if (found == renamed_.end()) return comparable_code(symbol);
    user.renamed = true;
    return found->second;
  }

  // Notes where an address of a section leads to, if an instruction starts there.
  bool leads_to_code(const std::string& section, Address address, std::size_t user,
                     Instruction& instruction) const {
    const auto code = places_.find(section);
    if (code == places_.end()) return false;
    const auto found = code->second.find(address);
    if (found == code->second.end()) return false;
    const CodePlace& place = found->second;
    if (place.function == user || place.instruction != 0)
      instruction.place = place;
    else
      instruction.target += functions_[place.function].name;
    return true;
  }

  void resolve(const Open& open) {
    DisassembledFunction& function = functions_[open.function];
    Instruction& instruction = function.instructions[open.instruction];
    for (const Reference& reference : open.references)
      resolve(reference, open.function, instruction);
    if (open.references.empty() && open.leads_to &&
        !leads_to_code(open.section, *open.leads_to, open.function, instruction))
      instruction.target = '<' + name(open.there, function) + '>';
    // "adrp x0, 0 <f>" only looks like a branch.
    if (open.leads_to && !instruction.text.starts_with("adr"))
      instruction.callee = instruction.target;
  }

  void resolve(const Reference& reference, std::size_t user, Instruction& instruction) {
    const bool back = reference.offset.starts_with('-');
    const Address offset =
        reference.offset.empty() ? 0 : hexadecimal(reference.offset.substr(1)).value_or(0);
    // What a PC-relative field of x86 refers to is counted from its end, four bytes on.
    const bool from_end =
        reference.type.starts_with("R_X86_64_P") || reference.type.starts_with("R_386_P");
    const Address at = (back ? Address{0} - offset : offset) + Address{from_end ? 4U : 0U};
    if (!instruction.target.empty()) instruction.target += ' ';
    if (leads_to_code(reference.symbol, at, user, instruction)) return;
    instruction.target += name(reference.symbol, functions_[user]);
    if (at != 0) instruction.target += reference.offset;
  }

  const std::map<std::string, std::string>& renamed_;
  std::string section_;
  std::vector<DisassembledFunction> functions_;
  std::vector<Open> open_;
  bool dropped_ = true;  // the last instruction
  std::map<std::string, std::map<Address, CodePlace>> places_;
};

}  // namespace

std::string Instruction::shown() const {
  std::string line = text;
  if (!target.empty()) line += ' ' + target;
  if (place) line += fmt::format(" [{}]", place->instruction);
  return line;
}

std::vector<DisassembledFunction> read_disassembly(
    std::string_view text, const std::map<std::string, std::string>& renamed) {
  return DisassemblyReader(renamed).read(text);
}

}  // namespace killify
