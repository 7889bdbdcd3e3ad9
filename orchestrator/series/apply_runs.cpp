#include "series/apply_runs.h"

#include "series/alignment.h"
#include "series/narrowed.h"
#include "support/parallel.h"
#include "support/text.h"

#include <cstddef>
#include <map>
#include <set>
#include <utility>

namespace killify {
namespace {

// The new name of a call moves what follows it.
constexpr const char* kCall = "convert/call.cocci";

// As spatch takes them: "fn=gru_fault", "only_signal".
std::vector<std::string> define_list(const std::map<std::string, std::string>& defines) {
  std::vector<std::string> list;
  list.reserve(defines.size());
  for (const auto& [name, value] : defines)
    list.push_back(value.empty() ? name : fmt::format("{}={}", name, value));
  return list;
}

std::string with_lines_aligned(const std::string& before, const std::string& after) {
  std::string text;
  for (const auto& line : realigned(split_lines(before), split_lines(after))) text += line + '\n';
  return text;
}

struct FileRuns {
  SourceText source;
  std::vector<std::size_t> runs;  // their indexes, in order
};

// What spatch makes of the text; of a run for one function, without parsing all others.
Result<SpatchAnswer> answer_to(Coccinelle& coccinelle, const PatchRun& run,
                               const SourceText& source) {
  const auto defines = define_list(run.defines);
  if (const auto function = run.defines.find("fn"); function != run.defines.end()) {
    const auto less = narrowed(source.text, function->second);
    KILLIFY_TRY(auto answer,
                coccinelle.run(run.patch, defines, {source.path, less.text, source.macros}));
    if (answer.end != SpatchEnd::kDone) return answer;
    if (auto whole = restored(less, answer.text)) {
      answer.text = std::move(*whole);
      return answer;
    }
  }
  return coccinelle.run(run.patch, defines, source);
}

Result<AppliedRun> apply(Coccinelle& coccinelle, const PatchRun& run, SourceText& source) {
  KILLIFY_TRY(auto answer, answer_to(coccinelle, run, source));
  if (answer.end != SpatchEnd::kDone) return AppliedRun{.changed = false, .failure = answer.why};
  if (answer.text == source.text) return AppliedRun{};
  source.text =
      run.patch == kCall ? with_lines_aligned(source.text, answer.text) : std::move(answer.text);
  return AppliedRun{.changed = true, .failure = {}};
}

}  // namespace

Result<std::vector<AppliedRun>> apply_runs(TreeFacts& facts, const std::vector<PatchRun>& runs,
                                           WorkTexts& texts) {
  std::map<std::string, FileRuns> by_file;
  for (std::size_t i = 0; i < runs.size(); ++i) by_file[runs[i].file].runs.push_back(i);
  std::vector<FileRuns*> files;
  for (auto& [path, file] : by_file) {
    file.source.path = path;
    KILLIFY_TRY(file.source.text, texts.text(path));
    KILLIFY_TRY(file.source.macros, macros_of(facts, path));
    files.push_back(&file);
  }
  std::vector<AppliedRun> applied(runs.size());
  KILLIFY_CHECK(parallel_for(files.size(), facts.jobs(), [&](std::size_t at) -> Status {
    for (const auto i : files[at]->runs) {
      KILLIFY_TRY(applied[i], apply(facts.coccinelle(), runs[i], files[at]->source));
    }
    return {};
  }));
  for (auto& [path, file] : by_file) {
    bool changed = false;
    for (const auto i : file.runs) changed = changed || applied[i].changed;
    if (changed) KILLIFY_CHECK(texts.set(path, std::move(file.source.text)));
  }
  return applied;
}

Result<std::set<std::string>> macros_of(TreeFacts& facts, const std::string& path) {
  KILLIFY_TRY(const auto* sketch, facts.sketch(path));
  return facts.loop_macros(*sketch);
}

}  // namespace killify
