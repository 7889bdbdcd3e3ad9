#include "facts/flow.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace killify {
namespace {

// The longest first.
constexpr std::array<std::string_view, 22> kOperators = {
    "<<=", ">>=", "...", "&&", "||", "==", "!=", "<=", ">=", "->", "++",
    "--",  "+=",  "-=",  "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>"};

// A function whose macros lead to more text than this is not understood.
constexpr int kMaxExpansions = 50;

bool is(const FlowToken& token, std::string_view text) {
  return token.text == text;
}

// Tokens with operators in one piece; lines are counted from `before`.
FlowTokens joined(std::span<const Token> tokens, int before) {
  FlowTokens out;
  for (std::size_t i = 0; i < tokens.size();) {
    const auto& token = tokens[i];
    std::size_t length = 1;
    if (token.kind == Token::Kind::kPunctuation) {
      for (const auto& one : kOperators) {
        bool same = i + one.size() <= tokens.size();
        for (std::size_t k = 0; same && k < one.size(); ++k)
          same = tokens[i + k].kind == Token::Kind::kPunctuation &&
                 tokens[i + k].text[0] == one[k] &&
                 tokens[i + k].text.data() == token.text.data() + k;
        if (!same) continue;
        length = one.size();
        break;
      }
    }
    out.push_back({length == 1 ? token.text : std::string_view(token.text.data(), length),
                   token.line + before, token.kind});
    i += length;
  }
  return out;
}

bool opens_condition(std::string_view directive) {
  return directive == "if" || directive == "ifdef" || directive == "ifndef";
}

// How many ways to choose each `#if` of these tokens has, in their order.
std::vector<int> choices_of(std::span<const Token> tokens) {
  std::vector<int> choices;
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (!tokens[i].opens_directive) continue;
    const auto what = tokens[i + 1].text;
    if (opens_condition(what)) {
      open.push_back(choices.size());
      choices.push_back(2);  // with or without
    } else if (!open.empty() && (what == "else" || what.starts_with("elif"))) {
      // An else takes the place of nothing at all.
      if (what != "else") ++choices[open.back()];
    } else if (what == "endif" && !open.empty()) {
      open.pop_back();
    }
  }
  return choices;
}

// The tokens that are left when each `#if` takes its branch `choice`, or its last one.
std::vector<Token> chosen(std::span<const Token> tokens, std::span<const int> choices, int choice) {
  struct Condition {
    int branch = 0;
    int wanted = 0;
  };
  std::vector<Condition> open;
  std::vector<Token> out;
  std::size_t nth = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].opens_directive) {
      const auto what = i + 1 < tokens.size() ? tokens[i + 1].text : std::string_view();
      if (opens_condition(what)) {
        open.push_back({0, std::min(choice, choices[nth] - 1)});
        ++nth;
      } else if (!open.empty() && (what == "else" || what.starts_with("elif"))) {
        ++open.back().branch;
      } else if (what == "endif" && !open.empty()) {
        open.pop_back();
      }
    }
    bool active =
        std::ranges::all_of(open, [](const Condition& c) { return c.branch == c.wanted; });
    if (!tokens[i].directive && active) out.push_back(tokens[i]);
  }
  return out;
}

// Writes the steps of one function one after the other.
class FlowWriter {
 public:
  FlowWriter(Flow& flow, const FindMacro& macros) : flow_(flow), macros_(macros) {}

  // Of the tokens from `begin` on, which are statements.
  void write(std::size_t begin) {
    expand_heads(begin);
    code_ = flow_.tokens;
    for (auto i = begin; i < code_.size();) i = statement(i);
    add(FlowStep::Kind::kReturn, {}, code_.empty() ? 0 : code_.back().line);
    for (const auto& [step, label] : jumps_) {
      const auto found = labels_.find(label);
      if (found == labels_.end())
        flow_.steps[step].kind = FlowStep::Kind::kUnclear;
      else
        flow_.steps[step].next = found->second;
    }
  }

  // Of an expression whose value is returned.
  void write_value() {
    code_ = flow_.tokens;
    add(FlowStep::Kind::kReturn, code_, code_.empty() ? 0 : code_.front().line);
  }

 private:
  struct Loop {
    std::vector<std::size_t> breaks;
    std::vector<std::size_t> continues;
    bool is_switch = false;
  };

  [[nodiscard]] std::size_t here() const { return flow_.steps.size(); }
  [[nodiscard]] bool at(std::size_t i, std::string_view text) const {
    return i < code_.size() && is(code_[i], text);
  }
  FlowStep& step(std::size_t index) { return flow_.steps[index]; }

  std::size_t add(FlowStep::Kind kind, Code code, int line) {
    FlowStep step;
    step.kind = kind;
    step.code = code;
    step.line = line;
    step.next = here() + 1;
    step.otherwise = here() + 1;
    flow_.steps.push_back(std::move(step));
    return here() - 1;
  }
  std::size_t jump(int line) { return add(FlowStep::Kind::kExpression, {}, line); }
  void lead(const std::vector<std::size_t>& jumps, std::size_t to) {
    for (auto index : jumps) step(index).next = to;
  }

  // Puts what macros stand for where they head a statement.
  void expand_heads(std::size_t begin) {
    int expansions = 0;
    for (auto i = begin; i < flow_.tokens.size(); ++i) {
      const Code code = flow_.tokens;
      if (!heads_statement(code, i) || expansions == kMaxExpansions) continue;
      const auto* macro = macros_ ? macros_(code[i].text) : nullptr;
      if (macro == nullptr) continue;
      const auto close = closing(code, i + 1);
      auto instead = expanded(*macro, code.subspan(i + 2, close - i - 2), code[i].line);
      if (instead.empty()) continue;
      ++expansions;
      const auto first = flow_.tokens.begin() + static_cast<std::ptrdiff_t>(i);
      const auto last = flow_.tokens.begin() + static_cast<std::ptrdiff_t>(close) + 1;
      const auto place = flow_.tokens.erase(first, last);
      flow_.tokens.insert(place, instead.begin(), instead.end());
      --i;  // what comes out may be a macro again
    }
  }

  // "name ( ... )" with a statement behind it.
  static bool heads_statement(Code code, std::size_t i) {
    if (code[i].kind != Token::Kind::kWord || i + 1 >= code.size() || !is(code[i + 1], "(") ||
        is_keyword(code[i].text))
      return false;
    if (i > 0 && !is(code[i - 1], ";") && !is(code[i - 1], "{") && !is(code[i - 1], "}") &&
        !is(code[i - 1], ")") && !is(code[i - 1], ":") && !is(code[i - 1], "else") &&
        !is(code[i - 1], "do"))
      return false;
    const auto close = closing(code, i + 1);
    return close + 1 < code.size() &&
           (is(code[close + 1], "{") || code[close + 1].kind == Token::Kind::kWord);
  }

  static bool is_keyword(std::string_view word) {
    constexpr std::array<std::string_view, 9> kKeywords = {
        "if", "for", "while", "switch", "return", "sizeof", "typeof", "do", "else"};
    return std::ranges::find(kKeywords, word) != kKeywords.end();
  }

  // Nothing where it is no statement's head, or its text is put together from pieces.
  static FlowTokens expanded(const MacroDefinition& macro, Code inside, int line) {
    const auto body = joined(macro.body, 0);
    if (!macro.function_like || body.empty()) return {};
    auto arguments = divided(inside, ",");
    FlowTokens out;
    for (const auto& token : body) {
      if (is(token, "#")) return {};
      const auto parameter = std::ranges::find(macro.parameters, token.text);
      const bool rest = token.text == "__VA_ARGS__";
      if (token.kind != Token::Kind::kWord || (parameter == macro.parameters.end() && !rest)) {
        out.push_back(token);
        out.back().line = line;
        continue;
      }
      auto nth = static_cast<std::size_t>(parameter - macro.parameters.begin());
      const bool takes_rest = rest || (macro.variadic && nth + 1 == macro.parameters.size());
      if (nth >= arguments.size()) {
        if (takes_rest) continue;
        return {};
      }
      auto argument = arguments[nth];
      if (takes_rest)
        argument = {argument.data(),
                    static_cast<std::size_t>(&inside.back() + 1 - argument.data())};
      out.insert(out.end(), argument.begin(), argument.end());
    }
    return out;
  }

  // Writes the statement at code_[i]; the index behind it.
  std::size_t statement(std::size_t i) {
    const auto& token = code_[i];
    if (is(token, "{")) {
      const auto close = closing(code_, i);
      for (++i; i < close;) i = statement(i);
      return close + 1;
    }
    if (is(token, ";")) return i + 1;
    if (token.kind == Token::Kind::kWord) {
      if (is(token, "if")) return if_statement(i);
      if (is(token, "while")) return while_statement(i);
      if (is(token, "do")) return do_statement(i);
      if (is(token, "for") && at(i + 1, "(")) return for_statement(i);
      if (is(token, "switch")) return switch_statement(i);
      if (is(token, "case") || is(token, "default")) return case_label(i);
      if (is(token, "break") || is(token, "continue")) return leave_loop(i);
      if (is(token, "goto")) return goto_statement(i);
      if (is(token, "return")) {
        const auto end = end_of_expression(i);
        add(FlowStep::Kind::kReturn, code_.subspan(i + 1, end - i - 1), token.line);
        return end + 1;
      }
      if (at(i + 1, ":")) {
        labels_[token.text] = here();
        return i + 2;
      }
      if (heads_statement(code_, i)) return unknown_head(i);
    }
    const auto end = end_of_expression(i);
    add(FlowStep::Kind::kExpression, code_.subspan(i, end - i), token.line);
    return end + 1;
  }

  // The ';' that ends it.
  [[nodiscard]] std::size_t end_of_expression(std::size_t i) const {
    for (; i < code_.size() && !is(code_[i], ";"); ++i)
      if (is(code_[i], "(") || is(code_[i], "{") || is(code_[i], "["))
        i = std::min(closing(code_, i), code_.size() - 1);
    return std::min(i, code_.size());
  }

  // What the parentheses hold that open at `open`.
  [[nodiscard]] Code inside(std::size_t open) const {
    const auto close = closing(code_, open);
    return code_.subspan(open + 1, close - open - 1);
  }

  // The index behind a statement's head "word ( ... )"; the end where it has none.
  [[nodiscard]] std::size_t behind_head(std::size_t i) const {
    return at(i + 1, "(") ? std::min(closing(code_, i + 1) + 1, code_.size()) : code_.size();
  }

  std::size_t not_understood(std::size_t i) {
    add(FlowStep::Kind::kUnclear, {}, code_[i].line);
    return code_.size();
  }

  std::size_t substatement(std::size_t i) { return i < code_.size() ? statement(i) : i; }

  std::size_t if_statement(std::size_t i) {
    const auto body = behind_head(i);
    if (body == code_.size()) return not_understood(i);
    const auto test = add(FlowStep::Kind::kBranch, inside(i + 1), code_[i].line);
    auto end = substatement(body);
    if (at(end, "else")) {
      const auto over = jump(code_[end].line);
      step(test).otherwise = here();
      end = substatement(end + 1);
      step(over).next = here();
    } else {
      step(test).otherwise = here();
    }
    return end;
  }

  std::size_t while_statement(std::size_t i) {
    const auto body = behind_head(i);
    if (body == code_.size()) return not_understood(i);
    return repeated(add(FlowStep::Kind::kBranch, inside(i + 1), code_[i].line), body, {});
  }

  // The body of a loop that begins with a test, and goes on there by way of `step_code`.
  std::size_t repeated(std::size_t test, std::size_t body, Code step_code) {
    loops_.push_back({});
    const auto end = substatement(body);
    const auto again = here();
    step(add(FlowStep::Kind::kExpression, step_code, step(test).line)).next = test;
    step(test).otherwise = here();
    lead(loops_.back().continues, again);
    lead(loops_.back().breaks, here());
    loops_.pop_back();
    return end;
  }

  std::size_t do_statement(std::size_t i) {
    const auto top = here();
    loops_.push_back({});
    const auto end = i + 1 < code_.size() ? statement(i + 1) : code_.size();
    if (!at(end, "while")) return not_understood(i);
    lead(loops_.back().continues, here());
    const auto test = add(FlowStep::Kind::kBranch, inside(end + 1), code_[end].line);
    step(test).next = top;
    lead(loops_.back().breaks, here());
    loops_.pop_back();
    return behind_head(end);
  }

  std::size_t for_statement(std::size_t i) {
    const auto body = behind_head(i);
    const auto head = divided(inside(i + 1), ";");
    if (body == code_.size() || head.size() != 3) return not_understood(i);
    add(FlowStep::Kind::kExpression, head[0], code_[i].line);
    const auto test = add(FlowStep::Kind::kBranch, head[1], code_[i].line);
    const auto end = repeated(test, body, head[2]);
    // "for (;;)" always holds.
    if (head[1].empty()) step(test).kind = FlowStep::Kind::kExpression;
    return end;
  }

  // A macro of which nothing is known.
  std::size_t unknown_head(std::size_t i) {
    const auto body = behind_head(i);
    add(FlowStep::Kind::kExpression, code_.subspan(i, body - i), code_[i].line);
    return repeated(add(FlowStep::Kind::kBranch, {}, code_[i].line), body, {});
  }

  std::size_t switch_statement(std::size_t i) {
    const auto body = behind_head(i);
    if (body == code_.size()) return not_understood(i);
    switches_.push_back(add(FlowStep::Kind::kSwitch, inside(i + 1), code_[i].line));
    const auto index = switches_.back();
    step(index).otherwise = 0;
    loops_.push_back({.breaks = {}, .continues = {}, .is_switch = true});
    const auto end = substatement(body);
    switches_.pop_back();
    if (step(index).otherwise == 0) step(index).otherwise = here();
    lead(loops_.back().breaks, here());
    loops_.pop_back();
    return end;
  }

  std::size_t case_label(std::size_t i) {
    auto colon = i;
    while (colon < code_.size() && !is(code_[colon], ":")) ++colon;
    if (switches_.empty() || colon == code_.size()) return not_understood(i);
    // A jump of its own, so that the case before it falls through.
    if (is(code_[i], "default"))
      step(switches_.back()).otherwise = here();
    else
      step(switches_.back()).cases.push_back({code_.subspan(i + 1, colon - i - 1), here()});
    return colon + 1;
  }

  std::size_t leave_loop(std::size_t i) {
    const bool breaks = is(code_[i], "break");
    auto loop = loops_.rbegin();
    while (!breaks && loop != loops_.rend() && loop->is_switch) ++loop;
    if (loop == loops_.rend()) return not_understood(i);
    const auto index = jump(code_[i].line);
    (breaks ? loop->breaks : loop->continues).push_back(index);
    return end_of_expression(i) + 1;
  }

  std::size_t goto_statement(std::size_t i) {
    if (i + 1 >= code_.size() || code_[i + 1].kind != Token::Kind::kWord) return not_understood(i);
    jumps_.emplace_back(jump(code_[i].line), code_[i + 1].text);
    return end_of_expression(i) + 1;
  }

  Flow& flow_;
  const FindMacro& macros_;
  Code code_;
  std::map<std::string_view, std::size_t> labels_;
  std::vector<std::pair<std::size_t, std::string_view>> jumps_;
  std::vector<Loop> loops_;
  std::vector<std::size_t> switches_;
};

// The names in "( struct a *x, int y )", whose first token this is.
std::vector<std::string> parameters_of(Code code, std::size_t open) {
  std::vector<std::string> names;
  for (const auto& part : divided(code.subspan(open + 1, closing(code, open) - open - 1), ",")) {
    std::string name;
    for (const auto& token : part)
      if (token.kind == Token::Kind::kWord) name = token.text;
    names.push_back(name);
  }
  return names;
}

// The tokens of the lines `first` to `last`, which count from 1 again.
std::vector<Token> tokens_between(const Sketch& file, int first, int last) {
  std::vector<Token> out;
  Lexer lexer(file.text());
  for (Token token; lexer.next(token) && token.line <= last;)
    if (token.line >= first) out.push_back(token);
  return out;
}

// nullptr where it has no body.
std::unique_ptr<const Flow> function_flow(std::span<const Token> tokens, const std::string& name,
                                          const FindMacro& macros) {
  auto flow = std::make_unique<Flow>();
  flow->tokens = joined(tokens, 0);
  std::size_t at = 0;
  while (at < flow->tokens.size() && flow->tokens[at].text != name) ++at;
  auto body = at;
  while (body < flow->tokens.size() && !is(flow->tokens[body], "{")) ++body;
  if (body == flow->tokens.size()) return nullptr;
  if (at + 1 < body && is(flow->tokens[at + 1], "("))
    flow->parameters = parameters_of(flow->tokens, at + 1);
  const auto end = closing(flow->tokens, body);
  flow->tokens.resize(std::min(end + 1, flow->tokens.size()));
  FlowWriter(*flow, macros).write(body);
  return flow;
}

std::unique_ptr<const Flow> macro_flow(const MacroDefinition& macro, const FindMacro& macros) {
  auto flow = std::make_unique<Flow>();
  flow->parameters = macro.parameters;
  auto body = joined(macro.body, 0);
  while (body.size() > 2 && is(body[0], "(") && closing(body, 0) == body.size() - 1) {
    body.pop_back();
    body.erase(body.begin());
  }
  const bool statements = !body.empty() && (is(body[0], "{") || is(body[0], "do"));
  flow->tokens = std::move(body);
  if (!statements) {
    FlowWriter(*flow, macros).write_value();
    return flow;
  }
  // The last expression of a statement expression is its value.
  auto& tokens = flow->tokens;
  if (is(tokens[0], "{") && tokens.size() > 3 && is(tokens[tokens.size() - 2], ";")) {
    auto begin = tokens.size() - 2;
    while (begin > 1 && !is(tokens[begin - 1], ";") && !is(tokens[begin - 1], "}") &&
           !is(tokens[begin - 1], "{"))
      --begin;
    const FlowToken returns{"return", tokens[begin].line, Token::Kind::kWord};
    tokens.insert(tokens.begin() + static_cast<std::ptrdiff_t>(begin), returns);
  }
  FlowWriter(*flow, macros).write(0);
  return flow;
}

}  // namespace

std::size_t closing(Code code, std::size_t open) {
  if (open >= code.size()) return code.size();
  const auto opener = code[open].text;
  const std::string_view closer = opener == "(" ? ")" : opener == "{" ? "}" : "]";
  int depth = 0;
  for (auto i = open; i < code.size(); ++i) {
    if (is(code[i], opener)) ++depth;
    if (is(code[i], closer) && --depth == 0) return i;
  }
  return code.size();
}

std::string_view called(Code code) {
  const bool whole = code.size() >= 3 && code[0].kind == Token::Kind::kWord && is(code[1], "(") &&
                     closing(code, 1) == code.size() - 1;
  return whole ? code[0].text : std::string_view();
}

Code expected(Code code) {
  for (auto name = called(code); name == "unlikely" || name == "likely"; name = called(code))
    code = code.subspan(2, code.size() - 3);
  return code;
}

std::vector<Code> divided(Code code, std::string_view separator) {
  std::vector<Code> parts;
  if (code.empty()) return parts;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (is(code[i], "(") || is(code[i], "{") || is(code[i], "[")) {
      i = std::min(closing(code, i), code.size() - 1);
    } else if (is(code[i], separator)) {
      parts.push_back(code.subspan(begin, i - begin));
      begin = i + 1;
    }
  }
  parts.push_back(code.subspan(begin));
  return parts;
}

std::vector<std::unique_ptr<const Flow>> flows_of(const Sketch& file, const std::string& function,
                                                  int line, const FindMacro& macros) {
  std::vector<std::unique_ptr<const Flow>> flows;
  for (const auto& extent : file.functions()) {
    if (extent.name != function) continue;
    if (line != 0 && (line < extent.first || line > extent.last)) continue;
    const auto tokens = tokens_between(file, extent.first, extent.last);
    const auto choices = choices_of(tokens);
    const auto most = choices.empty() ? 1 : *std::ranges::max_element(choices);
    for (int choice = 0; choice < most; ++choice)
      if (auto flow = function_flow(chosen(tokens, choices, choice), function, macros))
        flows.push_back(std::move(flow));
  }
  if (!flows.empty()) return flows;
  for (const auto& macro : file.macros())
    if (macro.name == function && (line == 0 || (macro.line <= line && line <= macro.last)))
      flows.push_back(macro_flow(macro, macros));
  return flows;
}

std::vector<std::size_t> successors(const FlowStep& step) {
  switch (step.kind) {
    case FlowStep::Kind::kExpression:
      return {step.next};
    case FlowStep::Kind::kBranch:
      return {step.next, step.otherwise};
    case FlowStep::Kind::kSwitch: {
      std::vector<std::size_t> all{step.otherwise};
      for (const auto& one : step.cases) all.push_back(one.step);
      return all;
    }
    case FlowStep::Kind::kReturn:
    case FlowStep::Kind::kUnclear:
      break;
  }
  return {};
}

}  // namespace killify
