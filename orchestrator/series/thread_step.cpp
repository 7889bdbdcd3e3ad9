// Functions get their state-taking forms: heads as text, bodies by Coccinelle, and afterwards a
// look at the tokens of what came out, which does not depend on what spatch could parse.
#include "facts/outline.h"
#include "plan/declarations.h"
#include "reach/sleeps.h"
#include "series/apply_runs.h"
#include "series/state_heads.h"
#include "series/step_work.h"

#include <algorithm>
#include <memory>
#include <set>

namespace killify {
namespace {

class ThreadWork {
 public:
  ThreadWork(TreeFacts& facts, const SeriesSpec& spec, const Step& step, const Texts& earlier)
      : facts_(facts), spec_(spec), step_(step), texts_(facts, earlier) {}

  Result<StepOutcome> run() {
    KILLIFY_CHECK(change_heads());
    KILLIFY_CHECK(change_bodies());
    KILLIFY_CHECK(check());
    StepOutcome outcome;
    for (const auto& finding : step_.findings)
      if (auto it = refused_.find(finding.id); it != refused_.end())
        outcome.rejected.push_back({finding, "review: " + it->second});
    if (outcome.rejected.empty()) outcome.change = take();
    return outcome;
  }

 private:
  // All findings that need the function are left to a person.
  void refuse(const FunctionKey& function, const std::string& why) {
    for (const auto& id : findings_that_want(step_, function)) refused_.try_emplace(id, why);
  }

  Status change_heads() {
    for (const auto& field : step_.threads.fields) {
      KILLIFY_TRY(auto text, texts_.text(field.file));
      auto heads = with_state_parameter_of_field(text, field.in, field.field, field.index);
      if (!heads.objection.empty())
        for (const auto& one : field.implementers) refuse(one, heads.objection);
      KILLIFY_CHECK(texts_.set(field.file, std::move(heads.text)));
    }
    for (const auto& context : step_.threads.contexts) {
      KILLIFY_TRY(auto text, texts_.text(context.file));
      auto heads = with_state_field(text, context.in, context.flag, context.state);
      if (!heads.objection.empty())
        for (const auto& one : context.users) refuse(one, heads.objection);
      KILLIFY_CHECK(texts_.set(context.file, std::move(heads.text)));
    }
    for (const auto& form : step_.threads.forms) {
      if (!form.changes_head()) continue;
      KILLIFY_TRY(const auto definition, texts_.text(form.file));
      auto parameters = parameters_in(definition, form.function);
      for (const auto& file : form.files) {
        KILLIFY_TRY(auto text, texts_.text(file));
        auto heads = with_state_heads(text, file, form, parameters);
        if (heads.objection.empty() && heads.changed == 0)
          heads.objection = fmt::format("{} does not declare {}()", file, form.function);
        if (!heads.objection.empty()) refuse({form.file, form.function}, heads.objection);
        KILLIFY_CHECK(texts_.set(file, std::move(heads.text)));
      }
    }
    return {};
  }

  Status change_bodies() {
    KILLIFY_TRY(const auto applied, apply_runs(facts_, step_.runs, texts_));
    for (std::size_t i = 0; i < applied.size(); ++i) {
      const auto& run = step_.runs[i];
      if (applied[i].changed) used_.insert(run.patch);
      if (applied[i].failure.empty()) continue;
      for (const auto& [function, ids] : step_.threads.wanted_by)
        if (function.first == run.file) refuse(function, applied[i].failure);
    }
    return {};
  }

  // A file with forms, as it is now.
  struct Formed {
    std::string path;
    std::vector<const StateForm*> forms;
    std::shared_ptr<const Sketch> sketch;
  };

  Status check() {
    for (const auto& context : step_.threads.contexts) KILLIFY_CHECK(check_context(context));
    std::map<std::string, std::vector<const StateForm*>> by_file;
    for (const auto& form : step_.threads.forms) by_file[form.file].push_back(&form);
    std::vector<Formed> files;
    std::vector<Question> questions;
    for (auto& [file, forms] : by_file) {
      KILLIFY_TRY(auto text, texts_.text(file));
      KILLIFY_TRY(auto sketch, facts_.sketch_of(std::move(text)));
      Formed formed{file, std::move(forms), std::move(sketch)};
      std::set<std::string> functions;
      for (const auto* form : formed.forms) functions.insert(form->renamed);
      Question question{{file, with_bodies_of(*formed.sketch, functions, false)}, {}};
      KILLIFY_TRY(question.source.macros, macros_of(facts_, file));
      questions.push_back(std::move(question));
      files.push_back(std::move(formed));
    }
    KILLIFY_TRY(const auto answers,
                facts_.coccinelle().run_all(kSourcePatch, {}, questions, [](const Question&) {}));
    for (std::size_t i = 0; i < files.size(); ++i) {
      const auto& [file, forms, sketch] = files[i];
      const auto facts = facts_from(file, *sketch, answers[i]);
      for (const auto* form : forms)
        if (auto why = objection_to(*form, *sketch, facts); !why.empty())
          refuse({form->file, form->function}, why);
    }
    return {};
  }

  // Nothing may use the flag of a context any more, and no object may be without a state.
  Status check_context(const ContextForm& context) {
    std::map<std::string, std::map<std::string, FunctionKey>> users;  // by file and name now
    for (const auto& user : context.users) users[user.first][user.second] = user;
    for (const auto& form : step_.threads.forms)
      if (context.users.contains({form.file, form.function}))
        users[form.file][form.renamed] = {form.file, form.function};
    Names names(facts_, spec_.commit.prefixes);
    Types types(facts_, names);
    for (const auto& [file, functions] : users) {
      KILLIFY_TRY(auto text, texts_.text(file));
      const auto sketch = Sketch::of(std::move(text));
      auto refuse_in = [&, &known = functions, &path = file](const std::string& function,
                                                             const std::string& why) {
        auto user = known.find(function);
        refuse(user == known.end() ? FunctionKey(path, function) : user->second, why);
      };
      KILLIFY_TRY(auto uses, member_uses_in(*sketch, file, types, context.in, context.flag));
      for (const auto& use : uses)
        refuse_in(use.function, fmt::format("no rule understands what {}() ({}) does with '{}' of "
                                            "struct {}",
                                            use.function, file, context.flag, context.in));
      for (const auto& object : objects_in(*sketch, context.in, context.state, context.position))
        if ((object.kind == MadeObject::Kind::kNamed && !object.value) ||
            (object.kind == MadeObject::Kind::kPlaced && !is_state(*object.value, context)))
          refuse_in(object.function, fmt::format("no rule gives '{}' of {}() ({}) a state",
                                                 object.name, object.function, file));
    }
    return {};
  }

  // Whether what stands in the state's place of an initialiser is one: the place does not tell.
  bool is_state(const std::string& value, const ContextForm& context) const {
    const auto words = tokens_of(value);
    return std::ranges::any_of(words,
                               [](const Token& word) { return word.text.starts_with("TASK_"); }) ||
           (words.size() > 2 && words.back().text == context.state &&
            is_member(words, words.size() - 1)) ||
           std::ranges::any_of(step_.threads.forms, [&](const StateForm& form) {
             return context.users.contains({form.file, form.function}) && form.state == value;
           });
  }

  // What is wrong with the state-taking form as it came out; "" if nothing is.
  std::string objection_to(const StateForm& form, const Sketch& sketch, const SourceFacts& facts) {
    if (!facts.why.empty()) return facts.why;
    auto functions = facts.functions_named(form.renamed);
    if (functions.empty())
      return fmt::format("{}() is not in {} afterwards", form.renamed, form.file);
    auto tokens = tokens_of(sketch.text());
    for (const auto* function : functions) {
      if (!function->parsed)
        return fmt::format("spatch cannot parse {}() afterwards", form.renamed);
      if (form.kind == FlagKind::kBool) {
        for (std::size_t i = 1; i < tokens.size(); ++i)
          if (tokens[i].line >= function->first && tokens[i].line <= function->last &&
              tokens[i].text == form.flag && !is_member(tokens, i))
            return fmt::format("no rule understands what {}() ({}) does with '{}'", form.function,
                               form.file, form.flag);
      }
      for (const auto& sleep : sleeps_in(*function, facts, tokens, spec_.catalogue))
        if (auto why = objection_to(form, sleep, *function, facts); !why.empty()) return why;
      if (auto why = objection_to_calls(form, sketch, *function); !why.empty()) return why;
    }
    return {};
  }

  // A sleep that does not ask for the state.
  std::string objection_to(const StateForm& form, const Sleep& sleep, const FunctionFact& function,
                           const SourceFacts& facts) const {
    if (sleep.condition.holds == Truth::kFalse || !sleep.condition.by_constants) return {};
    if (form.kind == FlagKind::kState) return {};
    for (const auto* call : facts.calls_in(function)) {
      if (call->line != sleep.line || call->callee != sleep.sink->name) continue;
      bool asks = std::any_of(call->guards.begin(), call->guards.end(), [&](const Guard& guard) {
        auto words = tokens_of(guard.condition);
        return std::any_of(words.begin(), words.end(), [&](const Token& word) {
          return word.text == form.state || is_context_state(word.text);
        });
      });
      if (asks) return {};
    }
    return fmt::format("no rule makes this {}() in {}() take a state", sleep.sink->name,
                       form.function);
  }

  bool is_context_state(std::string_view word) const {
    return std::any_of(step_.threads.contexts.begin(), step_.threads.contexts.end(),
                       [&](const ContextForm& context) { return context.state == word; });
  }

  // A call of a function's old name that was to become one of its form.
  std::string objection_to_calls(const StateForm& form, const Sketch& sketch,
                                 const FunctionFact& function) const {
    auto calls = step_.threads.calls.find({form.file, form.function});
    if (calls == step_.threads.calls.end()) return {};
    for (const auto& call : sketch.calls()) {
      if (call.line < function.first || call.line > function.last || call.through_field) continue;
      for (const auto& callee : calls->second) {
        if (call.callee != callee.function || !callee.changes_head()) continue;
        auto arguments = sketch.arguments(call);
        if (callee.renamed == callee.function) {
          if (!arguments.empty() && arguments.back() == form.state) continue;
        } else if (callee.kind == FlagKind::kBool && callee.index < arguments.size() &&
                   arguments[callee.index] == "false") {
          continue;
        }
        return fmt::format("no rule understands this call of {}() in {}()", callee.function,
                           form.function);
      }
    }
    return {};
  }

  static bool is_member(const std::vector<Token>& tokens, std::size_t i) {
    return is_mark(tokens[i - 1], '.') ||
           (is_mark(tokens[i - 1], '>') && i > 1 && is_mark(tokens[i - 2], '-'));
  }

  Change take() {
    Change change;
    change.step = step_;
    change.files = texts_.changes();
    for (const auto& form : step_.threads.forms)
      if (form.changes_head())
        change.additions.push_back(
            {.name = form.renamed, .model = form.function, .file = form.file});
    for (const auto& form : step_.threads.forms)
      if (form.drops_export) change.dropped_exports.push_back(form.function);
    change.semantic_patches.assign(used_.begin(), used_.end());
    return change;
  }

  TreeFacts& facts_;
  const SeriesSpec& spec_;
  const Step& step_;
  WorkTexts texts_;
  std::set<std::string> used_;
  std::map<std::string, std::string> refused_;  // by finding's id: why
};

}  // namespace

Result<StepOutcome> thread_step(TreeFacts& facts, const SeriesSpec& spec, const Step& step,
                                const Texts& earlier) {
  return ThreadWork(facts, spec, step, earlier).run();
}

}  // namespace killify
