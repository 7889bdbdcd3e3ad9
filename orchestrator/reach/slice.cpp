#include "reach/slice.h"

#include "reach/plain_code.h"
#include "reach/statements.h"

#include <algorithm>
#include <array>
#include <span>

namespace killify {
namespace {

// Functions and macros that hand an error on as it is.
constexpr std::array<std::string_view, 12> kHandsOn = {
    "IS_ERR",       "PTR_ERR", "ERR_PTR",  "ERR_CAST", "PTR_ERR_OR_ZERO", "IS_ERR_OR_NULL",
    "IS_ERR_VALUE", "likely",  "unlikely", "WARN_ON",  "WARN_ON_ONCE",    "ERR_OR_0"};

// The tokens of an expression, as "bo->bdev->funcs->move" is written.
std::vector<std::string> texts_of(const std::string& expression) {
  std::vector<std::string> words;
  for (const auto& token : tokens_of(expression)) words.emplace_back(token.text);
  return words;
}

// The function with names of our own for itself and the callee.
class Renaming {
 public:
  // `text` starts in the line of the function's name and ends with the function.
  Renaming(std::string_view text, const Hop& hop, const SliceCall& call)
      : hop_(hop), call_(call), tokens_(tokens_of(text)), out_(tokens_) {
    if (hop.edge == "field") through_ = texts_of(hop.through);
  }

  // Empty where the function has no such call.
  std::string text() {
    std::size_t name = 0;
    while (name < tokens_.size() && !is(tokens_[name], hop_.function)) ++name;
    if (name == tokens_.size()) return {};
    out_.put(name, kSliceFunction);
    bool found = false;
    for (auto i = name + 1; i < tokens_.size(); ++i) {
      if (tokens_[i].directive) continue;
      if (rename_call(i))
        found = true;
      else
        see_through(i);
    }
    return found ? out_.text_from(name) : std::string();
  }

 private:
  // The first token of the call whose callee's last token is tokens_[at]; `at` + 1 if it is none.
  [[nodiscard]] std::size_t begin_of_call(std::size_t at) const {
    auto none = at + 1;
    if (!is_at(tokens_, at + 1, "(")) return none;
    if (through_.empty())
      return !is_member(tokens_, at) && is(tokens_[at], call_.callee) ? at : none;
    if (at + 1 < through_.size()) return none;
    auto begin = at + 1 - through_.size();
    for (std::size_t i = 0; i < through_.size(); ++i)
      if (!is(tokens_[begin + i], through_[i])) return none;
    return begin;
  }

  bool rename_call(std::size_t at) {
    auto begin = begin_of_call(at);
    if (begin > at) return false;
    out_.drop(begin, at);
    // That the callee reports the signal by false means that its negation reports it by true.
    bool turned = call_.negated && begin > 0 && is(tokens_[begin - 1], "!");
    if (turned) out_.drop(begin - 1);
    out_.put(at, call_.negated && !turned ? kNegatedCallee : kSliceCallee);
    return true;
  }

  void see_through(std::size_t at) {
    if (std::find(kHandsOn.begin(), kHandsOn.end(), tokens_[at].text) == kHandsOn.end() ||
        !is_at(tokens_, at + 1, "("))
      return;
    out_.drop(at);
    auto close = closing(tokens_, at + 1);
    if (close == tokens_.size()) return;
    auto inner = std::span(tokens_).subspan(at + 2, close - at - 2);
    bool number = inner.size() == 2 && is(inner[0], "-");  // ERR_PTR(-EDEADLK)
    if (!number && !is_postfix_expression(inner)) return;
    out_.drop(at + 1);
    out_.drop(close);
  }

  static constexpr const char* kNegatedCallee = "!the_callee";

  const Hop& hop_;
  const SliceCall& call_;
  Tokens tokens_;
  Rewriting out_;
  std::vector<std::string> through_;
};

// Ifs that spatch follows: each is a test of failure, and what falls out of a branch jumps behind
// it.
class Branches {
 public:
  explicit Branches(std::string_view text) : tokens_(tokens_of(text)), out_(tokens_) {}

  std::string text() {
    for (std::size_t i = 1; i < tokens_.size(); ++i)
      if (!tokens_[i].directive) note_if(i);
    // The inner ones first: they end before what is around them does.
    for (auto it = ifs_.rbegin(); it != ifs_.rend(); ++it) lead_on(*it);
    return out_.text_from(0);
  }

 private:
  struct If {
    std::size_t close;  // of its condition
    std::size_t end;    // of its first branch
    std::size_t all;    // of all of it
    bool negative;      // "if (!ret)", "if (ret == 0)": what follows it is the error's way
  };

  void note_if(std::size_t at) {
    if (!is(tokens_[at], "if") || !is_at(tokens_, at + 1, "(")) return;
    auto close = closing(tokens_, at + 1);
    auto end = end_of_statement(tokens_, close + 1);
    auto all = end_of_statement(tokens_, at);
    if (all >= tokens_.size()) return;
    ifs_.push_back({close, end, all, all == end && turn_round(at + 2, close)});
  }

  // Makes the condition of an if its opposite where that makes it a test for an error.
  bool turn_round(std::size_t begin, std::size_t close) {
    auto inner = std::span(tokens_).subspan(begin, close - begin);
    if (inner.size() > 1 && is(inner[0], "!") && is_postfix_expression(inner.subspan(1))) {
      out_.drop(begin);
      return true;
    }
    if (inner.size() < 4 || !is(inner.back(), "0") || !is(inner[inner.size() - 2], "=") ||
        !is_postfix_expression(inner.first(inner.size() - 3)))
      return false;
    bool equal = is(tokens_[close - 3], "=");
    if (!equal && !is(tokens_[close - 3], ">")) return false;
    // An error has left already where "x < 0" was asked before.
    if (equal && asked_below_zero(tokens_, inner.first(inner.size() - 3), begin)) return false;
    out_.put(close - 3, equal ? "!" : "<");
    if (!equal) out_.drop(close - 2);
    return true;
  }

  // A branch that comes to its end goes on behind the if by a goto: spatch follows that, and does
  // not follow what leaves a block by its closing brace.
  void lead_on(const If& test) {
    auto label = "on_" + std::to_string(test.close);
    auto lead = " goto " + label + "; }";
    if (test.negative) {
      out_.add_behind(test.close, " {" + lead + " else {");
      out_.add_behind(test.end, " }");
    } else {
      if (leaves(tokens_, test.close + 1, test.end)) return;
      if (is(tokens_[test.close + 1], "{")) {
        out_.add_before(test.end, "goto " + label + "; ");
      } else {
        out_.add_behind(test.close, " {");
        out_.add_behind(test.end, lead);
      }
    }
    out_.add_behind(test.all, " " + label + ": ;");
  }

  Tokens tokens_;
  Rewriting out_;
  std::vector<If> ifs_;
};

std::string slice(std::string_view text, const Hop& hop, const SliceCall& call) {
  auto renamed = Renaming(text, hop, call).text();
  if (renamed.empty()) return {};
  return "int " + Branches(plain_code(std::move(renamed), kSliceCallee, call.error)).text();
}

// "( body )" and "({ body })" without what is around.
std::span<const Token> unwrapped(std::span<const Token> body) {
  Tokens tokens(body.begin(), body.end());
  while (tokens.size() > 2 && (is(tokens[0], "(") || is(tokens[0], "{")) &&
         closing(tokens, 0) == tokens.size() - 1) {
    tokens = Tokens(tokens.begin() + 1, tokens.end() - 1);
    body = body.subspan(1, body.size() - 2);
  }
  while (!body.empty() && is(body.back(), ";")) body = body.first(body.size() - 1);
  return body;
}

// "callee ( ... )" and nothing else.
bool is_call(std::span<const Token> body, std::string_view callee) {
  Tokens tokens(body.begin(), body.end());
  return tokens.size() > 2 && is(tokens[0], callee) && is(tokens[1], "(") &&
         closing(tokens, 1) == tokens.size() - 1;
}

}  // namespace

std::string_view lines_of(std::string_view text, int first, int last) {
  std::size_t begin = 0;
  for (int line = 1; line < first; ++line) begin = text.find('\n', begin) + 1;
  auto end = begin;
  for (int line = first; line <= last && end < text.size(); ++line)
    end = std::min(text.find('\n', end), text.size() - 1) + 1;
  return text.substr(begin, end - begin);
}

std::vector<Slice> slices_of(const Sketch& file, const Hop& hop, const SliceCall& call) {
  std::vector<Slice> slices;
  for (const auto& function : file.functions()) {
    if (function.name != hop.function) continue;
    if (hop.line != 0 && (hop.line < function.first || hop.line > function.last)) continue;
    auto text = slice(lines_of(file.text(), function.first, function.last), hop, call);
    if (!text.empty()) slices.push_back({std::move(text), function.first - 1});
  }
  return slices;
}

std::vector<Slice> function_slices(const Sketch& file, const std::string& function) {
  std::vector<Slice> slices;
  for (const auto& extent : file.functions()) {
    if (extent.name != function) continue;
    auto tokens = tokens_of(lines_of(file.text(), extent.first, extent.last));
    auto name = std::find_if(tokens.begin(), tokens.end(),
                             [&](const Token& token) { return is(token, function); });
    if (name == tokens.end()) continue;
    auto index = static_cast<std::size_t>(name - tokens.begin());
    Rewriting out(tokens);
    out.put(index, kSliceFunction);
    slices.push_back({"int " + out.text_from(index), extent.first - 1});
  }
  return slices;
}

bool macro_passes(const Sketch& file, const std::string& macro, const std::string& callee) {
  bool passes = false;
  for (const auto& definition : file.macros()) {
    if (definition.name != macro) continue;
    auto body = unwrapped(definition.body);
    // Of several statements the last one's value counts: the call, or a variable that holds it.
    auto last = body;
    for (std::size_t i = 0; i < body.size(); ++i)
      if (is(body[i], ";")) last = body.subspan(i + 1);
    passes = is_call(last, callee);
    if (!passes && last.size() == 1 && is_word(last[0])) {
      for (std::size_t i = 0; i + 2 < body.size(); ++i) {
        if (!is(body[i], last[0].text) || !is(body[i + 1], "=") || is(body[i + 2], "=")) continue;
        auto end = i + 2;
        while (end < body.size() && !is(body[end], ";")) ++end;
        passes = is_call(body.subspan(i + 2, end - i - 2), callee);
      }
    }
    if (!passes) return false;
  }
  return passes;
}

}  // namespace killify
