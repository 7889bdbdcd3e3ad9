#include "series/message.h"

#include "series/message_template.h"
#include "series/prepare_sentences.h"
#include "series/sentences.h"
#include "series/site_sentences.h"
#include "series/thread_sentences.h"
#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace killify {
namespace {

constexpr std::size_t kMostNames = 4;   // in a list within a sentence, where there is room
constexpr std::size_t kLeastNames = 1;  // and what else can be left out is

std::size_t lines_of(const std::string& text) {
  return split_lines(text).size();
}

int trailer_rank(const std::string& key) {
  if (key == "Fixes") return 0;
  if (key == "Signed-off-by") return 2;
  if (key == "Cc") return 3;
  return key == "Link" ? 4 : 1;
}

// The first subject that fits and is free. What counts stands for a first one where it is alone,
// and behind another subject for the second.
std::optional<std::string> choose_subject(const MessageTemplate& messages, TemplateValues values,
                                          const std::set<std::string>& taken) {
  const auto subjects = [&](std::size_t n) {
    values["n"] = std::to_string(n);
    return messages.subjects(values);
  };
  for (std::size_t n = 1; n <= taken.size() + 1; ++n) {
    auto candidates = subjects(n + 1);
    candidates.front() = subjects(n).front();
    for (const std::string& subject : candidates)
      if (!subject.empty() && subject.size() <= kMessageWidth && !taken.contains(subject))
        return subject;
  }
  return std::nullopt;
}

// Lines at which git mailinfo stops reading the message.
bool ends_message(std::string_view line) {
  if (line.starts_with("diff -") || line.starts_with("Index: ")) return true;
  if (!line.starts_with("---")) return false;
  const std::string_view rest = line.substr(3);
  return trim(rest).empty() || (rest.starts_with(' ') && rest.size() > 1 && rest[1] != ' ');
}

// Lines that mailinfo takes for headers, at the top of a body.
bool looks_like_header(std::string_view line) {
  for (const std::string_view header : {"From:", "Date:", "Subject:", "Content-", ">From "})
    if (line.starts_with(header)) return true;
  return false;
}

}  // namespace

Result<std::vector<Message>> compose_messages(const std::vector<Change>& changes,
                                              const SeriesSpec& spec,
                                              const std::vector<std::string>& prefixes,
                                              const Signature& author) {
  KILLIFY_TRY(const MessageTemplate conversions,
              MessageTemplate::load(spec.commit.template_file, sentence_names()));
  std::optional<MessageTemplate> preparations;
  if (spec.passes.add) {
    KILLIFY_TRY(preparations,
                MessageTemplate::load(spec.commit.prepare_template, prepare_sentence_names()));
  }
  std::optional<MessageTemplate> threads;
  if (spec.passes.carry) {
    KILLIFY_TRY(threads,
                MessageTemplate::load(spec.commit.thread_template, thread_sentence_names()));
  }
  const auto wording_of = [&](const Change& change, const std::string& prefix,
                              std::size_t most) -> Wording {
    switch (change.step.kind) {
      case StepKind::kPrepare:
        return {&*preparations, prepare_sentences(change, prefix, most)};
      case StepKind::kThread:
        return {&*threads, thread_sentences(change, prefix, most)};
      default:
        return {&conversions, spec.passes.apply.empty()
                                  ? change_sentences(change, prefix, most)
                                  : site_sentences(change, prefix, most, spec.words)};
    }
  };
  return compose_messages(changes, prefixes, wording_of,
                          trailer_block(spec.commit.trailers, author));
}

Result<std::vector<Message>> compose_messages(const std::vector<Change>& changes,
                                              const std::vector<std::string>& prefixes,
                                              const WordingOf& wording_of,
                                              const std::string& trailers) {
  std::vector<Message> result;
  std::set<std::string> taken;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    auto [messages, values] = wording_of(changes[i], prefixes.at(i), kMostNames);
    const std::optional<std::string> subject = choose_subject(*messages, values, taken);
    if (!subject)
      return fail(
          "{}:1: no subject of at most {} columns is free for {}; add a shorter one to the "
          "first paragraph",
          messages->file().string(), kMessageWidth, changes[i].step.group);
    taken.insert(*subject);
    Message message{.subject = *subject, .body = messages->body(values)};
    for (auto most = kMostNames; lines_of(message.body) > kMessageLines && --most >= kLeastNames;)
      message.body = messages->body(wording_of(changes[i], prefixes.at(i), most).values);
    message.body += (message.body.empty() ? "" : "\n") + trailers;
    KILLIFY_CHECK(check_mailable(message));
    result.push_back(std::move(message));
  }
  return result;
}

std::string trailer_block(const std::vector<Trailer>& trailers, const Signature& author) {
  std::vector<Trailer> all = trailers;
  all.push_back({"Signed-off-by", fmt::format("{} <{}>", author.name, author.email)});
  std::ranges::stable_sort(all, {}, [](const Trailer& tag) { return trailer_rank(tag.key); });
  std::string result;
  for (const Trailer& tag : all) result += fmt::format("{}: {}\n", tag.key, tag.value);
  return result;
}

std::string full_text(const Message& message) {
  return message.subject + "\n\n" + message.body;
}

Status check_mailable(const Message& message) {
  if (message.subject.empty() || message.subject.find('\n') != std::string::npos)
    return fail("the subject '{}' is not one line of text; correct the template", message.subject);
  if (message.subject.starts_with('[') || message.subject.starts_with("Re:"))
    return fail("the subject '{}' begins with what git am removes; reword it", message.subject);
  bool first = true;
  for (const std::string& line : split_lines(message.body)) {
    if (ends_message(line) || line.starts_with("From ") || (first && looks_like_header(line)))
      return fail(
          "'{}': the line '{}' of the message would not survive a mail; indent or reword it",
          message.subject, line);
    first = first && trim(line).empty();
  }
  return {};
}

}  // namespace killify
