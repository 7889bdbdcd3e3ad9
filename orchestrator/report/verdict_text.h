// What a verdict and a result on a signal mean, in sentences for a maintainer.
#pragma once

#include "reach/finding.h"
#include "series/planned.h"
#include "spec/series_spec.h"

#include <string>

namespace killify {

// One line for a kind of finding: "An interruptible sleep that only fault handlers reach".
[[nodiscard]] std::string verdict_title(Verdict verdict, const CampaignWords& words);

// Why it is one, in general, and what to do.
[[nodiscard]] std::string verdict_advice(Verdict verdict, const CampaignWords& words);

// What a plan does with it, for a person: "Converted in place: step ...".
[[nodiscard]] std::string planned_text(const Planned& planned);

// What the handler returns on a signal, in a cell of a table: "VM_FAULT_RETRY, lock dropped".
[[nodiscard]] std::string signal_text(const Finding& finding);

// What happens when a signal comes during this sleep.
[[nodiscard]] std::string signal_consequence(const Finding& finding, const CampaignWords& words);

// The name of a kind of note in JSON: "retry-is-success".
[[nodiscard]] const char* note_name(NoteKind kind);

// What is wrong where there is such a note, in general: "A way out leaves signals blocked".
[[nodiscard]] const char* note_title(NoteKind kind);

// Lines for a person of "FILE:LINE: what": of several places that say the same, the first and how
// many more there are.
[[nodiscard]] std::vector<std::string> lines_of_notes(const std::vector<std::string>& notes);

// What makes a function a root: "gru_vm_ops.fault", "given to kthread_run()".
[[nodiscard]] std::string how_registered(const Handler& handler);
// What a note says, with the place: "returns VM_FAULT_RETRY ... (fs/a.c:12)".
[[nodiscard]] std::string note_text(const Note& note);

// "of 3 fields", "of 2 variables": what calls were made through that were not followed.
[[nodiscard]] std::string unresolved_kind(UnresolvedCall::Kind kind, std::size_t groups);

// "vm_operations_struct->fault(), 3 calls: ipc/shm.c:415, ..."; "fn(), ..."
[[nodiscard]] std::string unresolved_line(const UnresolvedCall& call);

// How a hop reaches the next one: "calls it through bdev->funcs->move"; "" for a plain call.
[[nodiscard]] std::string edge_text(const Hop& hop);

}  // namespace killify
