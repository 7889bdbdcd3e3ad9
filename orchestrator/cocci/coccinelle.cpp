#include "cocci/coccinelle.h"

#include "cocci/batches.h"
#include "support/digest.h"
#include "support/parallel.h"
#include "support/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace killify {
namespace {

// An answer as it is kept: facts, lost lines, and the text only where it changed.
std::string to_kept(const SpatchAnswer& answer, const SourceText& source) {
  nlohmann::json kept{{"facts", answer.facts.list()}};
  auto lost = nlohmann::json::array();
  for (const auto& range : answer.lost) lost.push_back({range.first, range.last});
  kept["lost"] = std::move(lost);
  if (answer.text != source.text) kept["text"] = answer.text;
  return kept.dump(-1, ' ', false, nlohmann::json::error_handler_t::strict);
}

std::optional<SpatchAnswer> from_kept(const std::string& text, const SourceText& source) {
  try {
    auto kept = nlohmann::json::parse(text);
    SpatchAnswer answer;
    answer.facts = JsonFacts(std::move(kept.at("facts").get_ref<nlohmann::json::array_t&>()));
    for (const auto& range : kept.at("lost")) answer.lost.push_back({range.at(0), range.at(1)});
    answer.text = kept.value("text", source.text);
    return answer;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;  // not what to_kept() wrote
  }
}

// With what is defined for one text, or for those of one process.
std::vector<std::string> with_own(std::vector<std::string> defines, const std::string& define,
                                  const std::set<std::string>& values) {
  if (!define.empty())
    defines.push_back(fmt::format("{}={}", define, join({values.begin(), values.end()}, ",")));
  return defines;
}

// Kernel sources are UTF-8 but for a few old files, which JSON cannot hold: those are not kept.
bool can_be_kept(const SpatchAnswer& answer, const SourceText& source, std::string& kept) {
  try {
    kept = to_kept(answer, source);
    return true;
  } catch (const nlohmann::json::exception&) {
    return false;
  }
}

}  // namespace

Coccinelle::Coccinelle(std::filesystem::path patches, Spatch spatch, AnswerStore store,
                       unsigned jobs)
    : patches_(std::move(patches)),
      spatch_(std::move(spatch)),
      store_(std::move(store)),
      jobs_(std::max(jobs, 1U)),
      slots_(std::make_unique<std::counting_semaphore<>>(jobs_)),
      mutex_(std::make_unique<std::mutex>()) {}

Result<Coccinelle> Coccinelle::open(const std::filesystem::path& patches,
                                    const std::filesystem::path& cache, unsigned jobs) {
  KILLIFY_TRY(auto spatch, Spatch::find(cache / "scratch"));
  KILLIFY_TRY(auto store, AnswerStore::open(cache / "answers.sqlite"));
  return Coccinelle(patches, std::move(spatch), std::move(store), jobs);
}

bool Coccinelle::has(const std::string& name) const {
  return std::filesystem::exists(patches_ / name);
}

Result<SemanticPatch> Coccinelle::patch(const std::string& name) {
  std::lock_guard lock(*mutex_);
  if (auto it = loaded_.find(name); it != loaded_.end()) return it->second;
  KILLIFY_TRY(auto patch, load_semantic_patch(patches_, name));
  loaded_[name] = patch;
  return patch;
}

template <typename Run>
auto Coccinelle::in_a_slot(const Run& run) const {
  slots_->acquire();
  auto result = run();
  slots_->release();
  return result;
}

Result<SpatchAnswer> Coccinelle::run(const std::string& name,
                                     const std::vector<std::string>& defines,
                                     const SourceText& source, std::string content) {
  KILLIFY_TRY(auto semantic_patch, patch(name));
  if (content.empty()) content = sha256(source.text);
  auto question = question_of(semantic_patch, defines, source.macros);
  if (auto kept = store_.get(content, question))
    if (auto answer = from_kept(*kept, source)) return *answer;
  KILLIFY_TRY(auto answer, in_a_slot([&] { return spatch_.run(semantic_patch, defines, source); }));
  std::string kept;
  if (answer.end == SpatchEnd::kDone && can_be_kept(answer, source, kept))
    store_.put(content, question, kept);
  return answer;
}

Result<std::vector<SpatchAnswer>> Coccinelle::run_all(
    const std::string& name, const std::vector<std::string>& defines,
    const std::vector<Question>& questions, const std::function<void(const Question&)>& answered) {
  KILLIFY_TRY(auto semantic_patch, patch(name));
  std::vector<std::string> contents(questions.size());
  std::vector<std::string> keys(questions.size());
  std::vector<std::optional<SpatchAnswer>> answers(questions.size());
  KILLIFY_CHECK(parallel_for(questions.size(), jobs_, [&](std::size_t i) -> Status {
    const auto& asked = questions[i];
    contents[i] = asked.content.empty() ? sha256(asked.source.text) : asked.content;
    keys[i] = question_of(semantic_patch, with_own(defines, asked.define, {asked.value}),
                          asked.source.macros);
    if (auto kept = store_.get(contents[i], keys[i])) answers[i] = from_kept(*kept, asked.source);
    if (answers[i]) answered(asked);
    return {};
  }));

  // The same content is asked about once.
  std::map<std::pair<std::string, std::string>, std::size_t> first_with;
  std::vector<std::size_t> unanswered;
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    if (answers[i] || !first_with.emplace(std::pair(contents[i], keys[i]), i).second) continue;
    unanswered.push_back(i);
    sizes.push_back(questions[i].source.text.size());
  }
  auto cut = batches(sizes, jobs_);
  KILLIFY_CHECK(parallel_for(cut.size(), jobs_, [&](std::size_t batch) -> Status {
    std::vector<const Question*> asked;
    for (auto at : cut[batch]) asked.push_back(&questions[unanswered[at]]);
    KILLIFY_TRY(auto together, ask_together(semantic_patch, defines, asked));
    std::vector<KeptAnswer> kept;
    for (std::size_t i = 0; i < together.size(); ++i) {
      auto at = unanswered[cut[batch][i]];
      std::string text;
      if (together[i].end == SpatchEnd::kDone && can_be_kept(together[i], asked[i]->source, text))
        kept.push_back({contents[at], keys[at], std::move(text)});
      answers[at] = std::move(together[i]);
      answered(questions[at]);
    }
    store_.put_all(kept);
    return {};
  }));

  std::vector<SpatchAnswer> found;
  found.reserve(answers.size());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i]) {  // a twin that comes later than the one that was asked
      found.push_back(found[first_with.at({contents[i], keys[i]})]);
      answered(questions[i]);
    } else {
      found.push_back(std::move(*answers[i]));
    }
  }
  return found;
}

Result<std::vector<SpatchAnswer>> Coccinelle::ask_together(
    const SemanticPatch& patch, const std::vector<std::string>& defines,
    const std::vector<const Question*>& questions) const {
  std::vector<std::optional<SpatchAnswer>> together(questions.size());
  if (questions.size() > 1) {
    std::set<std::string> values;
    std::vector<const SourceText*> sources;
    for (const auto* question : questions) {
      values.insert(question->value);
      sources.push_back(&question->source);
    }
    const auto told = with_own(defines, questions.front()->define, values);
    KILLIFY_TRY(together, in_a_slot([&] { return spatch_.run_together(patch, told, sources); }));
  }
  std::vector<SpatchAnswer> answers;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    if (!together[i]) {
      const auto& asked = *questions[i];
      const auto told = with_own(defines, asked.define, {asked.value});
      KILLIFY_TRY(together[i], in_a_slot([&] { return spatch_.run(patch, told, asked.source); }));
    }
    answers.push_back(std::move(*together[i]));
  }
  return answers;
}

std::string Coccinelle::question_of(const SemanticPatch& patch,
                                    const std::vector<std::string>& defines,
                                    const std::set<std::string>& macros) const {
  auto text = patch.sha256 + '\n' + version() + '\n' + join(defines, "\n");
  for (const auto& line : macros) text += '\n' + line;
  for (const auto& [name, digest] : patch.includes) text += fmt::format("\n{} {}", name, digest);
  return sha256(text);
}

}  // namespace killify
