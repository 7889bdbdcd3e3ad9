#include "reach/audit.h"

#include "reach/scope.h"
#include "reach/sleeps.h"
#include "reach/suppression.h"
#include "support/digest.h"
#include "support/text.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

namespace killify {
namespace {

bool is_below(const std::string& file, const std::vector<std::string>& paths) {
  return paths.empty() || std::any_of(paths.begin(), paths.end(), [&](const std::string& path) {
           return path.empty() || file == path || file.starts_with(path + "/");
         });
}

std::string finding_id(const Finding& finding, int nth) {
  auto key = fmt::format("{}:{}", finding.handler.file, finding.handler.function);
  for (const auto& hop : finding.chain) key += fmt::format(">{}:{}", hop.file, hop.function);
  key += fmt::format(">{}#{}", finding.sink.name, nth);
  return sha256(key).substr(0, 12);
}

class Auditor {
 public:
  Auditor(TreeFacts& facts, const SeriesSpec& spec, const std::vector<std::string>& paths)
      : facts_(facts),
        spec_(spec),
        paths_(paths),
        ask_(ask_snapshot(facts)),
        locate_(locate_in_snapshot(facts)) {}

  Result<Audit> run() {
    KILLIFY_TRY(handlers_, find_handlers(facts_, spec_.roots));
    std::set<std::string> files;
    for (const auto& handler : handlers_.all) {
      if (!is_below(handler.file, paths_) && !is_below(handler.registered_in, paths_)) continue;
      result_.handlers.push_back(handler);
      files.insert(handler.file);
    }
    for (const auto& file : files) KILLIFY_CHECK(audit_file(file));
    std::sort(
        result_.findings.begin(), result_.findings.end(), [](const Finding& a, const Finding& b) {
          return std::tie(a.handler.file, a.handler.line, a.sink.file, a.sink.line, a.sink.name) <
                 std::tie(b.handler.file, b.handler.line, b.sink.file, b.sink.line, b.sink.name);
        });
    measure_coverage();
    return std::move(result_);
  }

 private:
  Status audit_file(const std::string& file) {
    KILLIFY_TRY(const auto* source, facts_.of(file));
    KILLIFY_TRY(auto text, facts_.text(file));
    auto tokens = tokens_of(text);
    KILLIFY_TRY(auto scope, fault_scope(facts_, handlers_, file));
    for (const auto& scoped : scope) {
      int nth = 0;
      for (const auto& sleep : sleeps_in(*scoped.function, *source, tokens, spec_.catalogue)) {
        if (sleep.condition == Holds::kNo) continue;
        KILLIFY_CHECK(add_finding(scoped, sleep, file, nth++));
      }
    }
    return {};
  }

  Status add_finding(const ScopedFunction& scoped, const Sleep& sleep, const std::string& file,
                     int nth) {
    Finding finding;
    finding.handler = *scoped.handler;
    finding.sink = {sleep.sink->name, scoped.function->name, file, sleep.line, sleep.object};
    finding.chain = scoped.chain;
    finding.chain.push_back({scoped.function->name, file, sleep.line, "direct"});
    finding.condition = sleep.sink->condition.kind == SinkCondition::Kind::kAlways ? "always"
                        : sleep.condition == Holds::kYes                           ? "true"
                                                                                   : "unknown";
    finding.on_signal = "unknown";
    finding.id = finding_id(finding, nth);
    KILLIFY_CHECK(judge(scoped, sleep, finding));
    result_.findings.push_back(std::move(finding));
    return {};
  }

  Status judge(const ScopedFunction& scoped, const Sleep& sleep, Finding& finding) {
    if (!sleep.parsed) {
      finding.condition = "unknown";
      finding.verdict = Verdict::kReview;
      finding.reason = fmt::format("spatch cannot parse {}(): look at {}:{}", finding.sink.function,
                                   finding.sink.file, finding.sink.line);
      return {};
    }
    KILLIFY_TRY(auto exits,
                signal_exits(ask_, locate_, finding.chain, sleep.sink->name, sleep.sink->error));
    finding.on_signal = worst_result(exits);
    for (const auto& exit : exits)
      if (exit.returns == finding.on_signal && finding.translator.empty())
        finding.translator = exit.translator;
    KILLIFY_TRY(auto blocker, blocker_of(finding.chain));
    if (!blocker.empty()) {
      finding.verdict = Verdict::kSuppressed;
      finding.reason = fmt::format("{}() blocks all signals but SIGKILL around it", blocker);
    } else if (sleep.condition == Holds::kUnknown) {
      finding.verdict = Verdict::kReview;
      finding.reason =
          fmt::format("whether it sleeps interruptibly depends on '{}'", sleep.decides);
    } else if (!scoped.shared.empty()) {
      finding.verdict = Verdict::kThread;
      finding.reason = fmt::format("{}() is shared: {}", scoped.function->name, scoped.shared);
    } else {
      finding.verdict = Verdict::kConvert;
      finding.reason = "only fault handlers come here";
    }
    return {};
  }

  Result<std::string> blocker_of(const std::vector<Hop>& chain) {
    if (!blockers_) {
      KILLIFY_TRY(auto found, signal_blockers(facts_));
      blockers_ = std::move(found);
    }
    return blocked_by(facts_, chain, *blockers_);
  }

  void measure_coverage() {
    auto& coverage = result_.coverage;
    coverage.notes = handlers_.unresolved;
    for (const auto& [path, facts] : facts_.read_so_far()) {
      ++coverage.files;
      switch (facts.status) {
        case ParseStatus::kComplete:
          ++coverage.complete;
          break;
        case ParseStatus::kPartial:
          ++coverage.partial;
          break;
        case ParseStatus::kFailed:
          ++coverage.failed;
          break;
        case ParseStatus::kTimedOut:
          ++coverage.timed_out;
          break;
      }
      for (const auto& range : facts.lost) coverage.lost.push_back({path, range});
      if (!facts.why.empty()) coverage.notes.push_back(facts.why);
    }
  }

  TreeFacts& facts_;
  const SeriesSpec& spec_;
  const std::vector<std::string>& paths_;
  Ask ask_;
  Locate locate_;
  Handlers handlers_;
  std::optional<std::set<std::string>> blockers_;
  Audit result_;
};

}  // namespace

Ask ask_snapshot(TreeFacts& facts) {
  return [&facts](const std::string& patch, const std::vector<std::string>& defines,
                  const std::string& path) { return facts.ask(patch, defines, path); };
}

Locate locate_in_snapshot(TreeFacts& facts) {
  return [&facts](const std::string& function, const std::string& path) -> Result<std::string> {
    KILLIFY_TRY(const auto* here, facts.of(path));
    if (here->function(function) != nullptr) return path;
    KILLIFY_TRY(auto found, facts.files_defining(function));
    // Several definitions (one per architecture) may differ: then it is not known which is meant.
    return found.size() == 1 ? found.front() : std::string();
  };
}

Result<Audit> audit(TreeFacts& facts, const SeriesSpec& spec,
                    const std::vector<std::string>& paths) {
  return Auditor(facts, spec, paths).run();
}

}  // namespace killify
