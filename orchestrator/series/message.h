// Commit messages: the series' template, filled with the facts of each commit.
#pragma once

#include "series/change.h"
#include "series/message_template.h"
#include "spec/series_spec.h"
#include "support/error.h"
#include "tree/repository.h"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace killify {

// Columns that Documentation/process/submitting-patches.rst grants a message (tags exempt).
inline constexpr std::size_t kMessageWidth = 75;

// Lines of a message without its tags that somebody reads to the end.
inline constexpr std::size_t kMessageLines = 25;

// One message for each change, in its order. `prefixes` ("drm/etnaviv") go with the changes. A
// subject is the first of the template's that fits 75 columns and that no earlier commit of the
// series has.
[[nodiscard]] Result<std::vector<Message>> compose_messages(
    const std::vector<Change>& changes, const SeriesSpec& spec,
    const std::vector<std::string>& prefixes, const Signature& author);

// What a change is told with: a template, and what its placeholders stand for.
struct Wording {
  const MessageTemplate* messages = nullptr;
  TemplateValues values;
};
// A list in a sentence is to name at most `most`; 1: as few as it can, and as briefly as it can.
using WordingOf =
    std::function<Wording(const Change&, const std::string& prefix, std::size_t most)>;

// The same with any templates. `trailers` end each message. What is longer than kMessageLines is
// told with shorter lists.
[[nodiscard]] Result<std::vector<Message>> compose_messages(
    const std::vector<Change>& changes, const std::vector<std::string>& prefixes,
    const WordingOf& wording_of, const std::string& trailers);

// The tags in the order Fixes, others, Signed-off-by (the author's), Cc, Link; one per line.
[[nodiscard]] std::string trailer_block(const std::vector<Trailer>& trailers,
                                        const Signature& author);

// The whole commit message: subject, blank line, body.
[[nodiscard]] std::string full_text(const Message& message);

// Refuses what `git mailinfo` would take for something else on the way back from a mail: a line
// that looks like the end of the message or the start of a diff, a subject in brackets, a body that
// begins like a header.
[[nodiscard]] Status check_mailable(const Message& message);

}  // namespace killify
