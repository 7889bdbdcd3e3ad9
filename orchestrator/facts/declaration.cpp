#include "facts/declaration.h"

#include "facts/lexer.h"

#include <algorithm>
#include <array>
#include <span>

namespace killify {
namespace {

using Tokens = std::span<const Token>;

// "unsigned int" has no name.
bool is_type_word(std::string_view word) {
  static constexpr std::array<std::string_view, 14> kWords{
      "_Bool", "bool",  "char",   "const",    "double", "float",    "int",
      "long",  "short", "signed", "unsigned", "void",   "volatile", "__user"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

bool is_tag(std::string_view word) {
  return word == "struct" || word == "union" || word == "enum";
}

std::string spaced(Tokens tokens) {
  std::string text;
  for (const auto& token : tokens) {
    if (!text.empty()) text += ' ';
    text += token.text;
  }
  return text;
}

// The place of the declared name, tokens.size() where there is none.
std::size_t name_in(Tokens tokens) {
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
    if (!is_mark(tokens[i], '(')) continue;
    // "( * name )", "( * name [ 3 ] )", "( * const name )"
    if (!is_mark(tokens[i + 1], '*')) return tokens.size();  // a macro
    auto at = i + 2;
    while (at < tokens.size() && is_word(tokens[at]) && is_type_word(tokens[at].text)) ++at;
    return at < tokens.size() && is_word(tokens[at]) ? at : tokens.size();
  }
  auto end = tokens.size();
  for (std::size_t i = 0; i < tokens.size(); ++i)
    if (is_mark(tokens[i], '[') || is_mark(tokens[i], ':')) {
      end = i;
      break;
    }
  if (end == 0 || !is_word(tokens[end - 1]) || is_type_word(tokens[end - 1].text))
    return tokens.size();
  if (end < 2 || is_tag(tokens[end - 2].text)) return tokens.size();
  return end - 1;
}

Declared declared_by(Tokens tokens) {
  auto name = name_in(tokens);
  if (name == tokens.size()) return {spaced(tokens), {}};
  std::vector<Token> type(tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(name));
  for (auto i = name + 1; i < tokens.size() && !is_mark(tokens[i], ':'); ++i)
    type.push_back(tokens[i]);
  return {spaced(type), std::string(tokens[name].text)};
}

// The words that all declarators of a declaration share: "struct list_head" of "struct list_head l,
// *k".
std::vector<Token> specifiers(Tokens first_piece) {
  auto end = static_cast<std::ptrdiff_t>(name_in(first_piece));
  auto mark = std::find_if(first_piece.begin(), first_piece.begin() + end,
                           [](const Token& token) { return !is_word(token); });
  return {first_piece.begin(), mark};
}

class FieldReader {
 public:
  void read(const std::string& in, Tokens tokens) {
    for (std::size_t begin = 0; begin < tokens.size();) {
      auto end = begin;
      for (int depth = 0; end < tokens.size() && (depth > 0 || !is_mark(tokens[end], ';')); ++end) {
        if (is_mark(tokens[end], '{')) ++depth;
        if (is_mark(tokens[end], '}')) --depth;
      }
      declaration(in, tokens.subspan(begin, end - begin));
      begin = end + 1;
    }
  }

  std::vector<DeclaredField> fields;

 private:
  void declaration(const std::string& in, Tokens tokens) {
    auto open = std::find_if(tokens.begin(), tokens.end(),
                             [](const Token& token) { return is_mark(token, '{'); });
    if (open == tokens.end()) {
      declarators(in, tokens);
      return;
    }
    auto close = std::find_if(tokens.rbegin(), tokens.rend(), [](const Token& token) {
                   return is_mark(token, '}');
                 }).base();
    if (close <= open || open == tokens.begin()) return;
    if (tokens.front().text == "enum") return;
    auto before = std::prev(open);
    bool named = is_word(*before) && !is_tag(before->text);
    read(named ? std::string(before->text) : in, Tokens(open + 1, close - 1));
    // What is declared of it: "union { } z", "struct t t".
    std::vector<Token> rest(tokens.begin(), named ? open : std::next(open));
    rest.insert(rest.end(), named ? close : std::prev(close), tokens.end());
    declarators(in, rest);
  }

  void declarators(const std::string& in, Tokens tokens) {
    std::vector<Token> shared;
    int depth = 0;
    for (std::size_t begin = 0, at = 0; at <= tokens.size(); ++at) {
      bool ends = at == tokens.size() || (depth == 0 && is_mark(tokens[at], ','));
      if (!ends) {
        if (is_mark(tokens[at], '(')) ++depth;
        if (is_mark(tokens[at], ')')) --depth;
        continue;
      }
      auto piece = shared;
      piece.insert(piece.end(), tokens.begin() + static_cast<std::ptrdiff_t>(begin),
                   tokens.begin() + static_cast<std::ptrdiff_t>(at));
      if (begin == 0) shared = specifiers(piece);
      if (auto field = declared_by(piece); !field.name.empty())
        fields.push_back({in, std::move(field)});
      begin = at + 1;
    }
  }
};

}  // namespace

Declared declared(std::string_view declaration) {
  return declared_by(tokens_of(declaration));
}

std::vector<DeclaredField> declared_fields(const std::string& struct_name,
                                           const std::vector<std::string>& texts) {
  FieldReader reader;
  for (const auto& text : texts) {
    auto tokens = tokens_of(text);
    std::erase_if(tokens, [](const Token& token) { return token.directive; });
    reader.read(struct_name, tokens);
  }
  return std::move(reader.fields);
}

}  // namespace killify
