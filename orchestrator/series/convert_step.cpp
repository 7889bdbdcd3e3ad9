#include "facts/outline.h"
#include "facts/top_level.h"
#include "reach/fault_result.h"
#include "reach/sleeps.h"
#include "series/apply_runs.h"
#include "series/conversion_check.h"
#include "series/fatal_ends.h"
#include "series/includes.h"
#include "series/signal_case.h"
#include "series/step_work.h"
#include "series/twin_comment.h"
#include "series/twin_maker.h"
#include "support/text.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace killify {
namespace {

constexpr const char* kWakeUp = "convert/wake_up.cocci";
constexpr const char* kLoopExit = "convert/fatal-exit.cocci";
constexpr const char* kLoopCondition = "convert/fatal-loop.cocci";
// Declares signal_pending() and fatal_signal_pending() since 4.11, linux/sched.h before.
constexpr std::string_view kSignalHeader = "linux/sched/signal.h";

bool looks_at_signals(const std::string& text) {
  auto tokens = tokens_of(text);
  return std::any_of(tokens.begin(), tokens.end(), [](const Token& token) {
    return token.text == "signal_pending" || token.text == "fatal_signal_pending";
  });
}

class ConvertWork {
 public:
  ConvertWork(TreeFacts& facts, const SeriesSpec& spec, const Step& step, const Texts& earlier)
      : facts_(facts), spec_(spec), step_(step), texts_(facts, earlier) {}

  Result<StepOutcome> carry_out() {
    StepOutcome outcome;
    KILLIFY_CHECK(add_twins(facts_, spec_, step_, texts_, outcome));
    if (!outcome.rejected.empty()) return outcome;
    if (!step_.twins.empty()) used_.insert(kTwinPatch);
    KILLIFY_CHECK(apply());
    KILLIFY_TRY(outcome.rejected, check());
    if (!retried_at_.empty()) {
      KILLIFY_CHECK(guard_ends());
      KILLIFY_TRY(outcome.rejected, check());
    }
    if (outcome.rejected.empty()) describe(outcome.change);
    return outcome;
  }

 private:
  // Applies the step's runs, in their order.
  Status apply() {
    KILLIFY_TRY(const auto applied, apply_runs(facts_, step_.runs, texts_));
    for (std::size_t i = 0; i < applied.size(); ++i) {
      const auto& run = step_.runs[i];
      if (!applied[i].failure.empty()) failures_[run.file] = applied[i].failure;
      if (!applied[i].changed) continue;
      used_.insert(run.patch);
      if (run.patch == kLoopExit || run.patch == kLoopCondition)
        exits_.insert({run.file, run.defines.at("fn")});
    }
    KILLIFY_CHECK(change_switches());
    KILLIFY_CHECK(declare_what_is_new());
    for (const auto& finding : step_.findings) KILLIFY_CHECK(retell(finding));
    return {};
  }

  // What convert/fatal-return.cocci does for an if is done for a switch.
  Status change_switches() {
    for (const auto& run : step_.runs) {
      if (run.patch != kFatalReturn) continue;
      KILLIFY_TRY(const auto text, texts_.text(run.file));
      auto changed = with_signal_cases(text, {.function = run.defines.at("fn"),
                                              .sleeps = {run.defines.at("sleep")},
                                              .result = run.defines.at("result"),
                                              .only_signal = run.defines.contains("only_signal")});
      if (changed != text) KILLIFY_CHECK(texts_.set(run.file, std::move(changed)));
    }
    return {};
  }

  // What the semantic patches did not follow ends by a look at the signal where it leaves.
  Status guard_ends() {
    for (const auto& [file, lines] : retried_at_) {
      KILLIFY_TRY(const auto text, texts_.text(file));
      auto changed = with_guarded_returns(text, lines, *spec_.on_fatal_signal);
      if (changed != text) KILLIFY_CHECK(texts_.set(file, std::move(changed)));
    }
    return declare_what_is_new();
  }

  // Makes the comment of a function true that says it sleeps interruptibly, where it does so
  // nowhere any more.
  Status retell(const Finding& finding) {
    if (step_.flips.contains(finding.id)) return {};  // its callers say how
    if (!spec_.passes.apply.empty()) return {};       // stale_code() looks at it
    const auto& file = finding.sink.file;
    KILLIFY_TRY(const auto text, texts_.text(file));
    const auto* sink = spec_.catalogue.find(finding.sink.name);
    const std::map<std::string, std::string> names = {
        {sink->name, sink->counterpart.value_or(sink->name)}};
    auto lines = split_lines(text);
    const auto items = top_level_items(*Sketch::of(text), finding.sink.function);
    for (auto item = items.rbegin(); item != items.rend(); ++item) {
      if (!item->definition || item->comment == 0) continue;
      const auto begin = lines.begin() + item->comment - 1;
      const auto end = lines.begin() + item->first - 1;
      const auto code = join({end, lines.begin() + item->last}, "\n");
      if (sleeps_by_name(code)) continue;
      auto comment = killable_comment({begin, end}, names);
      if (!comment.unknown.empty()) continue;
      if (spec_.on_fatal_signal && returned_before(finding) &&
          code.find(kNoPage) == std::string::npos)
        comment.lines = with_fatal_result(std::move(comment.lines), std::string(kNoPage),
                                          *spec_.on_fatal_signal);
      const auto at = lines.erase(begin, end);
      lines.insert(at, comment.lines.begin(), comment.lines.end());
    }
    if (lines == split_lines(text)) return {};
    return texts_.set(file, join(lines, "\n") + '\n');
  }

  // Whether the function returned VM_FAULT_NOPAGE before the change.
  bool returned_before(const Finding& finding) const {
    const auto before = texts_.before().find(finding.sink.file);
    if (before == texts_.before().end()) return false;
    const auto lines = split_lines(before->second);
    for (const auto& item : top_level_items(*Sketch::of(before->second), finding.sink.function)) {
      const std::vector<std::string> code(lines.begin() + item.first - 1,
                                          lines.begin() + item.last);
      if (item.definition && join(code, "\n").find(kNoPage) != std::string::npos) return true;
    }
    return false;
  }

  // Whether a word of the code says so; it need not be one of the catalogue's.
  static bool sleeps_by_name(const std::string& code) {
    const auto tokens = tokens_of(code);
    return std::ranges::any_of(tokens, [](const Token& token) {
      return token.text == "TASK_INTERRUPTIBLE" || token.text == "signal_pending" ||
             token.text.find("interruptible") != std::string_view::npos;
    });
  }

  // The findings of the step that do not stand, with the reason.
  Result<std::vector<LeftOut>> check() {
    std::vector<LeftOut> rejected;
    const auto texts = texts_.all();
    KILLIFY_TRY(const auto deaf, deaf_wake_up());
    ConversionChecker checker(facts_, spec_, step_, texts);
    KILLIFY_CHECK(checker.ask_ahead());
    for (const auto& finding : step_.findings) {
      if (auto it = failures_.find(finding.sink.file); it != failures_.end()) {
        rejected.push_back({finding, "review: " + it->second});
        continue;
      }
      if (!deaf.empty() && hears_wake_ups(*spec_.catalogue.find(finding.sink.name))) {
        rejected.push_back({finding, "review: " + deaf});
        continue;
      }
      KILLIFY_TRY(auto checked, checker.check(finding));
      if (!checked.retried_at.empty()) retried_at_[finding.handler.file].merge(checked.retried_at);
      if (!checked.objection.empty())
        rejected.push_back({finding, "review: " + checked.objection});
      else
        on_fatal_[finding.id] = checked.on_fatal;
      if (checked.repeated) repeated_.insert(finding.id);
    }
    return rejected;
  }

  // Whether a file has the word more often than before.
  static bool adds_word(const std::vector<FileChange>& files, const std::string& word) {
    const auto count = [&](const std::string& text) {
      return std::ranges::count_if(tokens_of(text),
                                   [&](const Token& token) { return token.text == word; });
    };
    return std::ranges::any_of(
        files, [&](const FileChange& file) { return count(file.after) > count(file.before); });
  }

  void describe(Change& change) {
    change.step = step_;
    change.files = texts_.changes();
    for (const auto& finding : step_.findings) {
      const auto* sink = spec_.catalogue.find(finding.sink.name);
      SiteChange site{.handler = finding.handler.function,
                      .function = finding.sink.function,
                      .file = finding.sink.file,
                      .line = finding.sink.line,
                      .before = finding.sink.name,
                      .after = step_.flips.contains(finding.id)
                                   ? "TASK_KILLABLE"
                                   : sink->counterpart.value_or(finding.sink.name),
                      .object = finding.sink.object,
                      .on_signal = finding.on_signal,
                      .on_fatal = on_fatal_[finding.id]};
      site.loop_exit = std::ranges::any_of(finding.chain, [&](const Hop& hop) {
        return exits_.contains({hop.file, hop.function});
      });
      site.repeated = repeated_.contains(finding.id);
      site.field = finding.handler.field;
      site.retry_succeeds = finding.handler.retry_succeeds;
      if (finding.on_signal == "unknown" && !finding.translator.empty())
        site.on_signal = finding.translator + "()";
      // What ends the fault anyway, or comes of an error that is translated, stays what it is
      // unless the new code says otherwise.
      const bool open = is_fault_error(site.on_signal) || finding.on_signal == "unknown";
      if (open && !site.on_fatal.empty() && !adds_word(change.files, site.on_fatal))
        site.on_fatal = site.on_signal;
      change.sites.push_back(std::move(site));
    }
    std::stable_sort(
        change.sites.begin(), change.sites.end(), [](const SiteChange& a, const SiteChange& b) {
          return std::tie(a.file, a.line, a.handler) < std::tie(b.file, b.line, b.handler);
        });
    change.semantic_patches.assign(used_.begin(), used_.end());
  }

  // A file that looks at signals for the first time includes their header: another one may bring it
  // along today, in this configuration.
  Status declare_what_is_new() {
    if (facts_.snapshot().find("include/" + std::string(kSignalHeader)) == nullptr) return {};
    for (const auto& [path, text] : Texts(texts_.now()))
      if (looks_at_signals(text) && !looks_at_signals(texts_.before().at(path)))
        KILLIFY_CHECK(texts_.set(path, with_include(text, kSignalHeader)));
    return {};
  }

  static bool hears_wake_ups(const Sink& sink) {
    return sink.queue || sink.condition.kind == SinkCondition::Kind::kArgumentState;
  }

  // Why a wake-up of the step's queues would not reach a killable sleeper; "" if all do.
  Result<std::string> deaf_wake_up() const {
    for (const auto& run : step_.runs) {
      if (run.patch != kWakeUp) continue;
      if (auto it = failures_.find(run.file); it != failures_.end()) return it->second;
      KILLIFY_TRY(const auto text, texts_.text(run.file));
      auto tokens = tokens_of(text);
      for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
        std::string name(tokens[i].text);
        if (!run.defines.contains(name) || tokens[i + 1].text != "(") continue;
        for (const auto& argument : call_arguments(tokens, i + 1))
          if (last_name(argument) == run.defines.at("queue"))
            return fmt::format("the semantic patch does not convert this wake-up ({}:{})", run.file,
                               tokens[i].line);
      }
    }
    return std::string();
  }

  TreeFacts& facts_;
  const SeriesSpec& spec_;
  const Step& step_;
  WorkTexts texts_;
  std::map<std::string, std::string> failures_;          // by file
  std::map<std::string, std::string> on_fatal_;          // by finding
  std::set<std::string> repeated_;                       // findings: see ConversionCheck
  std::map<std::string, std::set<int>> retried_at_;      // by file: see ConversionCheck
  std::set<std::string> used_;                           // semantic patches that changed something
  std::set<std::pair<std::string, std::string>> exits_;  // functions whose loop got an exit
};

}  // namespace

Result<StepOutcome> convert_step(TreeFacts& facts, const SeriesSpec& spec, const Step& step,
                                 const Texts& earlier) {
  return ConvertWork(facts, spec, step, earlier).carry_out();
}

}  // namespace killify
