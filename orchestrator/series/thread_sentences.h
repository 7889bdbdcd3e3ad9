// What a commit that lets functions take a task state does, in sentences.
#pragma once

#include "series/change.h"
#include "series/message_template.h"

#include <cstddef>
#include <string>
#include <vector>

namespace killify {

// The names that thread_sentences() gives; those that its template may use.
[[nodiscard]] const std::vector<std::string>& thread_sentence_names();

// All of thread_sentence_names(), except that {n} is empty and {prefix} is `prefix`. A list in a
// sentence names at most `most`.
[[nodiscard]] TemplateValues thread_sentences(const Change& change, const std::string& prefix,
                                              std::size_t most);

}  // namespace killify
