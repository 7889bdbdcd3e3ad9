// What a condition asks of its operands, whichever way it is written: "0 != f()", "!(err == 0)" and
// "err == -EINTR" where the error is that one.
#pragma once

#include "reach/statements.h"

#include <set>
#include <span>
#include <string>
#include <vector>

namespace killify {

struct Condition {
  enum class Kind : std::uint8_t {
    kValue,     // operand, or !operand
    kCompared,  // operand sign with
    kAll,       // of the parts
    kAny,
    kTrue,  // for the error asked about
    kFalse
  };
  Kind kind = Kind::kValue;
  std::span<const Token> operand;
  bool negated = false;  // of kValue
  std::string sign;      // "==", "!=", "<", ">=", ">", "<="
  std::string with;      // "0", "-EINTR"
  std::vector<Condition> parts;

  // True or false of an operand, no number that is handed on.
  [[nodiscard]] bool is_boolean() const { return kind != Kind::kValue || negated; }
  // That there is no error: "!x", "x == 0", "x >= 0".
  [[nodiscard]] bool denies() const;
  // As C, with `operand` in place of the operand where that is not empty.
  [[nodiscard]] std::string text(const std::string& operand = {}) const;
};

// The opposite of it.
[[nodiscard]] Condition opposite(Condition condition);

class ConditionReader {
 public:
  // `error` is what the variables in `holders` hold if they hold an error ("-EINTR"); "" where that
  // is not known.
  ConditionReader(const std::string& error, const std::set<std::string, std::less<>>& holders)
      : error_(error), holders_(holders) {}

  [[nodiscard]] Condition read(std::span<const Token> tokens);
  // Whether the last one that was read is better said in its own words.
  [[nodiscard]] bool is_plainer() const { return plainer_; }

 private:
  Condition part(std::span<const Token> tokens, bool negated);
  Condition combined(const std::vector<std::span<const Token>>& operands, bool all, bool negated);
  Condition compared(std::span<const Token> left, std::string sign, std::span<const Token> right,
                     bool negated);
  [[nodiscard]] bool holds_error(std::span<const Token> operand) const;

  const std::string& error_;
  const std::set<std::string, std::less<>>& holders_;
  bool plainer_ = false;
};

// Without the parentheses around all of it.
[[nodiscard]] std::span<const Token> without_parentheses(std::span<const Token> tokens);
// "-EINTR" where that is what is written, "" otherwise.
[[nodiscard]] std::string error_number(std::span<const Token> tokens);

}  // namespace killify
