#include "series/conversion_check.h"

#include "reach/audit.h"
#include "reach/signal_result.h"
#include "reach/sleeps.h"

#include <algorithm>
#include <set>

namespace killify {
namespace {

constexpr const char* kSourcePatch = "facts/source.cocci";
constexpr int kMaxWays = 100;  // from a handler to a sleep; a person follows fewer

class Checker {
 public:
  Checker(TreeFacts& facts, const SeriesSpec& spec, const Finding& finding, const Texts& texts)
      : facts_(facts), spec_(spec), finding_(finding), texts_(texts) {}

  Result<ConversionCheck> check() {
    const auto* sink = spec_.catalogue.find(finding_.sink.name);
    KILLIFY_TRY(auto after, facts_of(finding_.sink.file));
    KILLIFY_CHECK(check_leftovers(after));
    if (!result_.objection.empty() || !spec_.on_fatal_signal) return result_;
    // The lines have moved, and other ways than the shortest may lead here.
    KILLIFY_CHECK(follow(after, sink->killable.value_or(sink->name), finding_.sink.function, {}));
    if (result_.objection.empty() && !ends_fault(exits_)) result_.objection = objection();
    result_.on_fatal = result_of_fatal_signal();
    return result_;
  }

 private:
  Result<SourceFacts> facts_of(const std::string& path) {
    KILLIFY_TRY(auto text, text_of(path));
    SourceText source{path, text};
    KILLIFY_TRY(auto answer, facts_.coccinelle().run(kSourcePatch, {}, source));
    return facts_from(source, answer);
  }

  Result<std::string> text_of(const std::string& path) {
    if (auto it = texts_.find(path); it != texts_.end()) return it->second;
    return facts_.text(path);
  }

  Status check_leftovers(const SourceFacts& after) {
    auto functions = after.functions_named(finding_.sink.function);
    if (functions.empty() || std::any_of(functions.begin(), functions.end(),
                                         [](const FunctionFact* f) { return !f->parsed; })) {
      result_.objection =
          fmt::format("spatch cannot parse {}() after the conversion", finding_.sink.function);
      return {};
    }
    KILLIFY_TRY(auto text, text_of(finding_.sink.file));
    auto tokens = tokens_of(text);
    for (const auto* function : functions)
      for (const auto& sleep : sleeps_in(*function, after, tokens, spec_.catalogue))
        if (sleep.sink->name == finding_.sink.name && sleep.condition != Holds::kNo)
          result_.objection = fmt::format("the semantic patch does not convert this use of {}()",
                                          finding_.sink.name);
    return {};
  }

  // Follows every call of `callee` in `function`, and every way up from there to the handler: each
  // has to end the fault.
  Status follow(const SourceFacts& after, const std::string& callee, const std::string& function,
                const std::vector<Hop>& below) {
    bool any = false;
    for (const auto* call : after.calls_in(function)) {
      if (call->callee != callee) continue;
      any = true;
      std::vector<Hop> chain{{function, after.path, call->line, "direct"}};
      chain.insert(chain.end(), below.begin(), below.end());
      if (function == finding_.handler.function) {
        KILLIFY_CHECK(look_at(chain));
        continue;
      }
      for (const auto& caller : callers_of(after, function, chain))
        KILLIFY_CHECK(follow(after, function, caller, chain));
    }
    if (!any)
      result_.objection = fmt::format("{}() is not to be seen in {}() any more", callee, function);
    return {};
  }

  static std::set<std::string> callers_of(const SourceFacts& after, const std::string& function,
                                          const std::vector<Hop>& chain) {
    std::set<std::string> callers;
    for (const auto& call : after.calls) {
      bool recursive = std::any_of(chain.begin(), chain.end(),
                                   [&](const Hop& hop) { return hop.function == call.function; });
      if (call.callee == function && !recursive) callers.insert(call.function);
    }
    return callers;
  }

  Status look_at(const std::vector<Hop>& chain) {
    if (++ways_ > kMaxWays) {
      result_.objection = fmt::format("more than {} ways lead from {}() to {}()", kMaxWays,
                                      finding_.handler.function, finding_.sink.function);
      return {};
    }
    const auto* sink = spec_.catalogue.find(finding_.sink.name);
    KILLIFY_TRY(auto exits, signal_exits(ask(), locate_in_snapshot(facts_), chain,
                                         sink->killable.value_or(sink->name), sink->error));
    exits_.insert(exits_.end(), exits.begin(), exits.end());
    return {};
  }

  Ask ask() {
    return [this](const std::string& patch, const std::vector<std::string>& defines,
                  const std::string& path) -> Result<std::vector<nlohmann::json>> {
      KILLIFY_TRY(auto text, text_of(path));
      KILLIFY_TRY(auto answer, facts_.coccinelle().run(patch, defines, {path, text}));
      if (answer.end != SpatchEnd::kDone) return fail("{}", answer.why);
      return answer.facts;
    };
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
  const SeriesSpec& spec_;
  const Finding& finding_;
  const Texts& texts_;
  std::vector<SignalExit> exits_;
  int ways_ = 0;
  ConversionCheck result_;
};

}  // namespace

Result<ConversionCheck> check_conversion(TreeFacts& facts, const SeriesSpec& spec,
                                         const Finding& finding, const Texts& texts) {
  return Checker(facts, spec, finding, texts).check();
}

}  // namespace killify
