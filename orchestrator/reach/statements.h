// Statements and expressions of a function, found in its tokens: as much of C as it takes to say
// the same in other words (reach/plain_code.h, reach/slice.h).
#pragma once

#include "facts/lexer.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

using Tokens = std::vector<Token>;

[[nodiscard]] inline bool is(const Token& token, std::string_view text) {
  return token.text == text;
}
// False behind the end, too.
[[nodiscard]] bool is_at(std::span<const Token> tokens, std::size_t index, std::string_view text);

// The index of what closes tokens[open]; the size where nothing does.
[[nodiscard]] std::size_t closing(std::span<const Token> tokens, std::size_t open);

// The last token of the statement that begins there; the size where that cannot be told.
[[nodiscard]] std::size_t end_of_statement(std::span<const Token> tokens, std::size_t begin);

// Whether the last thing that a statement does is a jump.
[[nodiscard]] bool leaves(std::span<const Token> tokens, std::size_t begin, std::size_t end);

// A name, and what is called, indexed or selected from it; "*" and "&" may stand before it.
[[nodiscard]] bool is_postfix_expression(std::span<const Token> tokens);

// Whether tokens[at] is an assignment's "=": no part of "==", "<=", "+=" and their like.
[[nodiscard]] bool is_assignment(std::span<const Token> tokens, std::size_t at);

// Whether tokens[at] names a member: it stands behind "." or "->".
[[nodiscard]] bool is_member(std::span<const Token> tokens, std::size_t at);

// Whether "operand < 0" is asked before tokens[before].
[[nodiscard]] bool asked_below_zero(std::span<const Token> tokens, std::span<const Token> operand,
                                    std::size_t before);

// What is written, on one line and without comments.
[[nodiscard]] std::string written(std::span<const Token> tokens);

// What stands instead of each token; comments go, lines stay.
class Rewriting {
 public:
  explicit Rewriting(const Tokens& tokens);

  void put(std::size_t index, std::string text) { instead_[index] = std::move(text); }
  void drop(std::size_t index) { instead_[index].clear(); }
  void drop(std::size_t first, std::size_t end);  // without the end
  void add_before(std::size_t index, std::string_view text) { instead_[index].insert(0, text); }
  void add_behind(std::size_t index, std::string_view text) { instead_[index] += text; }

  [[nodiscard]] std::string text_from(std::size_t first) const;

 private:
  const Tokens& tokens_;
  std::vector<std::string> instead_;
};

}  // namespace killify
