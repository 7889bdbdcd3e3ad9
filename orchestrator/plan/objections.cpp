#include "plan/objections.h"

#include "plan/planner.h"
#include "plan/thread_steps.h"

#include <fmt/format.h>

namespace killify {

Result<std::string> Objections::to_guard(const Finding& finding) {
  for (const auto& hop : finding.chain) {
    KILLIFY_TRY(const auto* sketch, facts_.sketch(hop.file));
    for (const auto& lock : sketch->guard_locks()) {
      if (lock.line != hop.line) continue;
      if (!spec_.passes.apply.empty())
        return fmt::format("review: a guard takes the lock, {}({}) ({}:{}), and no call",
                           lock.macro, lock.guard_class, hop.file, hop.line);
      const bool sleeps = &hop == &finding.chain.back() && !needs_state(finding, catalogue_);
      std::string why;
      if (sleeps) {
        KILLIFY_TRY(why, to_killable_guard(lock, finding));
      }
      if (!sleeps || !why.empty())
        return fmt::format(
            "review: no guard class of the tree takes the lock of {}({}) killably "
            "({}:{}){}",
            lock.macro, lock.guard_class, hop.file, hop.line, why.empty() ? "" : ": " + why);
    }
  }
  return std::string();
}

// Why there is no class that takes the lock killably and none can be made.
Result<std::string> Objections::to_killable_guard(const GuardLock& lock, const Finding& finding) {
  const auto* sink = catalogue_.find(finding.sink.name);
  if (!sink->counterpart) return fmt::format("{}() has no killable counterpart", sink->name);
  KILLIFY_TRY(const auto* classes, facts_.guard_classes());
  if (!guard_class_by(*classes, lock.guard_class, *sink->counterpart).empty()) return std::string();
  std::string made;
  KILLIFY_TRY(auto why, twins_.plan_guard(lock.guard_class, sink->name, *sink->counterpart, made));
  if (why.empty()) guards_[finding.id].insert(made);
  return why;
}

Result<std::string> Objections::to_conversion(const Finding& finding) {
  if (finding.verdict != Verdict::kConvert)
    return fmt::format("{}: {}", verdict_name(finding.verdict), finding.reason);
  const auto* sink = catalogue_.find(finding.sink.name);
  if (!spec_.passes.apply.empty()) return to_call(*sink);
  const auto killable = sink->counterpart.value_or(kKillableState);
  KILLIFY_TRY(bool there, vocabulary_.has(killable));
  if (!there) {
    const auto waits =
        fmt::format("waits for a missing primitive: {}{}", killable, sink->counterpart ? "()" : "");
    if (sink->family == "none") return waits;
    KILLIFY_TRY(const auto why, twins_.plan(sink->name, killable, finding.sink.file));
    if (!why.empty()) return fmt::format("{}: {}", waits, why);
  }
  if (sink->family == "none" || !facts_.coccinelle().has("convert/" + sink->family + ".cocci"))
    return fmt::format("review: no semantic patch converts {}() in place", sink->name);
  return std::string();
}

// Why the campaign's own semantic patch has no name to convert the sleep to.
Result<std::string> Objections::to_call(const Sink& sink) {
  if (!sink.counterpart)
    return fmt::format("review: the catalogue has no counterpart of {}() for this", sink.name);
  KILLIFY_TRY(bool there, vocabulary_.has(*sink.counterpart));
  if (there) return std::string();
  return fmt::format("waits for a missing primitive: {}()", *sink.counterpart);
}

}  // namespace killify
