#include "series/conversion_check.h"

#include "facts/told_macros.h"
#include "plan/thread_steps.h"
#include "reach/audit.h"
#include "reach/fault_result.h"
#include "reach/signal_result.h"
#include "reach/sleeps.h"
#include "series/signal_case.h"
#include "series/stale_code.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <set>

namespace killify {

// The check of one finding.
class FindingChecker {
 public:
  FindingChecker(ConversionChecker& step, const Finding& finding)
      : checker_(step), step_(step.step_), finding_(finding), catalogue_(step.catalogue_) {}

  Result<ConversionCheck> check() {
    if (step_.flips.contains(finding_.id))
      KILLIFY_CHECK(check_flips());
    else
      KILLIFY_CHECK(check_leftovers());
    if (!result_.objection.empty() || !checker_.on_fatal_signal_) return result_;
    KILLIFY_CHECK(follow_signal());
    if (!result_.objection.empty()) return result_;
    KILLIFY_CHECK(follow_tokens());
    if (!result_.objection.empty()) return result_;
    result_.on_fatal = result_of_fatal_signal();
    // Where the semantic patch cannot tell, the tokens do.
    std::erase_if(exits_, [](const SignalExit& exit) { return exit.returns == "unknown"; });
    if (exits_.empty() || ends_fault(exits_)) return result_;
    KILLIFY_TRY(auto guarded, guarded_exit());
    if (guarded.empty()) result_.objection = objection();
    return result_;
  }

  // The ways from the handler to the sleep, each of which has to end the fault. The lines have
  // moved: wherever a function of the chain makes the call that leads on, its error is followed.
  Result<std::vector<SleepPath>> ways() {
    if (!step_.flips.contains(finding_.id)) return ways_to_call();
    return ways_to_flips();
  }

 private:
  // The functions that say which signals count call the state-taking forms, and no longer what
  // these were before.
  Status check_flips() {
    for (const auto& [file, function] : step_.flips.at(finding_.id)) {
      KILLIFY_TRY(const auto* text, checker_.sketch(file));
      bool passes = false;
      for (const auto& call : text->calls()) {
        if (call.function < 0 || call.through_field ||
            text->functions()[static_cast<std::size_t>(call.function)].name != function)
          continue;
        auto arguments = text->arguments(call);
        bool killable = std::ranges::find(arguments, "TASK_KILLABLE") != arguments.end();
        passes = passes || killable;
        bool uninterruptible = std::ranges::find(arguments, "false") != arguments.end();
        for (const auto& [key, renamed] : step_.renamed)
          if (key.second == call.callee && renamed != key.second && !uninterruptible)
            result_.objection =
                fmt::format("the semantic patch does not convert the call of {}() in {}()",
                            key.second, function);
      }
      passes = check_objects(*text, file, function) || passes;
      if (!passes && result_.objection.empty())
        result_.objection = fmt::format("{}() passes TASK_KILLABLE to nothing", function);
    }
    return {};
  }

  // Whether the objects that the function makes say so, too.
  bool check_objects(const Sketch& text, const std::string& file, const std::string& function) {
    bool killable = false;
    for (const auto& run : step_.runs) {
      if (run.patch != kObjectPatch || run.file != file || run.defines.at("fn") != function)
        continue;
      const auto& member = run.defines.at("to");
      const auto look_at = [&](std::string_view state) {
        if (state == kKillableState)
          killable = true;
        else if (state == "TASK_INTERRUPTIBLE")
          result_.objection = fmt::format("the semantic patch does not convert {}.{} in {}()",
                                          run.defines.at("context"), member, function);
      };
      if (const auto index = run.defines.find("index"); index != run.defines.end())
        for (const auto& object : objects_in(text, run.defines.at("context"), member,
                                             static_cast<unsigned>(std::stoul(index->second))))
          if (object.kind == MadeObject::Kind::kPlaced && object.function == function)
            look_at(*object.value);
      for (const auto& extent : text.functions()) {
        if (extent.name != function) continue;
        const auto tokens = tokens_of(text.text());
        for (std::size_t i = 1; i + 2 < tokens.size(); ++i) {
          if (tokens[i].line < extent.first || tokens[i].line > extent.last ||
              tokens[i].text != member || tokens[i - 1].text != "." || tokens[i + 1].text != "=")
            continue;
          look_at(tokens[i + 2].text);
        }
      }
    }
    return killable;
  }

  Status check_leftovers() {
    const auto& path = finding_.sink.file;
    KILLIFY_TRY(const auto* text, checker_.sketch(path));
    const auto& after = checker_.after_.at(path);
    if (!after.why.empty()) {
      result_.objection = after.why;
      return {};
    }
    auto functions = after.functions_named(finding_.sink.function);
    if (functions.empty() || std::any_of(functions.begin(), functions.end(),
                                         [](const FunctionFact* f) { return !f->parsed; })) {
      result_.objection =
          fmt::format("spatch cannot parse {}() after the conversion", finding_.sink.function);
      return {};
    }
    auto tokens = tokens_of(text->text());
    for (const auto* function : functions)
      for (const auto& sleep : sleeps_in(*function, after, tokens, catalogue_))
        if (sleep.sink->name == finding_.sink.name && sleep.condition.holds != Truth::kFalse)
          result_.objection =
              sleep.sink->unbounded
                  ? fmt::format(
                        "nothing bounds this wait, and a signal may be the only way out of "
                        "{}()",
                        finding_.sink.name)
                  : fmt::format("the semantic patch does not convert this use of {}()",
                                finding_.sink.name);
    if (!result_.objection.empty() || !checker_.by_calls_) return {};
    KILLIFY_TRY(const auto* before, checker_.facts_.sketch(path));
    result_.objection = stale_code(*before, *text, finding_.sink.function);
    return note_repeats();
  }

  // Asked of the old text.
  Status note_repeats() {
    const auto* sink = catalogue_.find(finding_.sink.name);
    auto chains = finding_.other_chains;
    chains.insert(chains.begin(), finding_.chain);
    for (const auto& chain : chains) {
      KILLIFY_TRY(const auto found, checker_.base_walk_.ways({chain, sink->name, sink->error}));
      result_.repeated = result_.repeated || !found.repeats.empty();
    }
    return {};
  }

  // The line of the finding's call after the change: of several calls in one function, each has a
  // result of its own. Their order is what it was. 0: any in the function.
  Result<int> line_now() {
    const auto& sink = finding_.sink;
    KILLIFY_TRY(const auto* before,
                checker_.facts_.part_with(sink.file, sink.function, "Reading what was changed"));
    const auto& after = checker_.after_.at(sink.file);
    const auto was = lines_of_calls(*before, sink.name);
    const auto is =
        lines_of_calls(after, catalogue_.find(sink.name)->counterpart.value_or(sink.name));
    const auto found = std::ranges::find(was, sink.line);
    return was.size() == is.size() && found != was.end()
               ? is[static_cast<std::size_t>(found - was.begin())]
               : 0;
  }

  std::vector<int> lines_of_calls(const SourceFacts& facts, const std::string& callee) const {
    std::vector<int> lines;
    for (const auto* call : facts.calls_in(finding_.sink.function))
      if (call->callee == callee) lines.push_back(call->line);
    return lines;
  }

  Status follow_signal() {
    if (!step_.flips.contains(finding_.id) && finding_.other_chains.size() >= kMaxOtherChains) {
      result_.objection = fmt::format("more than {} ways lead from {}() to {}()", kMaxOtherChains,
                                      finding_.handler.function, finding_.sink.function);
      return {};
    }
    KILLIFY_TRY(const auto all, ways());
    for (const auto& way : all) {
      KILLIFY_TRY(auto exits, checker_.results_.exits(way));
      exits_.insert(exits_.end(), exits.begin(), exits.end());
    }
    return {};
  }

  // Every way of the new code from the failed sleep ends the fault, and none comes to the sleep
  // again: by the tokens alone, whatever the semantic patches make of them.
  Status follow_tokens() {
    KILLIFY_TRY(auto all, ways());
    // What takes a state fails with an error, though what sleeps in there may only say that a
    // signal is pending: one of these two.
    if (step_.flips.contains(finding_.id))
      for (std::size_t i = all.size(); i-- > 0;)
        if (all[i].error.empty()) {
          all[i].error = "-EINTR";
          all.push_back(all[i]);
          all.back().error = "-ERESTARTSYS";
        }
    for (const auto& way : all) {
      KILLIFY_TRY(const auto found, checker_.walk_.ways(way));
      for (const auto hop : found.repeats)
        result_.objection = loops() ? objection() : repeats(way, hop);
      ends_.insert(found.ends.begin(), found.ends.end());
    }
    if (result_.objection.empty()) KILLIFY_CHECK(look_below_flips());
    if (result_.objection.empty() && !ends_fault(ends_, retry_succeeds())) {
      result_.objection = objection_to_ends();
      for (const auto& end : ends_)
        if (end.kind == FlowEnd::Kind::kReturns && end.value.text == kNoPage &&
            !end.mmap_lock_dropped)
          result_.retried_at.insert(end.line);
    }
    return {};
  }

  // Whether VM_FAULT_RETRY counts as success. Where other handlers come to the same sleep and it
  // does not from them, they decide: to this one it means what it meant before.
  bool retry_succeeds() const {
    for (const auto& other : step_.findings)
      if (other.sink.file == finding_.sink.file && other.sink.line == finding_.sink.line &&
          !other.handler.retry_succeeds)
        return false;
    return finding_.handler.retry_succeeds;
  }

  // Below the function that passes TASK_KILLABLE all is as it was: a loop that repeats the sleep
  // still does.
  Status look_below_flips() {
    const auto flips = step_.flips.find(finding_.id);
    if (flips == step_.flips.end()) return {};
    const auto* sink = catalogue_.find(finding_.sink.name);
    auto chains = finding_.other_chains;
    chains.insert(chains.begin(), finding_.chain);
    for (const auto& chain : chains) {
      const SleepPath way{chain, sink->name, sink->error};
      KILLIFY_TRY(const auto found, checker_.base_walk_.ways(way));
      std::size_t flip = 0;
      while (flip < chain.size() &&
             !flips->second.contains({chain[flip].file, chain[flip].function}))
        ++flip;
      for (const auto hop : found.repeats)
        if (hop > flip) result_.objection = repeats(way, hop);
    }
    return {};
  }

  static std::string repeats(const SleepPath& way, std::size_t hop) {
    return fmt::format("{}() may call {}() again under a fatal signal", way.chain[hop].function,
                       hop + 1 < way.chain.size() ? way.chain[hop + 1].function : way.sleep);
  }

  std::string objection_to_ends() const {
    const auto& handler = finding_.handler.function;
    for (const auto& end : ends_) {
      const auto& result = end.value.text;
      if (end.kind != FlowEnd::Kind::kReturns || ends_fault({end}, retry_succeeds())) continue;
      if (result == kRetryFault && retry_succeeds())
        return fmt::format("{}() would still return {}, which counts as success from {}", handler,
                           kRetryFault, finding_.handler.field);
      if (result == kRetryFault)
        return fmt::format("{}() would still return {} without mmap_lock dropped", handler,
                           kRetryFault);
      if (!result.empty())
        return fmt::format("{}() would return {} under a fatal signal", handler, result);
    }
    return fmt::format("what {}() returns on a fatal signal cannot be told (unknown)", handler);
  }

  // All ways to the call itself.
  Result<std::vector<SleepPath>> ways_to_call() {
    KILLIFY_TRY(const auto line, line_now());
    const auto* sink = catalogue_.find(finding_.sink.name);
    auto chains = finding_.other_chains;
    chains.insert(chains.begin(), finding_.chain);
    std::vector<SleepPath> ways;
    for (auto& chain : chains) {
      for (auto& hop : chain) hop.line = 0;
      chain.back().line = line;
      ways.push_back({std::move(chain), sink->counterpart.value_or(sink->name), sink->error});
    }
    return ways;
  }

  // Below the function that passes TASK_KILLABLE all is as it was, but for the signals that count:
  // each call there of a function that takes a state may fail, by whatever way it gets to the
  // sleep.
  std::vector<SleepPath> ways_to_flips() const {
    const auto* sink = catalogue_.find(finding_.sink.name);
    const auto& flips = step_.flips.at(finding_.id);
    auto chains = finding_.other_chains;
    chains.insert(chains.begin(), finding_.chain);
    std::set<std::string> seen;
    std::vector<SleepPath> ways;
    for (auto& chain : chains) {
      auto flip = std::ranges::find_if(chain, [&](const Hop& hop) {
        return flips.contains({hop.file, hop.function});
      });
      if (flip == chain.end()) continue;
      auto next = flip + 1;
      auto callee =
          next == chain.end() ? name_now("", sink->name) : name_now(next->file, next->function);
      chain.erase(next, chain.end());
      std::string text = callee;
      for (auto& hop : chain) {
        hop.line = 0;
        text += " < " + hop.function;
      }
      if (seen.insert(text).second) ways.push_back({chain, callee, sink->error});
    }
    return ways;
  }

  // What a function is called now; without a file, whatever defines it.
  std::string name_now(const std::string& file, const std::string& function) const {
    for (const auto& [key, renamed] : step_.renamed)
      if (key.second == function && (file.empty() || key.first == file)) return renamed;
    return function;
  }

  // What the handler returns when it has an error and a fatal signal is pending, where that is
  // asked right before its only other return: an error that is made good on the way ends in a
  // success, and no way leads past the look at the signal. "" where it is not so.
  Result<std::string> guarded_exit() {
    if (loops()) return std::string();
    KILLIFY_TRY(const auto* text, checker_.sketch(finding_.handler.file));
    for (const auto& extent : text->functions()) {
      if (extent.name != finding_.handler.function) continue;
      std::vector<std::string> words;
      std::vector<std::size_t> returns;
      for (const auto& token : tokens_of(text->text())) {
        if (token.directive || token.line < extent.first || token.line > extent.last) continue;
        if (token.text == "return") returns.push_back(words.size());
        words.emplace_back(token.text);
      }
      // if ( err && fatal_signal_pending ( current ) ) return RESULT ; return maker ( err ) ;
      if (returns.size() != 2 || returns[1] != returns[0] + 3 || returns[0] < 10)
        return std::string();
      const auto guard = returns[0] - 10;
      const auto last = returns[1];
      if (last + 4 >= words.size()) return std::string();
      const bool asked = words[guard] == "if" && words[guard + 3] == "&" &&
                         words[guard + 4] == "&" && words[guard + 5] == "fatal_signal_pending" &&
                         words[guard + 2] == words[last + 3] && words[last + 2] == "(" &&
                         words[last + 4] == ")";
      return asked ? words[returns[0] + 1] : std::string();
    }
    return std::string();
  }

  // Whether the semantic patch says that the sleep comes again.
  bool loops() const {
    return std::ranges::any_of(exits_, [](const SignalExit& exit) { return exit.loops; });
  }

  std::string objection() const {
    if (loops())
      return fmt::format(
          "{}() would still loop under a fatal signal, and no rule gives that loop an exit",
          finding_.sink.function);
    auto worst = worst_exit(exits_);
    if (worst.returns == kRetryFault && !worst.mmap_lock_dropped)
      return fmt::format("{}() would still return VM_FAULT_RETRY without mmap_lock dropped",
                         finding_.handler.function);
    if (worst.returns == "unknown")
      return fmt::format("what {}() returns on a fatal signal cannot be told",
                         finding_.handler.function);
    return fmt::format("{}() would still return {} under a fatal signal", finding_.handler.function,
                       worst.returns);
  }

  // What the new code returns, as its tokens show it.
  std::string result_of_fatal_signal() const {
    std::set<std::string> results;
    for (const auto& end : ends_)
      results.insert(end.ignored && !is_fault_error(end.value.text) ? "ignored" : end.value.text);
    if (results.size() > 1) results.erase("ignored");
    return fmt::format("{}", fmt::join(results, " or "));
  }

  ConversionChecker& checker_;
  const Step& step_;
  const Finding& finding_;
  const Catalogue& catalogue_;
  std::vector<SignalExit> exits_;
  FlowEnds ends_;
  ConversionCheck result_;
};

ConversionChecker::ConversionChecker(TreeFacts& facts, const SeriesSpec& spec, const Step& step,
                                     const Texts& texts)
    : facts_(facts),
      step_(step),
      texts_(texts),
      catalogue_(spec.catalogue),
      on_fatal_signal_(spec.on_fatal_signal.has_value()),
      by_calls_(!spec.passes.apply.empty()),
      results_(
          ask_with(facts.coccinelle()), [this](const std::string& path) { return sketch(path); },
          locate_in_snapshot(facts)),
      walk_([this](const std::string& path) { return sketch(path); }, locate_in_snapshot(facts),
            locate_macro_in_snapshot(facts), Pending::kFatalSignal),
      base_walk_(error_walk(facts, Pending::kFatalSignal)) {}

Status ConversionChecker::ask_ahead() {
  std::map<std::string, std::set<std::string>> functions;
  for (const auto& finding : step_.findings)
    if (!step_.flips.contains(finding.id))
      functions[finding.sink.file].insert(finding.sink.function);
  std::vector<Question> questions;
  for (const auto& [path, names] : functions) {
    KILLIFY_TRY(const auto* text, sketch(path));
    KILLIFY_TRY(auto macros, told_macros(facts_, *text));
    questions.push_back({{path, with_bodies_of(*text, names, false), std::move(macros)}, {}});
  }
  KILLIFY_TRY(const auto answers,
              facts_.coccinelle().run_all(kSourcePatch, {}, questions, [](const Question&) {}));
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const auto& path = questions[i].source.path;
    KILLIFY_TRY(const auto* text, sketch(path));
    after_[path] = facts_from(path, *text, answers[i]);
  }
  if (!on_fatal_signal_) return {};
  std::vector<SleepPath> paths;
  for (const auto& finding : step_.findings) {
    KILLIFY_TRY(auto ways, FindingChecker(*this, finding).ways());
    std::ranges::move(ways, std::back_inserter(paths));
  }
  return results_.ask_ahead(paths);
}

Result<ConversionCheck> ConversionChecker::check(const Finding& finding) {
  return FindingChecker(*this, finding).check();
}

Result<const Sketch*> ConversionChecker::sketch(const std::string& path) {
  auto it = texts_.find(path);
  if (it == texts_.end()) return facts_.sketch(path);
  auto& kept = changed_[path];
  if (kept == nullptr) {
    KILLIFY_TRY(kept, facts_.sketch_of(it->second));
  }
  return kept.get();
}

}  // namespace killify
