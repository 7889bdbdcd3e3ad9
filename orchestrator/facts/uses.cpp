#include "facts/uses.h"

#include <algorithm>

namespace killify {
namespace {

std::string enclosing(const std::vector<FunctionExtent>& extents, int line) {
  auto it = std::find_if(extents.begin(), extents.end(), [&](const FunctionExtent& extent) {
    return extent.first <= line && line <= extent.last;
  });
  return it == extents.end() ? std::string() : it->name;
}

bool is(const std::vector<Token>& tokens, std::size_t i, std::string_view text) {
  return i < tokens.size() && tokens[i].text == text;
}

bool is_member(const std::vector<Token>& tokens, std::size_t i) {
  if (i >= 1 && is(tokens, i - 1, ".")) return true;
  return i >= 2 && is(tokens, i - 1, ">") && is(tokens, i - 2, "-");
}

// "name:" at the begin of a statement, or "goto name".
bool is_label(const std::vector<Token>& tokens, std::size_t i) {
  if (i == 0) return false;
  auto before = tokens[i - 1].text;
  bool begins = before == ";" || before == "{" || before == "}";
  return before == "goto" || (begins && is(tokens, i + 1, ":"));
}

// Outside of functions "name(" is a declaration behind a type or an attribute; an argument or an
// initialiser otherwise.
bool follows_type(const std::vector<Token>& tokens, std::size_t i) {
  if (i == 0) return true;
  auto before = tokens[i - 1].text;
  return tokens[i - 1].kind == Token::Kind::kWord || before == "*" || before == ")";
}

}  // namespace

std::vector<Use> uses_of(std::string_view name, const std::vector<Token>& tokens,
                         const std::vector<FunctionExtent>& extents) {
  std::vector<Use> uses;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].text != name || tokens[i].kind != Token::Kind::kWord) continue;
    if (is_member(tokens, i) || is_label(tokens, i)) continue;
    Use use{.line = tokens[i].line, .function = enclosing(extents, tokens[i].line)};
    bool opens = is(tokens, i + 1, "(");
    bool defined_here =
        std::any_of(extents.begin(), extents.end(), [&](const FunctionExtent& extent) {
          return extent.name == name && extent.first == tokens[i].line;
        });
    if (tokens[i].directive)
      use.kind = Use::Kind::kMacro;
    else if (opens && (defined_here || (use.function.empty() && follows_type(tokens, i))))
      use.kind = Use::Kind::kDefinition;
    else if (opens && !use.function.empty())
      use.kind = Use::Kind::kCall;
    else if (i >= 2 && is(tokens, i - 1, "(") && tokens[i - 2].text.starts_with("EXPORT_SYMBOL"))
      use.kind = Use::Kind::kExport;
    uses.push_back(std::move(use));
  }
  return uses;
}

}  // namespace killify
