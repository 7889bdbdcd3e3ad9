#include "plan/undo.h"

#include "facts/flow.h"

#include <algorithm>
#include <deque>
#include <set>
#include <string_view>
#include <vector>

namespace killify {
namespace {

bool is_name(const FlowToken& token) {
  return token.kind == Token::Kind::kWord;
}

// "x" of "F(x)", where F is one of these; "" of anything else.
std::string_view argument_of(Code code, std::initializer_list<std::string_view> functions) {
  const bool whole = code.size() == 4 && is_name(code[2]) &&
                     std::ranges::find(functions, called(code)) != functions.end();
  return whole ? code[2].text : std::string_view();
}

// The variable of "err", "err < 0", "err != 0", "IS_ERR(p)" and "unlikely(...)" of these.
std::string_view failed(Code code) {
  code = expected(code);
  if (code.size() == 1 && is_name(code[0])) return code[0].text;
  if (code.size() == 3 && is_name(code[0]) && (code[1].text == "<" || code[1].text == "!=") &&
      code[2].text == "0")
    return code[0].text;
  return argument_of(code, {"IS_ERR", "IS_ERR_OR_NULL"});
}

// Whether a function returns the failure in `variable`, or an error by its name.
bool is_failure(Code code, std::string_view variable) {
  if (code.size() == 1) return code[0].text == variable;
  if (code.size() == 2) return code[0].text == "-" && code[1].text.starts_with('E');
  if (called(code) == "ERR_PTR") return is_failure(code.subspan(2, code.size() - 3), variable);
  return !variable.empty() && argument_of(code, {"PTR_ERR", "ERR_CAST"}) == variable;
}

// Whether the statement is a call of `callee` and nothing else, but for "(void)".
bool is_plain_call(const FlowStep& step, std::string_view callee) {
  auto code = step.code;
  if (step.kind != FlowStep::Kind::kExpression) return false;
  if (code.size() > 3 && code[0].text == "(" && code[1].text == "void" && code[2].text == ")")
    code = code.subspan(3);
  return called(code) == callee;
}

// The steps that may run from `from` on; without the branches that are taken where `variable` holds
// a failure.
std::set<std::size_t> reachable(const Flow& flow, std::size_t from, std::string_view without = {}) {
  std::set<std::size_t> seen{from};
  std::deque<std::size_t> queue{from};
  while (!queue.empty()) {
    const auto& step = flow.steps[queue.front()];
    queue.pop_front();
    const bool left_out =
        !without.empty() && step.kind == FlowStep::Kind::kBranch && failed(step.code) == without;
    const auto next = left_out ? std::vector<std::size_t>{step.otherwise} : successors(step);
    for (const auto to : next)
      if (to < flow.steps.size() && seen.insert(to).second) queue.push_back(to);
  }
  return seen;
}

bool undoes(const Flow& flow, std::size_t at) {
  std::set<std::string_view> variables;
  for (const auto& step : flow.steps)
    if (step.kind == FlowStep::Kind::kBranch) variables.insert(failed(step.code));
  variables.erase(std::string_view());
  const auto after = reachable(flow, at);
  return std::ranges::any_of(variables, [&](std::string_view variable) {
    return !reachable(flow, 0, variable).contains(at) &&
           std::ranges::all_of(after, [&](std::size_t i) {
             const auto& step = flow.steps[i];
             return step.kind != FlowStep::Kind::kReturn || is_failure(step.code, variable);
           });
  });
}

}  // namespace

UndoCalls undo_calls(const Sketch& file, const std::string& function, const std::string& callee) {
  bool some = false;
  bool others = false;
  for (const auto& flow : flows_of(file, function, 0, {})) {
    for (std::size_t i = 0; i < flow->steps.size(); ++i) {
      const auto& step = flow->steps[i];
      const bool calls = std::ranges::any_of(
          step.code, [&](const FlowToken& token) { return token.text == callee; });
      if (!calls) continue;
      const bool undo = is_plain_call(step, callee) && undoes(*flow, i);
      some = some || undo;
      others = others || !undo;
    }
  }
  if (!some) return UndoCalls::kNone;
  return others ? UndoCalls::kSome : UndoCalls::kAll;
}

}  // namespace killify
