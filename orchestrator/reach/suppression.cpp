#include "reach/suppression.h"

#include "reach/bodies.h"
#include "reach/sleeps.h"
#include "reach/statements.h"

#include <algorithm>

namespace killify {
namespace {

constexpr const char* kSetMask = "sigprocmask";
const std::vector<std::string> kFill = {"siginitsetinv", "sigfillset"};

// Whether an expression leaves out no signal but SIGKILL.
bool spares_only_kill(std::string_view expression) {
  auto tokens = tokens_of(expression);
  return std::all_of(tokens.begin(), tokens.end(), [](const Token& token) {
    return token.kind != Token::Kind::kWord || token.text == "sigmask" || token.text == "SIGKILL";
  });
}

// The sets that a function fills with all signals but SIGKILL.
std::set<std::string> filled_sets(const std::vector<const CallFact*>& calls) {
  std::set<std::string> sets;
  for (const auto* call : calls) {
    const auto& arguments = call->arguments;
    bool inverted =
        call->callee == "siginitsetinv" && arguments.size() == 2 && spares_only_kill(arguments[1]);
    bool filled = call->callee == "sigfillset" && arguments.size() == 1;
    if (inverted || filled) sets.insert(single_name(arguments[0]));
  }
  for (const auto* call : calls)
    if (call->callee == "sigdelset" && call->arguments.size() == 2 &&
        !spares_only_kill(call->arguments[1]))
      sets.erase(single_name(call->arguments[0]));
  return sets;
}

bool blocks(const CallFact& call, const std::set<std::string>& filled) {
  return call.callee == kSetMask && call.arguments.size() == 3 &&
         call.arguments[0] != "SIG_UNBLOCK" && filled.contains(single_name(call.arguments[1]));
}

bool is_one(const SignalMaskers::Functions& functions, const std::string& name,
            const std::string& file) {
  auto it = functions.find(name);
  return it != functions.end() && (it->second.empty() || it->second.contains(file));
}

bool among(const Guard& guard, const std::vector<Guard>& guards, bool holds) {
  return std::any_of(guards.begin(), guards.end(), [&](const Guard& other) {
    return other.condition == guard.condition && other.holds == holds;
  });
}

// Whether `earlier` has been called wherever `call` is.
bool always_before(const CallFact& earlier, const CallFact& call) {
  return std::all_of(earlier.guards.begin(), earlier.guards.end(),
                     [&](const Guard& guard) { return among(guard, call.guards, guard.holds); });
}

// Whether it may have been: it is not in a branch that does not come to `call`.
bool perhaps_before(const CallFact& earlier, const CallFact& call) {
  return std::none_of(earlier.guards.begin(), earlier.guards.end(),
                      [&](const Guard& guard) { return among(guard, call.guards, !guard.holds); });
}

// The call of a hop that leads on to `callee`.
const CallFact* leading_call(const SourceFacts& source, const Hop& hop, const std::string& callee) {
  for (const auto* calls : {&source.calls, &source.field_calls})
    for (const auto& call : *calls)
      if (call.function == hop.function && call.line == hop.line && call.callee == callee)
        return &call;
  return nullptr;
}

}  // namespace

Result<std::map<std::string, std::set<std::string>>> masking_functions(TreeFacts& facts) {
  auto filling = facts.words().files_with_any(kFill);
  std::map<std::string, std::set<std::string>> functions;
  for (const auto* entry : facts.words().files_with(kSetMask)) {
    if (std::find(filling.begin(), filling.end(), entry) == filling.end()) continue;
    KILLIFY_TRY(const auto* sketch, facts.sketch(entry->path));
    for (const auto& call : sketch->calls())
      if (call.callee == kSetMask && call.function >= 0)
        functions[entry->path].insert(
            sketch->functions()[static_cast<std::size_t>(call.function)].name);
  }
  return functions;
}

Result<SignalMaskers> signal_maskers(TreeFacts& facts) {
  KILLIFY_TRY(auto masking, masking_functions(facts));
  KILLIFY_CHECK(facts.read_parts(masking, false, "Reading what blocks signals"));
  SignalMaskers maskers;
  for (const auto& [path, names] : masking) {
    KILLIFY_TRY(const auto* source, facts.part(path));
    SignalMaskers here;
    for (const auto& function : source->functions) {
      auto calls = source->calls_in(function);
      auto filled = filled_sets(calls);
      bool blocker = false;
      bool masks = false;
      for (const auto* call : calls) {
        blocker = blocker || blocks(*call, filled);
        masks = masks || call->callee == kSetMask;
      }
      auto& functions = blocker ? here.blockers : here.restorers;
      if (!masks) continue;
      auto& where = functions[function.name];
      if (function.is_static && !path.ends_with(".h")) where.insert(path);
    }
    if (here.blockers.empty()) continue;
    for (auto [from, to] : {std::pair(&here.blockers, &maskers.blockers),
                            std::pair(&here.restorers, &maskers.restorers)})
      for (auto& [name, where] : *from) {
        auto [it, added] = to->emplace(name, where);
        if (!added && !it->second.empty()) it->second.insert(where.begin(), where.end());
      }
  }
  return maskers;
}

Result<std::string> blocked_by(TreeFacts& facts, const std::vector<Hop>& chain,
                               const SinkCall& sink, const SignalMaskers& maskers) {
  std::string blocker;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const auto& hop = chain[i];
    KILLIFY_TRY(const auto* source, facts.part(hop.file));
    auto callee = i + 1 == chain.size() ? sink.name
                  : hop.through.empty() ? chain[i + 1].function
                                        : last_name(hop.through);
    const auto* leads = leading_call(*source, hop, callee);
    if (leads == nullptr) continue;  // a macro's, or one that spatch has lost
    auto calls = source->calls_in(hop.function);
    auto filled = filled_sets(calls);
    for (const auto* call : calls) {
      if (call->line >= hop.line) continue;
      bool direct = call->callee == kSetMask;
      if (blocks(*call, filled) || is_one(maskers.blockers, call->callee, hop.file)) {
        if (always_before(*call, *leads)) blocker = call->callee;
      } else if (direct || is_one(maskers.restorers, call->callee, hop.file)) {
        if (perhaps_before(*call, *leads)) blocker.clear();
      }
    }
  }
  return blocker;
}

bool puts_aside(const Sketch& sketch, const SinkCall& test) {
  Tokens tokens;
  Lexer lexer(sketch.text());
  // From the "if" before the test to the end of its body, which is short.
  constexpr int kMaxLines = 12;
  for (Token token; lexer.next(token) && token.line < test.line + kMaxLines;)
    if (token.line >= test.line && !token.directive) tokens.push_back(token);
  for (std::size_t i = 0; i + 1 < tokens.size() && tokens[i].line == test.line; ++i) {
    if (!is(tokens[i], "if") || !is_at(tokens, i + 1, "(") || !is_at(tokens, i + 2, test.name))
      continue;
    const auto close = closing(tokens, i + 1);
    if (!is_at(tokens, i + 3, "(") || closing(tokens, i + 3) + 1 != close ||
        !is_at(tokens, close + 1, "{"))
      return false;
    const auto end = closing(tokens, close + 1);
    bool clears = false;
    for (auto at = close + 2; at < end && end < tokens.size(); ++at) {
      const auto& word = tokens[at].text;
      if (word == "return" || word == "goto" || word == "break" || word == "continue") return false;
      clears = clears || (word == "clear_thread_flag" && is_at(tokens, at + 1, "(") &&
                          is_at(tokens, at + 2, "TIF_SIGPENDING") && is_at(tokens, at + 3, ")"));
    }
    return clears;
  }
  return false;
}

}  // namespace killify
