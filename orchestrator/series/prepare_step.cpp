#include "series/step_work.h"
#include "series/twin_maker.h"

#include <algorithm>
#include <map>

namespace killify {
namespace {

class PrepareWork {
 public:
  PrepareWork(TreeFacts& facts, const SeriesSpec& spec, const Step& step, const Texts& earlier)
      : facts_(facts), spec_(spec), step_(step), texts_(facts, earlier) {}

  Result<StepOutcome> carry_out() {
    StepOutcome outcome;
    KILLIFY_CHECK(add_twins(facts_, spec_, step_, texts_, outcome));
    if (!outcome.rejected.empty()) return outcome;
    outcome.change.step = step_;
    outcome.change.files = texts_.changes();
    if (!std::ranges::all_of(step_.twins, &Twin::guard))
      outcome.change.semantic_patches = {kTwinPatch};
    return outcome;
  }

 private:
  TreeFacts& facts_;
  const SeriesSpec& spec_;
  const Step& step_;
  WorkTexts texts_;
};

}  // namespace

Status add_twins(TreeFacts& facts, const SeriesSpec& spec, const Step& step, WorkTexts& texts,
                 StepOutcome& outcome) {
  for (const auto& twin : step.twins) {
    KILLIFY_TRY(const auto objection, make_twin(facts, spec.catalogue, twin, texts));
    if (objection.empty()) {
      if (!twin.internal)
        outcome.change.additions.push_back({twin.name, twin.model, twin.declared_in, twin.guard});
      continue;
    }
    const bool for_some = std::ranges::any_of(step.findings, [&](const Finding& finding) {
      return std::ranges::find(twin.findings, finding.id) != twin.findings.end();
    });
    for (const auto& finding : step.findings)
      if (!for_some || std::ranges::find(twin.findings, finding.id) != twin.findings.end())
        outcome.rejected.push_back({finding, fmt::format("waits for a missing primitive: {}: {}",
                                                         twin.named(), objection)});
    return {};
  }
  return {};
}

Result<StepOutcome> prepare_step(TreeFacts& facts, const SeriesSpec& spec, const Step& step,
                                 const Texts& earlier) {
  return PrepareWork(facts, spec, step, earlier).carry_out();
}

}  // namespace killify
