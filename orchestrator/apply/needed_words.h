// Which files a semantic patch can change: spatch says which words it needs.
#pragma once

#include "apply/user_patch.h"
#include "facts/word_index.h"
#include "support/error.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// "memcpy || (kzalloc && kmalloc)": what spatch prints behind "Grep query".
class NeededWords {
 public:
  // Nothing where the query is none or is not understood: any file may match then.
  [[nodiscard]] static std::optional<NeededWords> parse(std::string_view query);

  // The paths of the files that have what is needed; nothing where a word that the index does not
  // hold ("kernel.h") leaves that open for any file.
  [[nodiscard]] std::optional<std::set<std::string>> files(const WordIndex& words) const;

 private:
  struct Node {
    bool all = false;  // of the parts; else one of them
    std::string word;  // of one without parts
    std::vector<Node> parts;
  };
  struct Parser;
  [[nodiscard]] static std::optional<std::set<std::string>> files_of(const Node& node,
                                                                     const WordIndex& words);
  Node root_;
};

// The words that spatch needs for the semantic patch with these definitions and options; nothing
// where it names none. An error where spatch does not understand the patch: its own words.
[[nodiscard]] Result<std::optional<NeededWords>> needed_words(
    const UserPatch& patch, const std::vector<std::string>& arguments);

}  // namespace killify
