#include "verify/code_difference.h"

#include "verify/disassembly.h"
#include "verify/register_use.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <optional>
#include <set>
#include <utility>

namespace killify {
namespace {

constexpr std::array<std::string_view, 5> kChangeNames{"same", "name", "constant", "argument",
                                                       "other"};
// Of the kernel's linux/sched.h.
constexpr int kTaskInterruptible = 1;
constexpr int kTaskUninterruptible = 2;
// Enough to see what a difference is about.
constexpr std::size_t kShown = 3;

using Instructions = std::vector<Instruction>;

struct ConstantLoad {
  std::string_view reg;
  int value = 0;
};

std::optional<int> number(std::string_view text) {
  if (text.starts_with('$') || text.starts_with('#')) text.remove_prefix(1);
  const int base = text.starts_with("0x") ? 16 : 10;
  if (base == 16) text.remove_prefix(2);
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "mov $0x2,%esi", "xor %esi,%esi", "mov w1,#0x2", "movs r1,#2", "li r4,2", "lhi %r3,2".
std::optional<ConstantLoad> constant_load(const Instruction& instruction) {
  if (!instruction.target.empty()) return std::nullopt;
  const std::string_view text = instruction.text;
  const std::size_t blank = text.find(' ');
  const std::size_t comma = text.find(',');
  if (comma == std::string_view::npos || blank > comma) return std::nullopt;
  const std::string_view mnemonic = text.substr(0, blank);
  const std::string_view first = text.substr(blank + 1, comma - blank - 1);
  const std::string_view second = text.substr(comma + 1);
  if (second.find(',') != std::string_view::npos) return std::nullopt;
  if ((mnemonic == "xor" || mnemonic == "xorl") && first == second) return ConstantLoad{first, 0};
  constexpr std::array<std::string_view, 6> kLoads{"mov", "movl", "movs", "li", "lhi", "lghi"};
  if (std::ranges::find(kLoads, mnemonic) == kLoads.end()) return std::nullopt;
  if (const auto value = number(first); value && second.starts_with('%'))
    return ConstantLoad{second, *value};
  if (const auto value = number(second); value && !number(first))
    return ConstantLoad{first, *value};
  return std::nullopt;
}

// May the next instruction be another one than the next of the text?
bool leaves(std::string_view text) {
  constexpr std::array<std::string_view, 4> kLeaving{"call", "ret", "j", "b"};
  return std::ranges::any_of(kLeaving, [&](auto start) { return text.starts_with(start); });
}

// From there to the next instruction that calls or branches.
Instructions up_to_the_call(const Instructions& code, std::size_t from) {
  const auto start = code.begin() + static_cast<std::ptrdiff_t>(from);
  return {start, std::find_if(start, code.end(), [](const Instruction& one) {
            return !one.callee.empty() || one.place || leaves(one.text);
          })};
}

bool returns(const Instruction& instruction) {
  return instruction.text.starts_with("ret") || instruction.callee == "__x86_return_thunk";
}

// Does the instruction, with nothing but its like up to the return, clear a register that belongs
// to neither the caller nor the result? CONFIG_ZERO_CALL_USED_REGS does that to all that were used.
bool clears_before_return(const Instructions& code, std::size_t at) {
  constexpr std::array<std::string_view, 7> kScratch{"c", "si", "di", "8", "9", "10", "11"};
  for (; at < code.size() && !returns(code[at]); ++at) {
    const auto load = constant_load(code[at]);
    if (!load || load->value != 0) return false;
    if (std::ranges::find(kScratch, register_family(load->reg)) == kScratch.end()) return false;
  }
  return at < code.size();
}

std::vector<std::string> shown(const Instructions& code, std::size_t from) {
  std::vector<std::string> lines;
  for (std::size_t i = from; i < std::min(code.size(), from + kShown); ++i)
    lines.push_back(code[i].shown());
  return lines;
}

constexpr std::size_t kNowhere = ~std::size_t{0};

// The instructions of a function before and after.
struct Alignment {
  const DisassembledFunction* before = nullptr;
  const DisassembledFunction* after = nullptr;
  FunctionDifference difference{};
  // Of the old instructions, up to the first that no rule explains: where a branch to each has to
  // lead, and the new one that is the same.
  std::vector<std::size_t> places{};
  std::vector<std::size_t> pairs{};

  void differs(CodeChange change, std::size_t i, std::size_t j) {
    if (change <= difference.change) return;
    difference.change = change;
    difference.before = shown(before->instructions, i);
    difference.after = shown(after->instructions, j);
  }
};

using Alignments = std::map<const DisassembledFunction*, Alignment>;  // by what was before

// Finds the first branch that leads elsewhere. `olds`, `news`: all functions of the object.
void compare_branches(Alignment& alignment, const Alignments& all,
                      const std::vector<DisassembledFunction>& olds,
                      const std::vector<DisassembledFunction>& news) {
  const auto same = [&](const std::optional<CodePlace>& from, const std::optional<CodePlace>& to) {
    if (!from || !to) return !from && !to;
    const auto there = all.find(&olds[from->function]);
    if (there == all.end() || there->second.after != &news[to->function]) return false;
    const auto& places = there->second.places;
    // What lies behind a difference that no rule explains is told by that.
    return from->instruction >= places.size() || places[from->instruction] == to->instruction;
  };
  for (std::size_t i = 0; i < alignment.pairs.size(); ++i) {
    const std::size_t j = alignment.pairs[i];
    if (j == kNowhere ||
        same(alignment.before->instructions[i].place, alignment.after->instructions[j].place))
      continue;
    alignment.differs(CodeChange::kOther, i, j);
    break;
  }
}

class Comparison {
 public:
  explicit Comparison(const std::map<std::string, std::string>& renamed) {
    for (const auto& [old_name, new_name] : renamed) new_names_.insert(new_name);
  }

  // Instruction by instruction, as far as rules explain what differs; not where branches lead to.
  [[nodiscard]] Alignment align(const DisassembledFunction& before,
                                const DisassembledFunction& after) const {
    const Instructions& olds = before.instructions;
    const Instructions& news = after.instructions;
    Alignment alignment{&before, &after};
    alignment.difference = {before.name, before.renamed ? CodeChange::kName : CodeChange::kSame};
    auto& places = alignment.places;
    auto& pairs = alignment.pairs;
    std::size_t start = 0;  // of what stands for the next old one, with what is added before it
    for (std::size_t j = 0; places.size() < olds.size() || j < news.size();) {
      const std::size_t i = places.size();
      const bool both = i < olds.size() && j < news.size();
      if (both && refers_alike(olds[i], news[j])) {
        places.push_back(start);
        pairs.push_back(j);
        start = ++j;
        continue;
      }
      if (both && !returns(news[j]) && clears_before_return(news, j) &&
          clears_before_return(olds, i)) {
        alignment.differs(CodeChange::kArgument, i, j++);
        continue;
      }
      const auto setup = both ? find_setup(olds, i, news, j) : std::nullopt;
      alignment.differs(setup ? setup->change : CodeChange::kOther, i, j);
      if (!setup) return alignment;
      j += setup->news;
      if (setup->olds == 0) continue;
      // No branch leads into the middle of it.
      places.push_back(start);
      places.resize(i + setup->olds, kNowhere);
      pairs.resize(places.size(), kNowhere);
      start = j;
    }
    places.push_back(start);
    return alignment;
  }

 private:
  // The instructions, from the first that differs, that set up the call of a renamed function.
  struct Setup {
    CodeChange change = CodeChange::kName;
    std::size_t olds = 0;
    std::size_t news = 0;
  };

  static bool refers_alike(const Instruction& one, const Instruction& other) {
    return one.text == other.text && one.target == other.target;
  }

  static bool is_other_state(const Instruction& before, const Instruction& after) {
    const auto from = constant_load(before);
    const auto to = constant_load(after);
    return from && to && from->reg == to->reg && from->value == 0 &&
           to->value == kTaskUninterruptible;
  }

  // One that nothing before the call reads or overwrites.
  static bool is_new_state(const Instructions& setup, std::size_t at) {
    const auto load = constant_load(setup[at]);
    if (!load || load->value != kTaskInterruptible) return false;
    const std::string family = register_family(load->reg);
    return std::none_of(
        setup.begin() + static_cast<std::ptrdiff_t>(at) + 1, setup.end(),
        [&](const Instruction& one) { return registers_in(one.text).contains(family); });
  }

  [[nodiscard]] std::optional<Setup> find_setup(const Instructions& olds, std::size_t i,
                                                const Instructions& news, std::size_t j) const {
    const Instructions old_setup = up_to_the_call(olds, i);
    const Instructions new_setup = up_to_the_call(news, j);
    const std::size_t old_call = i + old_setup.size();
    const std::size_t new_call = j + new_setup.size();
    if (old_call == olds.size() || new_call == news.size() ||
        !refers_alike(olds[old_call], news[new_call]) ||
        !new_names_.contains(news[new_call].callee))
      return std::nullopt;
    const auto change = compare_setups(old_setup, new_setup);
    if (!change) return std::nullopt;
    return Setup{*change, old_setup.size(), new_setup.size()};
  }

  // The same instructions, each with its like; one with another state, or one more that loads a
  // state. Those that changed places do not depend on each other.
  static std::optional<CodeChange> compare_setups(const Instructions& olds,
                                                  const Instructions& news) {
    std::vector<std::size_t> likes(news.size(), kNowhere);
    std::vector<bool> taken(olds.size(), false);
    const auto take = [&](const auto& alike) {
      for (std::size_t j = 0; j < news.size(); ++j)
        for (std::size_t i = 0; i < olds.size() && likes[j] == kNowhere; ++i)
          if (!taken[i] && alike(olds[i], news[j])) {
            taken[i] = true;
            likes[j] = i;
          }
    };
    take(refers_alike);
    CodeChange change =
        std::ranges::find(taken, false) == taken.end() ? CodeChange::kName : CodeChange::kConstant;
    take(is_other_state);
    if (std::ranges::find(taken, false) != taken.end()) return std::nullopt;
    for (std::size_t j = 0; j < news.size(); ++j) {
      if (likes[j] != kNowhere) continue;
      if (change == CodeChange::kArgument || !is_new_state(news, j)) return std::nullopt;
      change = CodeChange::kArgument;
    }
    for (std::size_t j = 0; j < news.size(); ++j)
      for (std::size_t before = 0; before < j; ++before) {
        if (likes[j] == kNowhere || likes[before] == kNowhere || likes[before] < likes[j]) continue;
        const auto one = register_use(news[before].text);
        const auto other = register_use(news[j].text);
        if (!one || !other || one->depends_on(*other)) return std::nullopt;
      }
    return change;
  }

  std::set<std::string> new_names_;
};

bool in_symbol(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '$';
}

// Is there the symbol in the disassembly?
bool mentions(std::string_view text, std::string_view symbol) {
  for (std::size_t at = text.find(symbol); at != std::string_view::npos;
       at = text.find(symbol, at + 1)) {
    const std::size_t end = at + symbol.size();
    if ((at == 0 || !in_symbol(text[at - 1])) && (end == text.size() || !in_symbol(text[end])))
      return true;
  }
  return false;
}

using ByName = std::map<std::string, std::vector<const DisassembledFunction*>>;

ByName by_name(const std::vector<DisassembledFunction>& functions) {
  ByName named;
  for (const DisassembledFunction& function : functions) named[function.name].push_back(&function);
  return named;
}

}  // namespace

std::string_view code_change_name(CodeChange change) {
  return kChangeNames.at(static_cast<std::size_t>(change));
}

CodeChange code_change(std::string_view name) {
  for (const CodeChange change :
       {CodeChange::kSame, CodeChange::kName, CodeChange::kConstant, CodeChange::kArgument})
    if (name == code_change_name(change)) return change;
  return CodeChange::kOther;
}

CodeDifference compare_code(std::string_view before, std::string_view after,
                            const std::map<std::string, std::string>& renamed) {
  std::map<std::string, std::string> gone = renamed;
  std::erase_if(gone, [&](const auto& names) { return mentions(after, names.first); });
  const auto old_functions = read_disassembly(before, gone);
  const auto new_functions = read_disassembly(after, {});
  const ByName old_names = by_name(old_functions);
  ByName new_names = by_name(new_functions);
  const Comparison comparison(gone);
  CodeDifference difference;
  const auto add = [&](FunctionDifference one) {
    difference.change = std::max(difference.change, one.change);
    if (one.change > CodeChange::kName) difference.functions.push_back(std::move(one));
  };
  Alignments alignments;
  for (const auto& [name, olds] : old_names) {
    auto& news = new_names[name];
    const std::size_t both = std::min(olds.size(), news.size());
    for (std::size_t i = 0; i < both; ++i)
      alignments.emplace(olds[i], comparison.align(*olds[i], *news[i]));
    for (std::size_t i = both; i < olds.size(); ++i)
      add({name, CodeChange::kOther, shown(olds[i]->instructions, 0), {}});
    news.erase(news.begin(), news.begin() + static_cast<std::ptrdiff_t>(both));
  }
  for (auto& [function, alignment] : alignments) {
    compare_branches(alignment, alignments, old_functions, new_functions);
    add(std::move(alignment.difference));
  }
  for (const auto& [name, news] : new_names)
    for (const DisassembledFunction* function : news)
      add({name, CodeChange::kOther, {}, shown(function->instructions, 0)});
  return difference;
}

}  // namespace killify
