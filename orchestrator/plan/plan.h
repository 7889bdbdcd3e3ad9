// The plan: which semantic patch runs on which file, in which order and commit, and why.
#pragma once

#include "plan/state_form.h"
#include "reach/finding.h"
#include "spec/catalogue.h"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace killify {

inline constexpr const char* kFatalReturn = "convert/fatal-return.cocci";

// One run of a semantic patch on one file.
struct PatchRun {
  std::string patch;  // relative to semantic-patches/: "convert/mutex.cocci"
  std::string file;
  std::map<std::string, std::string> defines;  // spatch -D NAME=VALUE
  bool operator==(const PatchRun&) const = default;
};

// What a step is for, in the order of a plan.
enum class StepKind {
  kPrepare,  // adds functions that the tree lacks
  kThread,   // hands a task state through functions that others share
  kConvert,  // converts sleeps in place
  kApply,    // applies a semantic patch of the user's
};

// A function that the tree lacks, made after one that it has.
struct Twin {
  std::string name;                // "ww_mutex_lock_killable"
  std::string model;               // "ww_mutex_lock_interruptible"
  std::string declared_in;         // the file that declares it for others; its own if `internal`
  bool internal = false;           // static in a .c file
  bool guard = false;              // a class of guards: "mutex_kill" of "mutex_intr"
  bool replaces = false;           // nobody is left who calls the model: it becomes the twin
  std::vector<std::string> files;  // all that define or declare the model, sorted
  // What the twin calls, and what its comment names, in place of what the model does.
  std::map<std::string, std::string> renames;
  std::vector<std::string> findings;  // ids of those that need it, also through other twins

  // As sentences name it.
  [[nodiscard]] std::string named() const { return guard ? name : name + "()"; }
};

// Functions that take a task state afterwards, each before what calls it.
struct Threads {
  std::vector<StateForm> forms;
  std::vector<FieldForm> fields;
  std::vector<ContextForm> contexts;
  // By form: the ids of the findings that need it.
  std::map<FunctionKey, std::set<std::string>> wanted_by;
  // The functions with a form, of this step or an earlier one, that these call.
  std::map<FunctionKey, std::vector<StateForm>> calls;
  // Functions, and the forms by which they undo: these get TASK_UNINTERRUPTIBLE there.
  std::vector<std::pair<std::string, std::string>> undone;
  // By function: killable primitives that its body calls then, by those that it calls now.
  std::map<FunctionKey, std::map<std::string, std::string>> primitives;
};

// What goes out under one cover letter.
struct Posting {
  unsigned number = 0;    // from 1; 0 where all steps are one posting
  std::string subsystem;  // "drm"; empty then
  bool operator==(const Posting&) const = default;
};

// One commit to be.
struct Step {
  StepKind kind = StepKind::kConvert;
  std::string name;                  // unique in the plan, stable: "convert drivers/gpu/drm/msm"
  std::vector<std::string> needs;    // names of earlier steps without which it does not build
  std::vector<std::string> enables;  // names of later steps that need it, also through others
  std::string group;                 // directory of the driver: "drivers/gpu/drm/etnaviv"
  std::vector<PatchRun> runs;
  std::vector<Twin> twins;  // what it adds, callees first; kThread: nothing
  Threads threads;          // of kThread
  // Of kConvert: the functions that take a state by then, with their names, and by finding the
  // functions that pass TASK_KILLABLE to them.
  std::map<FunctionKey, std::string> renamed;
  std::map<std::string, std::set<FunctionKey>> flips;
  std::vector<std::string> files;   // sorted
  std::vector<Finding> findings;    // the sites it converts; of other kinds, those that need it
  std::vector<std::string> queues;  // wait queues whose wake-ups are converted along
  std::string reason;
  Posting posting;
};

// A finding that the series leaves alone.
struct LeftOut {
  Finding finding;
  std::string reason;  // "waits for a missing primitive: dma_resv_lock_killable()"
};

struct Plan {
  std::vector<Step> steps;  // by kind; every prefix builds
  std::vector<LeftOut> left_out;
  std::vector<Sink> wrappers;  // drivers' own names for primitives, as the findings use them
  std::size_t settled = 0;     // findings that are safe or suppressed: nothing is to be done there
  // By the id of a sleep that is its caller's: the finding that it was, where that is another.
  std::map<std::string, std::string> lifted;
  // By finding's id: why a state does not go another way to the same sleep.
  std::map<std::string, std::string> partly;
};

[[nodiscard]] const char* kind_name(StepKind kind);

// Whether no fault needs the step, but the series file what it names.
[[nodiscard]] bool is_asked_for_alone(const Step& step);

// The ids of those findings of a thread step that need what becomes of the function; all of the
// step's where that is not told.
[[nodiscard]] std::set<std::string> findings_that_want(const Step& step,
                                                       const FunctionKey& function);

// Whether a step has to come after an earlier one: it needs that, or they change the same file.
[[nodiscard]] bool builds_upon(const Step& step, const Step& earlier);

// Fills `enables` of all steps from their `needs`.
void fill_enables(std::vector<Step>& steps);

// The steps without these findings (by id). A step or a twin that no finding is left for is gone,
// and so is a need between steps that no finding shares any more. Runs stay as they are.
[[nodiscard]] std::vector<Step> without_findings(std::vector<Step> steps,
                                                 const std::set<std::string>& ids);

}  // namespace killify
