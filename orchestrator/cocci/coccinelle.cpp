#include "cocci/coccinelle.h"

#include "cocci/batches.h"
#include "support/digest.h"
#include "support/encoding.h"
#include "support/parallel.h"
#include "support/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace killify {
namespace {

// Part of every question: raise it where answers that are kept can no longer be believed. Those of
// before were kept from runs that need not have been whole.
constexpr int kAnswers = 2;

// An answer as it is kept: facts, lost lines, and the text only where it changed. JSON holds UTF-8
// only: what is not is kept as if it were Latin-1.
std::string to_kept(const SpatchAnswer& answer, const SourceText& source) {
  nlohmann::json kept{{"facts", answer.facts.list()}};
  auto lost = nlohmann::json::array();
  for (const auto& range : answer.lost) lost.push_back({range.first, range.last});
  kept["lost"] = std::move(lost);
  if (answer.text != source.text)
    kept[is_utf8(answer.text) ? "text" : "latin1"] =
        is_utf8(answer.text) ? answer.text : latin1_to_utf8(answer.text);
  return kept.dump();
}

std::optional<SpatchAnswer> from_kept(const std::string& text, const SourceText& source) {
  try {
    auto kept = nlohmann::json::parse(text);
    SpatchAnswer answer;
    answer.facts = JsonFacts(std::move(kept.at("facts").get_ref<nlohmann::json::array_t&>()));
    for (const auto& range : kept.at("lost")) answer.lost.push_back({range.at(0), range.at(1)});
    const auto latin1 = kept.find("latin1");
    answer.text = latin1 != kept.end() ? utf8_to_latin1(latin1->get_ref<const std::string&>())
                                       : kept.value("text", source.text);
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
  note(content, question, answer);
  if (answer.end == SpatchEnd::kDone) store_.put(content, question, to_kept(answer, source));
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
  std::vector<std::size_t> missing;
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    if (answers[i] || !first_with.emplace(std::pair(contents[i], keys[i]), i).second) continue;
    missing.push_back(i);
    sizes.push_back(questions[i].source.text.size());
  }
  auto cut = batches(sizes, jobs_);
  KILLIFY_CHECK(parallel_for(cut.size(), jobs_, [&](std::size_t batch) -> Status {
    std::vector<const Question*> asked;
    for (auto at : cut[batch]) asked.push_back(&questions[missing[at]]);
    KILLIFY_TRY(auto together, ask_together(semantic_patch, defines, asked));
    std::vector<KeptAnswer> kept;
    for (std::size_t i = 0; i < together.size(); ++i) {
      auto at = missing[cut[batch][i]];
      note(contents[at], keys[at], together[i]);
      if (together[i].end == SpatchEnd::kDone)
        kept.push_back({contents[at], keys[at], to_kept(together[i], asked[i]->source)});
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

void Coccinelle::note(const std::string& content, const std::string& question,
                      const SpatchAnswer& answer) {
  std::lock_guard lock(*mutex_);
  if (answer.end == SpatchEnd::kDone)
    unanswered_.erase({content, question});
  else
    unanswered_[{content, question}] = answer.why;
}

std::vector<std::string> Coccinelle::unanswered() const {
  std::vector<std::string> reasons;
  {
    std::lock_guard lock(*mutex_);
    for (const auto& [asked, why] : unanswered_) reasons.push_back(why);
  }
  std::sort(reasons.begin(), reasons.end());
  return reasons;
}

std::string Coccinelle::question_of(const SemanticPatch& patch,
                                    const std::vector<std::string>& defines,
                                    const std::set<std::string>& macros) const {
  auto text = fmt::format("{}\n{}\n{}\n{}", kAnswers, patch.sha256, version(), join(defines, "\n"));
  for (const auto& line : macros) text += '\n' + line;
  for (const auto& [name, digest] : patch.includes) text += fmt::format("\n{} {}", name, digest);
  return sha256(text);
}

}  // namespace killify
