#include "facts/macro_heads.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

namespace killify {
namespace {

// A macro's parameter, as an index into its uses' arguments.
std::optional<std::size_t> parameter_of(const MacroDefinition& macro, const Token& token) {
  auto it = std::find(macro.parameters.begin(), macro.parameters.end(), token.text);
  if (!is_word(token) || it == macro.parameters.end()) return std::nullopt;
  return static_cast<std::size_t>(it - macro.parameters.begin());
}

// What a use of a macro stands for, on one line: "##" glues what is around it, and what stands
// apart in the macro does so here.
std::string expansion(const MacroDefinition& macro, const std::vector<std::string>& arguments) {
  std::string text;
  const auto& body = macro.body;
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (i + 1 < body.size() && is_mark(body[i], '#') && is_mark(body[i + 1], '#')) {
      if (text.ends_with(' ')) text.pop_back();
      ++i;
      continue;
    }
    auto parameter = parameter_of(macro, body[i]);
    text += parameter ? arguments[*parameter] : std::string(body[i].text);
    const bool last = i + 1 == body.size();
    if (!last && body[i].text.data() + body[i].text.size() != body[i + 1].text.data()) text += ' ';
  }
  return text;
}

// Whether a text is the head of one function, which has a type.
bool is_head(const std::string& text) {
  if (text.find_first_of("{}=") != std::string::npos) return false;
  auto whole = text + " { }";
  auto functions = function_extents(tokens_of(whole));
  return functions.size() == 1 && !functions[0].typeless;
}

// Whether a text is one function and nothing else; its name, or "".
std::string function_in(const std::string& text) {
  const auto tokens = tokens_of(text);
  const auto functions = function_extents(tokens);
  if (functions.size() != 1 || functions[0].typeless || !text.ends_with('}')) return {};
  const auto opened =
      std::ranges::find_if(tokens, [](const Token& token) { return is_mark(token, '{'); });
  int depth = 0;
  for (auto token = opened; token != tokens.end(); ++token) {
    if (is_mark(*token, '{')) ++depth;
    if (is_mark(*token, '}') && --depth == 0 && token + 1 != tokens.end()) return {};
  }
  return functions[0].name;
}

// What fields are set to and no function of the text is called: ".fault = beryl_fault_wrapper".
std::set<std::string_view> bound_elsewhere(const std::vector<Token>& tokens,
                                           const std::vector<FunctionExtent>& functions) {
  std::set<std::string_view> bound;
  for (std::size_t i = 2; i + 1 < tokens.size(); ++i) {
    const auto& assigned = is_mark(tokens[i - 1], '&') ? tokens[i - 2] : tokens[i - 1];
    if (is_word(tokens[i]) && is_mark(assigned, '=') && !is_mark(tokens[i + 1], '('))
      bound.insert(tokens[i].text);
  }
  for (const auto& function : functions) bound.erase(function.name);
  return bound;
}

}  // namespace

std::vector<MacroHead> macro_functions(std::string_view text, const std::vector<Token>& tokens,
                                       const std::vector<FunctionExtent>& functions,
                                       const std::vector<MacroDefinition>& macros) {
  const auto writes_body = [](const MacroDefinition& macro) {
    return macro.function_like && !macro.variadic &&
           std::ranges::any_of(macro.body, [](const Token& token) { return is_mark(token, '{'); });
  };
  std::vector<MacroHead> found;
  if (std::ranges::none_of(macros, writes_body)) return found;
  const auto bound = bound_elsewhere(tokens, functions);
  auto inside = functions.begin();
  for (std::size_t i = 0; i + 1 < tokens.size() && !bound.empty(); ++i) {
    while (inside != functions.end() && inside->last < tokens[i].line) ++inside;
    if (tokens[i].directive || !is_word(tokens[i]) || !is_mark(tokens[i + 1], '(')) continue;
    if (inside != functions.end() && inside->first <= tokens[i].line) continue;
    const auto arguments = call_arguments(tokens, i + 1);
    const auto macro = std::ranges::find_if(macros, [&](const MacroDefinition& one) {
      return one.name == tokens[i].text && one.parameters.size() == arguments.size() &&
             writes_body(one);
    });
    const auto close = behind_closing(tokens, i + 1);
    if (macro == macros.end() || close > tokens.size() || !is_mark(tokens[close - 1], ')'))
      continue;
    const auto function = expansion(*macro, arguments);
    if (!bound.contains(function_in(function))) continue;
    std::string written(tokens[i].text.data(), tokens[close - 1].text.data() + 1);
    // What stands there twice could come back in the wrong place.
    const bool once = text.find(written) == text.rfind(written);
    if (!once || written.find("/*") != written.npos || written.find("//") != written.npos) continue;
    auto meant = fmt::format("/*{}*/ {}", written, function);
    found.push_back({written, meant, {{written, meant}}});
  }
  return found;
}

std::vector<MacroHead> macro_heads(std::string_view text, const std::vector<Token>& tokens,
                                   const std::vector<FunctionExtent>& functions,
                                   const std::vector<MacroDefinition>& macros) {
  std::vector<MacroHead> heads;
  for (const auto& function : functions) {
    if (!function.typeless) continue;
    auto name = std::find_if(tokens.begin(), tokens.end(), [&](const Token& token) {
      return token.line == function.first && !token.directive && token.text == function.name;
    });
    if (name == tokens.end() || name + 1 == tokens.end()) continue;
    auto open = static_cast<std::size_t>(name - tokens.begin()) + 1;
    auto close = behind_closing(tokens, open);
    if (close == open || close > tokens.size() || !is_mark(tokens[close - 1], ')')) continue;
    const auto* begin = name->text.data();
    const auto* end = tokens[close - 1].text.data() + 1;
    std::string written(begin, end);
    if (written.find("/*") != std::string::npos || written.find("//") != std::string::npos)
      continue;
    auto arguments = call_arguments(tokens, open);
    for (const auto& macro : macros) {
      if (macro.name != function.name || !macro.function_like || macro.variadic ||
          macro.parameters.size() != arguments.size())
        continue;
      auto head = expansion(macro, arguments);
      if (!is_head(head)) continue;
      auto meant = fmt::format("/*{}*/ {}", written, head);
      if (text.find(meant) == std::string_view::npos)
        heads.push_back({std::move(written), std::move(meant), {}});
      break;
    }
  }
  return heads;
}

namespace {

// Whether a body stands behind.
bool is_before_body(const std::string& text, std::size_t at) {
  auto next = text.find_first_not_of(" \t\r\n", at);
  return next != std::string::npos && text[next] == '{';
}

}  // namespace

std::string with_heads_meant(std::string text, const std::vector<MacroHead>& heads) {
  for (const auto& [written, meant, pieces] : heads)
    for (auto at = text.find(written); at != std::string::npos;
         at = text.find(written, at + written.size()))
      if (!pieces.empty() || is_before_body(text, at + written.size())) {
        text.replace(at, written.size(), meant);
        at += meant.size() - written.size();
      }
  return text;
}

std::string with_heads_written(std::string text, const std::vector<MacroHead>& heads) {
  const auto write = [&](const std::string& meant, const std::string& written) {
    for (auto at = text.find(meant); at != std::string::npos; at = text.find(meant, at))
      text.replace(at, meant.size(), written);
  };
  // One may stand in what another one shows.
  for (auto head = heads.rbegin(); head != heads.rend(); ++head) {
    for (const auto& piece : head->pieces) write(piece.meant, piece.written);
    if (head->pieces.empty()) write(head->meant, head->written);
  }
  return text;
}

bool has_all_pieces(std::string_view text, std::string_view before,
                    const std::vector<MacroHead>& heads) {
  const auto count = [](std::string_view in, const std::string& what) {
    std::size_t found = 0;
    for (auto at = in.find(what); at != std::string_view::npos; at = in.find(what, at + 1)) ++found;
    return found;
  };
  return std::ranges::all_of(heads, [&](const MacroHead& head) {
    return std::ranges::all_of(head.pieces, [&](const MacroHead::Piece& piece) {
      return count(text, piece.meant) == count(before, piece.meant);
    });
  });
}

}  // namespace killify
