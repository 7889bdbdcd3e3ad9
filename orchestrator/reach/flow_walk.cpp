#include "reach/flow_walk.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace killify {
namespace {

// More states than this are not looked at: what such a function does is unclear.
constexpr std::size_t kMaxStates = 20000;

// Functions and macros whose value is that of their argument.
constexpr std::array<std::string_view, 9> kTransparent = {
    "likely",   "unlikely", "WARN_ON",         "WARN_ON_ONCE", "ERR_PTR",
    "ERR_CAST", "PTR_ERR",  "PTR_ERR_OR_ZERO", "READ_ONCE"};
// Those that ask whether it is below 0.
constexpr std::array<std::string_view, 3> kAskForError = {"IS_ERR", "IS_ERR_VALUE",
                                                          "IS_ERR_OR_NULL"};

bool is(const FlowToken& token, std::string_view text) {
  return token.text == text;
}

bool is_word(const FlowToken& token) {
  return token.kind == Token::Kind::kWord;
}

template <typename Names>
bool contains(const Names& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// What is known at one point of a way.
struct State {
  std::map<std::string, FlowValue> known;  // variables of which something is
  bool failed = false;                     // the call has been made
  bool ignored = false;
  bool mmap_lock_dropped = false;
  // NOLINTNEXTLINE(modernize-use-nullptr): no pointers are compared here
  auto operator<=>(const State&) const = default;
};

// One of several things that an expression may come to.
struct Outcome {
  FlowValue value;
  State state;
};
using Outcomes = std::vector<Outcome>;

// The tokens of an expression, as they are written in a call.
std::vector<std::string> words_of(const std::string& expression) {
  std::vector<std::string> words;
  for (const auto& token : tokens_of(expression)) {
    const bool second = token.text == ">" && !words.empty() && words.back() == "-";
    if (second)
      words.back() = "->";
    else
      words.emplace_back(token.text);
  }
  return words;
}

// Without parentheses and casts around it.
Code bare(Code code) {
  for (;;) {
    if (code.size() > 2 && is(code[0], "(")) {
      const auto close = closing(code, 0);
      if (close == code.size() - 1) {
        code = code.subspan(1, code.size() - 2);
        continue;
      }
      const auto type = code.subspan(1, close - 1);
      const bool cast =
          close + 1 < code.size() && !type.empty() && is_word(type[0]) &&
          std::ranges::all_of(type, [](const FlowToken& t) { return is_word(t) || is(t, "*"); }) &&
          (is_word(code[close + 1]) || code[close + 1].kind == Token::Kind::kNumber ||
           is(code[close + 1], "("));
      if (cast) {
        code = code.subspan(close + 1);
        continue;
      }
    }
    return code;
  }
}

bool is_operand_end(const FlowToken& token) {
  return token.kind != Token::Kind::kPunctuation || is(token, ")") || is(token, "]") ||
         is(token, "}");
}

// The index of an operator outside of brackets, the first or the last; the size where there is
// none.
template <typename Operators>
std::size_t find_operator(Code code, const Operators& operators, bool last) {
  auto found = code.size();
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (is(code[i], "(") || is(code[i], "[") || is(code[i], "{")) {
      i = std::min(closing(code, i), code.size() - 1);
    } else if (i > 0 && code[i].kind == Token::Kind::kPunctuation &&
               contains(operators, code[i].text) && is_operand_end(code[i - 1])) {
      if (!last) return i;
      found = i;
    }
  }
  return found;
}

// Evaluates expressions, with all that they may do to the state.
class Evaluator {
 public:
  Evaluator(Code place, const FailingCall& call, Pending pending, const ReturnsOf& returns_of,
            FlowEnds& ends)
      : place_(place), call_(call), pending_(pending), returns_of_(returns_of), ends_(ends) {}

  Outcomes evaluate(Code code, const State& state) {
    code = bare(code);
    if (code.empty()) return {{{}, state}};
    constexpr std::array<std::string_view, 1> kComma = {","};
    constexpr std::array<std::string_view, 11> kAssign = {
        "=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="};
    constexpr std::array<std::string_view, 1> kChoice = {"?"};
    if (auto at = find_operator(code, kComma, true); at < code.size())
      return then(evaluate(code.first(at), state), [&](const Outcome& first) {
        return evaluate(code.subspan(at + 1), first.state);
      });
    if (auto at = find_operator(code, kAssign, false); at < code.size())
      return assign(code, at, state);
    if (auto at = find_operator(code, kChoice, false); at < code.size())
      return choose(code, at, state);
    if (auto found = logical(code, state, "||", Truth::kTrue)) return *found;
    if (auto found = logical(code, state, "&&", Truth::kFalse)) return *found;
    if (auto found = binary(code, state)) return *found;
    return unary(code, state);
  }

  // The same, with what the truth of a variable's value says of it.
  Outcomes test(Code code, const State& state) {
    Outcomes out;
    auto name = bare(code);
    bool turned = false;
    while (name.size() > 1 && is(name[0], "!")) {
      turned = !turned;
      name = bare(name.subspan(1));
    }
    for (auto& one : evaluate(code, state)) {
      if (one.value.truth != Truth::kUnknown) {
        out.push_back(std::move(one));
        continue;
      }
      for (const auto truth : {Truth::kTrue, Truth::kFalse}) {
        auto way = one;
        way.value.truth = truth;
        if (name.size() == 1 && is_word(name[0]))
          learn(way.state, std::string(name[0].text), turned ? !truth : truth);
        out.push_back(std::move(way));
      }
    }
    return out;
  }

  // Whether a way has ended since this was asked last.
  bool has_ended() { return std::exchange(has_ended_, false); }

  // Whether the statement is the call alone.
  [[nodiscard]] bool discards(Code code) const {
    code = bare(code);
    for (std::size_t i = 0; i + 1 < code.size(); ++i)
      if (is_place(code[i]))
        return begin_of(code, i) == 0 && closing(code, i + 1) == code.size() - 1;
    return false;
  }

  void end(FlowEnd::Kind kind, const State& state, int line) {
    has_ended_ = true;
    ends_.insert({kind, {}, state.mmap_lock_dropped, state.ignored, line});
  }

 private:
  template <typename Next>
  Outcomes then(const Outcomes& firsts, const Next& next) {
    Outcomes out;
    for (const auto& first : firsts) {
      auto more = next(first);
      out.insert(out.end(), std::make_move_iterator(more.begin()),
                 std::make_move_iterator(more.end()));
    }
    return out;
  }

  static void learn(State& state, const std::string& name, Truth truth) {
    auto& value = state.known[name];
    value.truth = truth;
    if (truth == Truth::kFalse) value = FlowValue::of("0");
  }

  static void set(State& state, const std::string& name, const FlowValue& value) {
    if (value.is_known())
      state.known[name] = value;
    else
      state.known.erase(name);
  }

  // What is assigned to, "" where that has no name: the last word of a declaration, or a field.
  static std::string target_of(Code code) {
    code = bare(code);
    if (code.empty() || !is_word(code.back())) return {};
    std::string text;
    for (const auto& token : code) {
      const bool plain = is_word(token) || is(token, "*") || is(token, "->") || is(token, ".");
      if (!plain) return {};
      text += token.text;
    }
    const bool field =
        code.size() > 1 && (is(code[code.size() - 2], "->") || is(code[code.size() - 2], "."));
    if (field) return text;
    // "*x = ..." writes elsewhere, "struct s *x = ..." does not.
    return is(code[0], "*") ? std::string() : std::string(code.back().text);
  }

  Outcomes assign(Code code, std::size_t at, const State& state) {
    const auto name = target_of(code.first(at));
    auto results = evaluate(code.subspan(at + 1), state);
    for (auto& one : results) {
      if (!is(code[at], "=")) {
        const auto old = one.state.known.find(name);
        const auto before = old == one.state.known.end() ? FlowValue{} : old->second;
        const bool bits = is(code[at], "|=") || is(code[at], "&=");
        one.value = bits ? combined(before, code[at].text.substr(0, 1), one.value) : FlowValue{};
      }
      if (!name.empty()) set(one.state, name, one.value);
    }
    return results;
  }

  Outcomes choose(Code code, std::size_t at, const State& state) {
    // The ':' of this '?', with others between.
    std::size_t colon = at + 1;
    for (int depth = 1; colon < code.size(); ++colon) {
      if (is(code[colon], "(") || is(code[colon], "[") || is(code[colon], "{"))
        colon = std::min(closing(code, colon), code.size() - 1);
      else if (is(code[colon], "?"))
        ++depth;
      else if (is(code[colon], ":") && --depth == 0)
        break;
    }
    if (colon >= code.size()) return {{{}, state}};
    return then(test(code.first(at), state), [&](const Outcome& asked) -> Outcomes {
      if (asked.value.truth == Truth::kFalse) return evaluate(code.subspan(colon + 1), asked.state);
      if (colon == at + 1) return {asked};  // "a ?: b"
      return evaluate(code.subspan(at + 1, colon - at - 1), asked.state);
    });
  }

  // "||" and "&&": `settles` on the left is the result.
  std::optional<Outcomes> logical(Code code, const State& state, std::string_view op,
                                  Truth settles) {
    const std::array<std::string_view, 1> operators = {op};
    const auto at = find_operator(code, operators, false);
    if (at == code.size()) return std::nullopt;
    return then(test(code.first(at), state), [&](const Outcome& left) -> Outcomes {
      if (left.value.truth == settles) return {{FlowValue::of(settles), left.state}};
      auto right = test(code.subspan(at + 1), left.state);
      for (auto& one : right) one.value = FlowValue::of(one.value.truth);
      return right;
    });
  }

  std::optional<Outcomes> binary(Code code, const State& state) {
    static const std::vector<std::vector<std::string_view>> kLevels = {
        {"|"},        {"^"},      {"&"},          {"==", "!="}, {"<", ">", "<=", ">="},
        {"<<", ">>"}, {"+", "-"}, {"*", "/", "%"}};
    for (const auto& level : kLevels) {
      const auto at = find_operator(code, level, true);
      if (at == code.size()) continue;
      // "struct s *x" without a value declares.
      if (is(code[at], "*") && is_declaration(code.first(at))) return Outcomes{{{}, state}};
      return then(evaluate(code.first(at), state), [&](const Outcome& left) {
        auto right = evaluate(code.subspan(at + 1), left.state);
        for (auto& one : right) one.value = combined(left.value, code[at].text, one.value);
        return right;
      });
    }
    return std::nullopt;
  }

  static bool is_declaration(Code code) {
    return code.size() > 1 && std::ranges::all_of(code, [](const FlowToken& token) {
             return is_word(token) || is(token, "*");
           });
  }

  Outcomes unary(Code code, const State& state) {
    if (is(code[0], "!") && code.size() > 1) {
      auto results = evaluate(code.subspan(1), state);
      for (auto& one : results) one.value = FlowValue::of(!one.value.truth);
      return results;
    }
    if (is(code[0], "-") && code.size() == 2 &&
        (is_word(code[1]) || code[1].kind == Token::Kind::kNumber))
      return {{FlowValue::of("-" + std::string(code[1].text)), state}};
    if (is(code[0], "&") && code.size() > 1) {
      // Who knows what is written there.
      auto changed = state;
      forget(changed, target_of(code.subspan(1)));
      auto results = evaluate(code.subspan(1), changed);
      for (auto& one : results) one.value = {{}, Truth::kTrue};
      return results;
    }
    if (is(code[0], "++") || is(code[0], "--") || is(code.back(), "++") || is(code.back(), "--")) {
      auto changed = state;
      const bool before = is(code[0], "++") || is(code[0], "--");
      forget(changed, target_of(before ? code.subspan(1) : code.first(code.size() - 1)));
      return {{{}, changed}};
    }
    if (code[0].kind == Token::Kind::kPunctuation && code.size() > 1 && !is(code[0], "(") &&
        !is(code[0], "{")) {
      auto results = evaluate(code.subspan(1), state);
      for (auto& one : results) one.value = {};
      return results;
    }
    return operand(code, state);
  }

  static void forget(State& state, const std::string& name) { state.known.erase(name); }

  // A constant, a variable, a call, or what was not understood.
  Outcomes operand(Code code, const State& state) {
    if (code.size() == 1) return {{value_of(code[0], state), state}};
    if (is(code.back(), ")")) {
      std::size_t open = 0;
      while (open < code.size() && closing(code, open) != code.size() - 1) ++open;
      if (open > 0 && open < code.size() && is(code[open], "(")) return call(code, open, state);
    }
    if (is_word(code.back())) {
      // Several words are a declaration; a field may have been assigned to.
      const auto known = state.known.find(target_of(code));
      const bool field = code.size() > 2 && !is_word(code[code.size() - 2]);
      if (field && known != state.known.end()) return {{known->second, state}};
    }
    return pieces(code, state);
  }

  static FlowValue value_of(const FlowToken& token, const State& state) {
    const std::string name(token.text);
    if (token.kind == Token::Kind::kNumber) return FlowValue::of(name);
    if (token.kind == Token::Kind::kString) return {{}, Truth::kTrue};
    if (auto known = state.known.find(name); known != state.known.end()) return known->second;
    const bool constant = name == "true" || name == "false" || name == "NULL" ||
                          std::ranges::none_of(name, [](char c) { return c >= 'a' && c <= 'z'; });
    return constant ? FlowValue::of(name) : FlowValue{};
  }

  // What stands in brackets, one after the other; nothing is known of the whole.
  Outcomes pieces(Code code, const State& state) {
    Outcomes out = {{{}, state}};
    for (std::size_t i = 0; i < code.size(); ++i) {
      if (!is(code[i], "(") && !is(code[i], "[") && !is(code[i], "{")) continue;
      const auto close = closing(code, i);
      if (close == code.size()) break;
      const auto inside = code.subspan(i + 1, close - i - 1);
      if (is(code[i], "{")) {
        if (has_place(inside)) return unclear(state, code[i].line);
      } else {
        out = then(out, [&](const Outcome& before) {
          // A call in the middle of an expression: "f(x)->y".
          const bool calls = is(code[i], "(") && i > 0 && is_word(code[i - 1]);
          auto results = calls ? call(code.subspan(i - 1, close - i + 2), 1, before.state)
                               : evaluate(inside, before.state);
          for (auto& one : results) one.value = {};
          return results;
        });
      }
      i = close;
    }
    return out;
  }

  Outcomes unclear(const State& state, int line) {
    end(FlowEnd::Kind::kUnclear, state, line);
    return {};
  }

  [[nodiscard]] bool is_place(const FlowToken& token) const {
    return !place_.empty() && &token == place_.data();
  }
  [[nodiscard]] bool has_place(Code code) const {
    return std::ranges::any_of(code, [&](const FlowToken& token) { return is_place(token); });
  }

  // Where the callee begins whose last token this is.
  [[nodiscard]] std::size_t begin_of(Code code, std::size_t last) const {
    const auto words = call_.through.empty() ? 1 : words_of(call_.through).size();
    return last + 1 >= words && last < code.size() ? last + 1 - words : code.size();
  }

  // code[open] is the parenthesis of a call that is all of the code.
  Outcomes call(Code code, std::size_t open, const State& state) {
    const auto arguments = divided(code.subspan(open + 1, code.size() - open - 2), ",");
    if (is_place(code[open - 1])) return failing_call(code[open - 1].line, arguments, state);
    const bool named = open == 1 && is_word(code[0]);
    const std::string name(named ? code[0].text : std::string_view());
    if (name == "sizeof" || name == "typeof" || name == "__typeof__") return {{{}, state}};
    std::vector<std::pair<State, std::vector<FlowValue>>> ways = {{state, {}}};
    for (const auto& argument : arguments) {
      std::vector<std::pair<State, std::vector<FlowValue>>> more;
      for (auto& [before, values] : ways)
        for (auto& one : evaluate(argument, before)) {
          auto all = values;
          all.push_back(one.value);
          more.emplace_back(std::move(one.state), std::move(all));
        }
      ways = std::move(more);
    }
    Outcomes out;
    for (auto& [after, values] : ways) {
      note_mmap_lock(name, code, after);
      if (!named) forget_fields(after);
      for (const auto& value : results(name, values, after)) out.push_back({value, after});
    }
    return out;
  }

  // What a function may write into an object that is not its own.
  static void forget_fields(State& state) {
    std::erase_if(state.known, [](const auto& one) {
      return one.first.find_first_of(".>") != std::string::npos;
    });
  }

  Outcomes failing_call(int line, const std::vector<Code>& arguments, const State& state) {
    if (state.failed) {
      end(FlowEnd::Kind::kRepeats, state, line);
      return {};
    }
    auto after = state;
    for (const auto& argument : arguments)
      for (std::size_t i = 0; i + 1 < argument.size(); ++i)
        if (is(argument[i], "&") && is_word(argument[i + 1]))
          forget(after, std::string(argument[i + 1].text));
    forget_fields(after);
    auto failed = after;
    failed.failed = true;
    failed.ignored = call_.ignored;
    failed.mmap_lock_dropped = state.mmap_lock_dropped || call_.mmap_lock_dropped;
    return {{call_.value, std::move(failed)}, {{}, std::move(after)}};
  }

  static void note_mmap_lock(const std::string& name, Code code, State& state) {
    const auto names_lock = [&] {
      return std::ranges::any_of(
          code, [](const FlowToken& t) { return is(t, "mmap_lock") || is(t, "mmap_sem"); });
    };
    if (name == "mmap_read_unlock" || (name == "up_read" && names_lock()))
      state.mmap_lock_dropped = true;
    if (name == "mmap_read_lock" || (name == "down_read" && names_lock()))
      state.mmap_lock_dropped = false;
  }

  std::set<FlowValue> results(const std::string& name, const std::vector<FlowValue>& values,
                              State& state) {
    if (name == "fatal_signal_pending")
      return {state.failed ? FlowValue::of(pending_ == Pending::kFatalSignal) : FlowValue{}};
    if (name == "signal_pending") return {state.failed ? FlowValue::of(true) : FlowValue{}};
    if (values.size() == 1 && contains(kTransparent, name)) return {values[0]};
    if (values.size() == 1 && contains(kAskForError, name)) {
      const auto error = values[0].is_negative();
      if (name == "IS_ERR_OR_NULL" && error != Truth::kTrue)
        return {values[0].truth == Truth::kFalse ? FlowValue::of(true) : FlowValue{}};
      return {FlowValue::of(error)};
    }
    forget_fields(state);
    // The signal is still there: a further call fails in the same way. Where it does not, the error
    // is made good.
    if (state.failed && call_.through.empty() && name == call_.callee) return {call_.value};
    const bool has_error =
        std::ranges::any_of(values, [](const FlowValue& value) { return value.is_error(); });
    if (has_error && returns_of_ && !name.empty())
      if (auto found = returns_of_(name, values); !found.empty()) return found;
    return {FlowValue{}};
  }

  Code place_;  // the last token of the callee, of the call that fails
  const FailingCall& call_;
  Pending pending_;
  const ReturnsOf& returns_of_;
  FlowEnds& ends_;
  bool has_ended_ = false;
};

// Goes all ways from the function's beginning.
class Walk {
 public:
  Walk(const Flow& flow, Code place, const FailingCall& call, Pending pending,
       const ReturnsOf& returns_of, bool all_count)
      : flow_(flow), evaluator_(place, call, pending, returns_of, ends_), all_count_(all_count) {}

  FlowEnds go(State start) {
    reach(0, std::move(start), kNone);
    while (!open_.empty()) {
      if (points_.size() > kMaxStates) {
        ends_.insert({.kind = FlowEnd::Kind::kUnclear, .value = {}});
        return std::move(ends_);
      }
      const auto [index, point] = open_.back();
      open_.pop_back();
      take(index, *point);
    }
    if (circles()) ends_.insert({.kind = FlowEnd::Kind::kRepeats, .value = {}});
    return std::move(ends_);
  }

 private:
  using Point = std::pair<std::size_t, State>;  // a step, and what is known before it
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  void reach(std::size_t step, State state, std::size_t from) {
    const auto [it, added] = points_.try_emplace(Point(step, std::move(state)), points_.size());
    if (added) {
      open_.emplace_back(it->second, &it->first);
      before_.emplace_back();
      failed_.push_back(it->first.second.failed);
    }
    if (from != kNone) before_[it->second].push_back(from);
  }

  void take(std::size_t index, const Point& point) {
    const auto& [number, state] = point;
    const auto& step = flow_.steps[number];
    switch (step.kind) {
      case FlowStep::Kind::kExpression:
        for (auto& one : evaluator_.evaluate(step.code, state)) {
          if (one.state.failed && !state.failed && evaluator_.discards(step.code))
            one.state.ignored = true;
          reach(step.next, std::move(one.state), index);
        }
        break;
      case FlowStep::Kind::kBranch:
        if (step.code.empty()) {
          reach(step.next, state, index);
          reach(step.otherwise, state, index);
        }
        for (auto& one : step.code.empty() ? Outcomes{} : evaluator_.test(step.code, state))
          reach(one.value.truth == Truth::kFalse ? step.otherwise : step.next, std::move(one.state),
                index);
        break;
      case FlowStep::Kind::kSwitch:
        for (const auto& one : evaluator_.evaluate(step.code, state)) choose(step, one, index);
        break;
      case FlowStep::Kind::kReturn:
        for (const auto& one : evaluator_.evaluate(step.code, state)) {
          ended_.push_back(index);
          if (one.state.failed || all_count_)
            ends_.insert({FlowEnd::Kind::kReturns, one.value, one.state.mmap_lock_dropped,
                          one.state.ignored, step.line});
        }
        break;
      case FlowStep::Kind::kUnclear:
        evaluator_.end(FlowEnd::Kind::kUnclear, state, step.line);
        break;
    }
    if (evaluator_.has_ended()) ended_.push_back(index);
  }

  void choose(const FlowStep& step, const Outcome& on, std::size_t from) {
    for (const auto& one : step.cases) {
      const auto values = evaluator_.evaluate(one.value, {});
      const bool range = std::ranges::any_of(one.value, [](const auto& t) { return is(t, "..."); });
      const auto same = range || values.empty()
                            ? Truth::kUnknown
                            : combined(on.value, "==", values.front().value).truth;
      if (same == Truth::kFalse) continue;
      reach(one.step, on.state, from);
      if (same == Truth::kTrue) return;
    }
    reach(step.otherwise, on.state, from);
  }

  // Whether some way behind the failing call comes to no end.
  bool circles() const {
    std::vector<bool> comes_to_end(points_.size());
    auto open = ended_;
    while (!open.empty()) {
      const auto index = open.back();
      open.pop_back();
      if (comes_to_end[index]) continue;
      comes_to_end[index] = true;
      open.insert(open.end(), before_[index].begin(), before_[index].end());
    }
    for (std::size_t i = 0; i < failed_.size(); ++i)
      if (failed_[i] && !comes_to_end[i]) return true;
    return false;
  }

  const Flow& flow_;
  FlowEnds ends_;
  Evaluator evaluator_;
  bool all_count_;  // also ends without a failure
  std::map<Point, std::size_t> points_;
  std::vector<std::pair<std::size_t, const Point*>> open_;
  std::vector<std::vector<std::size_t>> before_;  // by point
  std::vector<bool> failed_;                      // by point
  std::vector<std::size_t> ended_;                // points where a way ends
};

}  // namespace

std::vector<std::size_t> calls_in(const Flow& flow, const FailingCall& call) {
  const auto words = call.through.empty() ? std::vector{call.callee} : words_of(call.through);
  const auto& tokens = flow.tokens;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i + words.size() < tokens.size(); ++i) {
    bool same = is(tokens[i + words.size()], "(");
    for (std::size_t k = 0; same && k < words.size(); ++k) same = is(tokens[i + k], words[k]);
    const bool selected =
        words.size() == 1 && i > 0 && (is(tokens[i - 1], "->") || is(tokens[i - 1], "."));
    if (same && !selected) places.push_back(i + words.size() - 1);
  }
  return places;
}

FlowEnds ends_behind(const Flow& flow, std::size_t place, const FailingCall& call, Pending pending,
                     const ReturnsOf& returns_of) {
  return Walk(flow, Code(flow.tokens).subspan(place, 1), call, pending, returns_of, false).go({});
}

std::set<FlowValue> results_of(const Flow& flow, const std::vector<FlowValue>& arguments) {
  State start;
  for (std::size_t i = 0; i < arguments.size() && i < flow.parameters.size(); ++i)
    if (arguments[i].is_known()) start.known[flow.parameters[i]] = arguments[i];
  const FailingCall none;
  const ReturnsOf nobody;
  Walk walk(flow, {}, none, Pending::kSignal, nobody, true);
  std::set<FlowValue> values;
  for (const auto& end : walk.go(std::move(start))) {
    if (end.kind != FlowEnd::Kind::kReturns) return {};
    values.insert(end.value);
  }
  return values;
}

}  // namespace killify
