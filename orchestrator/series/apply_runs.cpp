#include "series/apply_runs.h"

#include "series/alignment.h"
#include "series/narrowed.h"
#include "support/parallel.h"
#include "support/text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace killify {
namespace {

// The new name of a call moves what follows it.
constexpr const char* kCall = "convert/call.cocci";
// What takes a list of functions, so that one process works on many of them.
constexpr std::array<std::string_view, 4> kTakeLists = {
    "convert/fatal-return.cocci", "thread/always.cocci", "thread/call.cocci", "thread/flag.cocci"};

std::string function_of(const PatchRun& run) {
  const auto function = run.defines.find("fn");
  return function == run.defines.end() ? std::string() : function->second;
}

// As spatch takes them, but for the function: "result=VM_FAULT_SIGBUS", "only_signal".
std::vector<std::string> define_list(const PatchRun& run) {
  std::vector<std::string> list;
  for (const auto& [name, value] : run.defines)
    if (name != "fn") list.push_back(value.empty() ? name : fmt::format("{}={}", name, value));
  return list;
}

std::string with_lines_aligned(const std::string& before, const std::string& after) {
  std::string text;
  for (const auto& line : realigned(split_lines(before), split_lines(after))) text += line + '\n';
  return text;
}

// Runs that have to come one after the other: those of one function, which sees nothing of those of
// another one, or all of a file.
struct Chain {
  std::string function;  // "": the file's
  std::optional<NarrowedText> less;
  SourceText source;              // what the next run is given
  std::vector<std::size_t> runs;  // that are left, by their indexes, the next one last
};

// A file with its runs.
struct RunFile {
  std::string path;
  std::string text;
  std::set<std::string> macros;
  std::vector<std::size_t> runs;
};

class Runner {
 public:
  Runner(TreeFacts& facts, const std::vector<PatchRun>& runs)
      : facts_(facts), runs_(runs), applied_(runs.size()) {}

  Status run(WorkTexts& texts) {
    std::map<std::string, RunFile> files;
    for (std::size_t i = 0; i < runs_.size(); ++i) files[runs_[i].file].runs.push_back(i);
    std::map<std::string, std::vector<Chain>> chains;  // by file
    for (auto& [path, file] : files) {
      file.path = path;
      KILLIFY_TRY(file.text, texts.text(path));
      KILLIFY_TRY(file.macros, macros_of(facts_, path));
      chains[path] = chains_of(file);
    }
    KILLIFY_CHECK(work_off(chains));
    // What changed more than its function is done again, on the whole text.
    std::map<std::string, std::vector<Chain>> again;
    std::map<std::string, std::string> results;
    for (const auto& [path, of_file] : chains) {
      auto result = joined(files.at(path), of_file);
      if (result)
        results[path] = std::move(*result);
      else
        again[path].push_back(whole(files.at(path)));
    }
    KILLIFY_CHECK(work_off(again));
    for (auto& [path, of_file] : again) results[path] = std::move(of_file.front().source.text);
    for (auto& [path, text] : results)
      if (text != files.at(path).text) KILLIFY_CHECK(texts.set(path, std::move(text)));
    return {};
  }

  std::vector<AppliedRun> take() { return std::move(applied_); }

 private:
  Chain whole(const RunFile& file) const {
    return {.function = {},
            .less = {},
            .source = {file.path, file.text, file.macros},
            .runs = {file.runs.rbegin(), file.runs.rend()}};
  }

  // A chain for each function; one where a run is for none.
  std::vector<Chain> chains_of(const RunFile& file) const {
    std::map<std::string, Chain> by_function;
    for (auto run = file.runs.rbegin(); run != file.runs.rend(); ++run) {
      const auto function = function_of(runs_[*run]);
      auto [at, added] = by_function.try_emplace(function);
      auto& chain = at->second;
      if (added) {
        chain.function = function;
        chain.less = narrowed(file.text, function);
        if (!chain.less) return {whole(file)};
        chain.source = {file.path, chain.less->text, file.macros};
      }
      chain.runs.push_back(*run);
    }
    std::vector<Chain> chains;
    for (auto& [function, chain] : by_function) chains.push_back(std::move(chain));
    return chains;
  }

  // The text of the file after its chains; nothing where one changed what is not its own.
  static std::optional<std::string> joined(const RunFile& file, const std::vector<Chain>& chains) {
    if (chains.front().function.empty()) return chains.front().source.text;
    std::vector<NewFunction> functions;
    for (const auto& chain : chains) {
      auto text = function_in(chain.source.text, *chain.less);
      if (!text) return std::nullopt;
      functions.push_back({chain.function, std::move(*text)});
    }
    return with_functions(file.text, functions);
  }

  // The next run of all chains side by side, as long as there is one.
  Status work_off(std::map<std::string, std::vector<Chain>>& chains) {
    while (true) {
      // Those that one process can do, by what it is told.
      std::map<std::pair<std::string, std::vector<std::string>>, std::vector<Chain*>> together;
      for (auto& [path, of_file] : chains)
        for (auto& chain : of_file)
          if (!chain.runs.empty()) together[told(chain)].push_back(&chain);
      if (together.empty()) return {};
      std::vector<std::vector<Chain*>> groups;
      for (auto& [what, group] : together) groups.push_back(std::move(group));
      KILLIFY_CHECK(parallel_for(groups.size(), facts_.jobs(),
                                 [&](std::size_t i) { return run_next(groups[i]); }));
    }
  }

  std::pair<std::string, std::vector<std::string>> told(const Chain& chain) const {
    const auto& run = runs_[chain.runs.back()];
    auto defines = define_list(run);
    if (std::ranges::find(kTakeLists, run.patch) == kTakeLists.end())
      defines.push_back(fmt::format("{} {}", run.file, function_of(run)));  // on its own
    return {run.patch, std::move(defines)};
  }

  Status run_next(const std::vector<Chain*>& chains) {
    const auto& first = runs_[chains.front()->runs.back()];
    std::vector<Question> questions;
    for (const auto* chain : chains)
      questions.push_back({chain->source, {}, function_of(runs_[chain->runs.back()])});
    KILLIFY_TRY(auto answers, facts_.coccinelle().run_all(first.patch, define_list(first),
                                                          questions, [](const Question&) {}));
    for (std::size_t i = 0; i < chains.size(); ++i) {
      auto& chain = *chains[i];
      auto& applied = applied_[chain.runs.back()];
      applied = {};
      chain.runs.pop_back();
      auto& text = chain.source.text;
      auto& answer = answers[i];
      if (answer.end != SpatchEnd::kDone) {
        applied.failure = answer.why;
      } else if (answer.text != text) {
        applied.changed = true;
        text =
            first.patch == kCall ? with_lines_aligned(text, answer.text) : std::move(answer.text);
      }
    }
    return {};
  }

  TreeFacts& facts_;
  const std::vector<PatchRun>& runs_;
  std::vector<AppliedRun> applied_;
};

}  // namespace

Result<std::vector<AppliedRun>> apply_runs(TreeFacts& facts, const std::vector<PatchRun>& runs,
                                           WorkTexts& texts) {
  Runner runner(facts, runs);
  KILLIFY_CHECK(runner.run(texts));
  return runner.take();
}

Result<std::set<std::string>> macros_of(TreeFacts& facts, const std::string& path) {
  KILLIFY_TRY(const auto* sketch, facts.sketch(path));
  return facts.loop_macros(*sketch);
}

}  // namespace killify
