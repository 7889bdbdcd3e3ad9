#include "plan/objects.h"

#include "reach/types.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace killify {
namespace {

using Kind = MadeObject::Kind;

bool is(const std::vector<Token>& tokens, std::size_t at, std::string_view text) {
  return at < tokens.size() && tokens[at].text == text;
}

bool is_word_at(const std::vector<Token>& tokens, std::size_t at) {
  return at < tokens.size() && is_word(tokens[at]);
}

bool opens(const Token& token) {
  return is_mark(token, '{') || is_mark(token, '(') || is_mark(token, '[');
}

bool closes(const Token& token) {
  return is_mark(token, '}') || is_mark(token, ')') || is_mark(token, ']');
}

// The index of the bracket that closes tokens[open].
std::size_t closing(const std::vector<Token>& tokens, std::size_t open) {
  int depth = 0;
  for (auto i = open; i < tokens.size(); ++i) {
    if (opens(tokens[i])) ++depth;
    if (closes(tokens[i]) && --depth == 0) return i;
  }
  return tokens.size();
}

// The index of the bracket that is open before tokens[at]; the size where none is.
std::size_t bracket_before(const std::vector<Token>& tokens, std::size_t at) {
  int depth = 0;
  for (auto i = at; i-- > 0;) {
    if (closes(tokens[i])) ++depth;
    if (opens(tokens[i]) && depth-- == 0) return i;
    if (depth == 0 && is_mark(tokens[i], ';')) break;
  }
  return tokens.size();
}

// Whether "x =" stands there, not "x ==".
bool is_assigned(const std::vector<Token>& tokens, std::size_t name) {
  return is(tokens, name + 1, "=") && !is(tokens, name + 2, "=");
}

bool begins_statement(const Token& token) {
  return is_mark(token, ';') || is_mark(token, '{') || is_mark(token, '}') || is_mark(token, ')') ||
         token.text == "else";
}

class Finder {
 public:
  Finder(const Sketch& sketch, const std::string& name, const std::string& member,
         std::optional<unsigned> position)
      : sketch_(sketch),
        tokens_(tokens_of(sketch.text())),
        name_(name),
        member_(member),
        position_(position) {}

  std::vector<MadeObject> find() {
    for (std::size_t i = 0; i + 2 < tokens_.size(); ++i)
      if (is(tokens_, i, "struct") && is(tokens_, i + 1, name_)) look_at(i);
    for (const auto& extent : sketch_.functions())
      if (mentioning_.contains(extent.name)) look_at_uses(extent);
    return std::move(found_);
  }

 private:
  void add(Kind kind, std::size_t at, std::string why, std::string variable = {}) {
    found_.push_back({.kind = kind,
                      .function = function_at(tokens_[at].line),
                      .name = std::move(variable),
                      .line = tokens_[at].line,
                      .why = std::move(why)});
  }

  std::string function_at(int line) const {
    for (const auto& extent : sketch_.functions())
      if (extent.first <= line && line <= extent.last) return extent.name;
    return {};
  }

  // "struct NAME" is there.
  void look_at(std::size_t at) {
    mentioning_.insert(function_at(tokens_[at].line));
    auto next = at + 2;
    while (is(tokens_, next, "const") || is(tokens_, next, "volatile")) ++next;
    if (is(tokens_, next, "*") || is(tokens_, next, ";") || is(tokens_, next, "{")) return;
    if (tokens_[at].directive) return add(Kind::kElsewhere, at, "a macro makes one");
    if (!is_word_at(tokens_, next)) return add(Kind::kElsewhere, at, "one has no name");
    auto before = at;
    while (before > 0 && is(tokens_, before - 1, "const")) --before;
    if (before > 0 && is(tokens_, before - 1, "static"))
      return add(Kind::kElsewhere, at, "one is static");
    if (is(tokens_, next + 1, "(")) return add(Kind::kElsewhere, at, "a function returns one");
    const auto around = bracket_before(tokens_, at);
    if (around < tokens_.size() && is_mark(tokens_[around], '('))
      return add(Kind::kElsewhere, at, "one is handed over as a copy");
    if (function_at(tokens_[at].line).empty())
      return add(Kind::kElsewhere, at, "one is no variable of a function");
    declarators(next);
  }

  // "a, b = { ... };" from `at` on.
  void declarators(std::size_t at) {
    while (is_word_at(tokens_, at)) {
      declared_.insert(at);
      auto end = at + 1;
      if (is(tokens_, end, "="))
        end = initialiser(at);
      else if (is(tokens_, end, ";") || is(tokens_, end, ","))
        add(Kind::kBare, at, {}, std::string(tokens_[at].text));
      if (is(tokens_, end, ";")) return;
      if (!is(tokens_, end, ",")) break;
      at = end + 1;
      while (is(tokens_, at, "*")) {  // a pointer is no object
        at += 2;
        while (at < tokens_.size() && !is(tokens_, at, ",") && !is(tokens_, at, ";")) ++at;
        if (is(tokens_, at, ";")) return;
        ++at;
      }
    }
    add(Kind::kElsewhere, at, "one is declared in a way that is not understood");
  }

  // Behind the initialiser of the variable that is there.
  std::size_t initialiser(std::size_t variable) {
    auto open = variable + 2;
    MadeObject object{.kind = Kind::kOdd,
                      .function = function_at(tokens_[variable].line),
                      .name = std::string(tokens_[variable].text),
                      .line = tokens_[variable].line};
    if (!is(tokens_, open, "{")) {
      object.why = "one is made as a copy";
      found_.push_back(std::move(object));
      int depth = 0;
      auto end = open;
      for (; end < tokens_.size(); ++end) {
        if (opens(tokens_[end])) ++depth;
        if (closes(tokens_[end])) --depth;
        if (depth == 0 && (is(tokens_, end, ",") || is(tokens_, end, ";"))) break;
      }
      return end;
    }
    const auto close = closing(tokens_, open);
    std::vector<std::string> placed;  // elements without a name
    bool odd = false;
    unsigned named = 0;
    for (auto i = open + 1; i < close;) {
      auto end = i;
      while (end < close && !is(tokens_, end, ","))
        end = opens(tokens_[end]) ? closing(tokens_, end) + 1 : end + 1;
      odd = odd || tokens_[i].directive || is(tokens_, i, "[");
      if (!is(tokens_, i, "."))
        placed.push_back(text(i, end));
      else if (++named > 0 && is(tokens_, i + 1, member_) && is(tokens_, i + 2, "="))
        object.value = text(i + 3, end);
      i = end + 1;
    }
    classify(object, placed, named, odd);
    found_.push_back(std::move(object));
    return close + 1;
  }

  // By the elements of its initialiser.
  void classify(MadeObject& object, const std::vector<std::string>& placed, unsigned named,
                bool odd) const {
    const bool cleared = named == 0 && (placed.empty() || placed == std::vector<std::string>{"0"});
    if (odd || (named > 0 && !placed.empty())) {
      object.why = "the initialiser of one names some members only";
    } else if (named == 0 && !position_) {
      object.why = "the initialiser of one does not name members";
    } else if (named == 0 && *position_ < placed.size()) {
      object.kind = Kind::kPlaced;
      object.value = placed[*position_];
    } else if (named > 0 || cleared) {
      object.kind = Kind::kNamed;
    } else {
      object.why = fmt::format("the initialiser of one ends before '{}'", member_);
    }
  }

  std::string text(std::size_t first, std::size_t end) const {
    std::string text;
    for (auto i = first; i < end; ++i)
      text += (i > first ? " " : "") + std::string(tokens_[i].text);
    return text;
  }

  // What a function does to objects that it knows: their memory, or all members at once.
  void look_at_uses(const FunctionExtent& extent) {
    std::set<std::string, std::less<>> variables;
    for (const auto& [variable, type] : declared_structs(sketch_, extent.name))
      if (type == name_) variables.insert(variable);
    if (variables.empty()) return;
    std::set<std::string, std::less<>> objects;
    for (const auto& object : found_)
      if (object.function == extent.name) objects.insert(object.name);
    for (std::size_t i = 1; i + 1 < tokens_.size(); ++i) {
      const auto& token = tokens_[i];
      if (token.line < extent.first || token.line > extent.last || !variables.contains(token.text))
        continue;
      bool dereferenced = is_mark(tokens_[i - 1], '*');
      auto before = i - (dereferenced || is_mark(tokens_[i - 1], '&') ? 1 : 0);
      const bool first_argument = before > 1 && is(tokens_, before - 1, "(");
      const auto callee = first_argument ? tokens_[before - 2].text : std::string_view();
      if ((callee == "sizeof" || callee.starts_with("typeof") || callee == "__typeof__") &&
          is(tokens_, i + 1, ")"))
        add(Kind::kElsewhere, i, fmt::format("{}() is asked of one", callee));
      else if (callee.starts_with("mem") && !is(tokens_, i + 1, "-") && !is(tokens_, i + 1, "."))
        add(Kind::kElsewhere, i, fmt::format("{}() fills one", callee));
      else if (is_assigned(tokens_, i) && !declared_.contains(i) && before > 0 &&
               begins_statement(tokens_[before - 1]) &&
               (dereferenced || objects.contains(token.text)))
        add(Kind::kElsewhere, i, "one is overwritten as a whole");
      else if (is_assigned(tokens_, i) && is_word_at(tokens_, i + 2) &&
               tokens_[i + 2].text.find("alloc") != std::string_view::npos)
        add(Kind::kElsewhere, i, "one is allocated");
    }
  }

  const Sketch& sketch_;
  std::vector<Token> tokens_;
  const std::string& name_;
  const std::string& member_;
  std::optional<unsigned> position_;
  std::set<std::string> mentioning_;  // functions that name the struct
  std::set<std::size_t> declared_;    // the names of variables in their declarations
  std::vector<MadeObject> found_;
};

}  // namespace

std::vector<MadeObject> objects_in(const Sketch& sketch, const std::string& name,
                                   const std::string& member, std::optional<unsigned> position) {
  return Finder(sketch, name, member, position).find();
}

std::string initialised_struct(const std::vector<Token>& tokens, std::size_t at, bool& nested) {
  nested = false;
  auto brace = bracket_before(tokens, at);
  while (brace < tokens.size() && brace > 0 &&
         (is_mark(tokens[brace - 1], ',') || is_mark(tokens[brace - 1], '{'))) {
    nested = true;  // an element of an array, it may be
    brace = bracket_before(tokens, brace);
  }
  if (brace >= tokens.size() || brace < 4 || !is_mark(tokens[brace], '{')) return {};
  auto i = brace - 1;
  if (is_mark(tokens[i], ')') && is_word(tokens[i - 1]) && tokens[i - 2].text == "struct") {
    nested = true;
    return std::string(tokens[i - 1].text);
  }
  if (!is_mark(tokens[i], '=')) return {};
  bool is_array = is_mark(tokens[i - 1], ']');
  --i;
  while (i > 2 && is_mark(tokens[i], ']')) {
    while (i > 2 && !is_mark(tokens[i], '[')) --i;
    --i;
  }
  if (nested && !is_array) return {};
  nested = nested || is_array;
  if (!is_word(tokens[i]) || !is_word(tokens[i - 1]) || tokens[i - 2].text != "struct") return {};
  return std::string(tokens[i - 1].text);
}

}  // namespace killify
