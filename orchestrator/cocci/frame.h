// What a run of spatch prints around its facts: a first line, and a last one with a digest of what
// stands between. spatch exits 0 without having run a rule in more than one way (a script in its
// place, a cut-off stream, an interpreter that fails to start); only a whole run prints both.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

class AnswerFrame {
 public:
  // Of one run: its lines are those of no other run.
  [[nodiscard]] static AnswerFrame make();

  // A semantic patch that does what `name` does, between the two lines.
  [[nodiscard]] std::string around(std::string_view name) const;

  // The facts that were printed, a line each; nothing where the run was not whole.
  [[nodiscard]] std::optional<std::vector<std::string>> facts_in(std::string_view printed) const;

 private:
  explicit AnswerFrame(std::string token) : token_(std::move(token)) {}

  std::string token_;
};

}  // namespace killify
