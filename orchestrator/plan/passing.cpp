#include "plan/passing.h"

#include "facts/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace killify {
namespace {

using Words = std::vector<std::string>;

// The tokens of an expression, without parentheses around the whole.
Words words_of(const std::string& expression) {
  Words words;
  for (const auto& token : tokens_of(expression)) words.emplace_back(token.text);
  auto closed_at_end = [&] {
    int depth = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (words[i] == "(") ++depth;
      if (words[i] == ")" && --depth == 0) return i + 1 == words.size();
    }
    return false;
  };
  while (words.size() > 2 && words.front() == "(" && closed_at_end()) {
    words.erase(words.begin());
    words.pop_back();
  }
  return words;
}

std::string text_of(const Words& words, std::size_t first, std::size_t last) {
  std::string text;
  for (auto i = first; i < last; ++i) text += (i > first ? " " : "") + words[i];
  return text;
}

// "x -> f" or "x . f" from `at` on: x, and f in `field`.
std::string member(const Words& words, std::size_t at, std::string& field) {
  if (at + 4 == words.size() && words[at + 1] == "-" && words[at + 2] == ">") {
    field = words[at + 3];
    return words[at];
  }
  if (at + 3 == words.size() && words[at + 1] == ".") {
    field = words[at + 2];
    return words[at];
  }
  return {};
}

bool is_bool(const Parameter& parameter) {
  return parameter.type == "bool";
}

bool is_integer(const Parameter& parameter) {
  return parameter.type == "int" || parameter.type == "unsigned int" ||
         parameter.type == "unsigned" || parameter.type == "long" ||
         parameter.type == "unsigned long";
}

class Reader {
 public:
  Reader(const FunctionFact& function, const SourceFacts& facts)
      : function_(function), facts_(facts) {}

  // A condition, or an argument that is one.
  Passing flag(const std::string& expression) {
    auto words = words_of(expression);
    if (words.size() == 1 && (words[0] == "true" || words[0] == "1")) return {};
    if (words.size() == 1) return name(words[0], false);
    Passing passing{.kind = FlagKind::kContext};
    passing.context = member(words, 0, passing.flag);
    // "x && x->f"
    if (passing.context.empty() && words.size() == 7 && words[1] == "&" && words[2] == "&" &&
        words[0] == words[3])
      passing.context = member(words, 3, passing.flag);
    if (!passing.context.empty()) return passing;
    if (words.size() == 3 && words[1] == "&") return bit(words);
    return unknown(expression);
  }

  Passing state(const std::string& expression) {
    auto words = words_of(expression);
    if (words.size() == 1 && words[0] == "TASK_INTERRUPTIBLE") return {};
    if (words.size() == 1) return name(words[0], true);
    auto size = words.size();
    if (size > 4 && words[size - 4] == "?" && words[size - 3] == "TASK_INTERRUPTIBLE" &&
        words[size - 2] == ":" && words[size - 1] == "TASK_UNINTERRUPTIBLE")
      return flag(text_of(words, 0, size - 4));
    return unknown(expression);
  }

 private:
  Passing bit(const Words& words) {
    Passing passing{.kind = FlagKind::kBit, .flag = words[0]};
    passing.bit = words[2];
    if (parameter_named(function_, words[0], passing.index) == nullptr)
      return unknown(text_of(words, 0, words.size()));
    return passing;
  }

  Passing name(const std::string& name, bool is_state) {
    Passing passing{.flag = name};
    if (const auto* parameter = parameter_named(function_, name, passing.index)) {
      if (!is_state && is_bool(*parameter)) passing.kind = FlagKind::kBool;
      if (is_state && is_integer(*parameter)) passing.kind = FlagKind::kState;
      return passing.kind == FlagKind::kNone ? unknown(name) : passing;
    }
    // A local variable that is given one value stands for that.
    const ValueFact* only = nullptr;
    for (const auto& value : facts_.values) {
      if (value.function != function_.name || value.variable != name) continue;
      if (only != nullptr || !seen_.insert(name).second) return unknown(name);
      only = &value;
    }
    if (only == nullptr || only->value.empty()) return unknown(name);
    return is_state ? state(only->value) : flag(only->value);
  }

  static Passing unknown(const std::string& expression) {
    return {.objection =
                fmt::format("'{}' decides, and where it comes from is not understood", expression)};
  }

  const FunctionFact& function_;
  const SourceFacts& facts_;
  std::set<std::string> seen_;
};

// What the call would be where it must not be interrupted: "mutex_lock" of
// "mutex_lock_interruptible".
std::string uninterruptible(std::string name) {
  constexpr std::string_view kInfix = "_interruptible";
  if (auto at = name.find(kInfix); at != std::string::npos) name.erase(at, kInfix.size());
  return name;
}

// The condition that decides between the sleep and its uninterruptible counterpart; "" if none
// does.
std::string deciding_guard(const CallFact& call, const FunctionFact& function,
                           const SourceFacts& facts, const Sink& sink) {
  auto other_branch = [&](const Guard& guard) {
    auto counterpart = uninterruptible(sink.name);
    for (const auto* other : facts.calls_in(function))
      if (other->callee == counterpart || other->callee == sink.name)
        for (const auto& one : other->guards)
          if (one.condition == guard.condition && one.holds != guard.holds) return true;
    return false;
  };
  for (auto guard = call.guards.rbegin(); guard != call.guards.rend(); ++guard) {
    unsigned index = 0;
    const auto* parameter = parameter_named(function, guard->condition, index);
    bool looks =
        sink.result == SinkResult::kTrueOnSignal && parameter != nullptr && is_bool(*parameter);
    if (guard->holds && (looks || other_branch(*guard))) return guard->condition;
  }
  return {};
}

}  // namespace

const Parameter* parameter_named(const FunctionFact& function, const std::string& name,
                                 unsigned& index) {
  for (std::size_t i = 0; i < function.parameters.size(); ++i) {
    if (function.parameters[i].name != name) continue;
    index = static_cast<unsigned>(i);
    return &function.parameters[i];
  }
  return nullptr;
}

Passing passing_of(const CallFact& call, const FunctionFact& function, const SourceFacts& facts,
                   const StateForm* form, const Sink* sink) {
  Reader reader(function, facts);
  auto argument = [&](unsigned index) {
    return index < call.arguments.size() ? call.arguments[index] : std::string("?");
  };
  if (form != nullptr) {
    switch (form->kind) {
      case FlagKind::kBool:
        return reader.flag(argument(form->index));
      case FlagKind::kState:
        return reader.state(argument(form->index));
      case FlagKind::kBit:
        return {.objection = fmt::format("'{}' is a set of flags", argument(form->index))};
      default:
        return {};
    }
  }
  switch (sink->condition.kind) {
    case SinkCondition::Kind::kArgumentTrue:
      return reader.flag(argument(sink->condition.argument));
    case SinkCondition::Kind::kArgumentState: {
      auto passing = reader.state(argument(sink->condition.argument));
      if (passing.kind != FlagKind::kNone || !passing.objection.empty()) return passing;
      break;
    }
    case SinkCondition::Kind::kAlways:
      break;
    default:
      return {.objection = fmt::format("no rule threads a state to {}()", sink->name)};
  }
  auto guard = deciding_guard(call, function, facts, *sink);
  return guard.empty() ? Passing{} : reader.flag(guard);
}

Passing passing_of_flag(const std::string& value, const FunctionFact& function,
                        const SourceFacts& facts) {
  return Reader(function, facts).flag(value);
}

std::string interruptible_bit(const SourceFacts& facts, const FunctionFact& function,
                              const std::string& word) {
  std::set<std::string> bits;
  auto look_at = [&](const std::string& expression) {
    auto words = words_of(expression);
    for (std::size_t i = 0; i + 6 < words.size(); ++i)
      if (words[i] == word && words[i + 1] == "&" && words[i + 3] == "?" &&
          words[i + 4] == "TASK_INTERRUPTIBLE" && words[i + 6] == "TASK_UNINTERRUPTIBLE")
        bits.insert(words[i + 2]);
  };
  for (const auto& value : facts.values)
    if (value.function == function.name) look_at(value.value);
  for (const auto* call : facts.calls_in(function))
    for (const auto& argument : call->arguments) look_at(argument);
  return bits.size() == 1 ? *bits.begin() : std::string();
}

bool mentions(const std::string& expression, const std::string& name) {
  auto tokens = tokens_of(expression);
  return std::any_of(tokens.begin(), tokens.end(),
                     [&](const Token& token) { return token.text == name; });
}

}  // namespace killify
