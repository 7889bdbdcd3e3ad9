#include "facts/told_macros.h"

#include <algorithm>
#include <map>
#include <string_view>

namespace killify {
namespace {

// The names with arguments behind the parameters of a function: "...) name(" or "...) word name(",
// outside of bodies.
std::set<std::string, std::less<>> names_behind_parameters(const Sketch& sketch) {
  std::set<std::string, std::less<>> names;
  const auto tokens = tokens_of(sketch.text());
  int braces = 0;
  bool behind_parameters = false;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const auto& token = tokens[i];
    if (token.directive) continue;
    if (is_mark(token, '{')) ++braces;
    if (is_mark(token, '}')) braces = token.first_column ? 0 : std::max(0, braces - 1);
    if (!is_word(token)) {
      behind_parameters = is_mark(token, ')');
      continue;
    }
    if (braces == 0 && behind_parameters && i + 1 < tokens.size() && is_mark(tokens[i + 1], '('))
      names.emplace(token.text);
  }
  return names;
}

// Behind the parenthesis that opens at tokens[at]; `at` where none does.
std::size_t behind_parentheses(const std::vector<Token>& tokens, std::size_t at) {
  int depth = 0;
  for (auto i = at; i < tokens.size(); ++i) {
    if (is_mark(tokens[i], '(')) ++depth;
    if (depth == 0) break;
    if (is_mark(tokens[i], ')') && --depth == 0) return i + 1;
  }
  return at;
}

bool is_pasted(const std::vector<Token>& tokens, std::size_t at) {
  return at + 1 < tokens.size() && is_mark(tokens[at], '#') && is_mark(tokens[at + 1], '#');
}

// Which macros are attributes, found by what the tree's headers define them as.
class Attributes {
 public:
  explicit Attributes(TreeFacts& facts) : facts_(facts) {}

  // Whether all that headers define it as are attributes, or nothing.
  Result<bool> is_one(const std::string& name) {
    auto [known, is_new] = known_.try_emplace(name, false);  // should it lead to itself
    if (!is_new) return known->second;
    KILLIFY_TRY(const auto files, facts_.files_defining_macro(name));
    bool defined = false;
    for (const auto& file : files) {
      if (!file.ends_with(".h")) continue;
      KILLIFY_TRY(const auto* sketch, facts_.sketch(file));
      for (const auto& macro : sketch->macros()) {
        if (macro.name != name) continue;
        KILLIFY_TRY(const bool holds, stands_for_attributes(macro, *sketch));
        if (!holds) return false;
        defined = true;
      }
    }
    known->second = defined;
    return defined;
  }

 private:
  // A name in the body that is pasted together stands for all macros of the file that begin so.
  Result<bool> stands_for_attributes(const MacroDefinition& macro, const Sketch& file) {
    const auto& body = macro.body;
    for (std::size_t at = 0; at < body.size();) {
      if (!is_word(body[at])) return false;
      const std::string name(body[at++].text);
      bool pasted = false;
      for (; is_pasted(body, at); pasted = true) at = std::min(at + 3, body.size());
      at = behind_parentheses(body, at);
      if (name.starts_with("__attribute")) continue;
      bool here = false;
      for (const auto& other : file.macros()) {
        if (pasted ? !other.name.starts_with(name) : other.name != name) continue;
        if (other.name == macro.name) return false;
        KILLIFY_TRY(const bool holds, stands_for_attributes(other, file));
        if (!holds) return false;
        here = true;
      }
      if (here) continue;
      if (pasted) return false;
      KILLIFY_TRY(const bool holds, is_one(name));
      if (!holds) return false;
    }
    return true;
  }

  TreeFacts& facts_;
  std::map<std::string, bool> known_;
};

}  // namespace

Result<std::set<std::string>> told_macros(TreeFacts& facts, const Sketch& sketch) {
  KILLIFY_TRY(auto lines, facts.loop_macros(sketch));
  Attributes attributes(facts);
  for (const auto& name : names_behind_parameters(sketch)) {
    KILLIFY_TRY(const bool attribute, attributes.is_one(name));
    if (attribute) lines.insert(fmt::format("#define {}(...)", name));
  }
  return lines;
}

}  // namespace killify
