#include "reach/slice.h"

#include <algorithm>
#include <array>
#include <span>

namespace killify {
namespace {

using Tokens = std::vector<Token>;

// Functions and macros that hand an error on as it is.
constexpr std::array<std::string_view, 12> kTransparent = {
    "IS_ERR",       "PTR_ERR", "ERR_PTR",  "ERR_CAST", "PTR_ERR_OR_ZERO", "IS_ERR_OR_NULL",
    "IS_ERR_VALUE", "likely",  "unlikely", "WARN_ON",  "WARN_ON_ONCE",    "ERR_OR_0"};

bool is(const Token& token, std::string_view text) {
  return token.text == text;
}

bool is_at(const Tokens& tokens, std::size_t index, std::string_view text) {
  return index < tokens.size() && is(tokens[index], text);
}

// The index of what closes tokens[open]; the size where nothing does.
std::size_t closing(const Tokens& tokens, std::size_t open) {
  auto opener = tokens[open].text;
  std::string_view closer = opener == "(" ? ")" : opener == "{" ? "}" : "]";
  int depth = 0;
  for (auto i = open; i < tokens.size(); ++i) {
    if (is(tokens[i], opener)) ++depth;
    if (is(tokens[i], closer) && --depth == 0) return i;
  }
  return tokens.size();
}

// A name, and what is called, indexed or selected from it; "*" and "&" may stand before it.
bool is_postfix_expression(std::span<const Token> tokens) {
  while (!tokens.empty() && (is(tokens[0], "*") || is(tokens[0], "&"))) tokens = tokens.subspan(1);
  if (tokens.empty() || !is_word(tokens[0])) return false;
  int depth = 0;
  for (const auto& token : tokens) {
    if (is(token, "(") || is(token, "[")) ++depth;
    if (is(token, ")") || is(token, "]")) --depth;
    if (depth == 0 && token.kind == Token::Kind::kPunctuation &&
        std::string_view(")].->").find(token.text) == std::string_view::npos)
      return false;
  }
  return true;
}

// What stands instead of each token; comments go, lines stay.
class Rewriting {
 public:
  explicit Rewriting(const Tokens& tokens) : tokens_(tokens) {
    for (const auto& token : tokens) instead_.emplace_back(token.text);
  }

  void put(std::size_t index, std::string text) { instead_[index] = std::move(text); }
  void drop(std::size_t index) { instead_[index].clear(); }
  void add_before(std::size_t index, std::string_view text) { instead_[index].insert(0, text); }
  void add_behind(std::size_t index, std::string_view text) { instead_[index] += text; }

  [[nodiscard]] std::string text_from(std::size_t first) const {
    std::string out;
    const auto* end_of_last = tokens_[first].text.data();
    bool apart = false;
    for (auto i = first; i < tokens_.size(); ++i) {
      const auto& token = tokens_[i];
      auto lines = std::count(end_of_last, token.text.data(), '\n');
      bool continued = token.directive && !token.opens_directive;
      for (auto n = lines; n > 0; --n) out += continued ? "\\\n" : "\n";
      apart = apart || (lines == 0 && end_of_last != token.text.data());
      end_of_last = token.text.data() + token.text.size();
      if (instead_[i].empty()) continue;
      // The first column means something to spatch.
      bool indented = out.ends_with('\n') && !token.first_column;
      if (indented || (apart && !out.ends_with('\n'))) out += indented ? '\t' : ' ';
      out += instead_[i];
      apart = false;
    }
    return out + '\n';
  }

 private:
  const Tokens& tokens_;
  std::vector<std::string> instead_;
};

// The tokens of an expression, as "bo->bdev->funcs->move" is written.
std::vector<std::string> words_of(const std::string& expression) {
  std::vector<std::string> words;
  for (const auto& token : tokens_of(expression)) words.emplace_back(token.text);
  return words;
}

class Slicer {
 public:
  // `text` starts in the line of the function's name and ends with the function.
  Slicer(std::string_view text, const Hop& hop, const SliceCall& call)
      : hop_(hop), call_(call), tokens_(tokens_of(text)), out_(tokens_) {
    if (hop.edge == "field") through_ = words_of(hop.through);
  }

  // Empty where the function has no such call.
  std::string slice() {
    std::size_t name = 0;
    while (name < tokens_.size() && !is(tokens_[name], hop_.function)) ++name;
    if (name == tokens_.size()) return {};
    out_.put(name, kSliceFunction);
    bool found = false;
    for (auto i = name + 1; i < tokens_.size(); ++i) {
      if (tokens_[i].directive) continue;
      if (auto end = end_of_other_error(i); end > i) {
        for (; i < end; ++i) out_.drop(i);
        out_.put(end, ";");
      } else if (rename_call(i)) {
        found = true;
      } else {
        see_through(i);
        note_if(i);
        i = leave_out_inequality(i);
      }
    }
    // The inner ones first: they end before what is around them does.
    for (auto it = ifs_.rbegin(); it != ifs_.rend(); ++it) lead_on(*it);
    return found ? "int " + out_.text_from(name) : std::string();
  }

 private:
  // The first token of the call whose callee's last token is tokens_[at]; `at` + 1 if it is none.
  [[nodiscard]] std::size_t begin_of_call(std::size_t at) const {
    auto none = at + 1;
    if (!is_at(tokens_, at + 1, "(")) return none;
    bool selected = at > 0 && (is(tokens_[at - 1], ".") ||
                               (is(tokens_[at - 1], ">") && at > 1 && is(tokens_[at - 2], "-")));
    if (through_.empty()) return !selected && is(tokens_[at], call_.callee) ? at : none;
    if (at + 1 < through_.size()) return none;
    auto begin = at + 1 - through_.size();
    for (std::size_t i = 0; i < through_.size(); ++i)
      if (!is(tokens_[begin + i], through_[i])) return none;
    return begin;
  }

  bool rename_call(std::size_t at) {
    auto begin = begin_of_call(at);
    if (begin > at) return false;
    for (auto i = begin; i < at; ++i) out_.drop(i);
    // That the callee reports the signal by false means that its negation reports it by true.
    bool turned = call_.negated && begin > 0 && is(tokens_[begin - 1], "!");
    if (turned) out_.drop(begin - 1);
    out_.put(at, call_.negated && !turned ? kNegatedCallee : kSliceCallee);
    return true;
  }

  void see_through(std::size_t at) {
    if (std::find(kTransparent.begin(), kTransparent.end(), tokens_[at].text) ==
            kTransparent.end() ||
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

  // The last token of "if (ret == -EDEADLK) ..." where the error is another one; `at` otherwise.
  [[nodiscard]] std::size_t end_of_other_error(std::size_t at) const {
    if (!is(tokens_[at], "if") || !is_at(tokens_, at + 1, "(") || is(tokens_[at - 1], "else"))
      return at;
    auto close = closing(tokens_, at + 1);
    if (!is_word(tokens_[at + 2]) || behind_other_error(at + 3, "=") != close) return at;
    auto end = end_of_statement(close + 1);
    if (end >= tokens_.size() || is_at(tokens_, end + 1, "else")) return at;
    for (auto i = at; i < end; ++i)
      if (tokens_[i].directive || begin_of_call(i) <= i) return at;
    return end;
  }

  // The index behind "== -EDEADLK" or "== ERR_PTR(-EDEADLK)" at tokens_[at], with `sign` as the
  // first of the two signs, if that is not the error asked about; else 0.
  [[nodiscard]] std::size_t behind_other_error(std::size_t at, std::string_view sign) const {
    if (call_.error.empty() || !is_at(tokens_, at, sign) || !is_at(tokens_, at + 1, "=")) return 0;
    bool pointer = is_at(tokens_, at + 2, "ERR_PTR") && is_at(tokens_, at + 3, "(");
    auto number = at + (pointer ? 4 : 2);
    if (number + 2 >= tokens_.size() || !is(tokens_[number], "-") ||
        !tokens_[number + 1].text.starts_with('E') ||
        tokens_[number + 1].text == call_.error.substr(1))
      return 0;
    return number + (pointer ? 3 : 2);
  }

  // Drops " && ret != -EDEADLK", which holds for any other error; its last token.
  std::size_t leave_out_inequality(std::size_t at) {
    if (!is(tokens_[at], "&") || !is_at(tokens_, at + 1, "&") || at + 3 >= tokens_.size())
      return at;
    auto end = is_word(tokens_[at + 2]) ? behind_other_error(at + 3, "!") : 0;
    if (end == 0 || end >= tokens_.size() || !is(tokens_[end], ")")) return at;
    for (auto i = at; i < end; ++i) out_.drop(i);
    return end - 1;
  }

  struct If {
    std::size_t close;  // of its condition
    std::size_t end;    // of its first branch
    std::size_t all;    // of all of it
    bool negative;      // "if (!ret)", "if (ret == 0)": what follows it is the error's way
  };

  void note_if(std::size_t at) {
    if (!is(tokens_[at], "if") || !is_at(tokens_, at + 1, "(")) return;
    auto close = closing(tokens_, at + 1);
    auto end = end_of_statement(close + 1);
    auto all = end_of_statement(at);
    if (all >= tokens_.size()) return;
    ifs_.push_back({close, end, all, all == end && turn_round(at + 2, close)});
  }

  [[nodiscard]] bool asked_below_zero(std::span<const Token> value, std::size_t before) const {
    for (std::size_t at = 0; at + value.size() + 1 < before; ++at) {
      bool same = true;
      for (std::size_t i = 0; i < value.size(); ++i)
        same = same && is(tokens_[at + i], value[i].text);
      if (same && is(tokens_[at + value.size()], "<") && is(tokens_[at + value.size() + 1], "0"))
        return true;
    }
    return false;
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
    if (equal && asked_below_zero(inner.first(inner.size() - 3), begin)) return false;
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
      if (leaves(test.close + 1, test.end)) return;
      if (is(tokens_[test.close + 1], "{")) {
        out_.add_before(test.end, "goto " + label + "; ");
      } else {
        out_.add_behind(test.close, " {");
        out_.add_behind(test.end, lead);
      }
    }
    out_.add_behind(test.all, " " + label + ": ;");
  }

  // Whether the last thing a branch does is a jump.
  [[nodiscard]] bool leaves(std::size_t begin, std::size_t end) const {
    auto last = is(tokens_[end], "}") && end > begin ? end - 1 : end;
    if (!is(tokens_[last], ";")) return false;
    auto first = last;
    while (first > begin && !is(tokens_[first - 1], ";") && !is(tokens_[first - 1], "{") &&
           !is(tokens_[first - 1], "}"))
      --first;
    return is(tokens_[first], "return") || is(tokens_[first], "goto") ||
           is(tokens_[first], "break") || is(tokens_[first], "continue");
  }

  // The last token of a statement; the size where that cannot be told.
  [[nodiscard]] std::size_t end_of_statement(std::size_t begin) const {
    if (begin >= tokens_.size()) return tokens_.size();
    if (is(tokens_[begin], "{")) return closing(tokens_, begin);
    if (is_word(tokens_[begin]) && is_at(tokens_, begin + 1, "(") && !is(tokens_[begin], "do")) {
      auto close = closing(tokens_, begin + 1);
      bool heads = is(tokens_[begin], "if") || is(tokens_[begin], "for") ||
                   is(tokens_[begin], "while") || is(tokens_[begin], "switch") ||
                   is_at(tokens_, close + 1, "{");
      if (heads) {
        auto end = end_of_statement(close + 1);
        bool more = is(tokens_[begin], "if") && is_at(tokens_, end + 1, "else");
        return more ? end_of_statement(end + 2) : end;
      }
    }
    for (auto i = begin; i < tokens_.size(); ++i) {
      if (is(tokens_[i], ";")) return i;
      if (is(tokens_[i], "(") || is(tokens_[i], "{")) i = closing(tokens_, i);
    }
    return tokens_.size();
  }

  static constexpr const char* kNegatedCallee = "!the_callee";

  const Hop& hop_;
  const SliceCall& call_;
  Tokens tokens_;
  Rewriting out_;
  std::vector<std::string> through_;
  std::vector<If> ifs_;
};

// The lines `first` to `last` of a text.
std::string_view lines_of(std::string_view text, int first, int last) {
  std::size_t begin = 0;
  for (int line = 1; line < first; ++line) begin = text.find('\n', begin) + 1;
  auto end = begin;
  for (int line = first; line <= last && end < text.size(); ++line)
    end = std::min(text.find('\n', end), text.size() - 1) + 1;
  return text.substr(begin, end - begin);
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

std::vector<Slice> slices_of(const Sketch& file, const Hop& hop, const SliceCall& call) {
  std::vector<Slice> slices;
  for (const auto& function : file.functions()) {
    if (function.name != hop.function) continue;
    if (hop.line != 0 && (hop.line < function.first || hop.line > function.last)) continue;
    auto text = Slicer(lines_of(file.text(), function.first, function.last), hop, call).slice();
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
