// The facts of a whole snapshot, read when asked for and kept by blob.
#pragma once

#include "cocci/coccinelle.h"
#include "facts/linkage.h"
#include "facts/source_facts.h"
#include "facts/word_index.h"
#include "support/progress.h"
#include "tree/repository.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace killify {

// What gives the facts of a file.
inline constexpr const char* kSourcePatch = "facts/source.cocci";

// One snapshot with all that answers questions about it. The references must outlive it. Not for
// several threads, apart from what read_ahead() does itself.
class TreeFacts {
 public:
  TreeFacts(const Repository& repository, const Snapshot& snapshot, const WordIndex& words,
            Coccinelle& coccinelle, unsigned jobs, Progress& progress)
      : repository_(repository),
        snapshot_(snapshot),
        words_(words),
        coccinelle_(coccinelle),
        jobs_(jobs),
        progress_(progress),
        linkage_(std::make_shared<Linkage>(repository, snapshot)) {}

  // Other facts of the same snapshot, for another thread.
  [[nodiscard]] TreeFacts beside(Progress& progress) const { return {*this, progress}; }

  // Reads the facts of these files with all workers, many files to a spatch; of() finds them then.
  [[nodiscard]] Status read_ahead(const std::vector<const TreeEntry*>& files,
                                  std::string_view activity);
  [[nodiscard]] Result<const SourceFacts*> of(const std::string& path);
  // The same of some functions of files: what spatch takes for a file is the work on function
  // bodies, and few of them matter to an audit. Adds to the functions that were read of a file
  // before; `outside`: with what stands outside of functions, and the heads of all others.
  [[nodiscard]] Status read_parts(const std::map<std::string, std::set<std::string>>& functions,
                                  bool outside, std::string_view activity);
  // What is known of a file: the whole, or what was read of it last. Reads it where nothing is
  // known.
  [[nodiscard]] Result<const SourceFacts*> part(const std::string& path);
  // Whether part() knows the body of a function without reading.
  [[nodiscard]] bool has_part(const std::string& path, const std::string& function) const;
  // part() with the body of a function in it: reads that where it is not known.
  [[nodiscard]] Result<const SourceFacts*> part_with(const std::string& path,
                                                     const std::string& function,
                                                     std::string_view activity);
  [[nodiscard]] Result<std::string> text(const std::string& path) const;
  // The tokens' view of a file; kept once made. The second makes those of many files with all
  // workers.
  [[nodiscard]] Result<const Sketch*> sketch(const std::string& path);
  [[nodiscard]] Status sketch_ahead(const std::vector<const TreeEntry*>& files);
  // The same for one look, where many files are searched and few matter: kept with the last of
  // these only, and by who has it.
  [[nodiscard]] Result<std::shared_ptr<const Sketch>> look_at(const std::string& path);
  // That of a changed text of the tree.
  [[nodiscard]] Result<std::shared_ptr<const Sketch>> sketch_of(std::string text);
  // The files that define a function of that name for others: externally, or in a header. Sorted.
  [[nodiscard]] Result<std::vector<std::string>> files_defining(const std::string& name);
  // Those that define a function-like macro of that name, and those that define a struct. Sorted.
  [[nodiscard]] Result<std::vector<std::string>> files_defining_macro(const std::string& name);
  [[nodiscard]] Result<std::vector<std::string>> files_defining_struct(const std::string& name);
  // What spatch has to be told of the loop macros that a file uses (SourceText::macros): without,
  // it loses the functions that use one.
  [[nodiscard]] Result<std::set<std::string>> loop_macros(const Sketch& sketch);

  // The guard classes that the tree's headers define; those that are written out as functions once
  // a file that uses them was looked at, and those that were added.
  [[nodiscard]] Result<const GuardClasses*> guard_classes();
  // One that changed texts of the tree will use: a copy of `model` that takes the lock by
  // `function`.
  void add_guard_class(const std::string& name, const GuardClass& model,
                       const std::string& function);

  [[nodiscard]] const Snapshot& snapshot() const { return snapshot_; }
  [[nodiscard]] const WordIndex& words() const { return words_; }
  [[nodiscard]] Coccinelle& coccinelle() { return coccinelle_; }
  [[nodiscard]] Linkage& linkage() { return *linkage_; }
  [[nodiscard]] unsigned jobs() const { return jobs_; }
  // All that was read so far of files, by path.
  [[nodiscard]] std::map<std::string, const SourceFacts*> read_so_far() const;

 private:
  TreeFacts(const TreeFacts& other, Progress& progress)
      : repository_(other.repository_),
        snapshot_(other.snapshot_),
        words_(other.words_),
        coccinelle_(other.coccinelle_),
        jobs_(other.jobs_),
        progress_(progress),
        linkage_(other.linkage_),
        guard_classes_(other.guard_classes_),
        asked_classes_(other.asked_classes_) {}

  [[nodiscard]] Result<const TreeEntry*> entry(const std::string& path) const;
  // Some functions of a file, or all.
  struct Wanted {
    const TreeEntry* file = nullptr;
    const std::set<std::string>* functions = nullptr;
    bool outside = true;
  };
  [[nodiscard]] Status read_all(const std::vector<Wanted>& wanted, std::string_view activity);
  [[nodiscard]] Status read_some(const std::vector<Wanted>& wanted,
                                 const std::function<void(const std::string&)>& answered);
  // Makes a sketch again where macros of headers write the heads of functions, or hide locks.
  [[nodiscard]] Status write_heads(std::shared_ptr<const Sketch>& sketch);
  // The macros of headers that may write the head of a function of a file.
  [[nodiscard]] Result<std::vector<MacroDefinition>> head_macros(const Sketch& sketch);
  // Adds the classes of a file's guards that headers write out as functions.
  [[nodiscard]] Status find_constructors(const Sketch& sketch);
  // The line for one macro; "" where no header defines a loop macro of that name.
  [[nodiscard]] Result<std::string> loop_macro(const std::string& name);
  [[nodiscard]] Result<bool> is_loop(const MacroDefinition& macro);
  template <typename Defines>
  [[nodiscard]] Result<std::vector<std::string>> files_where(WordIndex::Definition what,
                                                             const std::string& name,
                                                             const Defines& defines);

  const Repository& repository_;
  const Snapshot& snapshot_;
  const WordIndex& words_;
  Coccinelle& coccinelle_;
  unsigned jobs_;
  Progress& progress_;
  std::shared_ptr<Linkage> linkage_;  // of all that look at the snapshot side by side
  std::map<std::string, SourceFacts> facts_;
  std::map<std::string, SourceFacts> parts_;
  std::map<std::string, std::set<std::string>> part_functions_;
  std::set<std::string> part_outside_;  // files of which a part has what stands outside, too
  std::optional<GuardClasses> guard_classes_;
  std::set<std::string> asked_classes_;  // whether they are written out
  using Sketches = std::unordered_map<std::string, std::shared_ptr<const Sketch>>;
  Sketches sketches_;
  Sketches being_made_;  // the headers of which may lead back to them
  // What look_at() keeps: as much again is looked at before the older half goes.
  Sketches looked_at_;
  Sketches looked_at_before_;
  std::size_t looked_at_bytes_ = 0;  // of the texts of the first
  // What files_where() said.
  std::map<std::pair<WordIndex::Definition, std::string>, std::vector<std::string>> defining_;
  std::map<std::string, std::string, std::less<>> loop_macros_;  // what loop_macro() said
};

}  // namespace killify
