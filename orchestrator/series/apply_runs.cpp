#include "series/apply_runs.h"

#include "facts/told_macros.h"
#include "series/alignment.h"
#include "series/layout.h"
#include "series/narrowed.h"
#include "support/parallel.h"
#include "support/text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace killify {
namespace {

// What takes a list of functions, so that one process works on many of them.
constexpr std::array<std::string_view, 4> kTakeLists = {
    "convert/fatal-return.cocci", "thread/always.cocci", "thread/call.cocci", "thread/flag.cocci"};
// What takes a table of calls, and what takes several sleeps.
constexpr const char* kThreadCall = "thread/call.cocci";

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

// A row of the table; "" where the run is for none.
std::string row_of(const PatchRun& run) {
  if (run.patch != kThreadCall || run.defines.contains("context_field") ||
      run.defines.contains("field_call"))
    return {};
  std::string row;
  for (const char* name : {"fn", "callee", "renamed", "value", "index", "flag", "bit"}) {
    const auto define = run.defines.find(name);
    const auto value = define == run.defines.end() ? std::string() : define->second;
    if (value.find_first_of(":,") != std::string::npos) return {};
    row += (row.empty() ? "" : ":") + value;
  }
  return row;
}

// Whether one process can look at the sleeps of both runs at once. Where an error means nothing but
// a signal, each sleep is looked at alone: what is behind one of them may be behind others, too.
bool differ_in_sleep(const PatchRun& run, const PatchRun& other) {
  auto without_sleep = [](PatchRun one) {
    one.defines.erase("sleep");
    return one;
  };
  return run.patch == kFatalReturn && !run.defines.contains("only_signal") &&
         without_sleep(run) == without_sleep(other);
}

// Whether a call of one of these functions is among what another one is given.
bool nest(const std::set<std::string>& callees, const std::string& text) {
  const auto sketch = Sketch::of(text);
  for (const auto& call : sketch->calls()) {
    if (!callees.contains(std::string(call.callee))) continue;
    for (const auto& argument : sketch->arguments(call))
      for (const auto& token : tokens_of(argument))
        if (callees.contains(std::string(token.text))) return true;
  }
  return false;
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
  std::string apart;     // what keeps its rows from a table with others
  std::optional<NarrowedText> less;
  SourceText source;              // what the next run is given
  std::vector<std::size_t> runs;  // that are left, by their indexes, the next one last
};

// What one process can do for a chain.
struct Turn {
  std::string patch;
  std::vector<std::string> defines;
  std::string define;  // what is told of this chain alone (Question)
  std::string value;
  std::size_t runs = 1;  // so many of the chain's are done by it
  std::string apart;     // what else keeps it from a process with others
};

// A file with its runs.
struct RunFile {
  std::string path;
  std::string
      text;  // with the heads that macros write as they are meant, and locks of guards shown
  std::vector<MacroHead> heads;
  std::vector<GuardLock> locks;
  std::set<std::string> macros;
  std::vector<std::size_t> runs;
};

// Whether it is told the old name of a call and the new one: continuation lines move with that.
bool renames_calls(const Turn& turn) {
  return std::ranges::any_of(turn.defines,
                             [](const std::string& define) { return define.starts_with("from="); });
}

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
      KILLIFY_TRY(auto text, texts.text(path));
      KILLIFY_TRY(const auto* base, facts_.sketch(path));
      file.heads = base->heads();
      file.text = with_heads_meant(std::move(text), file.heads);
      if (!base->guard_locks().empty()) {
        KILLIFY_TRY(const auto* classes, facts_.guard_classes());
        file.text = with_locks_marked(file.text, *classes, file.locks);
      }
      KILLIFY_TRY(file.macros, macros_of(facts_, path));
      chains[path] = chains_of(file);
    }
    std::map<std::string, std::size_t> files_with;
    for (const auto& [path, of_file] : chains)
      for (const auto& chain : of_file) ++files_with[chain.function];
    for (auto& [path, of_file] : chains)
      for (auto& chain : of_file)
        if (would_mix(chain, files_with)) chain.apart = path + ' ' + chain.function;
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
      if (const auto& file = files.at(path); text != file.text)
        KILLIFY_CHECK(keep(file, std::move(text), texts));
    return {};
  }

  std::vector<AppliedRun> take() { return std::move(applied_); }

 private:
  // A text as semantic patches left it, as a person would write it.
  Status keep(const RunFile& file, std::string text, WorkTexts& texts) {
    if (!has_all_pieces(text, file.text, file.heads)) {
      for (const auto run : file.runs)
        applied_[run] = {false, "other branches of an #if around a function's head would be lost"};
      return {};
    }
    text = with_heads_written(std::move(text), file.heads);
    if (file.locks.empty()) return texts.set(file.path, std::move(text));
    KILLIFY_TRY(const auto* classes, facts_.guard_classes());
    auto hidden = with_locks_hidden(text, *classes, file.locks);
    if (hidden) return texts.set(file.path, std::move(*hidden));
    for (const auto run : file.runs)
      applied_[run] = {false, "no guard of the tree does what a lock in it was converted to"};
    return {};
  }

  // Whether what is meant for other functions of a process would be done to the chain's text, too.
  static bool would_mix(const Chain& chain, const std::map<std::string, std::size_t>& files_with) {
    return files_with.at(chain.function) > 1 ||
           (chain.less && std::ranges::any_of(chain.less->others, [&](const std::string& other) {
              return files_with.contains(other);
            }));
  }

  Chain whole(const RunFile& file) const {
    return {.function = {},
            .apart = {},
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
    chains.reserve(by_function.size());
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

  // The next turn of all chains side by side, as long as there is one.
  Status work_off(std::map<std::string, std::vector<Chain>>& chains) {
    using Told = std::tuple<std::string, std::vector<std::string>, std::string, std::string>;
    while (true) {
      std::map<Told, std::vector<std::pair<Chain*, Turn>>> together;
      for (auto& [path, of_file] : chains)
        for (auto& chain : of_file)
          if (!chain.runs.empty()) {
            auto turn = next_turn(chain);
            together[{turn.patch, turn.defines, turn.define, turn.apart}].emplace_back(
                &chain, std::move(turn));
          }
      if (together.empty()) return {};
      std::vector<std::vector<std::pair<Chain*, Turn>>> groups;
      groups.reserve(together.size());
      for (auto& [told, group] : together) groups.push_back(std::move(group));
      KILLIFY_CHECK(parallel_for(groups.size(), facts_.jobs(),
                                 [&](std::size_t i) { return take_turn(groups[i]); }));
    }
  }

  Turn next_turn(const Chain& chain) const {
    const auto& run = runs_[chain.runs.back()];
    auto rows = next_rows(chain);
    if (!rows.empty()) return {run.patch, {}, "rows", join(rows, ","), rows.size(), chain.apart};
    auto together = run;
    const auto sleeps = next_sleeps(chain);
    if (!sleeps.empty()) together.defines["sleep"] = join(sleeps, ",");
    const bool takes_list = std::ranges::find(kTakeLists, run.patch) != kTakeLists.end();
    return {run.patch,
            define_list(together),
            "fn",
            function_of(run),
            std::max<std::size_t>(sleeps.size(), 1),
            takes_list ? chain.apart : run.file + ' ' + function_of(run)};
  }

  // The rows of the next runs that one table can hold.
  std::vector<std::string> next_rows(const Chain& chain) const {
    std::vector<std::string> rows;
    if (chain.function.empty()) return rows;
    std::set<std::string> callees;
    for (auto at = chain.runs.rbegin(); at != chain.runs.rend(); ++at) {
      auto row = row_of(runs_[*at]);
      if (row.empty()) break;
      callees.insert(runs_[*at].defines.at("callee"));
      if (!rows.empty() && nest(callees, chain.source.text)) break;
      rows.push_back(std::move(row));
    }
    return rows;
  }

  // The sleeps of the next runs that can be looked at together.
  std::vector<std::string> next_sleeps(const Chain& chain) const {
    std::vector<std::string> sleeps;
    for (auto at = chain.runs.rbegin(); at != chain.runs.rend(); ++at) {
      if (!differ_in_sleep(runs_[chain.runs.back()], runs_[*at])) break;
      sleeps.push_back(runs_[*at].defines.at("sleep"));
    }
    return sleeps;
  }

  Status take_turn(const std::vector<std::pair<Chain*, Turn>>& turns) {
    const auto& first = turns.front().second;
    std::vector<Question> questions;
    questions.reserve(turns.size());
    for (const auto& [chain, turn] : turns)
      questions.push_back({chain->source, {}, turn.define, turn.value});
    KILLIFY_TRY(auto answers, facts_.coccinelle().run_all(first.patch, first.defines, questions,
                                                          [](const Question&) {}));
    for (std::size_t i = 0; i < turns.size(); ++i) {
      auto& chain = *turns[i].first;
      auto& text = chain.source.text;
      auto& answer = answers[i];
      AppliedRun applied;
      if (answer.end != SpatchEnd::kDone) {
        applied.failure = answer.why;
      } else if (answer.text != text) {
        applied.changed = true;
        const auto now = with_layout_of(text, answer.text);
        text = renames_calls(first) ? with_lines_aligned(text, now) : now;
      }
      for (std::size_t done = 0; done < turns[i].second.runs; ++done) {
        applied_[chain.runs.back()] = applied;
        chain.runs.pop_back();
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
  return told_macros(facts, *sketch);
}

}  // namespace killify
