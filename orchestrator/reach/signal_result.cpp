#include "reach/signal_result.h"

#include <algorithm>
#include <array>

namespace killify {
namespace {

constexpr const char* kOnSignal = "facts/on-signal.cocci";
constexpr const char* kTranslate = "facts/translate.cocci";
// From the worst to the most harmless; what is not listed is behind them.
constexpr std::array<std::string_view, 5> kWorst = {"VM_FAULT_NOPAGE", "unknown", "ignored",
                                                    "VM_FAULT_SIGBUS", "VM_FAULT_RETRY"};

class ExitFinder {
 public:
  ExitFinder(const Ask& ask, const Locate& locate, const std::vector<Hop>& chain,
             const std::string& error)
      : ask_(ask), locate_(locate), chain_(chain), error_(error) {}

  // Follows the result of `sleep` out of the function of chain[hop].
  Status follow(std::size_t hop, const std::string& sleep) {
    const auto& at = chain_[hop];
    KILLIFY_TRY(auto facts, ask_(kOnSignal, {"fn=" + at.function, "sleep=" + sleep}, at.file));
    bool any = false;
    for (const auto& fact : facts) {
      if (fact.value("line", 0) != at.line) continue;
      any = true;
      KILLIFY_CHECK(add(fact, hop));
    }
    if (!any) exits.push_back({.returns = "unknown", .translator = {}});
    return {};
  }

  std::vector<SignalExit> exits;

 private:
  Status add(const nlohmann::json& fact, std::size_t hop) {
    SignalExit exit{.returns = "unknown", .translator = {}};
    exit.mmap_lock_dropped = fact.value("mmap_lock_dropped", false);
    if (fact.value("passes_error", false) && hop > 0) return follow(hop - 1, chain_[hop].function);
    if (fact.contains("guarded")) {
      exit.returns = fact.value("guarded", std::string());
      exit.guarded = true;
    } else if (fact.contains("returns")) {
      exit.returns = fact.value("returns", std::string());
    } else if (fact.contains("translator")) {
      exit.translator = fact.value("translator", std::string());
      KILLIFY_TRY(exit.returns, translated(exit.translator, chain_[hop].file));
    } else if (fact.value("ignored", false)) {
      exit.returns = "ignored";
      exit.loops = fact.value("loops", false);
    }
    exits.push_back(std::move(exit));
    return {};
  }

  // What translator(error) returns, "unknown" where that cannot be told.
  Result<std::string> translated(const std::string& translator, const std::string& path) {
    KILLIFY_TRY(auto file, locate_(translator, path));
    if (file.empty()) return "unknown";
    auto name = error_.substr(error_.find_first_not_of('-'));
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
  const std::string& error_;
};

}  // namespace

Result<std::vector<SignalExit>> signal_exits(const Ask& ask, const Locate& locate,
                                             const std::vector<Hop>& chain,
                                             const std::string& sleep, const std::string& error) {
  ExitFinder finder(ask, locate, chain, error);
  KILLIFY_CHECK(finder.follow(chain.size() - 1, sleep));
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
  bool guarded = std::any_of(exits.begin(), exits.end(), [](const SignalExit& exit) {
    return exit.guarded && exit.returns != "VM_FAULT_NOPAGE";
  });
  return !exits.empty() && std::all_of(exits.begin(), exits.end(), [&](const SignalExit& exit) {
    if (exit.returns == "VM_FAULT_RETRY") return exit.mmap_lock_dropped;
    if (exit.returns == "ignored") return !exit.loops;
    if (exit.returns == "VM_FAULT_NOPAGE" || exit.returns == "0") return guarded;
    return exit.returns != "unknown" && exit.returns != "VM_FAULT_RETRY";
  });
}

}  // namespace killify
