#include "plan/wrappers.h"

#include "plan/twins.h"
#include "support/digest.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace killify {
namespace {

class Lifter {
 public:
  Lifter(TreeFacts& facts, const Catalogue& catalogue) : facts_(facts), catalogue_(catalogue) {}

  Result<Lifted> lift(const std::vector<Finding>& findings) {
    for (const auto& finding : findings) {
      if (finding.verdict == Verdict::kConvert) {
        KILLIFY_CHECK(lift_one(finding));
      } else {
        result_.findings.push_back(finding);
      }
    }
    return std::move(result_);
  }

 private:
  // A wrapper may be called by a wrapper.
  Status lift_one(const Finding& finding) {
    KILLIFY_TRY(bool is_wrapper, learn(finding));
    if (!is_wrapper) {
      result_.findings.push_back(finding);
      return {};
    }
    auto chains = finding.other_chains;
    chains.insert(chains.begin(), finding.chain);
    std::vector<Finding> callers;  // one for each function that calls the wrapper
    for (auto& chain : chains) {
      chain.pop_back();
      const auto& caller = chain.back();
      auto known = std::ranges::find_if(callers, [&](const Finding& other) {
        return other.sink.function == caller.function && other.sink.file == caller.file;
      });
      if (known != callers.end()) {
        known->other_chains.push_back(std::move(chain));
        continue;
      }
      Finding lifted = finding;
      lifted.sink = {.name = finding.sink.function,
                     .function = caller.function,
                     .file = caller.file,
                     .line = caller.line,
                     .object = {}};
      lifted.other_chains.clear();
      if (!callers.empty()) {
        lifted.id = sha256(fmt::format("{} {} {}", finding.id, caller.file, caller.function))
                        .substr(0, finding.id.size());
        const auto origin = result_.origins.find(finding.id);
        result_.origins[lifted.id] =
            origin == result_.origins.end() ? finding.id : std::string(origin->second);
      }
      lifted.chain = std::move(chain);
      callers.push_back(std::move(lifted));
    }
    for (const auto& lifted : callers) KILLIFY_CHECK(lift_one(lifted));
    return {};
  }

  // Whether the function that sleeps is a wrapper with a telling name; it is a sink then.
  Result<bool> learn(const Finding& finding) {
    const auto& name = finding.sink.function;
    const auto* sink = find(finding.sink.name);
    if (sink == nullptr || !sink->counterpart || sink->queue || killable_name(name).empty() ||
        sink->condition.kind != SinkCondition::Kind::kAlways)
      return false;
    auto calls_it = [](const std::vector<Hop>& chain) {
      return chain.size() > 1 && chain[chain.size() - 2].edge == "direct";
    };
    if (!calls_it(finding.chain) || !std::ranges::all_of(finding.other_chains, calls_it) ||
        finding.other_chains.size() >= kMaxOtherChains)
      return false;
    KILLIFY_TRY(const auto* sketch, facts_.sketch(finding.sink.file));
    if (!only_returns(*sketch, name, sink->name)) return false;
    if (find(name) != nullptr) return true;
    KILLIFY_TRY(const auto* facts, facts_.part_with(finding.sink.file, name, "Reading a wrapper"));
    Sink wrapper;
    wrapper.name = name;
    wrapper.family = "call";
    wrapper.result = sink->result;
    wrapper.error = sink->error;
    wrapper.counterpart = killable_name(name);
    const auto calls = facts->calls_in(name);
    const bool signal_only = std::ranges::all_of(calls, [&](const CallFact* call) {
      return call->callee != sink->name || fails_on_signal_only(*sink, call->arguments);
    });
    if (signal_only && !calls.empty()) wrapper.result = SinkResult::kErrorOnlyOnSignal;
    result_.wrappers.push_back(std::move(wrapper));
    return true;
  }

  const Sink* find(const std::string& name) const {
    auto known = std::ranges::find(result_.wrappers, name, &Sink::name);
    return known == result_.wrappers.end() ? catalogue_.find(name) : &*known;
  }

  // Whether all definitions of a function in a file are "{ return CALLEE(...); }".
  static bool only_returns(const Sketch& sketch, const std::string& name,
                           const std::string& callee) {
    const auto tokens = tokens_of(sketch.text());
    for (const auto& function : sketch.functions()) {
      if (function.name != name) continue;
      auto at = std::ranges::find_if(tokens, [&](const Token& token) {
        return token.line >= function.first && is_mark(token, '{');
      });
      auto is_next = [&](std::string_view text) {
        return ++at != tokens.end() && at->text == text;
      };
      if (at == tokens.end() || !is_next("return") || !is_next(callee) || !is_next("("))
        return false;
      for (int depth = 1; depth > 0;) {
        if (++at == tokens.end() || at->line > function.last) return false;
        depth += static_cast<int>(is_mark(*at, '(')) - static_cast<int>(is_mark(*at, ')'));
      }
      if (!is_next(";") || !is_next("}")) return false;
    }
    return true;
  }

  TreeFacts& facts_;
  const Catalogue& catalogue_;
  Lifted result_;
};

}  // namespace

bool fails_on_signal_only(const Sink& sink, const std::vector<std::string>& arguments) {
  if (sink.result == SinkResult::kErrorOnlyOnSignal || sink.result == SinkResult::kTrueOnSignal)
    return true;
  return sink.context && *sink.context < arguments.size() && arguments[*sink.context] == "NULL";
}

Result<Lifted> lift_wrappers(TreeFacts& facts, const Catalogue& catalogue,
                             const std::vector<Finding>& findings) {
  return Lifter(facts, catalogue).lift(findings);
}

}  // namespace killify
