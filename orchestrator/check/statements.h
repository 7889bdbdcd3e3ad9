// What the messages of a series say, held against what its patches do: a name has to be in the diff
// or in the tree, what is said to be added has to be added, and nothing is said twice.
#pragma once

#include "series/manifest.h"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace killify {

// A message with what it is about.
struct Told {
  std::string subject;
  std::string message;  // all of it, the subject and the tags among it
  std::string diff;
  const ManifestCommit* commit = nullptr;  // what generate said of it, where that is known
};

// What a name can be found in, beside the diff.
struct KnownNames {
  std::function<bool(const std::string& word)> word;
  std::function<bool(const std::string& path)> path;
  std::function<bool(const std::string& directory)> top;  // a directory at the top of the tree
};

// The message without its subject, its tags and what is indented, as sentences.
[[nodiscard]] std::vector<std::string> sentences_of(std::string_view message);

// What is wrong with the statements of one message.
[[nodiscard]] std::vector<std::string> statement_faults(const Told& told, const KnownNames& known);

// What is wrong with the names in a text that is about no patch of its own.
[[nodiscard]] std::vector<std::string> name_faults(const std::string& text,
                                                   const KnownNames& known);

// Sentences that more than one message has: the index of the later message, and what is wrong.
[[nodiscard]] std::vector<std::pair<std::size_t, std::string>> repetitions(
    const std::vector<Told>& series);

// Sleeps that the message counts as left alone, against those that the manifest has for its
// handlers. A message that counts none is at fault only where killify wrote it as it is.
[[nodiscard]] std::vector<std::string> count_faults(const Told& told,
                                                    const std::vector<LeftOut>& left_out,
                                                    bool edited);

}  // namespace killify
