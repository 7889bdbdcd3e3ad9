// Coccinelle as the rest of killify sees it: ask a text, transform a text; answers come from the
// cache where the same was asked before.
#pragma once

#include "cocci/answer_store.h"
#include "cocci/spatch.h"

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace killify {

class Coccinelle {
 public:
  // `patches` is the semantic-patches/ directory; the cache lives below `cache`.
  [[nodiscard]] static Result<Coccinelle> open(const std::filesystem::path& patches,
                                               const std::filesystem::path& cache);

  // Runs the semantic patch `name` ("convert/mutex.cocci") on a text. `content` identifies the text
  // (a blob id); when empty, a digest of the text does. Threads may call it at once. Failures and
  // timeouts are not kept: the next run tries again.
  [[nodiscard]] Result<SpatchAnswer> run(const std::string& name,
                                         const std::vector<std::string>& defines,
                                         const SourceText& source, std::string content = {});

  // The semantic patches used so far, by name.
  [[nodiscard]] Result<SemanticPatch> patch(const std::string& name);
  [[nodiscard]] const std::string& version() const { return spatch_.version(); }
  // Whether there is a semantic patch of that name.
  [[nodiscard]] bool has(const std::string& name) const;

 private:
  Coccinelle(std::filesystem::path patches, Spatch spatch, AnswerStore store);

  std::filesystem::path patches_;
  Spatch spatch_;
  AnswerStore store_;
  std::unique_ptr<std::mutex> mutex_;
  std::map<std::string, SemanticPatch> loaded_;
};

}  // namespace killify
