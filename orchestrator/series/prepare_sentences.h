// What a commit that adds functions does, in sentences: the values of its template's placeholders.
#pragma once

#include "series/change.h"
#include "series/message_template.h"

#include <cstddef>
#include <string>
#include <vector>

namespace killify {

// The names that prepare_sentences() gives; those that its template may use.
[[nodiscard]] const std::vector<std::string>& prepare_sentence_names();

// All of prepare_sentence_names(), except that {n} is empty and {prefix} is `prefix`. A list in a
// sentence names at most `most`.
[[nodiscard]] TemplateValues prepare_sentences(const Change& change, const std::string& prefix,
                                               std::size_t most);

// "Add foo_lock_killable() for that, beside ...": functions that a conversion adds for itself; ""
// for none.
[[nodiscard]] std::string additions_sentence(const Change& change);

}  // namespace killify
