// The part of threading that is about context objects: where one is made, and who sets its flag.
#include "plan/threading.h"
#include "reach/bodies.h"
#include "reach/sleeps.h"

#include <algorithm>

namespace killify {
namespace {

// Whether the function that makes an object hands it to one of these functions.
bool is_handed_to(const std::set<std::string>& functions, const Sketch& sketch,
                  const MadeObject& object) {
  return std::ranges::any_of(sketch.calls(), [&](const SketchCall& call) {
    if (!functions.contains(std::string(call.callee)) || call.function < 0 ||
        sketch.functions()[static_cast<std::size_t>(call.function)].name != object.function)
      return false;
    return std::ranges::any_of(sketch.arguments(call), [&](const std::string& argument) {
      return object.name.empty() || single_name(argument) == object.name;
    });
  });
}

// "ctx" of the argument "ctx->intr", and of "ctx && ctx->intr"; "" of all that is something else.
std::string object_of(const std::string& argument, const std::string& flag) {
  const auto tokens = tokens_of(argument);
  if (tokens.size() < 3 || tokens.back().text != flag) return {};
  const bool arrow = is_mark(tokens[tokens.size() - 2], '>');
  if (!arrow && !is_mark(tokens[tokens.size() - 2], '.')) return {};
  std::string object;
  for (std::size_t i = 0; i + (arrow ? 3 : 2) < tokens.size(); ++i)
    if (is_mark(tokens[i], '&'))
      object.clear();
    else
      object += std::string(tokens[i].text) + " ";
  return object;
}

}  // namespace

// The state is kept in an object: it is set where the fault makes the object, or where a shared
// function does.
Result<Threader::Objection> Threader::take_context(const std::vector<Hop>& chain,
                                                   std::size_t fault_only, std::size_t at,
                                                   const Passing& passing,
                                                   std::optional<Maker>& maker) {
  const auto& hop = chain[at];
  KILLIFY_TRY(const auto* sketch, facts_.sketch(hop.file));
  auto variables = declared_structs(*sketch, hop.function);
  auto type = variables.find(passing.context);
  if (type == variables.end())
    return fmt::format("what '{}' is in {}() is not known", passing.context, hop.function);
  KILLIFY_TRY(auto objection, add_context(type->second, passing.flag, hop.file));
  if (!objection.empty()) return objection;
  const auto context = threading_.contexts.at({type->second, passing.flag});
  threading_.needs[finding_].insert(context.users.begin(), context.users.end());
  for (const auto& user : context.users) {
    KILLIFY_TRY(const auto* facts, facts_with(user.first, user.second));
    const auto* known = facts->function(user.second);
    if (known == nullptr) continue;
    const auto function = *known;
    for (const auto& binding : std::vector<BindingFact>(facts->bindings)) {
      unsigned index = 0;
      if (binding.function != user.second || binding.field != passing.flag ||
          parameter_named(function, binding.target, index) == nullptr)
        continue;
      for (std::size_t i = 0; i < fault_only; ++i) {
        KILLIFY_TRY(const auto* makes, facts_with(chain[i].file, chain[i].function));
        auto calls = makes->calls_in(chain[i].function);
        if (std::none_of(calls.begin(), calls.end(),
                         [&](const CallFact* call) { return call->callee == user.second; }))
          continue;
        KILLIFY_TRY(auto refused, add_bool(user.second, user.first, index,
                                           fmt::format("sets {}.{}", context.in, context.flag)));
        if (!refused.empty()) return refused;
        threading_.flips[finding_].insert(key_of(chain[i]));
        return Objection();
      }
    }
  }
  Maker found;
  KILLIFY_TRY(auto unknown, find_maker(chain, at, passing.context, context, found));
  if (!unknown.empty()) return unknown;
  if (!found.passing.objection.empty())
    return fmt::format("{} ({}:{})", found.passing.objection, chain[found.at].file,
                       chain[found.at].line);
  if (found.at >= fault_only) {
    maker = found;
    return Objection();
  }
  const auto& makes = chain[found.at];
  if (found.passing.kind != FlagKind::kNone)
    return fmt::format("only faults run {}(), and a variable of it decides how it sleeps",
                       makes.function);
  threading_.makes[key_of(makes)].emplace(context.in, context.flag);
  threading_.flips[finding_].insert(key_of(makes));
  return Objection();
}

// Who makes the object that `variable` of chain[at] is, or points at.
Result<Threader::Objection> Threader::find_maker(const std::vector<Hop>& chain, std::size_t at,
                                                 const std::string& variable,
                                                 const ContextForm& context, Maker& maker) {
  const auto unknown = fmt::format("where struct {} gets its '{}' on this way is not understood",
                                   context.in, context.flag);
  for (auto i = at + 1; i-- > 0;) {
    const auto& hop = chain[i];
    KILLIFY_TRY(const auto* sketch, facts_.sketch(hop.file));
    auto objects = objects_in(*sketch, context.in, context.flag, context.position);
    std::erase_if(objects, [&](const MadeObject& one) { return one.function != hop.function; });
    KILLIFY_TRY(const auto* facts, facts_with(hop.file, hop.function));
    const auto* function = facts->function(hop.function);
    if (function == nullptr || !function->parsed || objects.size() > 1) return unknown;
    if (objects.empty()) {  // then it is handed in
      bool given = std::any_of(
          function->parameters.begin(), function->parameters.end(), [&](const Parameter& one) {
            return struct_name(one.type) == context.in && (i < at || one.name == variable);
          });
      if (!given) return unknown;
      continue;
    }
    const auto& name = objects.front().name;
    if (i == at) {
      if (name != variable) return unknown;
    } else {
      auto calls =
          hop.edge == "field" ? facts->field_calls_in(*function) : facts->calls_in(*function);
      const auto callee = hop.edge == "field" ? last_name(hop.through) : chain[i + 1].function;
      bool passes = std::any_of(calls.begin(), calls.end(), [&](const CallFact* call) {
        return call->callee == callee &&
               std::ranges::find(call->arguments, "& " + name) != call->arguments.end();
      });
      if (!passes) return unknown;
    }
    maker.at = i;
    KILLIFY_TRY(maker.passing, passing_of_object(hop, objects.front(), context));
    return Objection();
  }
  return unknown;
}

// How a function says what the flag of an object is that it makes.
Result<Passing> Threader::passing_of_object(const Hop& hop, const MadeObject& object,
                                            const ContextForm& context) {
  std::vector<std::string> values;
  if (object.value) values.push_back(*object.value);
  KILLIFY_TRY(const auto* sketch, facts_.sketch(hop.file));
  KILLIFY_TRY(auto uses, member_uses_in(*sketch, hop.file, types_, context.in, context.flag));
  for (const auto& use : uses)
    if (use.function == hop.function && !use.value.empty() && single_name(use.base) == object.name)
      values.push_back(use.value);
  if (values.size() != 1)
    return Passing{.objection = fmt::format("{}() gives '{}' {} values", hop.function, context.flag,
                                            values.empty() ? "no" : "several")};
  KILLIFY_TRY(const auto* facts, facts_with(hop.file, hop.function));
  const auto* function = facts->function(hop.function);
  auto passing = passing_of_flag(values.front(), *function, *facts);
  if (passing.objection.empty() && passing.kind != FlagKind::kNone &&
      passing.kind != FlagKind::kBool)
    passing.objection = fmt::format("'{}' decides, which is no parameter", values.front());
  return passing;
}

Result<Threader::Objection> Threader::add_context(const std::string& in, const std::string& flag,
                                                  const std::string& from) {
  auto [it, added] = threading_.contexts.try_emplace({in, flag});
  if (!added) return Objection();
  KILLIFY_TRY(bool is_flag, types_.is_flag(in, flag, from));
  if (!is_flag) return fmt::format("{} of struct {} is no bool", flag, in);
  KILLIFY_TRY(auto found, find_members(facts_, names_, types_, in, flag));
  if (!found.objection.empty()) return found.objection;
  KILLIFY_TRY(auto objection, look_at_objects(in, flag, found));
  if (!objection.empty()) return objection;
  KILLIFY_TRY(auto members, types_.field_order(in, from));
  bool taken = std::ranges::find(members, "state") != members.end();
  it->second = {.in = in,
                .flag = flag,
                .state = taken ? "task_state" : "state",
                .file = found.file,
                .position = found.position,
                .users = found.users};
  return follow_context(it->second);
}

// What the flag is handed to has to understand states. What is not plain is refused when the
// functions are changed.
Result<Threader::Objection> Threader::follow_context(const ContextForm& context) {
  for (const auto& [file, function] : context.users) {
    KILLIFY_TRY(const auto* sketch, facts_.sketch(file));
    const auto variables = declared_structs(*sketch, function);
    KILLIFY_TRY(const auto* facts, facts_with(file, function));
    // Copies: what is read on the way may be more of this file.
    const auto plain = facts->calls;
    const auto through_fields = facts->field_calls;
    const StateForm user{.function = function, .file = file, .flag = context.flag};
    for (const auto* calls : {&plain, &through_fields}) {
      for (const auto& call : *calls) {
        if (call.function != function) continue;
        for (unsigned i = 0; i < call.arguments.size(); ++i) {
          KILLIFY_TRY(auto in, types_.struct_of(object_of(call.arguments[i], context.flag),
                                                variables, file));
          if (in != context.in) continue;
          KILLIFY_TRY(auto objection, calls == &through_fields ? add_field(user, call, i)
                                                               : hand_down(user, call, i, false));
          if (!objection.empty()) return objection;
        }
      }
    }
  }
  return Objection();
}

// A flag that nobody sets is false; a state that nobody sets would be TASK_RUNNING, in which
// nothing sleeps. So it has to be clear of each object where it is set, unless functions do that
// which the flag is told.
Result<Threader::Objection> Threader::look_at_objects(const std::string& in,
                                                      const std::string& flag,
                                                      const MemberUses& found) {
  std::set<std::string> setters;  // such functions
  bool by_setters = !found.writes.empty();
  for (const auto& [file, write] : found.writes) {
    KILLIFY_TRY(bool by_caller, is_set_by_caller(file, write));
    if (by_caller) setters.insert(write.function);
    by_setters = by_setters && by_caller;
  }
  for (const auto& [file, object] : found.objects) by_setters = by_setters && !object.value;
  for (const auto& made : found.objects) {
    const auto& file = made.first;
    const auto& object = made.second;
    auto why = object.why;
    KILLIFY_TRY(const auto* sketch, facts_.sketch(file));
    bool set = setters.contains(object.function) || is_handed_to(setters, *sketch, object);
    // What is no variable of a function is handed to a setter in another way than can be seen.
    if (object.kind == MadeObject::Kind::kElsewhere && by_setters &&
        (set || object.function.empty()))
      continue;
    if (object.kind == MadeObject::Kind::kBare && !by_setters) {
      set = set || std::ranges::any_of(found.writes, [&](const auto& write) {
              return write.first == file && write.second.function == object.function &&
                     single_name(write.second.base) == object.name;
            });
      if (!set) why = fmt::format("{}() does not set that of '{}'", object.function, object.name);
    }
    if (!why.empty())
      return fmt::format("what '{}' of each struct {} is worth is not known: {} ({}:{})", flag, in,
                         why, file, object.line);
  }
  return Objection();
}

// "ctx->intr = intr" of parameters.
Result<bool> Threader::is_set_by_caller(const std::string& file, const MemberUse& write) {
  KILLIFY_TRY(const auto* facts, facts_with(file, write.function));
  const auto* function = facts->function(write.function);
  if (function == nullptr) return false;
  unsigned index = 0;
  const auto* value = parameter_named(*function, single_name(write.value), index);
  return value != nullptr && value->type == "bool" &&
         parameter_named(*function, single_name(write.base), index) != nullptr;
}

}  // namespace killify
