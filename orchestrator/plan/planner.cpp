#include "plan/planner.h"

#include "plan/objections.h"
#include "plan/postings.h"
#include "plan/preparation.h"
#include "plan/retry_loops.h"
#include "plan/thread_steps.h"
#include "plan/threading.h"
#include "plan/wait_queues.h"
#include "plan/wrappers.h"
#include "reach/audit.h"
#include "reach/sleeps.h"
#include "spec/driver.h"
#include "support/text.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace killify {
namespace {

constexpr const char* kCallPatch = "convert/call.cocci";
constexpr const char* kLoopPatch = "convert/fatal-loop.cocci";
constexpr std::string_view kReading = "Reading the call chains";

// The sleeps of one function, by primitive.
using Unit = std::map<std::string, std::vector<const Finding*>>;

class Planner {
 public:
  Planner(TreeFacts& facts, const SeriesSpec& spec, const Grouper& group)
      : facts_(facts),
        spec_(spec),
        group_(group),
        catalogue_(spec.catalogue),
        vocabulary_(facts),
        twins_(facts, catalogue_, vocabulary_, spec.passes),
        objections_(facts, spec, catalogue_, vocabulary_, twins_),
        walk_(error_walk(facts, Pending::kFatalSignal)) {}

  Result<Plan> plan(const std::vector<Finding>& audited) {
    Lifted lifted{.findings = audited, .wrappers = {}, .origins = {}};
    if (spec_.passes.add) {  // drivers' wrappers get counterparts, too
      KILLIFY_TRY(lifted, lift_wrappers(facts_, spec_.catalogue, audited));
    }
    const auto& findings = lifted.findings;
    plan_.wrappers = std::move(lifted.wrappers);
    plan_.lifted = std::move(lifted.origins);
    catalogue_.sinks.insert(catalogue_.sinks.end(), plan_.wrappers.begin(), plan_.wrappers.end());
    std::vector<const Finding*> chosen;
    std::vector<const Finding*> shared;  // need a state threaded
    for (const auto& finding : findings) {
      if (is_settled(finding)) {
        ++plan_.settled;
        continue;
      }
      KILLIFY_TRY(auto objection, objections_.to_guard(finding));
      if (objection.empty() && needs_state(finding)) {
        shared.push_back(&finding);
        continue;
      }
      if (objection.empty()) {
        KILLIFY_TRY(objection, objections_.to_conversion(finding));
      }
      if (objection.empty())
        chosen.push_back(&finding);
      else
        leave_out(finding, objection);
    }
    drop_mixed(findings, chosen);
    KILLIFY_CHECK(read_chains(chosen, shared));
    KILLIFY_CHECK(thread(shared, chosen));

    std::map<std::string, std::vector<const Finding*>> groups;
    for (const auto* finding : chosen) {
      KILLIFY_TRY(auto group, group_(finding->sink.file));
      groups[group].push_back(finding);
    }
    for (const auto* finding : shared) {
      if (is_asked_for(*finding)) continue;  // nothing passes TASK_KILLABLE for it
      KILLIFY_TRY(auto group, group_(place_of_flip(*finding)));
      groups[group].push_back(finding);
    }
    Preparation preparation(facts_, group_, twins_);
    for (auto& step : plan_.steps) KILLIFY_CHECK(prepare(step, preparation));
    std::vector<Step> conversions;
    for (const auto& [group, members] : groups) {
      KILLIFY_TRY(auto step, make_step(group, members, preparation));
      conversions.push_back(std::move(step));
    }
    for (const auto* finding : shared)
      if (const auto partly = threading_.partly.find(finding->id);
          partly != threading_.partly.end())
        plan_.partly.insert(*partly);
    auto threads = std::move(plan_.steps);
    plan_.steps = preparation.take_steps();
    std::ranges::move(threads, std::back_inserter(plan_.steps));
    std::ranges::move(conversions, std::back_inserter(plan_.steps));
    fill_enables(plan_.steps);
    std::stable_sort(plan_.left_out.begin(), plan_.left_out.end(),
                     [](const LeftOut& a, const LeftOut& b) {
                       return std::tie(a.finding.sink.file, a.finding.sink.line) <
                              std::tie(b.finding.sink.file, b.finding.sink.line);
                     });
    return std::move(plan_);
  }

 private:
  bool needs_state(const Finding& finding) const {
    return killify::needs_state(finding, catalogue_);
  }

  // With all workers: what follows asks for one function after the other.
  Status read_chains(const std::vector<const Finding*>& chosen,
                     const std::vector<const Finding*>& shared) {
    std::map<std::string, std::set<std::string>> functions;
    auto add = [&](const std::vector<Hop>& chain) {
      for (const auto& hop : chain) functions[hop.file].insert(hop.function);
    };
    for (const auto* findings : {&chosen, &shared}) {
      for (const auto* finding : *findings) {
        add(finding->chain);
        for (const auto& chain : finding->other_chains) add(chain);
      }
    }
    return facts_.read_parts(functions, false, kReading);
  }

  // Threads a state to the shared sleeps, and makes the steps of it. What is refused, would not be
  // woken, or needs a primitive that cannot be had, is left out, and adds nothing.
  Status thread(std::vector<const Finding*>& shared, std::vector<const Finding*>& chosen) {
    if (shared.empty()) return drop_unheard(chosen);
    KILLIFY_TRY(auto handlers, find_handlers(facts_, spec_.roots));
    Names names(facts_, spec_.commit.prefixes);
    Types types(facts_, names);
    FaultOnly fault_only(facts_, names, handlers);
    for (bool changed = true; changed;) {
      KILLIFY_TRY(threading_, Threader(facts_, spec_, names, types, fault_only).thread(shared));
      std::erase_if(shared, [&](const Finding* finding) {
        auto refused = threading_.refused.find(finding->id);
        if (refused == threading_.refused.end()) return false;
        leave_out(*finding, "review: " + refused->second);
        return true;
      });
      auto heard = chosen;
      heard.insert(heard.end(), shared.begin(), shared.end());
      auto before = shared.size();
      KILLIFY_CHECK(drop_unheard(heard));
      std::set<const Finding*> kept(heard.begin(), heard.end());
      std::erase_if(shared, [&](const Finding* finding) { return !kept.contains(finding); });
      std::erase_if(chosen, [&](const Finding* finding) { return !kept.contains(finding); });
      changed = shared.size() != before;
      if (changed) continue;
      KILLIFY_TRY(plan_.steps,
                  thread_steps(facts_, spec_, vocabulary_, threading_, shared, group_));
      KILLIFY_TRY(changed, drop_without_primitive(shared));
    }
    return {};
  }

  // A killable primitive that the tree lacks and the bodies of a thread step call.
  struct Lack {
    std::string killable;
    std::string user;                // a file that calls its model
    std::set<std::string> findings;  // ids of those whose ways lead through such a body
  };

  // What a thread step waits for, by the primitives that the bodies call now.
  Result<std::map<std::string, Lack>> lacks_of(const Step& step) {
    std::map<std::string, Lack> lacks;
    for (const auto& [function, primitives] : step.threads.primitives) {
      for (const auto& [model, killable] : primitives) {
        KILLIFY_TRY(bool there, vocabulary_.has(killable));
        if (there) continue;
        auto& lack = lacks.try_emplace(model, Lack{killable, function.first, {}}).first->second;
        lack.findings.merge(findings_that_want(step, function));
      }
    }
    return lacks;
  }

  // Leaves out what leads through a body with a primitive of which there is no killable form, and
  // none can be made. Whether there was such a body.
  Result<bool> drop_without_primitive(std::vector<const Finding*>& shared) {
    std::map<std::string, std::string> reasons;  // by finding
    for (const auto& step : plan_.steps) {
      KILLIFY_TRY(const auto lacks, lacks_of(step));
      for (const auto& [model, lack] : lacks) {
        KILLIFY_TRY(const auto why, twins_.plan(model, lack.killable, lack.user));
        if (why.empty()) continue;
        for (const auto& id : lack.findings)
          reasons.try_emplace(
              id, fmt::format("waits for a missing primitive: {}(): {}", lack.killable, why));
      }
    }
    auto dropped = std::erase_if(shared, [&](const Finding* finding) {
      auto reason = reasons.find(finding->id);
      if (reason == reasons.end()) return false;
      leave_out(*finding, reason->second);
      return true;
    });
    return dropped > 0;
  }

  // What the bodies of a step call that the tree lacks comes before it.
  Status prepare(Step& step, Preparation& preparation) {
    Step served;  // of no driver, so that no function is made in the step itself
    KILLIFY_TRY(const auto lacks, lacks_of(step));
    for (const auto& [model, lack] : lacks)
      for (const auto& finding : step.findings)
        if (lack.findings.contains(finding.id))
          KILLIFY_CHECK(preparation.serve(finding, lack.killable, served));
    step.needs.insert(step.needs.end(), served.needs.begin(), served.needs.end());
    return {};
  }

  // The file of the function on the finding's chain that passes TASK_KILLABLE.
  std::string place_of_flip(const Finding& finding) const {
    const auto& flips = threading_.flips.at(finding.id);
    for (const auto& hop : finding.chain)
      if (flips.contains({hop.file, hop.function})) return hop.file;
    return flips.begin()->first;
  }

  // The name that a function has when the conversions are made.
  std::string name_of(const std::string& file, const std::string& function) const {
    auto form = threading_.forms.find({file, function});
    return form == threading_.forms.end() ? function : form->second.renamed;
  }

  // The same of the primitive that a finding sleeps in.
  std::string sleep_of(const Finding& finding) const {
    const auto* sink = catalogue_.find(finding.sink.name);
    for (const auto& [key, form] : threading_.forms)
      if (key.second == sink->name && needs_state(finding)) return form.renamed;
    return sink->counterpart.value_or(sink->name);
  }

  void leave_out(const Finding& finding, std::string reason) {
    plan_.left_out.push_back({finding, std::move(reason)});
  }

  // A semantic patch converts all calls of a primitive in a function or none: where one of them is
  // to be left alone, all are.
  void drop_mixed(const std::vector<Finding>& all, std::vector<const Finding*>& chosen) {
    auto same_calls = [](const Finding& a, const Finding& b) {
      return std::tie(a.sink.file, a.sink.function, a.sink.name) ==
             std::tie(b.sink.file, b.sink.function, b.sink.name);
    };
    std::set<const Finding*> keep(chosen.begin(), chosen.end());
    std::erase_if(chosen, [&](const Finding* finding) {
      bool mixed = std::any_of(all.begin(), all.end(), [&](const Finding& other) {
        return !keep.contains(&other) && same_calls(*finding, other);
      });
      if (mixed)
        leave_out(*finding, fmt::format("review: another call of {}() in {}() is to stay",
                                        finding->sink.name, finding->sink.function));
      return mixed;
    });
  }

  // Waits whose wake-ups would not reach a killable sleeper. Dropping one wait can make it an
  // interruptible waiter that stays beside another one, so this goes on until nothing changes.
  Status drop_unheard(std::vector<const Finding*>& chosen) {
    for (bool changed = true; changed;) {
      changed = false;
      std::set<Place> converted;
      for (const auto* finding : chosen) converted.emplace(finding->sink.file, finding->sink.line);
      std::vector<const Finding*> kept;
      for (const auto* finding : chosen) {
        KILLIFY_TRY(auto objection, wake_up_objection(*finding, converted));
        if (objection.empty()) {
          kept.push_back(finding);
        } else {
          leave_out(*finding, "review: " + objection);
          changed = true;
        }
      }
      chosen = std::move(kept);
    }
    return {};
  }

  Result<std::string> wake_up_objection(const Finding& finding, const std::set<Place>& converted) {
    if (is_asked_for(finding)) return std::string();
    const auto* sink = catalogue_.find(finding.sink.name);
    auto driver = driver_of(finding.sink.file, spec_.commit.prefixes);
    KILLIFY_TRY(auto queues, queues_of(finding));
    for (const auto& queue : queues) {
      KILLIFY_TRY(auto judgement, judge_queue(facts_, catalogue_, queue, driver, converted));
      if (!judgement.objection.empty()) return judgement.objection;
    }
    if (!sink->queue && sink->condition.kind == SinkCondition::Kind::kArgumentState)
      return judge_task_wakeups(facts_, catalogue_, driver);
    return std::string();
  }

  // The wait queues that a finding sleeps on, as expressions: what the primitive names, or what a
  // function on the chain puts the task on before it sleeps by set_current_state() and its like.
  Result<std::set<std::string>> queues_of(const Finding& finding) {
    const auto* sink = catalogue_.find(finding.sink.name);
    if (sink->queue) return std::set<std::string>{finding.sink.object};
    std::set<std::string> queues;
    if (sink->condition.kind != SinkCondition::Kind::kArgumentState) return queues;
    for (const auto& hop : finding.chain) {
      KILLIFY_TRY(const auto* facts, facts_.part_with(hop.file, hop.function, kReading));
      for (const auto* call : facts->calls_in(hop.function))
        if (call->callee.find("add_wait_queue") != std::string::npos && !call->arguments.empty())
          queues.insert(plain_expression(call->arguments.front()));
    }
    return queues;
  }

  Result<Step> make_step(const std::string& group, const std::vector<const Finding*>& findings,
                         Preparation& preparation) {
    Step step;
    step.name = fmt::format("{} {}", kind_name(step.kind), group);
    step.group = group;
    std::map<std::pair<std::string, std::string>, Unit> units;  // by file and function
    for (const auto* finding : findings) {
      step.findings.push_back(*finding);
      if (needs_state(*finding)) {
        add_flips(step, *finding);
        continue;
      }
      units[{finding->sink.file, finding->sink.function}][finding->sink.name].push_back(finding);
    }
    for (const auto& [where, unit] : units) add_conversions(step, where.first, where.second, unit);
    if (spec_.on_fatal_signal)
      for (const auto* finding : findings) KILLIFY_CHECK(add_fatal_results(step, *finding));
    KILLIFY_CHECK(add_wake_ups(step, findings));
    std::set<std::string> files;
    for (const auto& run : step.runs) files.insert(run.file);
    step.files.assign(files.begin(), files.end());
    for (const auto* finding : findings) {
      if (needs_state(*finding)) continue;
      const auto* sink = catalogue_.find(finding->sink.name);
      KILLIFY_CHECK(preparation.serve(*finding, sink->counterpart.value_or(sink->name), step));
      for (const auto& guard : objections_.guards_to_make(finding->id))
        KILLIFY_CHECK(preparation.serve(*finding, guard, step));
    }
    KILLIFY_CHECK(preparation.finish(step));
    step.reason = reason_of(findings, group);
    return step;
  }

  std::string reason_of(const std::vector<const Finding*>& findings,
                        const std::string& group) const {
    const auto shared = static_cast<std::size_t>(std::ranges::count_if(
        findings, [&](const Finding* finding) { return needs_state(*finding); }));
    const auto alone = findings.size() - shared;
    std::vector<std::string> reasons;
    if (alone > 0)
      reasons.push_back(fmt::format("only {} come to {} of {}", spec_.words.roots,
                                    shared > 0   ? counted(alone, "sleep")
                                    : alone == 1 ? "this sleep"
                                                 : "these sleeps",
                                    group));
    if (shared > 0)
      reasons.push_back(
          fmt::format("{} that other callers share {} TASK_KILLABLE from the faults",
                      alone > 0 ? counted(shared, "sleep") : (shared == 1 ? "a sleep" : "sleeps"),
                      shared == 1 ? "gets" : "get"));
    return join(reasons, "; ");
  }

  void add_run(Step& step, PatchRun run) {
    if (std::find(step.runs.begin(), step.runs.end(), run) == step.runs.end())
      step.runs.push_back(std::move(run));
  }

  void add_flips(Step& step, const Finding& finding) {
    const auto& flips = threading_.flips.at(finding.id);
    step.flips[finding.id] = flips;
    for (const auto& flip : flips)
      for (auto& run : flip_runs(threading_, flip)) add_run(step, std::move(run));
    for (const auto& [key, form] : threading_.forms) step.renamed[key] = form.renamed;
    for (const auto& earlier : plan_.steps)
      for (const auto& needed : earlier.findings)
        if (needed.id == finding.id &&
            std::ranges::find(step.needs, earlier.name) == step.needs.end())
          step.needs.push_back(earlier.name);
  }

  void add_conversions(Step& step, const std::string& file, const std::string& function,
                       const Unit& unit) {
    std::map<std::string, PatchRun> runs;
    for (const auto& [name, findings] : unit) {
      const auto* sink = catalogue_.find(name);
      if (const auto& own = spec_.passes.apply; !own.empty()) {
        add_run(step, call_run(own, file, function, *sink));
        continue;
      }
      auto patch = "convert/" + sink->family + ".cocci";
      if (patch == kCallPatch) {  // knows no names of its own
        add_run(step,
                {patch, file, {{"fn", function}, {"from", name}, {"to", *sink->counterpart}}});
        continue;
      }
      auto& run = runs[patch];
      run.patch = patch;
      run.file = file;
      run.defines["fn"] = function;
      run.defines[name] = "";
    }
    for (auto& [patch, run] : runs) add_run(step, std::move(run));
  }

  // The campaign's semantic patch on the calls of one primitive in a function.
  static PatchRun call_run(const std::string& patch, const std::string& file,
                           const std::string& function, const Sink& sink) {
    PatchRun run{patch, file, {{"fn", function}, {"from", sink.name}, {"to", *sink.counterpart}}};
    if (!sink.counterpart_returns) run.defines["returns_nothing"] = "";
    if (sink.unbounded) run.defines["unbounded"] = "";
    return run;
  }

  // In each function on the chain that returns a fault result: what it returns when its callee
  // reports the signal, and an exit of its retry loop.
  Status add_fatal_results(Step& step, const Finding& finding) {
    const auto* sink = catalogue_.find(finding.sink.name);
    auto sleep = sleep_of(finding);
    KILLIFY_TRY(bool only_signal, means_a_signal(finding, *sink));
    bool says_success = false;
    for (auto hop = finding.chain.rbegin(); hop != finding.chain.rend(); ++hop) {
      KILLIFY_TRY(const auto* facts, facts_.part_with(hop->file, hop->function, kReading));
      const auto* function = facts->function(hop->function);
      if (function != nullptr && is_fault_result(function->returns)) {
        PatchRun returns{
            kFatalReturn,
            hop->file,
            {{"fn", hop->function}, {"sleep", sleep}, {"result", *spec_.on_fatal_signal}}};
        if (only_signal) returns.defines["only_signal"] = "";
        if (says_success) returns.defines["says_success"] = "";
        if (!finding.translator.empty() && finding.on_signal == "VM_FAULT_NOPAGE" &&
            (fails_variously(finding, step) || !sink->error.empty())) {
          returns.defines["translator"] = finding.translator;
          if (fails_variously(finding, step))
            returns.defines["any_error"] = "";
          else
            returns.defines["errno"] = sink->error.substr(sink->error.find_first_not_of('-'));
        }
        add_run(step, std::move(returns));
        if (hop == finding.chain.rbegin())
          add_run(step, {"convert/fatal-exit.cocci",
                         hop->file,
                         {{"fn", hop->function}, {"result", *spec_.on_fatal_signal}}});
      }
      sleep = name_of(hop->file, hop->function);
      only_signal = false;  // a helper has errors of its own
      if (function != nullptr && function->returns == "bool") {
        const std::vector<Hop> way(hop.base() - 1, finding.chain.end());
        KILLIFY_TRY(const auto found, walk_.ways({way, sink->name, sink->error}));
        says_success = returns_zero(found.ends);
      } else {
        says_success = false;
      }
    }
    return add_loop_exits(step, finding, *sink);
  }

  // What repeats the sleep because of its error, or a helper because of that.
  Status add_loop_exits(Step& step, const Finding& finding, const Sink& sink) {
    if (needs_state(finding)) return {};  // others go round these loops, too
    KILLIFY_TRY(const auto calls, repeated_calls(walk_, finding, sink));
    for (const auto& call : calls)
      add_run(step, {kLoopPatch,
                     call.file,
                     {{"fn", call.function},
                      {"sleep", call.callee.empty() ? sleep_of(finding)
                                                    : name_of(call.calls_in, call.callee)}}});
    return {};
  }

  // Whether all calls of the primitive in the function that sleeps fail because of a signal only.
  Result<bool> means_a_signal(const Finding& finding, const Sink& sink) {
    if (needs_state(finding)) return false;
    KILLIFY_TRY(const auto* facts,
                facts_.part_with(finding.sink.file, finding.sink.function, kReading));
    const auto calls = facts->calls_in(finding.sink.function);
    return std::ranges::all_of(calls, [&](const CallFact* call) {
      return call->callee != sink.name || fails_on_signal_only(sink, call->arguments);
    });
  }

  // Whether all ends return 0 or false.
  static bool returns_zero(const FlowEnds& ends) {
    return !ends.empty() && std::ranges::all_of(ends, [](const FlowEnd& end) {
      return end.kind == FlowEnd::Kind::kReturns && end.value.truth == Truth::kFalse;
    });
  }

  // Whether sleeps of other errors come the same way to the handler's return.
  bool fails_variously(const Finding& finding, const Step& step) const {
    return std::ranges::any_of(step.findings, [&](const Finding& other) {
      return needs_state(other) && other.handler.function == finding.handler.function &&
             other.handler.file == finding.handler.file;
    });
  }

  bool is_fault_result(const std::string& type) const {
    return std::any_of(spec_.roots.begin(), spec_.roots.end(),
                       [&](const RootSpec& root) { return root.returns == type; });
  }

  Status add_wake_ups(Step& step, const std::vector<const Finding*>& findings) {
    std::set<Place> converted;
    for (const auto* finding : findings) converted.emplace(finding->sink.file, finding->sink.line);
    std::set<std::string> queues;
    for (const auto* finding : findings) {
      auto driver = driver_of(finding->sink.file, spec_.commit.prefixes);
      KILLIFY_TRY(auto names, queues_of(*finding));
      for (const auto& name : names) {
        KILLIFY_TRY(auto judgement, judge_queue(facts_, catalogue_, name, driver, converted));
        for (const auto& [file, wakers] : judgement.wakers) {
          PatchRun run{"convert/wake_up.cocci", file, {{"queue", judgement.queue}}};
          for (const auto& waker : wakers) run.defines[waker] = "";
          add_run(step, std::move(run));
          queues.insert(name);
        }
      }
    }
    step.queues.assign(queues.begin(), queues.end());
    return {};
  }

  TreeFacts& facts_;
  const SeriesSpec& spec_;
  const Grouper& group_;
  Catalogue catalogue_;  // the series', and drivers' wrappers
  Vocabulary vocabulary_;
  TwinPlanner twins_;
  Objections objections_;
  ErrorWalk walk_;
  Threading threading_;
  Plan plan_;
};

}  // namespace

bool needs_state(const Finding& finding, const Catalogue& catalogue) {
  if (finding.verdict == Verdict::kThread) return true;
  const auto* sink = catalogue.find(finding.sink.name);
  return finding.verdict == Verdict::kConvert && sink != nullptr &&
         sink->condition.kind == SinkCondition::Kind::kArgumentTrue;
}

Result<Plan> make_plan(TreeFacts& facts, const SeriesSpec& spec,
                       const std::vector<Finding>& findings, const Grouper& group) {
  KILLIFY_TRY(auto plan, Planner(facts, spec, group).plan(findings));
  divide_into_postings(plan.steps, spec.commit.prefixes, spec.cover.patches);
  return plan;
}

}  // namespace killify
