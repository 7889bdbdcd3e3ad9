// A kernel tree of a few files for the stages that look at one: a real repository, the real spatch,
// and the catalogue and roots of the series that killify ships.
#pragma once

#include "facts/tree_facts.h"
#include "spec/series_spec.h"
#include "support/run_git.h"
#include "support/temp_dir.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace killify::test {

using Files = std::map<std::string, std::string>;

template <typename T>
T value_of(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

// What the drivers of these tests need of a kernel's headers.
inline const Files kHeaders = {
    {"include/linux/completion.h", "int wait_for_completion_state(struct completion *x, int s);\n"},
    {"include/linux/mutex.h",
     "int mutex_lock_interruptible(struct mutex *lock);\n"
     "int mutex_lock_killable(struct mutex *lock);\n"},
    {"include/linux/wait.h",
     "#define wait_event_interruptible(wq, condition) 0\n"
     "#define wait_event_killable(wq, condition) 0\n"
     "#define wake_up_interruptible(wq) __wake_up(wq)\n"
     "#define wake_up(wq) __wake_up(wq)\n"},
    {"include/linux/sched.h",
     "#define TASK_KILLABLE 0x102\n"
     "#define set_current_state(state) smp_store_mb(state)\n"}};

class SmallTree {
 public:
  explicit SmallTree(Files files) : scratch_(value_of(TempDir::make())) {
    const auto root = scratch_.path() / "tree";
    files.insert(kHeaders.begin(), kHeaders.end());
    for (const auto& [name, text] : files) {
      std::filesystem::create_directories((root / name).parent_path());
      std::ofstream(root / name, std::ios::binary) << text;
    }
    git(root, {"init", "-q"});
    git(root, {"add", "-A"});
    git(root, {"commit", "-q", "-m", "Base"});
    repository = std::make_unique<Repository>(value_of(Repository::open(root)));
    snapshot = value_of(repository->snapshot("HEAD"));
    progress = make_progress(ProgressMode::kNone);
    words = std::make_unique<WordIndex>(
        value_of(WordIndex::open(*repository, snapshot, scratch_.path() / "words", 1, *progress)));
    const std::filesystem::path source = KILLIFY_TEST_SOURCE_DIR;
    coccinelle = std::make_unique<Coccinelle>(
        value_of(Coccinelle::open(source / "semantic-patches", scratch_.path() / "cache", 2)));
    facts = std::make_unique<TreeFacts>(*repository, snapshot, *words, *coccinelle, 1, *progress);
    series = value_of(load_series(source / "series" / "killable-fault-handlers.yaml"));
  }

 private:
  TempDir scratch_;

 public:
  std::unique_ptr<Progress> progress;
  std::unique_ptr<Repository> repository;
  Snapshot snapshot;
  std::unique_ptr<WordIndex> words;
  std::unique_ptr<Coccinelle> coccinelle;
  std::unique_ptr<TreeFacts> facts;
  SeriesSpec series;
};

// The line of the first occurrence of `what`.
inline int line_of(std::string_view text, std::string_view what) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string_view::npos) << what;
  int line = 1;
  for (char c : text.substr(0, at)) line += c == '\n';
  return line;
}

}  // namespace killify::test
