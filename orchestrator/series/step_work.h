// One step of a plan at work on texts in memory: a function for each kind of step.
#pragma once

#include "facts/tree_facts.h"
#include "plan/plan.h"
#include "series/change.h"
#include "series/work_texts.h"
#include "spec/series_spec.h"
#include "support/error.h"

#include <vector>

namespace killify {

struct StepOutcome {
  std::vector<LeftOut> rejected;  // findings of the step that it cannot serve, with the reason
  Change change;                  // the whole step's; empty where something was rejected
};

// `earlier` are the texts that the steps before this one left.
[[nodiscard]] Result<StepOutcome> convert_step(TreeFacts& facts, const SeriesSpec& spec,
                                               const Step& step, const Texts& earlier);
// Where a function of the step is not understood, the findings that need it are rejected.
[[nodiscard]] Result<StepOutcome> thread_step(TreeFacts& facts, const SeriesSpec& spec,
                                              const Step& step, const Texts& earlier);

[[nodiscard]] Result<StepOutcome> prepare_step(TreeFacts& facts, const SeriesSpec& spec,
                                               const Step& step, const Texts& earlier);

// Makes the twins of a step. Where one cannot be made, the findings that need it are rejected.
[[nodiscard]] Status add_twins(TreeFacts& facts, const SeriesSpec& spec, const Step& step,
                               WorkTexts& texts, StepOutcome& outcome);

}  // namespace killify
