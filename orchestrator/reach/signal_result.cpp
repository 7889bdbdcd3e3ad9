#include "reach/signal_result.h"

#include "reach/fault_result.h"
#include "reach/slice.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace killify {
namespace {

constexpr const char* kOnSignal = "facts/on-signal.cocci";
constexpr const char* kTranslate = "facts/translate.cocci";
// From the worst to the most harmless; what is not listed is behind them. Before all comes
// VM_FAULT_RETRY under mmap_lock, which then stays locked.
constexpr std::array<std::string_view, 5> kWorst = {"VM_FAULT_NOPAGE", "unknown", "ignored",
                                                    "VM_FAULT_SIGBUS", kRetryFault};

}  // namespace

// The exits of one path.
class ExitFinder {
  // What the signal has become on its way up.
  struct Signal {
    std::string error;                 // "-EINTR"; "" where it is not known which
    std::optional<SignalExit> result;  // a fault result that a helper made of it
    bool negated = false;              // false or NULL says it
    bool mmap_lock_dropped = false;    // by a function further down
    // NOLINTNEXTLINE(modernize-use-nullptr): as in signal_result.h
    auto operator<=>(const Signal&) const = default;
  };

 public:
  ExitFinder(SignalResults& results, const std::vector<Hop>& chain)
      : results_(results), chain_(chain) {}

  // Follows the result of `callee`, which is `value`, out of the function of chain[hop].
  Status follow(std::size_t hop, const std::string& callee, const Signal& value) {
    if (!followed_.emplace(hop, value).second) return {};
    KILLIFY_TRY(const auto* file, results_.sketch_(chain_[hop].file));
    if (is_macro(*file, chain_[hop].function)) {
      if (hop > 0 && macro_passes(*file, chain_[hop].function, callee))
        return follow(hop - 1, chain_[hop].function, value);
      return keep({.returns = "unknown", .translator = {}});
    }
    bool any = false;
    for (const auto& slice : slices_of(*file, chain_[hop], {callee, value.error, value.negated})) {
      KILLIFY_TRY(const auto* facts, facts_of(on_signal(), slice.text, chain_[hop].file));
      if (facts == nullptr) return {};
      for (const auto& fact : facts->list()) {
        if (!is_at(fact, slice, chain_[hop])) continue;
        any = true;
        KILLIFY_CHECK(add(fact, hop, value));
      }
    }
    return any ? Status{} : keep({.returns = "unknown", .translator = {}});
  }

  // What follow() and this ask at first, whatever comes of it.
  Status want(std::size_t hop, const std::string& callee, const std::string& error) {
    KILLIFY_TRY(const auto* file, results_.sketch_(chain_[hop].file));
    for (const auto& slice : slices_of(*file, chain_[hop], {callee, error, false}))
      KILLIFY_CHECK(facts_of(on_signal(), slice.text, chain_[hop].file));
    return {};
  }

  [[nodiscard]] std::vector<SignalExit> exits() const {
    if (unanswered_) return {{.returns = "unknown", .translator = {}}};
    return exits_;
  }

 private:
  // As SignalResults::facts_of(); none where there is no answer.
  Result<const JsonFacts*> facts_of(const SignalResults::Asked& asked, const std::string& text,
                                    const std::string& path) {
    static const JsonFacts kNone;
    KILLIFY_TRY(const auto* facts, results_.facts_of(asked, text, path));
    if (facts == nullptr) return nullptr;
    if (*facts) return &**facts;
    unanswered_ = true;
    return &kNone;
  }

  static SignalResults::Asked on_signal() {
    return {kOnSignal, {std::string("fn=") + kSliceFunction, std::string("sleep=") + kSliceCallee}};
  }

  static bool is_macro(const Sketch& file, const std::string& name) {
    auto named = [&](const auto& item) { return item.name == name; };
    return std::none_of(file.functions().begin(), file.functions().end(), named) &&
           std::any_of(file.macros().begin(), file.macros().end(), named);
  }

  static bool is_at(const nlohmann::json& fact, const Slice& slice, const Hop& hop) {
    return hop.line == 0 || fact.value("line", 0) + slice.before == hop.line;
  }

  Status add(const nlohmann::json& fact, std::size_t hop, const Signal& value) {
    auto exit = value.result.value_or(SignalExit{.returns = "unknown", .translator = {}});
    exit.mmap_lock_dropped =
        exit.mmap_lock_dropped || value.mmap_lock_dropped || fact.value("mmap_lock_dropped", false);
    if (fact.value("passes_error", false)) {
      if (hop == 0) return keep(std::move(exit));  // the handler's result, where it is one
      auto handed = value;
      handed.mmap_lock_dropped = exit.mmap_lock_dropped;
      if (handed.result) handed.result = std::move(exit);
      return follow(hop - 1, chain_[hop].function, handed);
    }
    exit.returns = "unknown";
    exit.guarded = false;
    if (fact.contains("guarded")) {
      // A look at the signal for another error only does not help this one.
      auto limit = fact.value("error", std::string());
      exit.guarded = limit.empty() || "-" + limit == value.error;
      if (exit.guarded) exit.returns = fact.value("guarded", std::string());
    } else if (fact.contains("returns")) {
      exit.returns = fact.value("returns", std::string());
    } else if (fact.contains("translator")) {
      exit.translator = fact.value("translator", std::string());
      KILLIFY_TRY(auto translated, translation(exit.translator, value.error, chain_[hop].file));
      if (!translated) return {};
      exit.returns = *translated;
    } else if (fact.value("ignored", false)) {
      exit.returns = "ignored";
      exit.loops = fact.value("loops", false);
    }
    return hop == 0 ? keep(std::move(exit)) : hand_up(std::move(exit), hop);
  }

  Status keep(SignalExit exit) {
    if (std::find(exits_.begin(), exits_.end(), exit) == exits_.end())
      exits_.push_back(std::move(exit));
    return {};
  }

  // What a helper makes of the signal is not yet what the handler returns.
  Status hand_up(SignalExit exit, std::size_t hop) {
    const auto& helper = chain_[hop].function;
    if (exit.returns == "unknown" || exit.loops) return keep(std::move(exit));
    if (exit.returns == "ignored" || exit.returns == "0") {
      // The caller goes on as if nothing had happened; the handler must not come back for ever.
      KILLIFY_TRY(auto again, is_repeated(hop - 1, helper));
      if (!again) return {};
      exit.returns = "ignored";
      exit.loops = *again;
      return keep(std::move(exit));
    }
    bool dropped = exit.mmap_lock_dropped;
    if (exit.returns.starts_with("VM_FAULT_"))
      return follow(hop - 1, helper, {{}, std::move(exit), false, dropped});
    if (exit.returns == "false" || exit.returns == "NULL")
      return follow(hop - 1, helper, {{}, std::nullopt, true, dropped});
    auto error = exit.returns.starts_with("-E") ? exit.returns : std::string();
    return follow(hop - 1, helper, {std::move(error), std::nullopt, false, dropped});
  }

  // Whether a caller up the chain can come back to its callee without a look at the fatal signal,
  // or whether that cannot be told; nothing while it is not known.
  Result<std::optional<bool>> is_repeated(std::size_t hop, const std::string& callee) {
    KILLIFY_TRY(const auto* file, results_.sketch_(chain_[hop].file));
    bool any = macro_passes(*file, chain_[hop].function, callee);
    for (const auto& slice : slices_of(*file, chain_[hop], {callee, {}, false})) {
      KILLIFY_TRY(const auto* facts, facts_of(on_signal(), slice.text, chain_[hop].file));
      if (facts == nullptr) return std::nullopt;
      for (const auto& fact : facts->list()) {
        if (!is_at(fact, slice, chain_[hop])) continue;
        any = true;
        if (fact.value("loops", false)) return true;
      }
    }
    if (!any) return true;
    if (hop == 0) return false;
    return is_repeated(hop - 1, chain_[hop].function);
  }

  // What translator(error) returns, "unknown" where that cannot be told; nothing while it is not
  // known.
  Result<std::optional<std::string>> translation(const std::string& translator,
                                                 const std::string& error,
                                                 const std::string& path) {
    if (!error.starts_with('-')) return "unknown";
    KILLIFY_TRY(auto file, results_.locate_(translator, path));
    if (file.empty()) return "unknown";
    KILLIFY_TRY(const auto* sketch, results_.sketch_(file));
    std::string result;
    for (const auto& slice : function_slices(*sketch, translator)) {
      SignalResults::Asked asked{kTranslate,
                                 {std::string("fn=") + kSliceFunction, "errno=" + error.substr(1)}};
      KILLIFY_TRY(const auto* facts, facts_of(asked, slice.text, file));
      if (facts == nullptr) return std::nullopt;
      for (const auto& fact : facts->list()) {
        auto returns = fact.value("returns", std::string("unknown"));
        if (!result.empty() && returns != result) return "unknown";
        result = returns;
      }
    }
    return result.empty() ? "unknown" : result;
  }

  SignalResults& results_;
  const std::vector<Hop>& chain_;
  std::set<std::pair<std::size_t, Signal>> followed_;
  std::vector<SignalExit> exits_;
  bool unanswered_ = false;
};

Status SignalResults::ask_ahead(const std::vector<SleepPath>& paths) {
  ahead_ = true;
  auto done = [&]() -> Status {
    for (const auto& path : paths) {
      ExitFinder finder(*this, path.chain);
      for (std::size_t hop = path.chain.size(); hop-- > 0;) {
        const auto& callee =
            hop + 1 < path.chain.size() ? path.chain[hop + 1].function : path.sleep;
        KILLIFY_CHECK(finder.want(hop, callee, path.error));
      }
    }
    // What comes out may lead to more questions: about a translator, or another error.
    while (!wanted_.empty()) {
      KILLIFY_CHECK(ask_wanted());
      for (const auto& path : paths) KILLIFY_CHECK(exits(path));
    }
    return {};
  }();
  ahead_ = false;
  return done;
}

Result<std::vector<SignalExit>> SignalResults::exits(const SleepPath& path) {
  ExitFinder finder(*this, path.chain);
  KILLIFY_CHECK(
      finder.follow(path.chain.size() - 1, path.sleep, {path.error, std::nullopt, false, false}));
  return finder.exits();
}

Result<const std::optional<JsonFacts>*> SignalResults::facts_of(const Asked& asked,
                                                                const std::string& text,
                                                                const std::string& path) {
  auto& known = known_[asked];
  if (auto it = known.find(text); it != known.end()) return &it->second;
  wanted_[asked].emplace(text, path);
  if (ahead_) return nullptr;
  KILLIFY_CHECK(ask_wanted());
  return &known.at(text);
}

Status SignalResults::ask_wanted() {
  for (auto& [asked, texts] : std::exchange(wanted_, {})) {
    std::vector<Question> questions;
    for (const auto& [text, path] : texts) questions.push_back({{path, text}, {}});
    KILLIFY_TRY(auto answers, ask_(asked.first, asked.second, questions));
    for (std::size_t i = 0; i < questions.size(); ++i)
      known_[asked].emplace(questions[i].source.text, std::move(answers[i]));
  }
  return {};
}

AskAll ask_with(Coccinelle& coccinelle) {
  return
      [&coccinelle](
          const std::string& patch, const std::vector<std::string>& defines,
          const std::vector<Question>& questions) -> Result<std::vector<std::optional<JsonFacts>>> {
        KILLIFY_TRY(auto answers,
                    coccinelle.run_all(patch, defines, questions, [](const Question&) {}));
        std::vector<std::optional<JsonFacts>> facts(answers.size());
        for (std::size_t i = 0; i < answers.size(); ++i)
          if (answers[i].end == SpatchEnd::kDone) facts[i] = std::move(answers[i].facts);
        return facts;
      };
}

SignalExit worst_exit(const std::vector<SignalExit>& exits) {
  if (exits.empty()) return {.returns = "unknown", .translator = {}};
  auto badness = [](const SignalExit& exit) -> std::ptrdiff_t {
    if (exit.returns == kRetryFault && !exit.mmap_lock_dropped) return -1;
    return std::find(kWorst.begin(), kWorst.end(), exit.returns) - kWorst.begin();
  };
  return *std::min_element(
      exits.begin(), exits.end(),
      [&](const SignalExit& a, const SignalExit& b) { return badness(a) < badness(b); });
}

bool ends_fault(const std::vector<SignalExit>& exits) {
  return !exits.empty() && std::all_of(exits.begin(), exits.end(), [](const SignalExit& exit) {
    if (exit.returns == kRetryFault) return exit.mmap_lock_dropped;
    if (exit.returns == "ignored") return !exit.loops;
    return is_fault_error(exit.returns);
  });
}

}  // namespace killify
