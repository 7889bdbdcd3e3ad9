// Answers of spatch, kept by content: what was asked (semantic patch with what it includes,
// definitions, spatch's version) of which text. A cache: losing it costs time and nothing else.
#pragma once

#include "support/error.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace killify {

// An answer and what it answers: the question, asked of the content.
struct KeptAnswer {
  std::string content;
  std::string question;
  std::string answer;
};

// An SQLite file that several threads and several processes may use at once. One that is cut off or
// of another layout is replaced by an empty one.
class AnswerStore {
 public:
  [[nodiscard]] static Result<AnswerStore> open(const std::filesystem::path& file);
  AnswerStore(AnswerStore&&) noexcept;
  AnswerStore& operator=(AnswerStore&&) noexcept;
  ~AnswerStore();

  [[nodiscard]] std::optional<std::string> get(const std::string& content,
                                               const std::string& question) const;
  // A failure to write (full disk) is not an error of the run: the answer is just not kept.
  void put(const std::string& content, const std::string& question, const std::string& answer);
  // All of them in one transaction: a commit costs more than most answers.
  void put_all(const std::vector<KeptAnswer>& answers);

 private:
  struct State;
  explicit AnswerStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace killify
