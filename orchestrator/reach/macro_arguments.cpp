#include "reach/macro_arguments.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace killify {
namespace {

// An argument that is all there is between two commas: of what is called or used, and which one.
struct Place {
  std::string of;
  std::size_t argument = 0;
};

// The place of tokens[at]; nothing where it is part of an expression, or no argument.
std::optional<Place> place_of(const std::vector<Token>& tokens, std::size_t at) {
  auto is = [&](std::size_t index, char c) {
    return index < tokens.size() && is_mark(tokens[index], c);
  };
  if (at == 0 || !(is(at - 1, '(') || is(at - 1, ',')) || !(is(at + 1, ')') || is(at + 1, ',')))
    return std::nullopt;
  Place place;
  int depth = 0;
  for (auto i = at; i-- > 0;) {
    if (is(i, ')') || is(i, '}') || is(i, ']')) ++depth;
    if (is(i, ',') && depth == 0) ++place.argument;
    if (is(i, ';')) return std::nullopt;
    if (!is(i, '(') && !is(i, '{') && !is(i, '[')) continue;
    if (depth-- > 0) continue;
    if (!is(i, '(') || i == 0 || !is_word(tokens[i - 1])) return std::nullopt;
    place.of = tokens[i - 1].text;
    return place;
  }
  return std::nullopt;
}

}  // namespace

Result<bool> MacroArguments::only_names(const std::string& name, const std::string& file,
                                        int line) {
  KILLIFY_TRY(const auto* sketch, facts_.sketch(file));
  std::vector<Token> tokens;
  Lexer lexer(sketch->text());
  for (Token token; lexer.next(token);)
    if (!token.directive) tokens.push_back(token);
  bool any = false;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].line != line || tokens[i].text != name) continue;
    auto place = place_of(tokens, i);
    if (!place) return false;
    KILLIFY_TRY(bool names, only_names_of(place->of, place->argument));
    if (!names) return false;
    any = true;
  }
  return any;
}

Result<bool> MacroArguments::only_names_of(const std::string& macro, std::size_t argument) {
  auto [it, added] = known_.try_emplace({macro, argument}, true);  // should it lead to itself
  if (!added) return it->second;
  KILLIFY_TRY(auto files, facts_.files_defining_macro(macro));
  bool any = false;
  for (const auto& file : files) {
    // Programs of the tree that are no kernel code have macros of these names, too.
    if (!file.starts_with("include/") && !file.ends_with(".h")) continue;
    if (file.starts_with("tools/") || file.starts_with("samples/")) continue;
    KILLIFY_TRY(const auto* sketch, facts_.sketch(file));
    for (const auto& one : sketch->macros()) {
      if (one.name != macro || !one.function_like) continue;
      any = true;
      bool names = argument < one.parameters.size();
      if (names) {
        KILLIFY_TRY(names, only_names_in(one, one.parameters[argument]));
      }
      if (!names) return known_[{macro, argument}] = false;
    }
  }
  return known_[{macro, argument}] = any;
}

Result<bool> MacroArguments::only_names_in(const MacroDefinition& macro,
                                           const std::string& parameter) {
  const auto& body = macro.body;
  auto is = [&](std::size_t index, char c) {
    return index < body.size() && is_mark(body[index], c);
  };
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (body[i].text != parameter) continue;
    bool glued = (is(i + 1, '#') && is(i + 2, '#')) || (i > 0 && is(i - 1, '#'));
    if (glued) continue;
    auto place = place_of(body, i);
    if (!place) return false;
    KILLIFY_TRY(bool names, only_names_of(place->of, place->argument));
    if (!names) return false;
  }
  return true;
}

}  // namespace killify
