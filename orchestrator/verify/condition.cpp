#include "verify/condition.h"

#include "support/text.h"

#include <algorithm>
#include <cctype>
#include <functional>
#include <optional>
#include <utility>

namespace killify {
namespace {

using Ways = std::vector<Sides>;
// What is known of a macro other than a symbol: the ways in which it is defined, or is not.
using Macros = std::function<std::optional<Ways>(const std::string& name, bool wanted)>;

// Of more ways than this nobody tries all.
constexpr std::size_t kWays = 16;
constexpr std::string_view kConfig = "CONFIG_";

bool contradicts(const Sides& sides, const Side& side) {
  return std::ranges::any_of(sides, [&](const Side& one) {
    if (one.symbol != side.symbol || one.on == side.on) return false;
    const Side& on = one.on ? one : side;
    const Side& off = one.on ? side : one;
    return !on.module_is_on || off.module_is_on;  // else m is both
  });
}

Ways both(const Ways& left, const Ways& right) {
  Ways all;
  for (const Sides& one : left)
    for (const Sides& other : right) {
      if (std::ranges::any_of(other, [&](const Side& side) { return contradicts(one, side); }))
        continue;
      Sides joined = one;
      joined.insert(other.begin(), other.end());
      if (all.size() < kWays && std::ranges::find(all, joined) == all.end())
        all.push_back(std::move(joined));
    }
  return all;
}

Ways either(Ways left, const Ways& right) {
  const auto asks_nothing = [](const Sides& sides) { return sides.empty(); };
  if (std::ranges::any_of(left, asks_nothing) || std::ranges::any_of(right, asks_nothing))
    return {{}};
  for (const Sides& one : right)
    if (left.size() < kWays && std::ranges::find(left, one) == left.end()) left.push_back(one);
  return left;
}

const Ways kFree{{}};

// A part of an expression, as the ways to make it true and false.
struct Truth {
  Ways yes = kFree;
  Ways no = kFree;
};

// or := and ('||' and)*; and := unary ('&&' unary)*; unary := '!' unary | '(' or ')' | test.
class Reader {
 public:
  Reader(std::string_view text, const Macros& macros) : text_(text), macros_(macros) {}

  [[nodiscard]] Truth expression() {
    Truth left = conjunction();
    while (take("||")) {
      const Truth right = conjunction();
      left = {either(left.yes, right.yes), both(left.no, right.no)};
    }
    return left;
  }

 private:
  [[nodiscard]] Truth conjunction() {
    Truth left = operand();
    while (take("&&")) {
      const Truth right = operand();
      left = {both(left.yes, right.yes), either(left.no, right.no)};
    }
    return left;
  }

  // A comparison, an arithmetic operator: the operand is not what it seemed.
  [[nodiscard]] Truth operand() {
    Truth truth = unary();
    skip_blanks();
    if (rest().empty() || rest().starts_with("&&") || rest().starts_with("||") ||
        rest().starts_with(')'))
      return truth;
    skip_operand();
    return {};
  }

  [[nodiscard]] Truth unary() {
    if (take("!")) {
      Truth truth = unary();
      return {std::move(truth.no), std::move(truth.yes)};
    }
    if (take("(")) {
      Truth truth = expression();
      return take(")") ? truth : Truth{};
    }
    const std::string name = word();
    if (name == "defined") return macro(argument());
    if (name == "IS_ENABLED") return symbol(argument(), true);
    if (name == "IS_BUILTIN") return symbol(argument(), false);
    if (name.starts_with(kConfig)) return symbol(name, false);
    if (name == "0") return {{}, kFree};
    if (name == "1") return {kFree, {}};
    return {};
  }

  // "(X)" or " X".
  [[nodiscard]] std::string argument() {
    const bool open = take("(");
    std::string name = word();
    if (open && !take(")")) return {};
    return name;
  }

  static Truth symbol(std::string_view name, bool module_is_on) {
    if (!name.starts_with(kConfig)) return {};
    const std::string plain(name.substr(kConfig.size()));
    return {{{{plain, true, module_is_on}}}, {{{plain, false, module_is_on}}}};
  }

  [[nodiscard]] Truth macro(const std::string& name) const {
    if (name.starts_with(kConfig)) return symbol(name, false);
    return {macros_(name, true).value_or(kFree), macros_(name, false).value_or(kFree)};
  }

  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }
  void skip_blanks() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }
  bool take(std::string_view token) {
    skip_blanks();
    // "!=" is not "!".
    if (!rest().starts_with(token) || (token == "!" && rest().starts_with("!="))) return false;
    at_ += token.size();
    return true;
  }
  std::string word() {
    skip_blanks();
    const std::size_t start = at_;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '_'))
      ++at_;
    return std::string(text_.substr(start, at_ - start));
  }
  // Up to what ends an operand on this level.
  void skip_operand() {
    for (int depth = 0; at_ < text_.size(); ++at_) {
      if (depth == 0 && (rest().starts_with("&&") || rest().starts_with("||"))) return;
      if (text_[at_] == '(') ++depth;
      if (text_[at_] == ')' && depth-- == 0) return;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  const Macros& macros_;
};

Ways ways(std::string_view expression, bool wanted, const Macros& macros) {
  Truth truth = Reader(expression, macros).expression();
  return wanted ? std::move(truth.yes) : std::move(truth.no);
}

// The conditions of one file.
class Conditions {
 public:
  explicit Conditions(const SourceShape& shape) : shape_(shape) {}

  [[nodiscard]] Ways to_group(std::size_t group) {
    Ways all = kFree;
    for (; group != 0; group = shape_.groups[group].parent)
      for (const Need& need : shape_.groups[group].needs)
        all = both(all, ways_to(group, need, need.holds));
    return all;
  }

 private:
  [[nodiscard]] Ways not_to_group(std::size_t group) {
    Ways any;
    for (; group != 0; group = shape_.groups[group].parent)
      for (const Need& need : shape_.groups[group].needs)
        any = either(std::move(any), ways_to(group, need, !need.holds));
    return any;
  }

  [[nodiscard]] Ways ways_to(std::size_t group, const Need& need, bool wanted) {
    return ways(need.expression, wanted,
                [&](const std::string& name, bool defined) { return macro(name, defined, group); });
  }

  // A macro in the condition of `asker`: known where a single #define of this file gives it.
  [[nodiscard]] std::optional<Ways> macro(const std::string& name, bool defined,
                                          std::size_t asker) {
    const auto is_it = [&](const SourceLine& line) {
      return line.kind == LineKind::kDefine && line.macro == name;
    };
    const auto found = std::ranges::find_if(shape_.lines, is_it);
    if (found == shape_.lines.end()) return std::nullopt;
    // An include guard.
    if (is_inside(found->group, asker)) return defined ? Ways{} : kFree;
    const auto next = std::find_if(found + 1, shape_.lines.end(), [&](const SourceLine& line) {
      return is_it(line) && line.starts != found->starts;
    });
    const bool behind = found->starts > shape_.groups[asker].line;
    if (behind || next != shape_.lines.end() || !asked_.insert(name).second) return std::nullopt;
    Ways known = defined ? to_group(found->group) : not_to_group(found->group);
    asked_.erase(name);
    return known;
  }

  [[nodiscard]] bool is_inside(std::size_t group, std::size_t other) const {
    while (group != other && group != 0) group = shape_.groups[group].parent;
    return group == other;
  }

  const SourceShape& shape_;
  std::set<std::string> asked_;
};

}  // namespace

std::vector<Sides> ways_to(std::string_view expression, bool wanted) {
  return ways(expression, wanted, [](const std::string&, bool) { return std::nullopt; });
}

std::vector<Sides> ways_to_line(const SourceShape& shape, int line) {
  return Conditions(shape).to_group(shape.line(line).group);
}

bool holds(const Sides& sides, const std::set<std::string>& enabled) {
  return std::ranges::all_of(sides, [&](const Side& side) {
    const bool on = enabled.contains(side.symbol) &&
                    (side.module_is_on || !enabled.contains(side.symbol + "_MODULE"));
    return on == side.on;
  });
}

}  // namespace killify
