// Whether a conversion did what it should: asked of the changed texts, with the same semantic
// patches that judged the original ones, and with the ways that their tokens show.
#pragma once

#include "facts/tree_facts.h"
#include "plan/plan.h"
#include "reach/error_walk.h"
#include "reach/signal_result.h"
#include "series/work_texts.h"
#include "spec/series_spec.h"
#include "support/error.h"

#include <map>
#include <memory>
#include <set>
#include <string>

namespace killify {

struct ConversionCheck {
  std::string objection;  // "" if the conversion stands
  std::string on_fatal;   // what the handler returns on a fatal signal now
  // Whether the sleep was made again because of the signal: of campaigns with one semantic patch.
  bool repeated = false;
  // Where the handler still returns VM_FAULT_NOPAGE on one: lines of its file, as it is now.
  std::set<int> retried_at;
};

// Checks the conversions of one step. `texts` are all that the step and those before it changed;
// they and the step must outlive it.
class ConversionChecker {
 public:
  ConversionChecker(TreeFacts& facts, const SeriesSpec& spec, const Step& step, const Texts& texts);

  // Asks what check() needs of all findings of the step, with all workers. Comes first.
  [[nodiscard]] Status ask_ahead();
  [[nodiscard]] Result<ConversionCheck> check(const Finding& finding);

 private:
  friend class FindingChecker;
  // A file as the change leaves it.
  [[nodiscard]] Result<const Sketch*> sketch(const std::string& path);

  TreeFacts& facts_;
  const Step& step_;
  const Texts& texts_;
  const Catalogue& catalogue_;
  bool on_fatal_signal_;  // whether the series asks for more than a killable sleep
  bool by_calls_;         // whether one semantic patch converts all primitives, by their names
  SignalResults results_;
  ErrorWalk walk_;       // the changed texts
  ErrorWalk base_walk_;  // as they were
  std::map<std::string, std::shared_ptr<const Sketch>> changed_;
  std::map<std::string, SourceFacts> after_;  // of the functions that sleep
};

}  // namespace killify
