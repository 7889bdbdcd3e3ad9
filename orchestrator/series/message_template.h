// Text with placeholders: how a campaign words its commit messages and its cover letter.
//
// A template is paragraphs separated by blank lines; lines that start with '#' are notes to the
// reader of the template. The first paragraph holds subjects, one per line. `{name}` stands for a
// sentence or a list that killify composes from the facts of the commit, because only code can get
// the grammar of one lock and of three right. There is nothing else: no condition, no loop.
// Instead, a paragraph whose placeholders all turn out empty is dropped, and so are the spaces
// around an empty placeholder.
#pragma once

#include "support/error.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace killify {

// What each placeholder stands for. Every name that a template may use has an entry.
using TemplateValues = std::map<std::string, std::string>;

class MessageTemplate {
 public:
  // An error is "FILE:LINE: what", for an unknown placeholder too: `names` are those that there
  // are.
  [[nodiscard]] static Result<MessageTemplate> load(const std::filesystem::path& file,
                                                    const std::vector<std::string>& names);

  // The subjects, in the order in which they are to be tried; "" for one that names what is empty.
  [[nodiscard]] std::vector<std::string> subjects(const TemplateValues& values) const;
  // The paragraphs, filled to 75 columns; ends in '\n' unless nothing is left. A value may hold
  // several paragraphs; one that starts with a space (a list, a table) stays as it is.
  [[nodiscard]] std::string body(const TemplateValues& values) const;
  [[nodiscard]] const std::filesystem::path& file() const { return file_; }

 private:
  std::filesystem::path file_;
  std::vector<std::string> subjects_;
  std::vector<std::string> paragraphs_;
};

// "semantic-patches/thread/{call,flag}.cocci and semantic-patches/convert/mutex.cocci": what made a
// diff, each folder once.
[[nodiscard]] std::string semantic_patches_in_words(const std::vector<std::string>& patches);

// "f()"; what has parentheses stays as it is.
[[nodiscard]] std::string call(const std::string& name);

}  // namespace killify
