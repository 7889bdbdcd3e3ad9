#include "series/conversion_check.h"

#include "plan/thread_steps.h"
#include "reach/audit.h"
#include "reach/signal_result.h"
#include "reach/sleeps.h"

#include <algorithm>
#include <memory>
#include <set>

namespace killify {
namespace {

constexpr const char* kSourcePatch = "facts/source.cocci";

class Checker {
 public:
  Checker(TreeFacts& facts, const SeriesSpec& spec, const Step& step, const Finding& finding,
          const Texts& texts)
      : facts_(facts),
        step_(step),
        finding_(finding),
        texts_(texts),
        catalogue_(spec.catalogue),
        on_fatal_signal_(spec.on_fatal_signal.has_value()) {}

  Result<ConversionCheck> check() {
    if (step_.flips.contains(finding_.id))
      KILLIFY_CHECK(check_flips());
    else
      KILLIFY_CHECK(check_leftovers());
    if (!result_.objection.empty() || !on_fatal_signal_) return result_;
    KILLIFY_CHECK(follow_signal());
    if (!result_.objection.empty()) return result_;
    result_.on_fatal = result_of_fatal_signal();
    if (ends_fault(exits_)) return result_;
    KILLIFY_TRY(auto guarded, guarded_exit());
    if (guarded.empty())
      result_.objection = objection();
    else
      result_.on_fatal = guarded;
    return result_;
  }

 private:
  // A file as the change leaves it.
  Result<const Sketch*> sketch(const std::string& path) {
    auto it = texts_.find(path);
    if (it == texts_.end()) return facts_.sketch(path);
    auto& kept = changed_[path];
    if (kept == nullptr) kept = Sketch::of(it->second);
    return kept.get();
  }

  // The functions that say which signals count call the state-taking forms, and no longer what
  // these were before.
  Status check_flips() {
    for (const auto& [file, function] : step_.flips.at(finding_.id)) {
      KILLIFY_TRY(const auto* text, sketch(file));
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
    KILLIFY_TRY(const auto* text, sketch(path));
    KILLIFY_TRY(auto answer, facts_.coccinelle().run(kSourcePatch, {}, {path, text->text()}));
    auto after = facts_from(path, *text, answer);
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
          result_.objection = fmt::format("the semantic patch does not convert this use of {}()",
                                          finding_.sink.name);
    return find_line(after);
  }

  // Where the call of the finding is now: of several calls in one function, each has a result of
  // its own. Their order is what it was.
  Status find_line(const SourceFacts& after) {
    KILLIFY_TRY(const auto* before, facts_.of(finding_.sink.file));
    const auto* sink = catalogue_.find(finding_.sink.name);
    const auto was = lines_of_calls(*before, finding_.sink.name);
    const auto is = lines_of_calls(after, sink->killable.value_or(sink->name));
    const auto found = std::ranges::find(was, finding_.sink.line);
    if (was.size() == is.size() && found != was.end())
      line_ = is[static_cast<std::size_t>(found - was.begin())];
    return {};
  }

  std::vector<int> lines_of_calls(const SourceFacts& facts, const std::string& callee) const {
    std::vector<int> lines;
    for (const auto* call : facts.calls_in(finding_.sink.function))
      if (call->callee == callee) lines.push_back(call->line);
    return lines;
  }

  // Every way from the handler to the sleep has to end the fault. The lines have moved: wherever a
  // function of the chain makes the call that leads on, its error is followed.
  Status follow_signal() {
    std::vector<SleepPath> ways;
    if (step_.flips.contains(finding_.id)) {
      KILLIFY_TRY(ways, ways_to_flips());
    } else if (finding_.other_chains.size() >= kMaxOtherChains) {
      result_.objection = fmt::format("more than {} ways lead from {}() to {}()", kMaxOtherChains,
                                      finding_.handler.function, finding_.sink.function);
      return {};
    } else {
      ways = all_ways();
    }
    SignalResults results(
        ask_with(facts_.coccinelle(), facts_.jobs()),
        [this](const std::string& path) { return sketch(path); }, locate_in_snapshot(facts_));
    KILLIFY_CHECK(results.ask_ahead(ways));
    for (const auto& way : ways) {
      KILLIFY_TRY(auto exits, results.exits(way));
      exits_.insert(exits_.end(), exits.begin(), exits.end());
    }
    return {};
  }

  std::vector<SleepPath> all_ways() const {
    const auto* sink = catalogue_.find(finding_.sink.name);
    auto chains = finding_.other_chains;
    chains.insert(chains.begin(), finding_.chain);
    std::vector<SleepPath> ways;
    for (auto& chain : chains) {
      for (auto& hop : chain) hop.line = 0;
      chain.back().line = line_;
      ways.push_back({std::move(chain), sink->killable.value_or(sink->name), sink->error});
    }
    return ways;
  }

  // Below the function that passes TASK_KILLABLE all is as it was, but for the signals that count:
  // each call there of a function that takes a state may fail, by whatever way it gets to the
  // sleep.
  Result<std::vector<SleepPath>> ways_to_flips() {
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
    if (std::ranges::any_of(exits_, [](const SignalExit& exit) { return exit.loops; }))
      return std::string();
    KILLIFY_TRY(const auto* text, sketch(finding_.handler.file));
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

  std::string objection() const {
    bool loops = std::any_of(exits_.begin(), exits_.end(),
                             [](const SignalExit& exit) { return exit.loops; });
    if (loops)
      return fmt::format(
          "{}() would still loop under a fatal signal, and a plain return would leave "
          "something held",
          finding_.sink.function);
    auto worst = worst_exit(exits_);
    if (worst.returns == "VM_FAULT_RETRY" && !worst.mmap_lock_dropped)
      return fmt::format("{}() would still return VM_FAULT_RETRY without mmap_lock dropped",
                         finding_.handler.function);
    return fmt::format("what {}() returns on a fatal signal cannot be told ({})",
                       finding_.handler.function, worst.returns);
  }

  std::string result_of_fatal_signal() const {
    for (const auto& exit : exits_)
      if (exit.guarded) return exit.returns;
    return worst_exit(exits_).returns;
  }

  TreeFacts& facts_;
  const Step& step_;
  const Finding& finding_;
  const Texts& texts_;
  const Catalogue& catalogue_;
  bool on_fatal_signal_;  // whether the series asks for more than a killable sleep
  std::map<std::string, std::unique_ptr<const Sketch>> changed_;
  int line_ = 0;  // of the call after the change; 0: any in the function
  std::vector<SignalExit> exits_;
  ConversionCheck result_;
};

}  // namespace

Status ask_ahead(TreeFacts& facts, const Step& step, const Texts& texts) {
  std::set<std::string> seen;
  std::vector<Question> questions;
  for (const auto& finding : step.findings) {
    const auto changed = texts.find(finding.sink.file);
    if (step.flips.contains(finding.id) || changed == texts.end()) continue;
    if (seen.insert(changed->first).second)
      questions.push_back({.source = {changed->first, changed->second}, .content = {}});
  }
  KILLIFY_TRY(const auto answers, facts.coccinelle().run_all(kSourcePatch, {}, questions,
                                                             facts.jobs(), [](const Question&) {}));
  return {};
}

Result<ConversionCheck> check_conversion(TreeFacts& facts, const SeriesSpec& spec, const Step& step,
                                         const Finding& finding, const Texts& texts) {
  return Checker(facts, spec, step, finding, texts).check();
}

}  // namespace killify
