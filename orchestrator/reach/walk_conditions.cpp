// What macros and calls say about the conditions on the way.
#include "reach/condition.h"
#include "reach/walk.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <optional>
#include <span>

namespace killify {
namespace {

// Set in a fault's flags where any signal may end its sleeps (include/linux/mm_types.h).
constexpr const char* kFaultAware = "FAULT_FLAG_INTERRUPTIBLE";

// "x" of "({ int y = 0; x; })": what a macro is worth.
std::string last_expression(std::string_view body) {
  auto open = body.find("({");
  auto close = body.rfind("})");
  if (open == std::string_view::npos || close == std::string_view::npos) return std::string(body);
  body = body.substr(0, close);
  body = body.substr(0, body.rfind(';'));
  auto before = body.find_last_of(";{");
  return std::string(body.substr(before == std::string_view::npos ? 0 : before + 1));
}

std::optional<unsigned long> literal(std::string_view text) {
  const std::string digits(text);
  char* end = nullptr;
  const auto number = std::strtoul(digits.c_str(), &end, 0);
  const auto suffix = std::string_view(end);
  if (end == digits.c_str() || suffix.find_first_not_of("uUlL") != suffix.npos) return std::nullopt;
  return number;
}

// The number of "0x40", "1U << 6", "BIT(6)", "(A | B)"; `named` is that of a name.
using Named = std::function<std::optional<unsigned long>(const std::string& name)>;
std::optional<unsigned long> number_in(std::span<const Token> tokens, const Named& named) {
  tokens = without_parentheses(tokens);
  const auto shifted = [](std::optional<unsigned long> one, std::optional<unsigned long> by) {
    constexpr unsigned long kBits = 64;
    return one && by && *by < kBits ? std::optional(*one << *by) : std::nullopt;
  };
  int depth = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (is_mark(tokens[i], '(')) ++depth;
    if (is_mark(tokens[i], ')')) --depth;
    if (depth != 0 || !is_mark(tokens[i], '|')) continue;
    const auto left = number_in(tokens.first(i), named);
    const auto right = number_in(tokens.subspan(i + 1), named);
    return left && right ? std::optional(*left | *right) : std::nullopt;
  }
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (is_mark(tokens[i], '(')) ++depth;
    if (is_mark(tokens[i], ')')) --depth;
    if (depth == 0 && is_mark(tokens[i], '<') && is_mark(tokens[i + 1], '<'))
      return shifted(number_in(tokens.first(i), named), number_in(tokens.subspan(i + 2), named));
  }
  if (tokens.size() == 4 && (tokens[0].text == "BIT" || tokens[0].text == "BIT_ULL"))
    return shifted(1UL, number_in(tokens.subspan(2, 1), named));
  if (tokens.size() != 1) return std::nullopt;
  if (tokens[0].kind == Token::Kind::kNumber) return literal(tokens[0].text);
  return is_word(tokens[0]) ? named(std::string(tokens[0].text)) : std::nullopt;
}

}  // namespace

Value Walker::worth_of_macro(const std::string& name, const std::string& file) {
  auto nodes = names_.resolve(name, file);
  if (!nodes || nodes->size() != 1 || !names_[nodes->front()].is_macro) return Value::unknown();
  auto sketch = facts_.sketch(names_[nodes->front()].file);
  if (!sketch) return Value::unknown();
  std::optional<Value> worth;
  for (const auto& macro : (*sketch)->macros()) {
    if (macro.name != name || macro.body.empty()) continue;
    const auto* begin = macro.body.front().text.data();
    const auto* end = macro.body.back().text.data() + macro.body.back().text.size();
    auto one = evaluate(last_expression({begin, static_cast<std::size_t>(end - begin)}), {});
    worth = worth ? join(*worth, one) : one;
  }
  return worth.value_or(Value::unknown());
}

std::optional<unsigned long> Walker::number_of(const std::string& name, const std::string& file,
                                               int depth) {
  constexpr int kMaxDepth = 8;
  if (depth > kMaxDepth) return std::nullopt;
  const auto [it, added] = numbers_.try_emplace({file, name});
  if (!added) return it->second;
  auto& known = it->second;  // stays where it is, other than the iterator
  const auto nodes = names_.resolve(name, file);
  if (!nodes || nodes->size() != 1 || !names_[nodes->front()].is_macro) return std::nullopt;
  const auto& in = names_[nodes->front()].file;
  const auto sketch = facts_.look_at(in);
  if (!sketch) return std::nullopt;
  std::optional<unsigned long> number;
  for (const auto& macro : (*sketch)->macros()) {
    if (macro.name != name) continue;
    const auto one = number_in(
        macro.body, [&](const std::string& other) { return number_of(other, in, depth + 1); });
    if (!one || (number && *number != *one)) return std::nullopt;
    number = one;
  }
  return known = number;
}

// A guard by a macro that some configuration defines as 0 speaks of that configuration.
std::string Walker::doubt_of_guards(const CallFact& call, const std::string& file) {
  for (const auto& guard : call.guards) {
    auto tokens = tokens_of(guard.condition);
    if (!guard.holds || tokens.size() < 3 || tokens[1].text != "(") continue;
    std::string name(tokens[0].text);
    auto nodes = names_.resolve(name, file);
    if (!nodes) continue;
    for (auto id : *nodes) {
      if (!names_[id].is_macro) continue;
      auto sketch = facts_.sketch(names_[id].file);
      if (!sketch) continue;
      for (const auto& macro : (*sketch)->macros())
        if (macro.name == name && macro.body.size() == 1 &&
            (macro.body[0].text == "0" || macro.body[0].text == "false"))
          return fmt::format("only where {}() is not defined as 0 ({}:{})", name, file, call.line);
    }
  }
  return {};
}

bool Walker::is_fault_aware(const std::string& function, const std::string& file) {
  auto nodes = names_.resolve(function, file);
  if (!nodes) return false;
  return std::any_of(nodes->begin(), nodes->end(), [&](NodeId id) {
    auto node = names_[id];
    auto sketch = facts_.sketch(node.file);
    if (!sketch) return false;
    auto uses = (*sketch)->uses(kFaultAware);
    return std::any_of(uses.begin(), uses.end(),
                       [&](const Use& use) { return use.function == node.name; });
  });
}

Status Walker::narrow(const CallFact& call, const Frame& frame, const std::string& file,
                      const std::set<std::string>& drivers, const std::vector<ObjectKind>& kinds,
                      std::vector<NodeId>& targets) {
  const auto pointer = frame.evaluate(call.base);
  if (pointer.kind == Value::Kind::kTables) {
    KILLIFY_TRY(const auto held, tables_.held(pointer, call.callee));
    if (held.whole) std::erase_if(targets, [&](NodeId id) { return !held.functions.contains(id); });
  }
  if (pointer.kind != Value::Kind::kPlace) return {};
  for (const auto& kind : kinds) {
    if (kind.place != pointer.name) continue;
    KILLIFY_TRY(const auto in, types_.struct_of(call.base, frame.body().types, file));
    KILLIFY_TRY(const auto bound, names_.bound_to(call.callee, in, file, drivers));
    std::set<NodeId> fitting;
    for (const auto& target : bound) {
      KILLIFY_TRY(const bool fits, tables_.fits(target, kind));
      if (fits) fitting.insert(target.node);
    }
    std::erase_if(targets, [&](NodeId id) { return !fitting.contains(id); });
  }
  return {};
}

Status Walker::add_own_table(const CallFact& call, const Body& caller, const std::string& file,
                             NodeId target, const Body& callee,
                             const std::set<std::string>& drivers,
                             const std::set<std::string>& used, Environment& known) {
  const auto base = plain_expression(call.base);
  const auto arrow = base.rfind("->");
  if (arrow == std::string::npos) return {};
  const auto object = base.substr(0, arrow);
  auto given = std::find_if(call.arguments.begin(), call.arguments.end(),
                            [&](const auto& one) { return plain_expression(one) == object; });
  const auto index = static_cast<std::size_t>(given - call.arguments.begin());
  if (given == call.arguments.end() || index >= callee.parameters.size()) return {};
  const auto& parameter = callee.parameters[index].name;
  if (!used.contains(parameter) || callee.values.contains(parameter)) return {};
  auto before = known.find(parameter);
  if (before != known.end() && before->second.kind != Value::Kind::kObject) return {};
  KILLIFY_TRY(const auto in, types_.struct_of(call.base, caller.types, file));
  if (in.empty()) return {};
  KILLIFY_TRY(const auto bound, names_.bound_to(call.callee, in, file, drivers));
  auto tables = Value::unknown();
  for (const auto& one : bound) {
    if (one.node != target) continue;
    KILLIFY_TRY(auto table, tables_.holding(one));
    if (!table.known()) return {};
    tables = tables.known() ? join(tables, table) : std::move(table);
  }
  if (!tables.known()) return {};
  auto known_object = before == known.end() ? Object() : *before->second.object;
  known_object.fields.try_emplace(base.substr(arrow + 2), std::move(tables));
  known[parameter] = Value::of(std::make_shared<const Object>(std::move(known_object)));
  return {};
}

}  // namespace killify
