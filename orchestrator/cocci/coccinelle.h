// Coccinelle as the rest of killify sees it: ask a text, transform a text; answers come from the
// cache where the same was asked before.
#pragma once

#include "cocci/answer_store.h"
#include "cocci/spatch.h"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <semaphore>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace killify {

// A text to be asked about, and what identifies it (see Coccinelle::run()).
struct Question {
  SourceText source;
  std::string content;
  // A definition for this text alone; one process is told those of all its texts, as a list
  // ("fn=one,other").
  std::string define = {};
  std::string value = {};
};

class Coccinelle {
 public:
  // `patches` is the semantic-patches/ directory; the cache lives below `cache`. However many
  // threads ask, no more than `jobs` processes run at a time.
  [[nodiscard]] static Result<Coccinelle> open(const std::filesystem::path& patches,
                                               const std::filesystem::path& cache, unsigned jobs);

  // Runs the semantic patch `name` ("convert/mutex.cocci") on a text. `content` identifies the text
  // (a blob id); when empty, a digest of the text does. Threads may call it at once. Failures and
  // timeouts are not kept: the next run tries again.
  [[nodiscard]] Result<SpatchAnswer> run(const std::string& name,
                                         const std::vector<std::string>& defines,
                                         const SourceText& source, std::string content = {});

  // The same semantic patch on many texts, which define the same; the answers in their order. What
  // is not in the cache goes to spatch many texts a process, with all workers: starting spatch
  // costs more than most texts do. `answered` is told of each text as its answer is there, by any
  // thread.
  [[nodiscard]] Result<std::vector<SpatchAnswer>> run_all(
      const std::string& name, const std::vector<std::string>& defines,
      const std::vector<Question>& questions, const std::function<void(const Question&)>& answered);

  // What spatch gave no answer to so far, though it was asked alone: for each question why, sorted.
  [[nodiscard]] std::vector<std::string> unanswered() const;

  // The semantic patches used so far, by name.
  [[nodiscard]] Result<SemanticPatch> patch(const std::string& name);
  [[nodiscard]] const std::string& version() const { return spatch_.version(); }
  // Whether there is a semantic patch of that name.
  [[nodiscard]] bool has(const std::string& name) const;

 private:
  Coccinelle(std::filesystem::path patches, Spatch spatch, AnswerStore store, unsigned jobs);
  [[nodiscard]] std::string question_of(const SemanticPatch& patch,
                                        const std::vector<std::string>& defines,
                                        const std::set<std::string>& macros) const;
  // Runs spatch when no more than the other processes are under way.
  template <typename Run>
  [[nodiscard]] auto in_a_slot(const Run& run) const;
  // Notes what became of a question: one that is asked again may be answered then.
  void note(const std::string& content, const std::string& question, const SpatchAnswer& answer);
  // Answers of one process, and of more for those that it has no answer for.
  [[nodiscard]] Result<std::vector<SpatchAnswer>> ask_together(
      const SemanticPatch& patch, const std::vector<std::string>& defines,
      const std::vector<const Question*>& questions) const;

  std::filesystem::path patches_;
  Spatch spatch_;
  AnswerStore store_;
  unsigned jobs_;
  std::unique_ptr<std::counting_semaphore<>> slots_;  // for processes
  std::unique_ptr<std::mutex> mutex_;
  std::map<std::string, SemanticPatch> loaded_;
  std::map<std::pair<std::string, std::string>, std::string> unanswered_;  // content, question: why
};

}  // namespace killify
