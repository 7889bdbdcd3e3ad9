#include "verify/code_difference.h"

#include "verify/disassembly.h"

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

// The function that is called with what the instruction loads; "" where another way leads on.
std::string callee_behind(const Instructions& code, std::size_t at) {
  for (; at < code.size(); ++at)
    if (!code[at].callee.empty() || leaves(code[at].text)) return code[at].callee;
  return {};
}

std::vector<std::string> shown(const Instructions& code, std::size_t from) {
  std::vector<std::string> lines;
  for (std::size_t i = from; i < std::min(code.size(), from + kShown); ++i)
    lines.push_back(code[i].shown());
  return lines;
}

class Comparison {
 public:
  explicit Comparison(const std::map<std::string, std::string>& renamed) {
    for (const auto& [old_name, new_name] : renamed) new_names_.insert(new_name);
  }

  [[nodiscard]] FunctionDifference compare(const DisassembledFunction& before,
                                           const DisassembledFunction& after) const {
    const Instructions& olds = before.instructions;
    const Instructions& news = after.instructions;
    FunctionDifference difference{before.name,
                                  before.renamed ? CodeChange::kName : CodeChange::kSame};
    const auto differs = [&](CodeChange change, std::size_t i, std::size_t j) {
      if (change <= difference.change) return;
      difference.change = change;
      difference.before = shown(olds, i);
      difference.after = shown(news, j);
    };
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    std::vector<std::size_t> starts;  // where the pair of each old one starts, with what is added
    std::size_t i = 0;
    for (std::size_t j = 0; i < olds.size() || j < news.size(); ++j) {
      if (starts.size() == i) starts.push_back(j);
      const bool both = i < olds.size() && j < news.size();
      if (both && is_new_state(olds, i, news, j)) {
        differs(CodeChange::kArgument, i, j);
        continue;
      }
      if (!both || !refers_alike(olds[i], news[j])) {
        const bool state = both && is_other_state(olds, i, news, j);
        differs(state ? CodeChange::kConstant : CodeChange::kOther, i, j);
        if (!state) return difference;
      }
      pairs.emplace_back(i++, j);
    }
    starts.push_back(news.size());
    for (const auto& [one, other] : pairs) {
      const auto& from = olds[one].place;
      const auto& to = news[other].place;
      if (from.has_value() == to.has_value() && (!from || starts.at(*from) == *to)) continue;
      differs(CodeChange::kOther, one, other);
      break;
    }
    return difference;
  }

 private:
  static bool refers_alike(const Instruction& one, const Instruction& other) {
    return one.text == other.text && one.target == other.target;
  }

  // Is what is loaded given to a renamed function?
  [[nodiscard]] bool is_given(const Instructions& olds, std::size_t i, const Instructions& news,
                              std::size_t j) const {
    const std::string callee = callee_behind(news, j);
    return callee == callee_behind(olds, i) && new_names_.contains(callee);
  }

  [[nodiscard]] bool is_other_state(const Instructions& olds, std::size_t i,
                                    const Instructions& news, std::size_t j) const {
    const auto from = constant_load(olds[i]);
    const auto to = constant_load(news[j]);
    return from && to && from->reg == to->reg && from->value == 0 &&
           to->value == kTaskUninterruptible && is_given(olds, i + 1, news, j + 1);
  }

  [[nodiscard]] bool is_new_state(const Instructions& olds, std::size_t i, const Instructions& news,
                                  std::size_t j) const {
    const auto to = constant_load(news[j]);
    return to && to->value == kTaskInterruptible && !refers_alike(olds[i], news[j]) &&
           is_given(olds, i, news, j + 1);
  }

  std::set<std::string> new_names_;
};

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '$';
}

// Is there the symbol in the disassembly?
bool mentions(std::string_view text, std::string_view symbol) {
  for (std::size_t at = text.find(symbol); at != std::string_view::npos;
       at = text.find(symbol, at + 1)) {
    const std::size_t end = at + symbol.size();
    if ((at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end])))
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
  for (const auto& [name, olds] : old_names) {
    auto& news = new_names[name];
    const std::size_t both = std::min(olds.size(), news.size());
    for (std::size_t i = 0; i < both; ++i) add(comparison.compare(*olds[i], *news[i]));
    for (std::size_t i = both; i < olds.size(); ++i)
      add({name, CodeChange::kOther, shown(olds[i]->instructions, 0), {}});
    news.erase(news.begin(), news.begin() + static_cast<std::ptrdiff_t>(both));
  }
  for (const auto& [name, news] : new_names)
    for (const DisassembledFunction* function : news)
      add({name, CodeChange::kOther, {}, shown(function->instructions, 0)});
  return difference;
}

}  // namespace killify
