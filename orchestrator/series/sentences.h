// What a commit does, in sentences: the values of the commit template's placeholders.
#pragma once

#include "series/change.h"
#include "series/message_template.h"

#include <cstddef>
#include <string>
#include <vector>

namespace killify {

// The names that change_sentences() gives; those that a commit template may use.
[[nodiscard]] const std::vector<std::string>& sentence_names();

// All of sentence_names(), except that {n} is empty and {prefix} is `prefix`. A list in a
// sentence names at most `most`.
[[nodiscard]] TemplateValues change_sentences(const Change& change, const std::string& prefix,
                                              std::size_t most);

}  // namespace killify
