#include "reach/bodies.h"

#include "support/text.h"

#include <algorithm>

namespace killify {

std::string single_name(std::string_view expression) {
  std::string name;
  for (const auto& token : tokens_of(expression)) {
    if (token.text == "&" || token.text == "(" || token.text == ")") continue;
    if (token.kind != Token::Kind::kWord || !name.empty()) return {};
    name = token.text;
  }
  return name;
}

bool Body::has_parameter(const std::string& variable) const {
  return std::any_of(parameters.begin(), parameters.end(),
                     [&](const Parameter& one) { return one.name == variable; });
}

Result<const Body*> Bodies::of(NodeId id, const Node& node) {
  if (auto it = bodies_.find(id); it != bodies_.end()) return &it->second;
  KILLIFY_TRY(auto body, node.is_macro ? of_macro(node) : of_function(node));
  return &(bodies_[id] = std::move(body));
}

Result<Body> Bodies::of_function(const Node& node) {
  KILLIFY_TRY(const auto* facts, facts_.part(node.file));
  KILLIFY_TRY(const auto* sketch, facts_.sketch(node.file));
  Body body;
  body.name = node.name;
  auto in = [&](const FunctionFact& function, int line) {
    return function.first <= line && line <= function.last;
  };
  for (const auto* function : facts->functions_named(node.name)) {
    if (body.parameters.empty()) body.parameters = function->parameters;
    if (!function->parsed) {
      body.parsed = false;
      for (const auto& call : sketch->calls()) {
        if (!in(*function, call.line)) continue;
        body.calls.push_back({.function = node.name,
                              .callee = std::string(call.callee),
                              .base = call.through_field ? "?" : "",
                              .arguments = sketch->arguments(call),
                              .line = call.line,
                              .guards = {}});
      }
      continue;
    }
    for (const auto* calls : {&facts->calls, &facts->field_calls})
      for (const auto& call : *calls)
        if (call.function == node.name && in(*function, call.line)) body.calls.push_back(call);
    for (const auto& call : sketch->calls()) {
      if (call.through_field || !in(*function, call.line)) continue;
      bool known = std::any_of(body.calls.begin(), body.calls.end(), [&](const CallFact& one) {
        return one.line == call.line && one.callee == call.callee;
      });
      if (!known)
        (call.heads_statement ? body.loops : body.lost)
            .push_back({.function = node.name,
                        .callee = std::string(call.callee),
                        .base = {},
                        .arguments = sketch->arguments(call),
                        .line = call.line,
                        .guards = {}});
    }
    for (const auto& local : facts->locals)
      if (local.function == node.name && in(*function, local.line))
        body.variables.emplace(local.variable, local.type);
    for (const auto& value : facts->values)
      if (value.function == node.name && in(*function, value.line))
        body.values[value.variable].push_back(value.value);
    for (const auto& binding : facts->bindings)
      if (binding.function == node.name && in(*function, binding.line))
        if (auto variable = single_name(binding.variable); !variable.empty())
          body.fields[variable][binding.field].push_back(binding.target);
  }
  for (const auto& local : facts->locals)
    if (local.function == node.name && !body.fields.contains(local.variable))
      KILLIFY_CHECK(add_positional(node, local, body));
  for (const auto& local : facts->locals)
    if (local.function == node.name) KILLIFY_CHECK(add_nested(*facts, *sketch, local, body));
  for (const auto& parameter : body.parameters) body.variables[parameter.name] = parameter.type;
  for (const auto& [variable, type] : body.variables)
    if (auto name = struct_name(type); !name.empty()) body.types.emplace(variable, name);
  std::stable_sort(body.calls.begin(), body.calls.end(),
                   [](const CallFact& a, const CallFact& b) { return a.line < b.line; });
  return body;
}

// "struct walk w = { .inner = { .ctx = ctx } };": Coccinelle tells of the innermost fields only. Of
// the list the fields are left out that are given something else further on.
Status Bodies::add_nested(const SourceFacts& facts, const Sketch& sketch, const LocalFact& local,
                          Body& body) {
  if (struct_name(local.type).empty() || local.type.find('*') != std::string::npos) return {};
  std::string_view text = sketch.text();
  for (int line = 1; line < local.line; ++line) text.remove_prefix(text.find('\n') + 1);
  std::vector<Token> tokens;
  int depth = 0;
  Lexer lexer(text);
  for (Token token; lexer.next(token);) {
    if (token.opens_directive) return {};  // what is there depends on a configuration
    tokens.push_back(token);
    if (is_mark(token, '{')) ++depth;
    if (is_mark(token, '}') && --depth == 0) break;
    if (depth == 0 && (is_mark(token, ';') || is_mark(token, ','))) break;
  }
  auto at = std::find_if(tokens.begin(), tokens.end(),
                         [&](const Token& token) { return token.text == local.variable; });
  if (tokens.end() - at < 3 || !is_mark(at[1], '=') || !is_mark(at[2], '{')) return {};
  depth = 0;
  for (auto i = static_cast<std::size_t>(at - tokens.begin()) + 2; i + 3 < tokens.size(); ++i) {
    if (is_mark(tokens[i], '{')) ++depth;
    if (is_mark(tokens[i], '}')) --depth;
    if (depth != 1 || !is_mark(tokens[i], '.') || !is_mark(tokens[i + 2], '=') ||
        !is_mark(tokens[i + 3], '{'))
      continue;
    std::string list;
    auto last = i + 3;
    for (int inner = 0; last < tokens.size(); ++last) {
      list += std::string(tokens[last].text) + " ";
      if (is_mark(tokens[last], '{')) ++inner;
      if (is_mark(tokens[last], '}') && --inner == 0) break;
    }
    if (last == tokens.size()) return {};  // its end was not seen
    const std::string field(tokens[i + 1].text);
    const bool changed =
        std::any_of(facts.bindings.begin(), facts.bindings.end(), [&](const BindingFact& binding) {
          const auto later = binding.line - local.line > tokens[last].line - tokens[0].line;
          return later && binding.function == body.name && tokens_of(binding.variable).size() > 2 &&
                 tokens_of(binding.variable)[0].text == local.variable &&
                 tokens_of(binding.variable)[2].text == field &&
                 list.find(". " + binding.field + " = ") != std::string::npos;
        });
    if (!changed) body.fields[local.variable][field].push_back(std::move(list));
  }
  return {};
}

// "struct ctx c = { false, true };": Coccinelle gives no expression for it.
Status Bodies::add_positional(const Node& node, const LocalFact& local, Body& body) {
  auto type = struct_name(local.type);
  if (type.empty() || local.type.find('*') != std::string::npos) return {};
  KILLIFY_TRY(const auto* sketch, facts_.sketch(node.file));
  std::string_view text = sketch->text();
  for (int line = 1; line < local.line; ++line) text.remove_prefix(text.find('\n') + 1);
  text = text.substr(0, text.find(';'));
  auto open = text.find('{');
  auto close = text.find('}');
  auto named = text.find(local.variable);
  if (named == std::string_view::npos || open == std::string_view::npos ||
      close == std::string_view::npos || open < named || open > close)
    return {};
  auto list = text.substr(open + 1, close - open - 1);
  if (trim(list).empty()) list = "0";  // all of it is 0, the first field among it
  if (list.find_first_of(".{(") != std::string_view::npos) return {};
  KILLIFY_TRY(auto order, types_.field_order(type, node.file));
  for (const auto& field : order) {
    auto comma = list.find(',');
    if (auto value = trim(list.substr(0, comma)); !value.empty())
      body.fields[local.variable][field].emplace_back(value);
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return {};
}

Result<Body> Bodies::of_macro(const Node& node) {
  KILLIFY_TRY(const auto* sketch, facts_.sketch(node.file));
  Body body;
  body.name = node.name;
  for (const auto& macro : sketch->macros()) {
    if (macro.name != node.name) continue;
    if (body.parameters.empty())
      for (const auto& parameter : macro.parameters) body.parameters.push_back({{}, parameter});
    const auto& tokens = macro.body;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (tokens[i].kind != Token::Kind::kWord) continue;
      bool called = i + 1 < tokens.size() && tokens[i + 1].text == "(";
      if (!called && tokens.size() > 1) continue;
      bool member = i > 0 && (tokens[i - 1].text == "." || tokens[i - 1].text == ">");
      body.calls.push_back(
          {.function = node.name,
           .callee = std::string(tokens[i].text),
           .base = member ? "?" : "",
           .arguments = called ? call_arguments(tokens, i + 1) : std::vector<std::string>{},
           .line = tokens[i].line,
           .guards = {}});
    }
  }
  return body;
}

}  // namespace killify
