// Threading as steps: one for each driver and each function pointer, what is called before what
// calls it, so that every prefix builds.
#pragma once

#include "facts/tree_facts.h"
#include "plan/grouping.h"
#include "plan/plan.h"
#include "plan/threading.h"
#include "plan/vocabulary.h"
#include "spec/series_spec.h"
#include "support/error.h"

#include <string>
#include <vector>

namespace killify {

// `findings` are those that were threaded.
[[nodiscard]] Result<std::vector<Step>> thread_steps(TreeFacts& facts, const SeriesSpec& spec,
                                                     Vocabulary& vocabulary,
                                                     const Threading& threading,
                                                     const std::vector<const Finding*>& findings,
                                                     const Grouper& group);

// The runs that make `caller` call the state-taking forms of what it calls. `value` is the state
// that it passes; `name` the caller's name in the text by then.
[[nodiscard]] std::vector<PatchRun> call_runs(const Threading& threading, const FunctionKey& caller,
                                              const std::string& name, const std::string& value);

constexpr const char* kKillableState = "TASK_KILLABLE";
constexpr const char* kObjectPatch = "thread/object.cocci";

// The runs that make a function that only faults run let only fatal signals count: in what it
// calls, and in the objects that it makes.
[[nodiscard]] std::vector<PatchRun> flip_runs(const Threading& threading, const FunctionKey& flip);

}  // namespace killify
