// What macros and calls say about the conditions on the way.
#include "reach/walk.h"

#include <algorithm>
#include <optional>

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

}  // namespace killify
