#include "facts/macro_heads.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace killify {
namespace {

// A macro's parameter, as an index into its uses' arguments.
std::optional<std::size_t> parameter_of(const MacroDefinition& macro, const Token& token) {
  auto it = std::find(macro.parameters.begin(), macro.parameters.end(), token.text);
  if (!is_word(token) || it == macro.parameters.end()) return std::nullopt;
  return static_cast<std::size_t>(it - macro.parameters.begin());
}

// What a use of a macro stands for; words apart, "##" gluing what is around it.
std::string expansion(const MacroDefinition& macro, const std::vector<std::string>& arguments) {
  std::string text;
  const auto& body = macro.body;
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (i + 1 < body.size() && is_mark(body[i], '#') && is_mark(body[i + 1], '#')) {
      if (text.ends_with(' ')) text.pop_back();
      ++i;
      continue;
    }
    if (is_mark(body[i], ',') || is_mark(body[i], ')') || is_mark(body[i], '('))
      if (text.ends_with(' ')) text.pop_back();
    auto parameter = parameter_of(macro, body[i]);
    text += parameter ? arguments[*parameter] : std::string(body[i].text);
    if (!is_mark(body[i], '(') && !is_mark(body[i], '*')) text += ' ';
  }
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

// Whether a text is the head of one function, which has a type.
bool is_head(const std::string& text) {
  if (text.find_first_of("{}=") != std::string::npos) return false;
  auto whole = text + " { }";
  auto functions = function_extents(tokens_of(whole));
  return functions.size() == 1 && !functions[0].typeless;
}

}  // namespace

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
