#include "cocci/coccinelle.h"

#include "support/digest.h"
#include "support/text.h"

namespace killify {
namespace {

// An answer as it is kept: facts, lost lines, and the text only where it changed.
std::string to_kept(const SpatchAnswer& answer, const SourceText& source) {
  nlohmann::json kept{{"facts", answer.facts}};
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
    answer.facts = kept.at("facts").get<std::vector<nlohmann::json>>();
    for (const auto& range : kept.at("lost")) answer.lost.push_back({range.at(0), range.at(1)});
    answer.text = kept.value("text", source.text);
    return answer;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;  // not what to_kept() wrote
  }
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

Coccinelle::Coccinelle(std::filesystem::path patches, Spatch spatch, AnswerStore store)
    : patches_(std::move(patches)),
      spatch_(std::move(spatch)),
      store_(std::move(store)),
      mutex_(std::make_unique<std::mutex>()) {}

Result<Coccinelle> Coccinelle::open(const std::filesystem::path& patches,
                                    const std::filesystem::path& cache) {
  KILLIFY_TRY(auto spatch, Spatch::find(cache / "scratch"));
  KILLIFY_TRY(auto store, AnswerStore::open(cache / "answers.sqlite"));
  return Coccinelle(patches, std::move(spatch), std::move(store));
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

Result<SpatchAnswer> Coccinelle::run(const std::string& name,
                                     const std::vector<std::string>& defines,
                                     const SourceText& source, std::string content) {
  KILLIFY_TRY(auto semantic_patch, patch(name));
  if (content.empty()) content = sha256(source.text);
  auto question = sha256(semantic_patch.sha256 + '\n' + version() + '\n' + join(defines, "\n"));
  if (auto kept = store_.get(content, question))
    if (auto answer = from_kept(*kept, source)) return *answer;
  KILLIFY_TRY(auto answer, spatch_.run(semantic_patch, defines, source));
  std::string kept;
  if (answer.end == SpatchEnd::kDone && can_be_kept(answer, source, kept))
    store_.put(content, question, kept);
  return answer;
}

}  // namespace killify
