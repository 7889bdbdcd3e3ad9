#include "series/prepare_sentences.h"

#include "facts/lexer.h"
#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace killify {
namespace {

std::vector<std::string> names_of(const Change& change) {
  std::vector<std::string> names;
  names.reserve(change.additions.size());
  for (const Addition& addition : change.additions)
    names.push_back((addition.guard ? "the guard class " : "") + addition.name_in_words());
  return names;
}

std::vector<std::string> models_of(const Change& change) {
  std::vector<std::string> models;
  models.reserve(change.additions.size());
  for (const Addition& addition : change.additions) models.push_back(addition.model_in_words());
  return models;
}

// "ww_mutex_lock{,_slow}_killable()" where the names share a beginning and an end.
std::string in_short(const Change& change) {
  std::vector<std::string> names;
  names.reserve(change.additions.size());
  for (const Addition& addition : change.additions) names.push_back(addition.name);
  if (names.size() < 2) return join(names_of(change), "");
  if (std::ranges::any_of(change.additions, &Addition::guard))
    return list_in_words(names_of(change));
  std::size_t begin = names[0].size();
  std::size_t end = names[0].size();
  for (const std::string& name : names) {
    const auto differs = std::ranges::mismatch(names[0], name).in1 - names[0].begin();
    begin = std::min(begin, static_cast<std::size_t>(differs));
    std::size_t same = 0;
    while (same < std::min(name.size(), names[0].size()) &&
           name[name.size() - 1 - same] == names[0][names[0].size() - 1 - same])
      ++same;
    end = std::min(end, same);
  }
  // Whole words only, and what stands between has to be left of each name.
  while (begin > 0 && names[0][begin - 1] == '_') --begin;
  const auto shortest = std::ranges::min(names, {}, &std::string::size).size();
  end = std::min(end, shortest - begin);
  const std::string& first = names[0];
  while (end > 0 && first[first.size() - end] != '_') --end;
  if (begin == 0 || end == 0) return list_in_words(names_of(change));
  std::vector<std::string> middles;
  middles.reserve(names.size());
  for (const std::string& name : names)
    middles.push_back(name.substr(begin, name.size() - begin - end));
  return fmt::format("{}{{{}}}{}()", first.substr(0, begin), join(middles, ","),
                     first.substr(first.size() - end));
}

// "a() and 5 more": for a subject that has no room for all.
std::string some_of(const std::vector<std::string>& names) {
  if (names.size() < 2) return {};
  return fmt::format("{} and {} more", names.front(), names.size() - 1);
}

std::string problem(const Change& change) {
  if (change.additions.empty()) return {};
  const Addition& first = change.additions.front();
  return fmt::format(
      "{0} gives up when any signal is pending. A page fault handler that sleeps in {0} cannot "
      "deliver that signal: when the fault comes from kernel mode, in copy_to_user() for instance, "
      "the handler is called again, {0} fails again at once, and the task spins. It needs {1}, "
      "which "
      "only a fatal signal ends.",
      first.model_in_words(), first.name_in_words());
}

// The words of all files of a change, without comments.
std::set<std::string> words_in(const Change& change, std::string FileChange::*text) {
  std::set<std::string> words;
  for (const FileChange& file : change.files)
    for (const Token& token : tokens_of(file.*text)) words.emplace(token.text);
  return words;
}

std::string making(const Change& change) {
  const bool one = change.additions.size() == 1;
  std::set<std::string> own;
  for (const Twin& twin : change.step.twins) own.insert(twin.name);
  const auto words = words_in(change, &FileChange::after);
  std::vector<std::string> callees;
  bool by_state = false;
  for (const Twin& twin : change.step.twins) {
    bool calls = false;
    for (const auto& [from, to] : twin.renames) {
      if (own.contains(to)) {
        calls = true;
        continue;
      }
      if (!words.contains(to)) continue;  // named in a comment
      calls = true;
      if (std::ranges::find(callees, call(to)) == callees.end()) callees.push_back(call(to));
    }
    by_state = by_state || !calls;
  }
  std::vector<std::string> differences;
  if (callees.empty() || by_state)
    differences.push_back(one ? "sleeps in TASK_KILLABLE" : "sleep in TASK_KILLABLE");
  if (!callees.empty())
    differences.push_back(fmt::format("{} {}", one ? "calls" : "call", list_in_words(callees)));
  return fmt::format("Add {}, {} of {} that {} instead.", list_in_words(names_of(change)),
                     one ? "a copy" : "copies", list_in_words(models_of(change)),
                     list_in_words(differences));
}

std::string users_of_additions(const Change& change, std::size_t most) {
  std::vector<std::string> groups;
  const std::string convert = kind_name(StepKind::kConvert) + std::string(" ");
  for (const std::string& name : change.step.enables)
    if (name.starts_with(convert)) groups.push_back(name.substr(convert.size()));
  if (groups.empty()) return {};
  if (groups.size() > most) {
    const auto kept = std::max<std::size_t>(1, most - 1);
    const auto others = groups.size() - kept;
    groups.resize(kept);
    groups.push_back(fmt::format("{} other places", others));
  }
  return fmt::format("Page faults in {} will use {}.", list_in_words(groups),
                     list_in_words(names_of(change)));
}

}  // namespace

const std::vector<std::string>& prepare_sentence_names() {
  static const std::vector<std::string> kNames = {
      "prefix", "functions", "functions_short", "n",      "problem",
      "making", "users",     "some_functions",  "models", "semantic_patches"};
  return kNames;
}

TemplateValues prepare_sentences(const Change& change, const std::string& prefix,
                                 std::size_t most) {
  return {{"prefix", prefix},
          {"functions", list_in_words(names_of(change))},
          {"functions_short", in_short(change)},
          {"some_functions", some_of(names_of(change))},
          {"models", list_in_words(models_of(change))},
          {"n", ""},
          {"problem", problem(change)},
          {"making", making(change)},
          {"users", users_of_additions(change, most)},
          {"semantic_patches", semantic_patches_in_words(change.semantic_patches)}};
}

std::string additions_sentence(const Change& change) {
  std::vector<std::string> sentences;
  for (const Twin& twin : change.step.twins) {
    if (twin.internal) continue;
    sentences.push_back(
        twin.replaces ? fmt::format("Nobody else calls {}, which becomes {}.", call(twin.model),
                                    call(twin.name))
        : twin.guard
            ? fmt::format("Add the guard class {} for that, beside {}.", twin.name, twin.model)
            : fmt::format("Add {} for that, beside {}.", call(twin.name), call(twin.model)));
  }
  return join(sentences, " ");
}

}  // namespace killify
