#include "plan/threading.h"

#include "facts/function_head.h"
#include "plan/asked_threads.h"
#include "plan/undo.h"
#include "plan/vocabulary.h"
#include "reach/bodies.h"
#include "reach/sleeps.h"

#include <algorithm>

namespace killify {
namespace {

// "intr | E", "E | intr".
bool is_or_ed(const std::string& expression, const std::string& name) {
  auto tokens = tokens_of(expression);
  if (tokens.size() < 3) return false;
  bool first = tokens[0].text == name && is_mark(tokens[1], '|');
  bool last = tokens.back().text == name && is_mark(tokens[tokens.size() - 2], '|');
  return first || last;
}

}  // namespace

Threader::Threader(TreeFacts& facts, const SeriesSpec& spec, Names& names, Types& types,
                   FaultOnly& fault_only)
    : facts_(facts), spec_(spec), names_(names), types_(types), fault_only_(fault_only) {}

Result<Threading> Threader::thread(const std::vector<const Finding*>& findings) {
  for (const auto* finding : findings) {
    finding_ = finding->id;
    auto before = threading_;
    KILLIFY_TRY(auto objection, is_asked_for(*finding)
                                    ? take_asked(asked_thread(spec_, *finding), finding->sink.file)
                                    : take_chain(*finding, finding->chain));
    if (!objection.empty()) {
      threading_ = std::move(before);
      threading_.refused[finding->id] = objection;
      continue;
    }
    for (const auto& chain : finding->other_chains) {
      before = threading_;
      KILLIFY_TRY(auto other, take_chain(*finding, chain));
      if (other.empty()) continue;
      threading_ = std::move(before);
      threading_.partly[finding->id] = other;
    }
  }
  KILLIFY_CHECK(find_calls());
  KILLIFY_CHECK(find_other_callers());
  return std::move(threading_);
}

Result<const SourceFacts*> Threader::facts_with(const std::string& file,
                                                const std::string& function) {
  return facts_.part_with(file, function, "Reading what a state goes to");
}

Result<std::size_t> Threader::fault_only_part(const std::vector<Hop>& chain) {
  for (std::size_t i = 0; i < chain.size(); ++i) {
    bool macro = i > 0 && chain[i - 1].edge == "macro";
    KILLIFY_TRY(auto objection,
                fault_only_.objection(names_.id_of(chain[i].function, chain[i].file, macro)));
    if (!objection.empty()) return i;
  }
  return chain.size();
}

Result<Threader::Objection> Threader::take_chain(const Finding& finding,
                                                 const std::vector<Hop>& chain) {
  const auto* sink = spec_.catalogue.find(finding.sink.name);
  KILLIFY_TRY(auto fault_only, fault_only_part(chain));
  if (fault_only == 0) {
    KILLIFY_TRY(auto who, fault_only_.objection(names_.id_of(chain[0].function, chain[0].file)));
    return fmt::format("the handler itself is shared: {}", who);
  }
  std::optional<StateForm> below;  // of what the function at hand calls; none: the primitive
  KILLIFY_TRY(auto refused, take_sink(*sink, chain.back().file, below));
  if (!refused.empty()) return refused;
  for (auto i = chain.size(); i-- > fault_only;) {
    const auto& hop = chain[i];
    if (i > 0 && chain[i - 1].edge == "macro")
      return fmt::format("{}() is a macro, and no rule threads a state through it", hop.function);
    bool through_field = i + 1 < chain.size() && hop.edge == "field";
    bool has_flag = through_field && below && below->kind == FlagKind::kBool;
    if (i + 1 < chain.size() && hop.edge != "direct" && !has_flag)
      return fmt::format("a state would have to go through {} ({}:{})",
                         hop.through.empty() ? "a macro" : hop.through + "()", hop.file, hop.line);
    KILLIFY_TRY(const auto* facts, facts_with(hop.file, hop.function));
    const auto* function = facts->function(hop.function);
    const auto callee = has_flag               ? last_name(hop.through)
                        : i + 1 < chain.size() ? chain[i + 1].function
                                               : sink->name;
    const CallFact* call = nullptr;
    if (function != nullptr && function->parsed)
      for (const auto* one :
           has_flag ? facts->field_calls_in(*function) : facts->calls_in(*function))
        if (one->callee == callee && (call == nullptr || one->line == hop.line)) call = one;
    if (call == nullptr)
      return fmt::format("spatch does not see the call of {}() in {}() ({}:{})", callee,
                         hop.function, hop.file, hop.line);
    auto passing =
        passing_of(*call, *function, *facts, below ? &*below : nullptr, below ? nullptr : sink);
    if (!passing.objection.empty())
      return fmt::format("{} ({}:{})", passing.objection, hop.file, call->line);
    if (has_flag) {
      StateForm caller{.function = hop.function, .file = hop.file, .flag = passing.flag};
      KILLIFY_TRY(auto refused_field, add_field(caller, CallFact(*call), below->index));
      if (!refused_field.empty()) return refused_field;
    }
    auto does = fmt::format("calls {}()", callee);
    if (passing.kind == FlagKind::kContext) {
      std::optional<Maker> maker;
      KILLIFY_TRY(auto objection, take_context(chain, fault_only, i, passing, maker));
      if (!objection.empty() || !maker) return objection;
      i = maker->at;
      passing = maker->passing;
      does = "makes what says how to sleep";
    }
    const auto& taker = chain[i];
    StateForm form{
        .function = taker.function,
        .file = taker.file,
        .renamed = state_name(taker.function),
        .kind = passing.kind,
        .index = passing.index,
        .flag = passing.flag,
        .bit = passing.bit,
        .reason = fmt::format("{} on the way from {}()", does, finding.handler.function)};
    KILLIFY_TRY(auto objection, add(form));
    if (!objection.empty()) return objection;
    below = threading_.forms.at(key_of(form));
  }
  // The last function that only faults run says which signals count.
  const auto& last = chain[fault_only - 1].function;
  if (!below)
    return fmt::format("only faults run {}(), and a variable of it decides how it sleeps", last);
  if (below->kind == FlagKind::kState) return fmt::format("{}() names its task state itself", last);
  KILLIFY_TRY(auto undo, take_undo(chain, fault_only, *sink));
  if (!undo.empty()) return undo;
  threading_.flips[finding_].insert(key_of(chain[fault_only - 1]));
  return Objection();
}

// Where a function undoes what failed and nobody sees that this failed itself, no signal may end
// it.
Result<Threader::Objection> Threader::take_undo(const std::vector<Hop>& chain,
                                                std::size_t fault_only, const Sink& sink) {
  for (auto i = fault_only - 1; i + 1 < chain.size(); ++i) {
    const auto& caller = chain[i];
    const auto& callee = chain[i + 1];
    KILLIFY_TRY(const auto* sketch, facts_.sketch(caller.file));
    const auto calls = undo_calls(*sketch, caller.function, callee.function);
    if (calls == UndoCalls::kNone) continue;
    const auto form = threading_.forms.find(key_of(callee));
    const bool known = form != threading_.forms.end() && form->second.changes_head();
    KILLIFY_TRY(const bool any, takes_any_state(key_of(chain.back()), sink));
    if (calls == UndoCalls::kSome || i < fault_only || !known || !any)
      return fmt::format(
          "{}() undoes with {}() what failed, and nobody sees whether a signal ended that",
          caller.function, callee.function);
    threading_.undone.emplace(key_of(caller), key_of(callee));
    for (auto below = i + 1; below < chain.size(); ++below)
      if (auto it = threading_.forms.find(key_of(chain[below])); it != threading_.forms.end())
        it->second.undoes = true;
  }
  return Objection();
}

// Whether a function that sleeps in `sink` can sleep uninterruptibly there once it has a state:
// where the state decides between two primitives it cannot.
Result<bool> Threader::takes_any_state(const FunctionKey& function, const Sink& sink) {
  const auto form = threading_.forms.find(function);
  if (form == threading_.forms.end()) return false;
  if (form->second.kind != FlagKind::kNone) return true;
  if (sink.condition.kind == SinkCondition::Kind::kArgumentTrue || sink.family == "task_state" ||
      sink.family == "signal_pending")
    return true;
  for (const auto& [name, stateful] : kStatefulForms)
    if (sink.name == name) return Vocabulary(facts_).has(stateful);
  return false;
}

// What no chain leads to.
Result<Threader::Objection> Threader::take_asked(const ThreadSpec& asked, const std::string& file) {
  if (asked.kind == ThreadSpec::Kind::kContext) {
    KILLIFY_TRY(auto objection, add_context(asked.name, asked.flag, file));
    if (!objection.empty()) return objection;
    const auto& users = threading_.contexts.at({asked.name, asked.flag}).users;
    threading_.needs[finding_].insert(users.begin(), users.end());
    return Objection();
  }
  KILLIFY_TRY(const auto* facts, facts_with(file, asked.name));
  unsigned index = 0;
  const auto* function = facts->function(asked.name);
  if (function == nullptr || parameter_named(*function, asked.flag, index) == nullptr)
    return fmt::format("spatch cannot parse {}() ({})", asked.name, file);
  return add_bool(asked.name, file, index, "is named in the series file");
}

Result<Threader::Objection> Threader::take_sink(const Sink& sink, const std::string& from,
                                                std::optional<StateForm>& form) {
  if (sink.condition.kind != SinkCondition::Kind::kArgumentTrue) return Objection();
  KILLIFY_TRY(auto nodes, names_.resolve(sink.name, from));
  if (nodes.size() != 1 || names_[nodes.front()].is_macro)
    return fmt::format("{}() has no one definition in this tree", sink.name);
  const auto node = names_[nodes.front()];
  KILLIFY_TRY(auto objection,
              add_bool(node.name, node.file, sink.condition.argument, "is where the fault sleeps"));
  if (!objection.empty()) return objection;
  form = threading_.forms.at({node.file, node.name});
  return Objection();
}

Result<Threader::Objection> Threader::add(StateForm form) {
  threading_.needs[finding_].insert(key_of(form));
  auto known = threading_.forms.find(key_of(form));
  if (known != threading_.forms.end()) {
    auto& there = known->second;
    if (there.kind == form.kind && there.index == form.index) return Objection();
    // A function that has a state already passes it on where it never asked.
    if (there.kind == FlagKind::kState && form.kind == FlagKind::kNone) return Objection();
    if (there.kind == FlagKind::kNone && form.kind == FlagKind::kState) {
      there.kind = form.kind;
      there.index = form.index;
      there.flag = there.state = form.flag;
      there.renamed = there.function;
      return Objection();
    }
    return fmt::format("{}() sleeps interruptibly both always and where '{}' says so",
                       form.function, form.flag.empty() ? there.flag : form.flag);
  }
  if (form.kind == FlagKind::kState) {
    form.renamed = form.function;
    form.state = form.flag;
  } else {
    KILLIFY_TRY(auto objection, find_declarations(form));
    if (!objection.empty()) return objection;
    KILLIFY_TRY(form.state, state_parameter(form));
  }
  threading_.forms[key_of(form)] = form;
  return form.kind == FlagKind::kBool ? follow_down(form) : Result<Objection>(Objection());
}

Result<Threader::Objection> Threader::add_bool(const std::string& function, const std::string& file,
                                               unsigned index, const std::string& reason) {
  KILLIFY_TRY(const auto* facts, facts_with(file, function));
  const auto* fact = facts->function(function);
  if (fact == nullptr || !fact->parsed || index >= fact->parameters.size())
    return fmt::format("spatch cannot parse {}() ({})", function, file);
  const auto& parameter = fact->parameters[index];
  if (parameter.type != "bool")
    return fmt::format("'{}' of {}() is no bool", parameter.name, function);
  return add({.function = function,
              .file = file,
              .renamed = state_name(function),
              .kind = FlagKind::kBool,
              .index = index,
              .flag = parameter.name,
              .reason = reason});
}

// What a bool that becomes a state is handed to has to understand states.
Result<Threader::Objection> Threader::follow_down(const StateForm& form) {
  KILLIFY_TRY(const auto* facts, facts_with(form.file, form.function));
  // Copies: what is read on the way may be more of this file.
  const auto plain = facts->calls;
  const auto through_fields = facts->field_calls;
  for (const auto* calls : {&plain, &through_fields}) {
    for (const auto& call : *calls) {
      if (call.function != form.function) continue;
      for (unsigned i = 0; i < call.arguments.size(); ++i) {
        if (!mentions(call.arguments[i], form.flag)) continue;
        bool exact = single_name(call.arguments[i]) == form.flag;
        if (!exact && !is_or_ed(call.arguments[i], form.flag)) continue;  // thread/flag.cocci's
        KILLIFY_TRY(auto objection, calls == &through_fields ? add_field(form, call, i)
                                                             : hand_down(form, call, i, !exact));
        if (!objection.empty()) return objection;
      }
    }
  }
  return Objection();
}

Result<Threader::Objection> Threader::hand_down(const StateForm& form, const CallFact& call,
                                                unsigned index, bool with_bits) {
  auto reason = fmt::format("{}() hands '{}' to it", form.function, form.flag);
  KILLIFY_TRY(auto nodes, names_.resolve(call.callee, form.file));
  if (nodes.size() != 1 || names_[nodes.front()].is_macro)
    return fmt::format("'{}' goes to {}(), which is no one function ({}:{})", form.flag,
                       call.callee, form.file, call.line);
  const auto node = names_[nodes.front()];
  if (!with_bits) return add_bool(node.name, node.file, index, reason);
  KILLIFY_TRY(const auto* facts, facts_with(node.file, node.name));
  const auto* function = facts->function(node.name);
  if (function == nullptr || !function->parsed || index >= function->parameters.size())
    return fmt::format("spatch cannot parse {}() ({})", node.name, node.file);
  const auto& word = function->parameters[index].name;
  auto bit = interruptible_bit(*facts, *function, word);
  if (bit.empty())
    return fmt::format("which bit of '{}' of {}() makes it interruptible is not clear", word,
                       node.name);
  return add({.function = node.name,
              .file = node.file,
              .renamed = state_name(node.name),
              .kind = FlagKind::kBit,
              .index = index,
              .flag = word,
              .bit = bit,
              .reason = reason});
}

// A function pointer that a bool is handed through.
Result<Threader::Objection> Threader::add_field(const StateForm& form, const CallFact& call,
                                                unsigned index) {
  KILLIFY_TRY(const auto* here, facts_.sketch(form.file));
  KILLIFY_TRY(auto in,
              types_.struct_of(call.base, declared_structs(*here, form.function), form.file));
  if (in.empty() || in == kNameless)
    return fmt::format("'{}' goes to {}->{}(), of a struct that is not known", form.flag, call.base,
                       call.callee);
  auto [it, added] = threading_.fields.try_emplace({in, call.callee});
  auto& field = it->second;
  if (!added)
    return field.index == index ? Objection()
                                : fmt::format("{}.{}() has two flags", in, call.callee);
  KILLIFY_TRY(auto found,
              find_field(facts_, names_, types_, in, call.callee, call.arguments.size()));
  if (!found.objection.empty()) return found.objection;
  field = {.in = in,
           .field = call.callee,
           .file = found.file,
           .index = index,
           .implementers = found.implementers,
           .callers = found.callers};
  std::map<std::string, std::set<std::string>> implementers;
  for (const auto& [file, function] : found.implementers) implementers[file].insert(function);
  KILLIFY_CHECK(facts_.read_parts(implementers, false, "Reading what a state goes to"));
  for (const auto& [file, function] : found.implementers) {
    KILLIFY_TRY(const auto* facts, facts_with(file, function));
    const auto* fact = facts->function(function);
    if (fact == nullptr || !fact->parsed || index >= fact->parameters.size() ||
        fact->parameters[index].type != "bool")
      return fmt::format("spatch cannot parse {}() ({})", function, file);
    StateForm implementer{.function = function,
                          .file = file,
                          .renamed = function,
                          .kind = FlagKind::kBool,
                          .index = index,
                          .flag = fact->parameters[index].name,
                          .is_static = true,
                          .keeps_callers = false,
                          .files = {file},
                          .reason = fmt::format("is behind {}.{}()", in, call.callee)};
    KILLIFY_TRY(const auto* sketch, facts_.sketch(file));
    if (exports(*sketch, function))
      return fmt::format("{}() is behind {}.{}() and exported: its type has to stay", function, in,
                         call.callee);
    KILLIFY_TRY(auto direct, called_directly(facts_, implementer));
    if (!direct.empty()) return direct;
    KILLIFY_TRY(implementer.state, state_parameter(implementer));
    threading_.forms[key_of(implementer)] = implementer;
    KILLIFY_TRY(auto objection, follow_down(implementer));
    if (!objection.empty()) return objection;
  }
  return Objection();
}

Result<Threader::Objection> Threader::find_declarations(StateForm& form) {
  KILLIFY_TRY(auto found, declarations_of(facts_, form.function, form.file));
  form.is_static = found.is_static;
  form.files = std::move(found.files);
  form.header = std::move(found.header);
  // What another file exports stays what it can export.
  form.drops_export =
      found.exported && !found.exported_elsewhere &&
      std::ranges::find(spec_.dropped_exports, form.function) != spec_.dropped_exports.end();
  form.exported = found.exported && !form.drops_export;
  return found.objection;
}

// The name of the parameter that carries the state: "state", unless the body uses that for
// something else than what the parameter stands for.
Result<std::string> Threader::state_parameter(const StateForm& form) {
  KILLIFY_TRY(const auto* facts, facts_with(form.file, form.function));
  const auto decides = form.kind == FlagKind::kBit ? form.flag + " & " + form.bit : form.flag;
  for (const auto& value : facts->values)
    if (value.function == form.function && value.variable == "state" &&
        one_line(value.value) == decides + " ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE")
      return std::string("state");
  KILLIFY_TRY(const auto* sketch, facts_.sketch(form.file));
  for (const auto& extent : sketch->functions()) {
    if (extent.name != form.function) continue;
    for (const auto& token : tokens_of(sketch->text()))
      if (token.line >= extent.first && token.line <= extent.last && token.text == "state")
        return std::string("task_state");
  }
  return std::string("state");
}

}  // namespace killify
