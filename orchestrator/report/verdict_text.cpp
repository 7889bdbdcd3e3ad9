#include "report/verdict_text.h"

#include "reach/fault_result.h"
#include "support/text.h"

#include <fmt/format.h>

#include <map>
#include <utility>

namespace killify {
namespace {

// What the return value of a handler makes of the fault (arch/x86/mm/fault.c).
std::string result_meaning(const Finding& finding) {
  const auto& result = finding.on_signal;
  if (result.starts_with("VM_FAULT_NOPAGE"))
    return "The access is made again at once. A fault from user mode delivers the signal on the "
           "way; "
           "one from kernel mode (copy_to_user() and the like) does not, so the sleep fails again "
           "and the fault spins until what it waits for is there.";
  if (result == kRetryFault && finding.handler.retry_succeeds)
    return finding.mmap_lock == "dropped"
               ? "The core takes VM_FAULT_RETRY from this field for success. It makes the page "
                 "writable, and goes on without mmap_lock, which was dropped on this way."
               : "The core takes VM_FAULT_RETRY from this field for success: it makes the page "
                 "writable though the handler has not done its work.";
  if (result == kRetryFault && finding.mmap_lock == "held")
    return "No function on this way drops mmap_lock, but the core takes it for released: it stays "
           "locked, and whoever needs it next waits for ever.";
  if (result == kRetryFault)
    return "mmap_lock was dropped on this way, as the core expects. The fault is tried again, or "
           "ended where the signal is a fatal one.";
  if (result.starts_with("VM_FAULT_SIGBUS") || result.starts_with("VM_FAULT_SIGSEGV"))
    return "A signal that harms nobody ends the access: the program gets a bus error, or its "
           "system "
           "call fails with -EFAULT or copies less than it was asked for.";
  if (result.starts_with("VM_FAULT_OOM"))
    return "The fault reports a lack of memory that there is not: a program's access is made "
           "again, "
           "a system call fails with -EFAULT.";
  return {};
}

}  // namespace

std::string verdict_title(Verdict verdict, const CampaignWords& words) {
  switch (verdict) {
    case Verdict::kConvert:
      return fmt::format("An interruptible sleep that only {} reach", words.roots);
    case Verdict::kThread:
      return fmt::format("An interruptible sleep that a {} shares with other callers", words.root);
    case Verdict::kReview:
      return "A sleep that may be interruptible, for a person to look at";
    case Verdict::kSuppressed:
      return "An interruptible sleep under blocked signals";
    case Verdict::kSafe:
      return "A sleep that is never interruptible on this way";
  }
  return {};
}

std::string verdict_advice(Verdict verdict, const CampaignWords& words) {
  const bool own = !words.advice.empty();
  switch (verdict) {
    case Verdict::kConvert:
      if (own) return words.advice;
      return "Every way into the function that sleeps starts at a fault handler. Use the killable "
             "form of the primitive in place, and return what ends the fault when a fatal signal "
             "is "
             "pending.";
    case Verdict::kThread:
      if (own)
        return "Do not convert in place: the other callers are right to sleep interruptibly.";
      return "Do not convert in place: the other callers are right to sleep interruptibly. Hand "
             "the "
             "task state down from the callers, killable from the fault handler and interruptible "
             "from the others.";
    case Verdict::kReview:
      return "Read the ways above with the reason in mind, and decide.";
    case Verdict::kSuppressed:
      return "Nothing to do: with all signals but SIGKILL blocked the sleep is killable in effect.";
    case Verdict::kSafe:
      return "Nothing to do: what decides is constant on every way from this handler.";
  }
  return {};
}

const char* note_name(NoteKind kind) {
  switch (kind) {
    case NoteKind::kRetryIsSuccess:
      return "retry-is-success";
    case NoteKind::kSpins:
      return "spins";
    case NoteKind::kStaysBlocked:
      return "stays-blocked";
    case NoteKind::kPartialMask:
      return "partial-mask";
  }
  return "";
}

const char* note_title(NoteKind kind) {
  switch (kind) {
    case NoteKind::kRetryIsSuccess:
      return "A result that means something else to the caller";
    case NoteKind::kSpins:
      return "A lock that is not had makes the access spin without a sleep";
    case NoteKind::kStaysBlocked:
      return "A way out leaves signals blocked";
    case NoteKind::kPartialMask:
      return "Signals are blocked, but not all: a sleep under it is interruptible";
  }
  return "";
}

std::vector<std::string> lines_of_notes(const std::vector<std::string>& notes) {
  std::map<std::string_view, std::size_t> counts;
  const auto said = [](std::string_view note) {
    const auto end = note.find(": ");
    return note.substr(end == note.npos ? 0 : end);
  };
  for (const auto& note : notes) ++counts[said(note)];
  std::vector<std::string> lines;
  for (const auto& note : notes) {
    const auto count = std::exchange(counts[said(note)], 0);
    if (count == 0) continue;
    auto line = note;
    if (count > 1)
      line.insert(note.size() - said(note).size(), fmt::format(" and {} more", count - 1));
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string note_text(const Note& note) {
  const auto place = fmt::format("{}() ({}:{})", note.function, note.file, note.line);
  switch (note.kind) {
    case NoteKind::kRetryIsSuccess:
      return fmt::format(
          "VM_FAULT_RETRY of {} counts as success from .{}: the core makes the page writable",
          place, note.handler.field);
    case NoteKind::kSpins:
      return fmt::format(
          "where {}() fails, {} returns VM_FAULT_NOPAGE: the access is made again at once, and "
          "spins until the lock is free, without a sleep",
          note.detail, place);
    case NoteKind::kStaysBlocked:
      return fmt::format("{} blocks signals, and returns on a way that does not let them in again",
                         place);
    case NoteKind::kPartialMask:
      return fmt::format("{} blocks signals, but not {}: a sleep under it is still interruptible",
                         place, note.detail);
  }
  return {};
}

std::string planned_text(const Planned& planned) {
  const auto step = fmt::format("in the step \"{}\"; killify diff shows the change", planned.step);
  const auto but =
      planned.why.empty() ? std::string() : fmt::format(" Not all of it: {}.", planned.why);
  switch (planned.kind) {
    case Planned::Kind::kConverted:
      return fmt::format("Converts it in place, {}.{}", step, but);
    case Planned::Kind::kThreaded:
      return fmt::format("Hands it a task state, {}.{}", step, but);
    case Planned::Kind::kLeft:
      return fmt::format("Leaves it alone: {}.", planned.why);
    case Planned::Kind::kSettled:
      return "Nothing: there is nothing to do.";
  }
  return {};
}

std::string signal_text(const Finding& finding) {
  return finding.mmap_lock.empty()
             ? finding.on_signal
             : fmt::format("{}, lock {}", finding.on_signal, finding.mmap_lock);
}

std::string signal_consequence(const Finding& finding, const CampaignWords& words) {
  const auto& result = finding.on_signal;
  if (auto says = words.outcome(result); !says.empty()) {
    const auto repeated = words.outcome(kRepeated);
    if (result == "ignored" && !repeated.empty()) says += "; a loop " + repeated;
    return fmt::format("{}() {}.", finding.handler.function, says);
  }
  if (result == "unknown")
    return fmt::format(
        "What {}() returns then could not be followed: read the way from {}:{} to its return.",
        finding.handler.function, finding.sink.file, finding.sink.line);
  if (result.starts_with("ignored"))
    return "The result of the sleep is not looked at: the wait is only cut short, and a loop "
           "around "
           "it spins for as long as the signal is pending.";
  auto text = fmt::format("{}() returns {}", finding.handler.function, result);
  if (!finding.translator.empty())
    text += fmt::format(", which {}() makes of the error", finding.translator);
  auto meaning = result_meaning(finding);
  return meaning.empty() ? text + "." : text + ". " + meaning;
}

std::string unresolved_kind(UnresolvedCall::Kind kind, std::size_t groups) {
  switch (kind) {
    case UnresolvedCall::Kind::kField:
      return "through " + counted(groups, "field");
    case UnresolvedCall::Kind::kVariable:
      return "of " + counted(groups, "variable");
    case UnresolvedCall::Kind::kName:
      return "of " + counted(groups, "name") + " without a definition";
  }
  return {};
}

std::string how_registered(const Handler& handler) {
  return handler.field.empty() ? "given to " + handler.ops + "()"
                               : handler.ops + "." + handler.field;
}

std::string unresolved_line(const UnresolvedCall& call) {
  auto text = fmt::format("{}(), {}: {}", call.callee, counted(call.calls, "call"),
                          join(call.places, ", "));
  return call.calls > call.places.size() ? text + ", ..." : text;
}

std::string edge_text(const Hop& hop) {
  if (hop.edge == "field")
    return hop.through.empty() ? "calls through a field"
                               : fmt::format("calls through the field {}", hop.through);
  if (hop.edge == "macro")
    return hop.through.empty() ? "calls by a macro"
                               : fmt::format("calls by the macro {}", hop.through);
  return {};
}

}  // namespace killify
