#include "reach/relevant.h"

#include "reach/bodies.h"
#include "reach/frame.h"
#include "reach/sleeps.h"

#include <algorithm>
#include <cctype>
#include <deque>
#include <iterator>

namespace killify {
namespace {

// Words that stand before a parenthesis and call nothing.
bool is_keyword(std::string_view word) {
  return word == "if" || word == "for" || word == "while" || word == "switch" || word == "return" ||
         word == "sizeof" || word == "defined" || word == "typeof" || word == "__typeof__" ||
         word == "do" || word == "else" || word == "case";
}

// What the compiler itself knows: "__builtin_expect", "__asm__".
bool is_compilers(std::string_view word) {
  return word.starts_with("__builtin_") || (word.starts_with("__") && word.ends_with("__")) ||
         word == "asm" || word == "alignof" || word == "_Alignof" || word == "_Static_assert" ||
         word == "va_start" || word == "va_arg" || word == "va_end" || word == "va_copy";
}

// Whether the call can sleep interruptibly, whoever makes it.
bool may_sleep(const Sink& sink, const std::vector<std::string>& arguments) {
  return condition_of(sink, arguments, {}).holds != Truth::kFalse;
}

bool defines_function(const Sketch& sketch, const std::string& name) {
  return std::any_of(sketch.functions().begin(), sketch.functions().end(),
                     [&](const FunctionExtent& function) { return function.name == name; });
}

// The parameters of a function that can be functions: "int (*filler)(struct page *)", "filler_t
// filler".
std::set<std::string> function_parameters(const Sketch& sketch, const FunctionExtent& function) {
  std::string_view text = sketch.text();
  for (int line = 1; line < function.first; ++line) text.remove_prefix(text.find('\n') + 1);
  std::vector<Token> tokens;
  Lexer lexer(text);
  int depth = 0;
  for (Token token; lexer.next(token);) {
    if (tokens.empty() && token.text != "(") continue;
    tokens.push_back(token);
    if (token.text == "(") ++depth;
    if (token.text == ")" && --depth == 0) break;
  }
  std::set<std::string> names;
  for (const auto& parameter : call_arguments(tokens, 0)) {
    if (auto pointer = parameter.find("(*"); pointer != std::string::npos) {
      names.insert(parameter.substr(pointer + 2, parameter.find(')', pointer) - pointer - 2));
      continue;
    }
    auto type = parameter.substr(0, parameter.find_first_of(" *"));
    auto name = parameter.find_last_of(" *");
    if (name != std::string::npos && is_function_type(type))
      names.insert(parameter.substr(name + 1));
  }
  return names;
}

// The calls of a function or macro, those of a function by line.
std::vector<SketchCall> calls_in(const Sketch& sketch, const Node& node) {
  const auto& calls = sketch.calls();
  std::vector<SketchCall> found;
  if (node.is_macro) {
    std::copy_if(calls.begin(), calls.end(), std::back_inserter(found), [&](const auto& call) {
      return call.macro >= 0 &&
             sketch.macros()[static_cast<std::size_t>(call.macro)].name == node.name;
    });
    return found;
  }
  for (const auto& function : sketch.functions()) {
    if (function.name != node.name) continue;
    auto call = std::lower_bound(calls.begin(), calls.end(), function.first,
                                 [](const SketchCall& one, int line) { return one.line < line; });
    for (; call != calls.end() && call->line <= function.last; ++call) found.push_back(*call);
  }
  return found;
}

void make_unique(auto& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace

Result<bool> is_boundary(Boundaries& boundaries, TreeFacts& facts, const std::string& callee,
                         const std::string& file) {
  if (boundaries.match(callee) == nullptr) return false;
  KILLIFY_TRY(const auto* here, facts.sketch(file));
  return std::none_of(here->functions().begin(), here->functions().end(),
                      [&](const FunctionExtent& function) {
                        return function.name == callee && function.is_static;
                      });
}

Relevance::Relevance(TreeFacts& facts, Names& names, Types& types, OpsPointers& pointers,
                     const Catalogue& catalogue, Boundaries& boundaries)
    : facts_(facts), names_(names), types_(types), pointers_(pointers), boundaries_(boundaries) {
  for (const auto& sink : catalogue.sinks) sinks_.emplace(sink.name, &sink);
}

Status Relevance::add_call(std::string_view callee, const Node& node, int line,
                           const std::set<std::string>& parameters, Outgoing& out) {
  if (is_keyword(callee)) return {};
  std::string name(callee);
  KILLIFY_TRY(bool stops, is_boundary(boundaries_, facts_, name, node.file));
  if (stops) return {};
  KILLIFY_TRY(auto nodes, names_.resolve(name, node.file));
  out.callees.insert(out.callees.end(), nodes.begin(), nodes.end());
  if (!nodes.empty() || is_compilers(callee)) return {};
  auto kind =
      parameters.contains(name) ? UnresolvedCall::Kind::kVariable : UnresolvedCall::Kind::kName;
  out.open.push_back({kind, std::move(name), false, line});
  return {};
}

Status Relevance::add_field_call(const Sketch& sketch, const SketchCall& call, const Node& node,
                                 const StructNames& variables, Outgoing& out) {
  std::string field(call.callee);
  std::string base(sketch.base(call));
  KILLIFY_TRY(auto in, types_.struct_of(base, variables, node.file));
  if (pointers_.holds_handler(in, field)) {
    KILLIFY_TRY(auto pointed, pointers_.behind(base, field, node, call.line));
    out.callees.insert(out.callees.end(), pointed.functions.begin(), pointed.functions.end());
    if (!pointed.whole)
      out.open.push_back({UnresolvedCall::Kind::kField, in + "->" + field, true, call.line});
    return {};
  }
  out.field_calls.push_back({field, in, call.line});
  out.fields.emplace_back(std::move(field), std::move(in));
  return {};
}

// Functions that are passed on, by name or in a field: the callee may call them.
Status Relevance::add_arguments(const Sketch& sketch, const SketchCall& call,
                                const std::string& file, const StructNames& variables,
                                Outgoing& out) {
  if (is_keyword(call.callee)) return {};
  std::string callee(call.callee);
  KILLIFY_TRY(bool stops, is_boundary(boundaries_, facts_, callee, file));
  if (stops) return {};
  KILLIFY_TRY(auto nodes, names_.resolve(callee, file));
  for (const auto& argument : sketch.arguments(call)) {
    auto begin = argument.find_last_of(" &>.(*");
    auto name = begin == std::string::npos ? argument : argument.substr(begin + 1);
    if (name.empty() || !(std::isalpha(static_cast<unsigned char>(name[0])) || name[0] == '_'))
      continue;
    if (begin != std::string::npos && (argument[begin] == '>' || argument[begin] == '.')) {
      auto base = argument.substr(0, argument[begin] == '>' ? begin - 1 : begin);
      KILLIFY_TRY(auto in, types_.struct_of(base, variables, file));
      std::pair field(name, std::move(in));
      for (auto id : nodes) out.given_fields.emplace_back(id, field);
      out.fields.push_back(std::move(field));
    } else if (begin == std::string::npos && defines_function(sketch, name)) {
      auto function = names_.id_of(name, file);
      for (auto id : nodes) out.given.emplace_back(id, function);
      out.callees.push_back(function);
    }
  }
  return {};
}

Result<Outgoing> Relevance::of_function(const Node& node) {
  Outgoing out;
  KILLIFY_TRY(const auto* sketch, facts_.sketch(node.file));
  auto variables = declared_structs(*sketch, node.name);
  std::set<std::string> parameters;
  for (const auto& function : sketch->functions())
    if (function.name == node.name) parameters.merge(function_parameters(*sketch, function));
  std::set<std::string_view> seen;
  for (const auto& call : calls_in(*sketch, node)) {
    if (call.through_field) {
      KILLIFY_CHECK(add_field_call(*sketch, call, node, variables, out));
    } else if (auto sink = sinks_.find(std::string(call.callee)); sink != sinks_.end()) {
      out.sleeps = out.sleeps || may_sleep(*sink->second, sketch->arguments(call));
    } else if (call.callee != node.name) {
      if (seen.insert(call.callee).second)
        KILLIFY_CHECK(add_call(call.callee, node, call.line, parameters, out));
      KILLIFY_CHECK(add_arguments(*sketch, call, node.file, variables, out));
    }
  }
  return out;
}

Result<Outgoing> Relevance::of_macro(const Node& node) {
  Outgoing out;
  KILLIFY_TRY(const auto* sketch, facts_.sketch(node.file));
  for (const auto& macro : sketch->macros()) {
    if (macro.name != node.name) continue;
    const auto& body = macro.body;
    for (std::size_t i = 0; i < body.size(); ++i) {
      bool alone = body.size() == 1;  // an alias: #define f g
      bool called = i + 1 < body.size() && body[i + 1].text == "(";
      if (body[i].kind != Token::Kind::kWord || (!called && !alone)) continue;
      bool member = i > 0 && (body[i - 1].text == "." || body[i - 1].text == ">");
      if (member) {
        out.fields.emplace_back(body[i].text, "");
        if (called) out.field_calls.push_back({std::string(body[i].text), "", body[i].line});
      } else if (auto sink = sinks_.find(std::string(body[i].text)); sink != sinks_.end())
        out.sleeps = out.sleeps || alone || may_sleep(*sink->second, call_arguments(body, i + 1));
      else if (body[i].text != node.name)
        KILLIFY_CHECK(add_call(body[i].text, node, body[i].line,
                               {macro.parameters.begin(), macro.parameters.end()}, out));
    }
  }
  return out;
}

Result<const Taken*> Relevance::taken_by(NodeId id) {
  auto [it, added] = taken_.try_emplace(id);
  const auto& node = names_[id];
  if (!added || node.is_macro) return &it->second;
  auto& taken = it->second;
  KILLIFY_TRY(const auto* sketch, facts_.sketch(node.file));
  for (const auto& function : sketch->functions()) {
    if (function.name != node.name) continue;
    auto parameters = function_parameters(*sketch, function);
    if (parameters.empty()) continue;
    for (const auto& call : sketch->calls()) {
      if (call.line < function.first || call.line > function.last || call.through_field) continue;
      std::string callee(call.callee);
      taken.calls = taken.calls || parameters.contains(callee);
      auto arguments = sketch->arguments(call);
      bool passes = std::any_of(arguments.begin(), arguments.end(), [&](const auto& argument) {
        return parameters.contains(argument);
      });
      if (!passes || is_keyword(callee)) continue;
      KILLIFY_TRY(auto nodes, names_.resolve(callee, node.file));
      taken.passes_to.insert(taken.passes_to.end(), nodes.begin(), nodes.end());
    }
  }
  make_unique(taken.passes_to);
  return &it->second;
}

// Whether a function assigns to "x->field" at all.
Result<bool> Relevance::sets_fields(const Node& node) {
  KILLIFY_TRY(const auto* sketch, facts_.sketch(node.file));
  const auto& bindings = sketch->bindings();
  return std::any_of(bindings.begin(), bindings.end(), [&](const SketchBinding& binding) {
    return binding.function >= 0 &&
           sketch->functions()[static_cast<std::size_t>(binding.function)].name == node.name;
  });
}

Status Relevance::add_setters(std::string_view callee, const std::vector<std::string>& arguments,
                              const std::string& file, std::vector<NodeId>& found) {
  bool passes_object =
      std::any_of(arguments.begin(), arguments.end(), [](const std::string& argument) {
        return argument.starts_with("&") && !single_name(argument).empty();
      });
  std::string name(callee);
  if (!passes_object || is_keyword(callee) || sinks_.contains(name)) return {};
  KILLIFY_TRY(auto nodes, names_.resolve(name, file));
  for (auto id : nodes) {
    auto node = names_[id];
    if (node.is_macro) continue;
    KILLIFY_TRY(bool sets, sets_fields(node));
    if (sets) found.push_back(id);
  }
  return {};
}

Result<const std::vector<NodeId>*> Relevance::setters(NodeId id) {
  auto [it, added] = setters_.try_emplace(id);
  auto& found = it->second;
  if (!added) return &found;
  auto node = names_[id];
  KILLIFY_TRY(const auto* sketch, facts_.sketch(node.file));
  for (const auto& call : calls_in(*sketch, node))
    if (!call.through_field)
      KILLIFY_CHECK(add_setters(call.callee, sketch->arguments(call), node.file, found));
  make_unique(found);
  return &found;
}

Result<const Outgoing*> Relevance::outgoing(NodeId id) {
  if (auto it = outgoing_.find(id); it != outgoing_.end()) return &it->second;
  auto node = names_[id];  // a copy: resolving adds nodes
  KILLIFY_TRY(auto out, node.is_macro ? of_macro(node) : of_function(node));
  make_unique(out.callees);
  make_unique(out.fields);
  make_unique(out.given);
  make_unique(out.given_fields);
  make_unique(out.field_calls);
  make_unique(out.open);
  return &(outgoing_[id] = std::move(out));
}

// Makes the sketches of all files that the callees of these functions can be in, with all workers.
Status Relevance::sketch_callees(const std::vector<NodeId>& level,
                                 const std::set<std::string>& drivers) {
  std::set<const TreeEntry*> files;
  for (auto id : level) {
    if (outgoing_.contains(id)) continue;
    const auto& node = names_[id];
    KILLIFY_TRY(const auto* sketch, facts_.sketch(node.file));
    for (const auto& call : calls_in(*sketch, node)) {
      std::string callee(call.callee);
      if (call.through_field)
        names_.add_binders(callee, drivers, files);
      else if (!is_keyword(callee) && boundaries_.match(callee) == nullptr &&
               !defines_function(*sketch, callee))
        names_.add_definers(callee, node.file, files);
    }
  }
  return facts_.sketch_ahead({files.begin(), files.end()});
}

Result<Relevant> Relevance::of(NodeId handler, const std::set<std::string>& drivers) {
  std::unordered_map<NodeId, std::vector<NodeId>> callers;
  std::vector<NodeId> asleep;
  std::unordered_map<NodeId, std::size_t> away;  // functions from the handler to it, both counted
  std::deque<NodeId> queue{handler};
  std::unordered_set<NodeId> seen{handler};
  auto visit = [&](NodeId from, NodeId to) {
    callers[to].push_back(from);
    if (seen.insert(to).second) queue.push_back(to);
  };
  std::deque<std::pair<NodeId, NodeId>> given;  // a function, and one that it is given
  Relevant relevant;
  std::size_t depth = 0;
  std::size_t of_level = 0;  // in the queue, of those equally far away
  for (; !queue.empty(); --of_level) {
    if (of_level == 0) {
      of_level = queue.size();
      ++depth;
      if (depth < kMaxChain) KILLIFY_CHECK(sketch_callees({queue.begin(), queue.end()}, drivers));
    }
    auto id = queue.front();
    queue.pop_front();
    KILLIFY_TRY(const auto* out, outgoing(id));
    if (out->sleeps) asleep.push_back(id);
    away[id] = depth;
    if (depth == kMaxChain) {
      if (!out->callees.empty() || !out->fields.empty()) relevant.edge.push_back(id);
      continue;
    }
    given.insert(given.end(), out->given.begin(), out->given.end());
    for (auto callee : out->callees) visit(id, callee);
    for (const auto& call : out->open) relevant.open.push_back({call, id, depth - 1});
    for (const auto& [field, in] : out->fields) {
      KILLIFY_TRY(auto targets, names_.bound_to(field, in, names_[id].file, drivers));
      if (targets.empty())
        for (const auto& call : out->field_calls)
          if (call.field == field && call.in == in)
            relevant.open.push_back(
                {{UnresolvedCall::Kind::kField,
                  (in.empty() || in == kNameless ? "?" : in) + "->" + field, false, call.line},
                 id,
                 depth - 1});
      for (const auto& target : targets) {
        visit(id, target.node);
        for (const auto& [callee, passed] : out->given_fields)
          if (passed.first == field && passed.second == in) given.emplace_back(callee, target.node);
      }
    }
  }
  // Who is given a function calls it, or gives it to another one.
  std::set<std::pair<NodeId, NodeId>> followed;
  for (; !given.empty(); given.pop_front()) {
    auto [taker, function] = given.front();
    if (!followed.insert(given.front()).second) continue;
    KILLIFY_TRY(const auto* taken, taken_by(taker));
    if (taken->calls) callers[function].push_back(taker);
    for (auto next : taken->passes_to) given.emplace_back(next, function);
  }

  std::erase_if(relevant.open, [&](const Relevant::Open& open) {
    if (open.call.kind != UnresolvedCall::Kind::kVariable) return false;
    auto first = followed.lower_bound({open.in, 0});
    return first != followed.end() && first->first == open.in;
  });

  // Back from the sleeps, level by level, as far as the way from the handler leaves room.
  const auto add = [&](NodeId id, std::size_t behind) {
    const auto before = away.find(id);
    if (before != away.end() && before->second + behind <= kMaxChain &&
        relevant.nodes.insert(id).second)
      queue.push_back(id);
  };
  for (auto id : asleep) add(id, 0);
  for (std::size_t behind = 1; !queue.empty(); ++behind) {
    for (auto level = queue.size(); level > 0; --level) {
      auto id = queue.front();
      queue.pop_front();
      for (auto caller : callers[id]) add(caller, behind);
    }
  }
  return relevant;
}

}  // namespace killify
