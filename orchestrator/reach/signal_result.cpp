#include "reach/signal_result.h"

#include <algorithm>
#include <array>
#include <optional>

namespace killify {
namespace {

constexpr const char* kOnSignal = "facts/on-signal.cocci";
constexpr const char* kTranslate = "facts/translate.cocci";
// From the worst to the most harmless; what is not listed is behind them.
constexpr std::array<std::string_view, 5> kWorst = {"VM_FAULT_NOPAGE", "unknown", "ignored",
                                                    "VM_FAULT_SIGBUS", "VM_FAULT_RETRY"};

// VM_FAULT_ERROR of include/linux/mm_types.h, but for VM_FAULT_FALLBACK: that one is tried again.
constexpr std::array<std::string_view, 5> kErrors = {"VM_FAULT_OOM", "VM_FAULT_SIGBUS",
                                                     "VM_FAULT_SIGSEGV", "VM_FAULT_HWPOISON",
                                                     "VM_FAULT_HWPOISON_LARGE"};

// What the signal has become on its way up.
struct Value {
  std::string error;                 // "-EINTR"; "" where it is not known which
  std::optional<SignalExit> result;  // a fault result that a helper made of it
};

class ExitFinder {
 public:
  ExitFinder(const Ask& ask, const Locate& locate, const std::vector<Hop>& chain)
      : ask_(ask), locate_(locate), chain_(chain) {}

  // Follows the result of `sleep`, which is `value`, out of the function of chain[hop].
  Status follow(std::size_t hop, const std::string& sleep, const Value& value) {
    const auto& at = chain_[hop];
    KILLIFY_TRY(auto facts, ask_(kOnSignal, {"fn=" + at.function, "sleep=" + sleep}, at.file));
    bool any = false;
    for (const auto& fact : facts) {
      if (fact.value("line", 0) != at.line) continue;
      any = true;
      KILLIFY_CHECK(add(fact, hop, value));
    }
    if (!any) exits.push_back({.returns = "unknown", .translator = {}});
    return {};
  }

  std::vector<SignalExit> exits;

 private:
  Status add(const nlohmann::json& fact, std::size_t hop, const Value& value) {
    auto exit = value.result.value_or(SignalExit{.returns = "unknown", .translator = {}});
    exit.mmap_lock_dropped = exit.mmap_lock_dropped || fact.value("mmap_lock_dropped", false);
    if (fact.value("passes_error", false)) {
      if (hop > 0) return follow(hop - 1, chain_[hop].function, value);
      exits.push_back(std::move(exit));  // the handler's result, where it is one
      return {};
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
      KILLIFY_TRY(exit.returns, translated(exit.translator, value.error, chain_[hop].file));
    } else if (fact.value("ignored", false)) {
      exit.returns = "ignored";
      exit.loops = fact.value("loops", false);
    }
    return hop == 0 ? keep(std::move(exit)) : hand_up(std::move(exit), hop);
  }

  Status keep(SignalExit exit) {
    exits.push_back(std::move(exit));
    return {};
  }

  // What a helper makes of the signal is not yet what the handler returns.
  Status hand_up(SignalExit exit, std::size_t hop) {
    const auto& helper = chain_[hop].function;
    if (exit.returns == "unknown" || exit.loops) return keep(std::move(exit));
    if (exit.returns == "ignored" || exit.returns == "0") {
      // The caller goes on as if nothing had happened; the handler must not come back for ever.
      KILLIFY_TRY(bool again, is_repeated(hop - 1, helper));
      exit.returns = "ignored";
      exit.loops = again;
      return keep(std::move(exit));
    }
    if (exit.returns.starts_with("VM_FAULT_"))
      return follow(hop - 1, helper, {{}, std::move(exit)});
    return follow(hop - 1, helper, {{}, std::nullopt});  // some error
  }

  // Whether a caller up the chain can come back to its callee without a look at the fatal signal,
  // or whether that cannot be told.
  Result<bool> is_repeated(std::size_t hop, const std::string& callee) {
    const auto& at = chain_[hop];
    KILLIFY_TRY(auto facts, ask_(kOnSignal, {"fn=" + at.function, "sleep=" + callee}, at.file));
    bool any = false;
    for (const auto& fact : facts) {
      if (fact.value("line", 0) != at.line) continue;
      any = true;
      if (fact.value("loops", false)) return true;
    }
    if (!any) return true;
    if (hop == 0) return false;
    return is_repeated(hop - 1, at.function);
  }

  // What translator(error) returns, "unknown" where that cannot be told.
  Result<std::string> translated(const std::string& translator, const std::string& error,
                                 const std::string& path) {
    if (!error.starts_with('-')) return "unknown";
    KILLIFY_TRY(auto file, locate_(translator, path));
    if (file.empty()) return "unknown";
    auto name = error.substr(1);
    KILLIFY_TRY(auto facts, ask_(kTranslate, {"fn=" + translator, "errno=" + name}, file));
    std::string result;
    for (const auto& fact : facts) {
      auto returns = fact.value("returns", std::string("unknown"));
      if (!result.empty() && returns != result) return "unknown";
      result = returns;
    }
    return result.empty() ? "unknown" : result;
  }

  const Ask& ask_;
  const Locate& locate_;
  const std::vector<Hop>& chain_;
};

}  // namespace

Result<std::vector<SignalExit>> signal_exits(const Ask& ask, const Locate& locate,
                                             const std::vector<Hop>& chain,
                                             const std::string& sleep, const std::string& error) {
  ExitFinder finder(ask, locate, chain);
  KILLIFY_CHECK(finder.follow(chain.size() - 1, sleep, {error, std::nullopt}));
  return std::move(finder.exits);
}

std::string worst_result(const std::vector<SignalExit>& exits) {
  for (const auto& worst : kWorst)
    if (std::any_of(exits.begin(), exits.end(),
                    [&](const SignalExit& exit) { return exit.returns == worst; }))
      return std::string(worst);
  return exits.empty() ? "unknown" : exits.front().returns;
}

bool ends_fault(const std::vector<SignalExit>& exits) {
  return !exits.empty() && std::all_of(exits.begin(), exits.end(), [](const SignalExit& exit) {
    if (exit.returns == "VM_FAULT_RETRY") return exit.mmap_lock_dropped;
    if (exit.returns == "ignored") return !exit.loops;
    return std::find(kErrors.begin(), kErrors.end(), exit.returns) != kErrors.end();
  });
}

}  // namespace killify
