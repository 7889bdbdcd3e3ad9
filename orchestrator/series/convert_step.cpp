#include "facts/outline.h"
#include "reach/sleeps.h"
#include "series/conversion_check.h"
#include "series/includes.h"
#include "series/step_work.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace killify {
namespace {

constexpr const char* kWakeUp = "convert/wake_up.cocci";
constexpr const char* kLoopExit = "convert/fatal-exit.cocci";
// Declares signal_pending() and fatal_signal_pending() since 4.11, linux/sched.h before.
constexpr std::string_view kSignalHeader = "linux/sched/signal.h";

bool looks_at_signals(const std::string& text) {
  auto tokens = tokens_of(text);
  return std::any_of(tokens.begin(), tokens.end(), [](const Token& token) {
    return token.text == "signal_pending" || token.text == "fatal_signal_pending";
  });
}

std::vector<std::string> define_list(const std::map<std::string, std::string>& defines) {
  std::vector<std::string> list;
  list.reserve(defines.size());
  for (const auto& [name, value] : defines)
    list.push_back(value.empty() ? name : fmt::format("{}={}", name, value));
  return list;
}

class ConvertWork {
 public:
  ConvertWork(TreeFacts& facts, const SeriesSpec& spec, const Step& step, const Texts& earlier)
      : facts_(facts), spec_(spec), step_(step), earlier_(earlier) {}

  // Applies the step's runs, in their order.
  Status apply() {
    for (const auto& run : step_.runs) {
      auto it = texts_.find(run.file);
      if (it == texts_.end()) {
        KILLIFY_TRY(auto text, text_of(run.file));
        before_[run.file] = text;
        it = texts_.emplace(run.file, std::move(text)).first;
      }
      KILLIFY_TRY(auto answer, facts_.coccinelle().run(run.patch, define_list(run.defines),
                                                       {run.file, it->second}));
      if (answer.end != SpatchEnd::kDone) {
        failures_[run.file] = answer.why;
        continue;
      }
      if (answer.text == it->second) continue;
      it->second = std::move(answer.text);
      used_.insert(run.patch);
      if (run.patch == kLoopExit) exits_.insert({run.file, run.defines.at("fn")});
    }
    declare_what_is_new();
    return {};
  }

  // The findings of the step that do not stand, with the reason.
  Result<std::vector<LeftOut>> check() {
    std::vector<LeftOut> rejected;
    auto deaf = deaf_wake_up();
    for (const auto& finding : step_.findings) {
      if (auto it = failures_.find(finding.sink.file); it != failures_.end()) {
        rejected.push_back({finding, "review: " + it->second});
        continue;
      }
      if (!deaf.empty() && hears_wake_ups(*spec_.catalogue.find(finding.sink.name))) {
        rejected.push_back({finding, "review: " + deaf});
        continue;
      }
      KILLIFY_TRY(auto checked, check_conversion(facts_, spec_, finding, texts_));
      if (!checked.objection.empty())
        rejected.push_back({finding, "review: " + checked.objection});
      else
        on_fatal_[finding.id] = checked.on_fatal;
    }
    return rejected;
  }

  Change take() {
    Change change;
    change.step = step_;
    for (auto& [path, after] : texts_)
      if (after != before_[path]) change.files.push_back({path, before_[path], std::move(after)});
    for (const auto& finding : step_.findings) {
      const auto* sink = spec_.catalogue.find(finding.sink.name);
      SiteChange site{.handler = finding.handler.function,
                      .function = finding.sink.function,
                      .file = finding.sink.file,
                      .line = finding.sink.line,
                      .before = finding.sink.name,
                      .after = sink->killable.value_or(finding.sink.name),
                      .object = finding.sink.object,
                      .on_signal = finding.on_signal,
                      .on_fatal = on_fatal_[finding.id]};
      site.loop_exit = exits_.contains({finding.sink.file, finding.sink.function});
      if (finding.on_signal == "unknown" && !finding.translator.empty())
        site.on_signal = finding.translator + "()";
      change.sites.push_back(std::move(site));
    }
    std::stable_sort(
        change.sites.begin(), change.sites.end(), [](const SiteChange& a, const SiteChange& b) {
          return std::tie(a.file, a.line, a.handler) < std::tie(b.file, b.line, b.handler);
        });
    change.semantic_patches.assign(used_.begin(), used_.end());
    return change;
  }

 private:
  // A file that looks at signals for the first time includes their header: another one may bring it
  // along today, in this configuration.
  void declare_what_is_new() {
    if (facts_.snapshot().find("include/" + std::string(kSignalHeader)) == nullptr) return;
    for (auto& [path, text] : texts_)
      if (looks_at_signals(text) && !looks_at_signals(before_[path]))
        text = with_include(text, kSignalHeader);
  }

  Result<std::string> text_of(const std::string& path) const {
    if (auto it = earlier_.find(path); it != earlier_.end()) return it->second;
    return facts_.text(path);
  }

  static bool hears_wake_ups(const Sink& sink) {
    return sink.queue || sink.condition.kind == SinkCondition::Kind::kArgumentState;
  }

  // Why a wake-up of the step's queues would not reach a killable sleeper; "" if all do.
  std::string deaf_wake_up() const {
    for (const auto& run : step_.runs) {
      if (run.patch != kWakeUp) continue;
      if (auto it = failures_.find(run.file); it != failures_.end()) return it->second;
      auto tokens = tokens_of(texts_.at(run.file));
      for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
        std::string name(tokens[i].text);
        if (!run.defines.contains(name) || tokens[i + 1].text != "(") continue;
        for (const auto& argument : call_arguments(tokens, i + 1))
          if (last_name(argument) == run.defines.at("queue"))
            return fmt::format("the semantic patch does not convert this wake-up ({}:{})", run.file,
                               tokens[i].line);
      }
    }
    return {};
  }

  TreeFacts& facts_;
  const SeriesSpec& spec_;
  const Step& step_;
  const Texts& earlier_;
  Texts before_;
  Texts texts_;
  std::map<std::string, std::string> failures_;          // by file
  std::map<std::string, std::string> on_fatal_;          // by finding
  std::set<std::string> used_;                           // semantic patches that changed something
  std::set<std::pair<std::string, std::string>> exits_;  // functions whose loop got an exit
};

}  // namespace

Result<StepOutcome> convert_step(TreeFacts& facts, const SeriesSpec& spec, const Step& step,
                                 const Texts& earlier) {
  ConvertWork work(facts, spec, step, earlier);
  KILLIFY_CHECK(work.apply());
  StepOutcome outcome;
  KILLIFY_TRY(outcome.rejected, work.check());
  if (outcome.rejected.empty()) outcome.change = work.take();
  return outcome;
}

}  // namespace killify
