// The part of threading that is about calls: who calls the state-taking forms, and who does not.
#include "facts/function_head.h"
#include "plan/threading.h"

#include <algorithm>

namespace killify {

Status Threader::find_calls() {
  std::set<FunctionKey> callers;
  for (const auto& [id, functions] : threading_.flips)
    callers.insert(functions.begin(), functions.end());
  for (const auto& [key, form] : threading_.forms) callers.insert(key);
  for (const auto& [key, context] : threading_.contexts)
    callers.insert(context.users.begin(), context.users.end());
  for (const auto& caller : callers) {
    KILLIFY_TRY(const auto* facts, facts_with(caller.first, caller.second));
    for (const auto* call : facts->calls_in(caller.second)) {
      KILLIFY_TRY(auto nodes, names_.resolve(call->callee, caller.first));
      for (auto id : nodes) {
        FunctionKey callee{names_[id].file, names_[id].name};
        if (threading_.forms.contains(callee)) threading_.calls[caller].insert(callee);
      }
    }
  }
  return {};
}

// Whether it is one of those that only faults run, and that say which signals count.
bool Threader::is_flip(const FunctionKey& function) const {
  return std::ranges::any_of(threading_.flips,
                             [&](const auto& flips) { return flips.second.contains(function); });
}

// Whether a caller that has a part in the threading calls the state-taking form there: one that
// only uses a context does where it hands over the flag of that.
bool Threader::changes_call(const Sketch& sketch, const Use& use, const StateForm& form) const {
  const FunctionKey caller{form.file, use.function};
  if (threading_.forms.contains(caller)) return true;
  if (form.kind == FlagKind::kNone) return false;
  return std::ranges::any_of(sketch.calls(), [&](const SketchCall& call) {
    if (call.line != use.line || call.callee != form.function) return false;
    const auto arguments = sketch.arguments(call);
    return form.index < arguments.size() &&
           std::ranges::any_of(threading_.contexts, [&](const auto& context) {
             return mentions(arguments[form.index], context.second.flag);
           });
  });
}

// A static function that nobody else calls needs no second name, unless a later commit is the first
// to pass TASK_KILLABLE to it.
Status Threader::find_other_callers() {
  for (auto& entry : threading_.forms) {
    auto& form = entry.second;
    if (!form.is_static || !form.keeps_callers || !form.changes_head()) continue;
    KILLIFY_TRY(const auto* sketch, facts_.sketch(form.file));
    auto uses = sketch->uses(form.function);
    form.keeps_callers = std::any_of(uses.begin(), uses.end(), [&](const Use& use) {
      if (use.kind == Use::Kind::kDefinition) return false;
      if (use.kind != Use::Kind::kCall) return true;
      auto caller = threading_.calls.find({form.file, use.function});
      return caller == threading_.calls.end() || !caller->second.contains(key_of(form)) ||
             is_flip(caller->first) || !changes_call(*sketch, use, form);
    });
    if (!form.keeps_callers && form.kind == FlagKind::kNone) form.renamed = form.function;
  }
  return {};
}

}  // namespace killify
