#include "reach/frame.h"

#include <algorithm>
#include <optional>

namespace killify {
namespace {

// "int (*)(struct page *)", "filler_t", "get_block_t *"; a macro parameter has no type.
bool may_be_function(const std::string& type) {
  return type.empty() || type.find('(') != std::string::npos ||
         is_function_type(type.substr(0, type.find_first_of(" *")));
}

// Whether a condition on this variable alone, with this value, keeps a call from being made.
bool rules_out(const CallFact& call, std::string_view name, const Value& value) {
  const Scope scope{[&](std::string_view word) { return word == name ? value : Value::unknown(); },
                    [](std::string_view, const std::string&) { return Value::unknown(); }};
  return std::any_of(call.guards.begin(), call.guards.end(), [&](const Guard& guard) {
    auto truth = truth_of(evaluate(guard.condition, scope));
    return truth != Truth::kUnknown && (truth == Truth::kTrue) != guard.holds;
  });
}

// "timeout = wait(fence, timeout)" under "timeout > 0", where it is 0. An assignment stands where
// the call stands that gives the value.
bool never_assigned(const Body& body, std::string_view name, const std::string& text,
                    const Value& value) {
  const auto tokens = tokens_of(text);
  if (tokens.size() < 3 || tokens[0].kind != Token::Kind::kWord || tokens[1].text != "(" ||
      tokens.back().text != ")")
    return false;
  bool any = false;
  for (const auto& call : body.calls) {
    if (call.callee != tokens[0].text) continue;
    if (!rules_out(call, name, value)) return false;
    any = true;
  }
  return any;
}

}  // namespace

bool is_function_type(std::string_view name) {
  return name.ends_with("_t") || name.ends_with("_fn") || name.ends_with("_func");
}

Value Frame::variable(const std::string& name) const {
  if (auto it = known_.find(name); it != known_.end()) return it->second;
  known_[name] = Value::unknown();
  auto value = look_up(name);
  return known_[name] = std::move(value);
}

Value Frame::look_up(const std::string& name) const {
  auto given = environment_.find(name);
  auto value = given == environment_.end() ? Value::unknown() : given->second;
  auto assignments = body_.values.find(name);
  // What the value at the beginning keeps from being assigned leaves it as it is.
  const bool stays =
      value.known() && body_.has_parameter(name) && assignments != body_.values.end() &&
      std::all_of(
          assignments->second.begin(), assignments->second.end(),
          [&](const std::string& text) { return never_assigned(body_, name, text, value); });
  if (assignments != body_.values.end() && !stays) {
    // Those that build on the variable itself (flags |= X) come after the others.
    auto builds_on_itself = [&](const std::string& text) {
      auto tokens = tokens_of(text);
      return std::any_of(tokens.begin(), tokens.end(),
                         [&](const Token& token) { return token.text == name; });
    };
    std::optional<Value> joined;
    if (body_.has_parameter(name)) joined = value;
    for (bool second : {false, true}) {
      for (const auto& text : assignments->second) {
        if (builds_on_itself(text) != second) continue;
        known_[name] = joined.value_or(Value::unknown());
        auto one = evaluate(text);
        joined = joined ? join(*joined, one) : one;
      }
    }
    value = joined.value_or(Value::unknown());
  }
  return with_fields(name, std::move(value));
}

// The struct behind a variable, where this function or one that it calls puts something into it.
Value Frame::with_fields(const std::string& name, Value value) const {
  auto type = body_.variables.find(name);
  bool is_struct = type != body_.variables.end() && type->second.find('*') == std::string::npos &&
                   type->second.find("struct") != std::string::npos;
  auto own = body_.fields.find(name);
  bool known_object = value.kind == Value::Kind::kObject;
  if (!is_struct && !(known_object && own != body_.fields.end())) return value;
  Object object;
  if (known_object) object = *value.object;
  if (own != body_.fields.end()) {
    for (const auto& [field, targets] : own->second) {
      if (object.made && object.fields.contains(field)) continue;
      std::optional<Value> joined;
      if (known_object && !object.only_here.contains(field)) joined = field_of(value, field);
      for (const auto& target : targets) {
        auto one = evaluate(target);
        joined = joined ? join(*joined, one) : one;
      }
      object.fields[field] = *joined;
    }
  }
  if (is_struct && set_by_calls_) {
    auto set = set_by_calls_(*this, name);
    if (set.empty()) object.others_zero = own != body_.fields.end();
    for (auto& [field, worth] : set) {
      auto it = object.fields.find(field);
      object.fields[field] = it == object.fields.end() ? worth : join(it->second, worth);
    }
  }
  if (object.fields.empty()) return Value::unknown();
  return Value::of(std::make_shared<const Object>(std::move(object)));
}

Scope Frame::scope() const {
  return {[this](std::string_view name) { return variable(std::string(name)); },
          [this](std::string_view callee, const std::string&) {
            return returned_ ? returned_(callee) : Value::unknown();
          },
          [this](std::string_view name) {
            std::string word(name);
            const bool here = body_.variables.contains(word) || body_.values.contains(word) ||
                              body_.has_parameter(word);
            return address_ && !here ? address_(name) : Value::unknown();
          },
          number_};
}

Value Frame::evaluate(std::string_view expression) const {
  return killify::evaluate(expression, scope());
}

Value Frame::functions(const std::string& expression) const {
  auto name = single_name(expression);
  if (name.empty() || (!body_.has_parameter(name) && !body_.values.contains(name)))
    return functions_ ? functions_(*this, expression) : Value::unknown();
  auto given = environment_.find(name);
  auto value = given == environment_.end() ? Value::unknown() : given->second;
  auto assignments = body_.values.find(name);
  if (assignments == body_.values.end()) return value;
  for (const auto& text : assignments->second) {
    if (single_name(text) == name) continue;
    auto one = functions_ ? functions_(*this, text) : Value::unknown();
    if (one.known()) value = value.known() ? join(value, one) : one;
  }
  return value;
}

bool Frame::can_come_to(const CallFact& call) const {
  return std::all_of(call.guards.begin(), call.guards.end(), [&](const Guard& guard) {
    auto truth = truth_of(evaluate(guard.condition));
    return truth == Truth::kUnknown || (truth == Truth::kTrue) == guard.holds;
  });
}

unsigned Frame::open_guards(const CallFact& call) const {
  auto count = std::count_if(call.guards.begin(), call.guards.end(), [&](const Guard& guard) {
    return truth_of(evaluate(guard.condition)) == Truth::kUnknown;
  });
  return static_cast<unsigned>(count);
}

Environment Frame::environment_of(const Body& callee, const std::vector<std::string>& arguments,
                                  const std::set<std::string>& used) const {
  Environment known;
  for (std::size_t i = 0; i < callee.parameters.size() && i < arguments.size(); ++i) {
    const auto& name = callee.parameters[i].name;
    if (!used.contains(name)) continue;
    auto value = evaluate(arguments[i]);
    if (!value.known() && may_be_function(callee.parameters[i].type))
      value = functions(arguments[i]);
    if (value.known()) known[name] = std::move(value);
  }
  return known;
}

}  // namespace killify
