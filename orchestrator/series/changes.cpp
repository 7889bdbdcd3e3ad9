#include "series/changes.h"

#include "plan/planner.h"
#include "plan/waves.h"
#include "series/export_check.h"
#include "series/step_work.h"
#include "support/parallel.h"
#include "support/text.h"

#include <algorithm>
#include <atomic>
#include <set>
#include <tuple>
#include <utility>

namespace killify {
namespace {

// The findings in functions that hold none of the rejected ones: a function is converted whole or
// not at all, unless its callers say how it sleeps.
std::vector<Finding> without(const Step& step, std::vector<LeftOut>& rejected) {
  std::set<std::pair<std::string, std::string>> functions;
  std::set<std::string> ids;
  for (const auto& left : rejected) {
    ids.insert(left.finding.id);
    if (!step.flips.contains(left.finding.id))
      functions.emplace(left.finding.sink.file, left.finding.sink.function);
  }
  std::vector<Finding> kept;
  for (const auto& finding : step.findings) {
    bool whole = !step.flips.contains(finding.id) &&
                 functions.contains({finding.sink.file, finding.sink.function});
    if (!whole && !ids.contains(finding.id))
      kept.push_back(finding);
    else if (!ids.contains(finding.id))
      rejected.push_back({finding, fmt::format("review: {}() is converted whole or not at all",
                                               finding.sink.function)});
  }
  return kept;
}

// What the message of a commit must not hide: its handlers may sleep elsewhere, too.
void add_staying(Changes& result) {
  for (auto& change : result.changes) {
    if (change.step.kind != StepKind::kConvert) continue;
    for (const auto& left : result.left_out) {
      const auto verdict = left.finding.verdict;
      if (verdict == Verdict::kSafe || verdict == Verdict::kSuppressed) continue;  // no such sleep
      bool same_handler = std::any_of(
          change.step.findings.begin(), change.step.findings.end(), [&](const Finding& finding) {
            return finding.handler.function == left.finding.handler.function &&
                   finding.handler.file == left.finding.handler.file;
          });
      if (same_handler) change.staying.push_back(left);
    }
  }
}

// A sleep to which a state goes one way is left alone as far as another way leads there.
void add_other_ways(Changes& result) {
  for (const auto& change : result.changes) {
    if (change.step.kind != StepKind::kConvert) continue;
    for (const auto& finding : change.step.findings)
      if (const auto why = result.partly.find(finding.id); why != result.partly.end())
        result.left_out.push_back({finding, "review: on another way to it, " + why->second});
  }
}

SeriesSpec with_wrappers(SeriesSpec spec, const std::vector<Sink>& wrappers) {
  auto& sinks = spec.catalogue.sinks;
  sinks.insert(sinks.end(), wrappers.begin(), wrappers.end());
  return spec;
}

// Carries out the steps of a plan until what is left of them stands.
class Work {
 public:
  Work(TreeFacts& facts, const SeriesSpec& spec, const Grouper& group, Plan plan,
       Progress& progress)
      : facts_(facts),
        spec_(with_wrappers(spec, plan.wrappers)),
        group_(group),
        steps_(std::move(plan.steps)),
        left_out_(std::move(plan.left_out)),
        lifted_(std::move(plan.lifted)),
        partly_(std::move(plan.partly)),
        progress_(progress) {}

  Result<Changes> carry_out() {
    // A conversion that is given up can leave an earlier step without a purpose. What spatch said
    // of the others is known then.
    bool again = true;
    while (again) {
      KILLIFY_CHECK(pass());
      if (threads_less_) {
        KILLIFY_CHECK(plan_all_again());
      } else {
        again = prune();
      }
    }
    Changes result;
    for (auto& change : changes_)
      if (!change.files.empty()) result.changes.push_back(std::move(change));
    result.left_out = std::move(left_out_);
    result.lifted = std::move(lifted_);
    result.partly = std::move(partly_);
    return result;
  }

 private:
  Status pass() {
    Texts texts;  // as the changes so far leave them
    changes_.assign(steps_.size(), {});
    std::atomic<std::size_t> done = 0;
    progress_.begin("Applying semantic patches", steps_.size());
    for (auto wave : waves_of(steps_)) {
      KILLIFY_CHECK(drop_purposeless(wave));
      std::vector<StepOutcome> outcomes(wave.size());
      KILLIFY_CHECK(parallel_for(wave.size(), facts_.jobs(), [&](std::size_t at) -> Status {
        const auto& step = steps_[wave[at]];
        const auto silent = make_progress(ProgressMode::kNone);
        auto facts = facts_.beside(*silent);
        KILLIFY_TRY(outcomes[at], outcome_of(facts, step, texts));
        progress_.advance(++done, step.name);
        return {};
      }));
      Texts after = texts;
      for (std::size_t at = 0; at < wave.size(); ++at) {
        auto& change = changes_[wave[at]];
        KILLIFY_TRY(change, change_of(steps_[wave[at]], texts, std::move(outcomes[at])));
        for (const auto& file : change.files) after[file.path] = file.after;
      }
      texts = std::move(after);
    }
    progress_.end(fmt::format("{}, {} left out", counted(changes_.size(), "step"),
                              counted(left_out_.size(), "sleep")));
    return {};
  }

  // Takes from the steps what was rejected in earlier ones, and from the wave those that then serve
  // no finding any more.
  Status drop_purposeless(std::vector<std::size_t>& wave) {
    std::vector<std::size_t> left;
    for (const auto i : wave) {
      const bool for_findings = !steps_[i].findings.empty();
      KILLIFY_CHECK(drop(steps_[i], {}));
      if (!for_findings || !steps_[i].findings.empty()) left.push_back(i);
    }
    wave = std::move(left);
    return {};
  }

  // The change of a step, without what is rejected in it, or was in another one meanwhile.
  Result<Change> change_of(Step& step, const Texts& texts, StepOutcome outcome) {
    const bool for_findings = !step.findings.empty();
    while (!outcome.rejected.empty() || loses(step)) {
      KILLIFY_CHECK(drop(step, std::move(outcome.rejected)));
      if (for_findings && step.findings.empty()) return Change{};
      KILLIFY_TRY(outcome, outcome_of(facts_, step, texts));
    }
    return std::move(outcome.change);
  }

  // What takes an exported symbol away is no change of the series.
  Result<StepOutcome> outcome_of(TreeFacts& facts, const Step& step, const Texts& texts) const {
    KILLIFY_TRY(auto outcome, work_of(facts, step, texts));
    const auto lost = lost_exports(outcome.change.files, spec_.dropped_exports);
    if (lost.empty()) return outcome;
    if (step.findings.empty()) return fail("{}: {}", step.name, lost.front().why);
    StepOutcome refused;
    for (const auto& finding : step.findings)
      refused.rejected.push_back({finding, "review: " + lost.front().why});
    return refused;
  }

  Result<StepOutcome> work_of(TreeFacts& facts, const Step& step, const Texts& texts) const {
    if (step.kind == StepKind::kConvert) return convert_step(facts, spec_, step, texts);
    if (step.kind == StepKind::kPrepare) return prepare_step(facts, spec_, step, texts);
    if (step.kind == StepKind::kThread) return thread_step(facts, spec_, step, texts);
    return fail("{}: no such work", step.name);
  }

  // Whether the step has findings that were rejected.
  bool loses(const Step& step) const {
    return std::ranges::any_of(step.findings,
                               [&](const Finding& finding) { return gone_.contains(finding.id); });
  }

  // What functions a state is threaded through depends on all findings that need it.
  Status plan_all_again() {
    std::vector<Finding> findings;
    std::set<std::string> taken;
    for (const auto& step : steps_)
      for (const auto& finding : step.findings)
        if ((step.kind == StepKind::kConvert || is_asked_for(finding)) &&
            !gone_.contains(finding.id) && taken.insert(finding.id).second)
          findings.push_back(finding);
    KILLIFY_TRY(auto plan, make_plan(facts_, spec_, findings, group_));
    steps_ = std::move(plan.steps);
    lifted_.merge(plan.lifted);
    partly_ = std::move(plan.partly);
    for (auto& left : plan.left_out) {
      gone_.insert(left.finding.id);
      left_out_.push_back(std::move(left));
    }
    threads_less_ = false;
    return {};
  }

  // Whether a state was threaded for a finding that is left out now.
  void note_threads(const std::vector<LeftOut>& rejected) {
    for (const auto& left : rejected)
      for (const auto& step : steps_)
        threads_less_ =
            threads_less_ || (step.kind == StepKind::kThread &&
                              std::ranges::any_of(step.findings, [&](const Finding& one) {
                                return one.id == left.finding.id;
                              }));
  }

  // Takes from a step what was rejected in it now, or in another step before.
  Status drop(Step& step, std::vector<LeftOut> rejected) {
    note_threads(rejected);
    for (const auto& left : rejected) gone_.insert(left.finding.id);
    left_out_.insert(left_out_.end(), rejected.begin(), rejected.end());
    if (!loses(step)) return {};
    if (step.kind != StepKind::kConvert) {
      auto left = without_findings({step}, gone_);
      step.twins = left.empty() ? std::vector<Twin>() : std::move(left.front().twins);
      step.findings = left.empty() ? std::vector<Finding>() : std::move(left.front().findings);
      return {};
    }
    return plan_again(step, std::move(rejected));
  }

  // Without the rejected findings a wake-up may no longer be wanted, or a queue be shared.
  Status plan_again(Step& step, std::vector<LeftOut> rejected) {
    for (const auto& finding : step.findings) {
      bool known = std::ranges::any_of(
          rejected, [&](const LeftOut& left) { return left.finding.id == finding.id; });
      if (gone_.contains(finding.id) && !known) rejected.push_back({finding, {}});
    }
    const auto before = rejected.size();
    auto kept = without(step, rejected);
    rejected.erase(rejected.begin(), rejected.begin() + static_cast<std::ptrdiff_t>(before));
    auto group = [&](const std::string&) -> Result<std::string> { return step.group; };
    KILLIFY_TRY(auto rest, make_plan(facts_, spec_, kept, group));
    for (auto* more : {&rejected, &rest.left_out})
      for (auto& left : *more) {
        gone_.insert(left.finding.id);
        left_out_.push_back(std::move(left));
      }
    Step again;
    if (!rest.steps.empty() && rest.steps.back().kind == StepKind::kConvert)
      again = std::move(rest.steps.back());
    again.name = step.name;
    again.needs = std::move(step.needs);
    again.posting = std::move(step.posting);
    step = std::move(again);
    return {};
  }

  // Takes the rejected findings from all steps. Whether a step other than a conversion changed, so
  // that all has to be done again.
  bool prune() {
    auto signature = [](const std::vector<Step>& steps) {
      std::vector<std::string> names;
      for (const auto& step : steps) {
        if (step.kind == StepKind::kConvert) continue;
        names.push_back(step.name);
        for (const auto& twin : step.twins) names.push_back(twin.name);
      }
      return names;
    };
    auto before = signature(steps_);
    std::set<std::string> carried_out;
    for (const auto& change : changes_) carried_out.insert(change.step.name);
    std::erase_if(steps_, [&](const Step& step) { return !carried_out.contains(step.name); });
    steps_ = without_findings(std::move(steps_), gone_);
    if (signature(steps_) != before) return true;
    std::vector<Change> kept;
    for (const auto& step : steps_) {
      kept.push_back(std::move(*std::ranges::find(
          changes_, step.name,
          [](const Change& change) -> const std::string& { return change.step.name; })));
      kept.back().step = step;
    }
    changes_ = std::move(kept);
    return false;
  }

  TreeFacts& facts_;
  SeriesSpec spec_;  // the series, and drivers' wrappers in its catalogue
  const Grouper& group_;
  std::vector<Step> steps_;
  std::vector<LeftOut> left_out_;
  std::map<std::string, std::string> lifted_;  // of the plans so far
  std::map<std::string, std::string> partly_;  // of the latest
  Progress& progress_;
  std::vector<Change> changes_;  // of the steps, in their order
  std::set<std::string> gone_;   // findings that were rejected
  bool threads_less_ = false;    // some of them had a state threaded
};

}  // namespace

const std::string& Changes::audited_id(const std::string& id) const {
  const auto from = lifted.find(id);
  return from == lifted.end() ? id : from->second;
}

Result<Changes> carry_out(TreeFacts& facts, const SeriesSpec& spec, const Grouper& group, Plan plan,
                          Progress& progress) {
  auto settled = plan.settled;
  KILLIFY_TRY(auto result, Work(facts, spec, group, std::move(plan), progress).carry_out());
  result.settled = settled;
  add_other_ways(result);
  std::stable_sort(result.left_out.begin(), result.left_out.end(),
                   [](const LeftOut& a, const LeftOut& b) {
                     return std::tie(a.finding.sink.file, a.finding.sink.line, a.finding.id) <
                            std::tie(b.finding.sink.file, b.finding.sink.line, b.finding.id);
                   });
  add_staying(result);
  return result;
}

}  // namespace killify
