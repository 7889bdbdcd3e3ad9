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

}  // namespace

std::vector<Use> uses_of(std::string_view name, const std::vector<Token>& tokens,
                         const std::vector<FunctionExtent>& extents) {
  std::vector<Use> uses;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].text != name || tokens[i].kind != Token::Kind::kWord) continue;
    // A member or a label of that name is something else.
    if (i >= 1 && is(tokens, i - 1, ".")) continue;
    if (i >= 2 && is(tokens, i - 1, ">") && is(tokens, i - 2, "-")) continue;
    Use use{.line = tokens[i].line, .function = enclosing(extents, tokens[i].line)};
    bool opens = is(tokens, i + 1, "(");
    if (tokens[i].directive)
      use.kind = Use::Kind::kMacro;
    else if (opens && (use.function.empty() || use.function == name) &&
             (use.function.empty() ||
              std::any_of(extents.begin(), extents.end(), [&](const FunctionExtent& extent) {
                return extent.name == name && extent.first == tokens[i].line;
              })))
      use.kind = Use::Kind::kDefinition;
    else if (opens)
      use.kind = Use::Kind::kCall;
    else if (i >= 2 && is(tokens, i - 1, "(") && tokens[i - 2].text.starts_with("EXPORT_SYMBOL"))
      use.kind = Use::Kind::kExport;
    uses.push_back(std::move(use));
  }
  return uses;
}

}  // namespace killify
