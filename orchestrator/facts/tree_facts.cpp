#include "facts/tree_facts.h"

#include "support/parallel.h"
#include "support/text.h"

#include <algorithm>
#include <atomic>

namespace killify {
namespace {

constexpr const char* kSourcePatch = "facts/source.cocci";

}  // namespace

Result<std::string> TreeFacts::text(const std::string& path) const {
  const auto* entry = snapshot_.find(path);
  if (entry == nullptr) return fail("{}: no such file in {}", path, snapshot_.commit);
  return repository_.read_blob(entry->blob);
}

Result<SourceFacts> TreeFacts::read(const TreeEntry& entry) {
  KILLIFY_TRY(auto source_text, repository_.read_blob(entry.blob));
  SourceText source{entry.path, std::move(source_text)};
  KILLIFY_TRY(auto answer, coccinelle_.run(kSourcePatch, {}, source, entry.blob));
  return facts_from(source, answer);
}

Status TreeFacts::read_ahead(const std::vector<const TreeEntry*>& files,
                             std::string_view activity) {
  std::vector<const TreeEntry*> missing;
  for (const auto* entry : files)
    if (!facts_.contains(entry->path)) missing.push_back(entry);
  if (missing.empty()) return {};
  progress_.begin(activity, missing.size());
  std::vector<SourceFacts> read_facts(missing.size());
  std::atomic<std::size_t> done = 0;
  KILLIFY_CHECK(parallel_for(missing.size(), jobs_, [&](std::size_t i) -> Status {
    KILLIFY_TRY(read_facts[i], read(*missing[i]));
    progress_.advance(++done, missing[i]->path);
    return {};
  }));
  std::size_t partial = 0;
  for (auto& one : read_facts) {
    if (one.status != ParseStatus::kComplete) ++partial;
    if (!one.why.empty()) progress_.note("warning: " + one.why);
    facts_[one.path] = std::move(one);
  }
  progress_.end(partial == 0 ? counted(missing.size(), "file")
                             : fmt::format("{}, {} not parsed whole",
                                           counted(missing.size(), "file"), partial));
  return {};
}

Result<const SourceFacts*> TreeFacts::of(const std::string& path) {
  if (auto it = facts_.find(path); it != facts_.end()) return &it->second;
  const auto* entry = snapshot_.find(path);
  if (entry == nullptr) return fail("{}: no such file in {}", path, snapshot_.commit);
  KILLIFY_TRY(auto facts, read(*entry));
  return &(facts_[path] = std::move(facts));
}

Result<std::vector<std::string>> TreeFacts::files_defining(const std::string& name) {
  if (auto it = defining_.find(name); it != defining_.end()) return it->second;
  std::vector<std::string> files;
  for (const auto* entry : words_.files_with(name)) {
    KILLIFY_TRY(auto source, repository_.read_blob(entry->blob));
    auto extents = function_extents(tokens_of(source));
    if (std::any_of(extents.begin(), extents.end(), [&](const FunctionExtent& extent) {
          return extent.name == name && (!extent.is_static || entry->path.ends_with(".h"));
        }))
      files.push_back(entry->path);
  }
  return defining_[name] = std::move(files);
}

Result<std::vector<nlohmann::json>> TreeFacts::ask(const std::string& name,
                                                   const std::vector<std::string>& defines,
                                                   const std::string& path) {
  const auto* entry = snapshot_.find(path);
  if (entry == nullptr) return fail("{}: no such file in {}", path, snapshot_.commit);
  KILLIFY_TRY(auto source_text, repository_.read_blob(entry->blob));
  KILLIFY_TRY(auto answer, coccinelle_.run(name, defines, {path, source_text}, entry->blob));
  if (answer.end != SpatchEnd::kDone) return fail("{}", answer.why);
  return answer.facts;
}

}  // namespace killify
