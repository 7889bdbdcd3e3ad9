// Whether a conversion did what it should: asked of the changed texts, with the same semantic
// patches that judged the original ones.
#pragma once

#include "facts/tree_facts.h"
#include "plan/plan.h"
#include "series/work_texts.h"
#include "spec/series_spec.h"
#include "support/error.h"

#include <string>

namespace killify {

struct ConversionCheck {
  std::string objection;  // "" if the conversion stands
  std::string on_fatal;   // what the handler returns on a fatal signal now
};

// Asks what check_conversion() asks about the files of the step's sleeps, with all workers.
[[nodiscard]] Status ask_ahead(TreeFacts& facts, const Step& step, const Texts& texts);

// `texts` are all that the step and those before it changed.
[[nodiscard]] Result<ConversionCheck> check_conversion(TreeFacts& facts, const SeriesSpec& spec,
                                                       const Step& step, const Finding& finding,
                                                       const Texts& texts);

}  // namespace killify
