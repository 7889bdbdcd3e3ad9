#include "series/conversion_check.h"

#include "reach/audit.h"
#include "reach/signal_result.h"
#include "reach/sleeps.h"

#include <algorithm>
#include <memory>

namespace killify {
namespace {

constexpr const char* kSourcePatch = "facts/source.cocci";

class Checker {
 public:
  Checker(TreeFacts& facts, const SeriesSpec& spec, const Finding& finding, const Texts& texts)
      : facts_(facts),
        finding_(finding),
        texts_(texts),
        catalogue_(spec.catalogue),
        on_fatal_signal_(spec.on_fatal_signal.has_value()) {}

  Result<ConversionCheck> check() {
    KILLIFY_CHECK(check_leftovers());
    if (!result_.objection.empty() || !on_fatal_signal_) return result_;
    KILLIFY_CHECK(follow_signal());
    if (result_.objection.empty() && !ends_fault(exits_)) result_.objection = objection();
    result_.on_fatal = result_of_fatal_signal();
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
    if (finding_.other_chains.size() >= kMaxOtherChains) {
      result_.objection = fmt::format("more than {} ways lead from {}() to {}()", kMaxOtherChains,
                                      finding_.handler.function, finding_.sink.function);
      return {};
    }
    const auto* sink = catalogue_.find(finding_.sink.name);
    auto chains = finding_.other_chains;
    chains.insert(chains.begin(), finding_.chain);
    std::vector<SleepPath> ways;
    for (auto& chain : chains) {
      for (auto& hop : chain) hop.line = 0;
      chain.back().line = line_;
      ways.push_back({std::move(chain), sink->killable.value_or(sink->name), sink->error});
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

  std::string objection() const {
    bool loops = std::any_of(exits_.begin(), exits_.end(),
                             [](const SignalExit& exit) { return exit.loops; });
    if (loops)
      return fmt::format(
          "{}() would still loop under a fatal signal, and a plain return would leave "
          "something held",
          finding_.sink.function);
    return fmt::format("what {}() returns on a fatal signal cannot be told ({})",
                       finding_.handler.function, worst_result(exits_));
  }

  std::string result_of_fatal_signal() const {
    for (const auto& exit : exits_)
      if (exit.guarded) return exit.returns;
    return worst_result(exits_);
  }

  TreeFacts& facts_;
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

Result<ConversionCheck> check_conversion(TreeFacts& facts, const SeriesSpec& spec,
                                         const Finding& finding, const Texts& texts) {
  return Checker(facts, spec, finding, texts).check();
}

}  // namespace killify
