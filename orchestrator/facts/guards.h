// Under which conditions a place of a function runs: from the branches that spatch shows and the
// tokens between them.
#pragma once

#include "facts/lexer.h"
#include "facts/source_facts.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace killify {

// A place of a file, as spatch counts: lines from 1, columns (bytes) from 0.
struct Place {
  int line = 0;
  int column = 0;
  bool operator<(const Place& other) const {
    return line != other.line ? line < other.line : column < other.column;
  }
};

struct Span {
  Place begin;
  Place end;  // behind it
};

class Guards {
 public:
  explicit Guards(std::string_view text);

  // A "branch" (an if), "choice" (?:, &&, ||) or "loop" of source.cocci.
  void add(const nlohmann::json& fact);
  // To be called between the last add() and the first at().
  void sort();
  // The guards of a place between two lines, the outermost first.
  [[nodiscard]] std::vector<Guard> at(Place place, int first, int last) const;

 private:
  struct Covered {
    Span span;
    Guard guard;
  };

  void cover(const Span& span, const std::string& condition, bool holds);
  [[nodiscard]] Place place_of(const Token& token) const;
  [[nodiscard]] std::size_t token_at(Place place) const;
  [[nodiscard]] bool stands_alone(Place body) const;
  [[nodiscard]] bool leaves(const Span& statement) const;
  [[nodiscard]] Place block_end(Place place) const;
  [[nodiscard]] std::size_t behind_parentheses(std::size_t open) const;
  [[nodiscard]] std::size_t behind_statement(std::size_t first) const;

  std::string_view text_;
  std::vector<Token> tokens_;  // without those of directives
  std::vector<std::size_t> line_starts_;
  std::vector<Covered> covered_;
};

}  // namespace killify
