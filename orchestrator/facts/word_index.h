// Which files of a snapshot contain a word, and which define a function, a macro or a struct of
// that name: found once per blob, so that a question about the whole tree parses only the files
// that can matter.
//
// A segment is a sorted array of 64-bit entries, 40 bits of a hash of a word and of what is said of
// it above 24 bits of a blob number, beside the ids of its blobs. It is mapped, not read: a look-up
// touches a few pages. Another branch adds a segment with the blobs that no earlier one has. On 6.1
// that is 105 MB, made once; a look-up is a binary search, where a `git grep` over HEAD reads the
// whole tree each time.
#pragma once

#include "support/error.h"
#include "support/progress.h"
#include "tree/repository.h"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

class WordIndex {
 public:
  // Covers the .c and .h files of the snapshot (which must outlive the index); what is missing in
  // `directory` is read and added.
  [[nodiscard]] static Result<WordIndex> open(const Repository& repository,
                                              const Snapshot& snapshot,
                                              const std::filesystem::path& directory, unsigned jobs,
                                              Progress& progress);
  WordIndex(WordIndex&&) noexcept;
  WordIndex& operator=(WordIndex&&) noexcept;
  ~WordIndex();

  // The files that contain the word outside of comments and strings, sorted by path. Equal hashes
  // may add a file that does not (one in a thousand look-ups): callers look at the text anyway.
  [[nodiscard]] std::vector<const TreeEntry*> files_with(std::string_view word) const;
  // The files that define it, sorted by path, found as surely as with files_with().
  enum class Definition {
    kFunction,  // that other files can use: external, or any in a header
    kMacro,     // function-like
    kStruct,    // "struct name {"
  };
  [[nodiscard]] std::vector<const TreeEntry*> files_defining(Definition what,
                                                             std::string_view name) const;
  // Files that contain at least one of the words.
  [[nodiscard]] std::vector<const TreeEntry*> files_with_any(
      const std::vector<std::string>& words) const;
  // The number of .c and .h files covered.
  [[nodiscard]] std::size_t files() const;

 private:
  struct State;
  explicit WordIndex(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// True for the files that are C sources to killify: *.c and *.h.
[[nodiscard]] bool is_c_source(std::string_view path);

}  // namespace killify
