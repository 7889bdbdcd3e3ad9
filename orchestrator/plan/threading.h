// Which functions have to take a task state so that a fault can sleep killably in what it shares
// with other callers, and how the state gets there.
//
// Along each chain of a finding there is a last function that only faults run. It passes
// TASK_KILLABLE; every function below it gets a state-taking form. How a function learns today
// whether it may be interrupted decides about its form, and is read off its call of the next one:
// a constant, a bool parameter, a bit, a state, or a field of a context object. Where a bool
// parameter becomes a state, all that it is handed to has to understand states first, down to the
// functions behind a field ("ops->wait(fence, intr, timeout)"). The same holds of a bool field of a
// context, and of what the series file names although no chain leads there.
#pragma once

#include "facts/tree_facts.h"
#include "plan/declarations.h"
#include "plan/passing.h"
#include "plan/state_form.h"
#include "reach/fault_only.h"
#include "reach/finding.h"
#include "reach/names.h"
#include "reach/types.h"
#include "spec/series_spec.h"
#include "support/error.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace killify {

struct Threading {
  std::map<FunctionKey, StateForm> forms;
  std::map<std::pair<std::string, std::string>, FieldForm> fields;      // by struct and field
  std::map<std::pair<std::string, std::string>, ContextForm> contexts;  // by struct and flag
  // Of fault-only functions: the contexts that they make, by struct and flag.
  std::map<FunctionKey, std::set<std::pair<std::string, std::string>>> makes;
  // By finding's id: the fault-only functions that pass TASK_KILLABLE, and the functions that get a
  // form on its ways (what those hand their states to is in `calls`).
  std::map<std::string, std::set<FunctionKey>> flips;
  std::map<std::string, std::set<FunctionKey>> needs;
  // The functions with a form that a function calls.
  std::map<FunctionKey, std::set<FunctionKey>> calls;
  // The callers that undo with what they call: it gets TASK_UNINTERRUPTIBLE (plan/undo.h).
  std::set<std::pair<FunctionKey, FunctionKey>> undone;
  std::map<std::string, std::string> refused;  // by finding's id: why it is left to a person
  std::map<std::string, std::string> partly;   // by finding's id: why another way to it stays
};

[[nodiscard]] inline FunctionKey key_of(const StateForm& form) {
  return {form.file, form.function};
}
[[nodiscard]] inline FunctionKey key_of(const Hop& hop) {
  return {hop.file, hop.function};
}

class Threader {
 public:
  Threader(TreeFacts& facts, const SeriesSpec& spec, Names& names, Types& types,
           FaultOnly& fault_only);

  // Threads a state to all of these sleeps, as far as every step is understood. A finding that is
  // not understood adds nothing and is in `refused`.
  [[nodiscard]] Result<Threading> thread(const std::vector<const Finding*>& findings);

 private:
  // An objection is a text; "" is none.
  using Objection = std::string;

  [[nodiscard]] Result<Objection> take_chain(const Finding& finding, const std::vector<Hop>& chain);
  // How many functions of the chain, from the handler on, are run by faults only.
  [[nodiscard]] Result<std::size_t> fault_only_part(const std::vector<Hop>& chain);
  [[nodiscard]] Result<Objection> take_asked(const ThreadSpec& asked, const std::string& file);
  [[nodiscard]] Result<Objection> take_sink(const Sink& sink, const std::string& from,
                                            std::optional<StateForm>& form);
  // The function on the chain that makes the object in which a state is kept, and how it says what
  // the state is. Without one the object has its state already.
  struct Maker {
    std::size_t at = 0;
    Passing passing{};
  };
  [[nodiscard]] Result<Objection> take_context(const std::vector<Hop>& chain,
                                               std::size_t fault_only, std::size_t at,
                                               const Passing& passing, std::optional<Maker>& maker);
  [[nodiscard]] Result<Objection> find_maker(const std::vector<Hop>& chain, std::size_t at,
                                             const std::string& variable,
                                             const ContextForm& context, Maker& maker);
  [[nodiscard]] Result<Passing> passing_of_object(const Hop& hop, const MadeObject& object,
                                                  const ContextForm& context);
  [[nodiscard]] Result<Objection> take_undo(const std::vector<Hop>& chain, std::size_t fault_only,
                                            const Sink& sink);
  [[nodiscard]] Result<bool> takes_any_state(const FunctionKey& function, const Sink& sink);
  [[nodiscard]] Result<Objection> add(StateForm form);
  [[nodiscard]] Result<Objection> add_bool(const std::string& function, const std::string& file,
                                           unsigned index, const std::string& reason);
  [[nodiscard]] Result<Objection> follow_down(const StateForm& form);
  [[nodiscard]] Result<Objection> hand_down(const StateForm& form, const CallFact& call,
                                            unsigned index, bool with_bits);
  [[nodiscard]] Result<Objection> add_field(const StateForm& form, const CallFact& call,
                                            unsigned index);
  [[nodiscard]] Result<Objection> add_context(const std::string& in, const std::string& flag,
                                              const std::string& from);
  [[nodiscard]] Result<Objection> follow_context(const ContextForm& context);
  [[nodiscard]] Result<Objection> look_at_objects(const std::string& in, const std::string& flag,
                                                  const MemberUses& found);
  [[nodiscard]] Result<bool> is_set_by_caller(const std::string& file, const MemberUse& write);
  [[nodiscard]] Result<Objection> find_declarations(StateForm& form);
  [[nodiscard]] Result<std::string> state_parameter(const StateForm& form);
  [[nodiscard]] Result<const SourceFacts*> facts_with(const std::string& file,
                                                      const std::string& function);
  [[nodiscard]] Status find_calls();
  [[nodiscard]] Status find_other_callers();
  [[nodiscard]] bool is_flip(const FunctionKey& function) const;
  [[nodiscard]] bool changes_call(const Sketch& sketch, const Use& use,
                                  const StateForm& form) const;

  TreeFacts& facts_;
  const SeriesSpec& spec_;
  Names& names_;
  Types& types_;
  FaultOnly& fault_only_;
  Threading threading_;
  std::string finding_;  // the id of the one at hand
};

}  // namespace killify
