// The files that a step works on: each as the step found it and as it leaves it.
#pragma once

#include "facts/tree_facts.h"
#include "series/change.h"
#include "support/error.h"

#include <map>
#include <string>
#include <vector>

namespace killify {

using Texts = std::map<std::string, std::string>;  // changed files, by path

class WorkTexts {
 public:
  // `earlier` are the texts that the steps before left; the snapshot has all others.
  WorkTexts(const TreeFacts& facts, const Texts& earlier) : facts_(facts), earlier_(earlier) {}

  // The text of a file now.
  [[nodiscard]] Result<std::string> text(const std::string& path) const;
  [[nodiscard]] Status set(const std::string& path, std::string text);
  // The files that were set, as they are now and as they were.
  [[nodiscard]] const Texts& now() const { return now_; }
  [[nodiscard]] const Texts& before() const { return before_; }
  // All files that are not as the snapshot has them.
  [[nodiscard]] Texts all() const;
  // Those that differ from what the step found, sorted by path.
  [[nodiscard]] std::vector<FileChange> changes() const;

 private:
  const TreeFacts& facts_;
  const Texts& earlier_;
  Texts before_;
  Texts now_;
};

}  // namespace killify
