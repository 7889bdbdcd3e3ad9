// What a series file says, read and checked: the campaign as data.
#pragma once

#include "spec/catalogue.h"
#include "spec/strategy.h"
#include "support/error.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace killify {

// Functions that are the roots of the analysis: those of fields of a struct, or those that are
// handed to other functions as an argument.
struct RootSpec {
  std::string struct_name;  // "vm_operations_struct"; "" for an argument
  std::vector<std::string> fields;
  std::optional<unsigned> argument;  // counted from 0
  std::vector<std::string> takers;   // whose argument that is: "kthread_create"
  std::string returns;               // the type of such a function: "vm_fault_t"
  // Those of the fields whose caller takes VM_FAULT_RETRY for success: "page_mkwrite".
  std::vector<std::string> retry_succeeds;
  // Where the object is that a function is for, from its first argument: "vma->vm_private_data".
  // Who puts a table in its place puts the object beside it. "" where that is not known.
  std::string object;
};

// What a campaign does about its findings, in this order.
struct Passes {
  bool add = true;                                    // makes counterparts that the tree lacks
  std::string why_not = "the campaign adds nothing";  // where it does not
  bool carry = true;  // hands a task state through functions that others share
  // The semantic patch that converts every sleep, told the names; empty: each sleep's family has
  // its own. Below semantic-patches/, or an absolute path.
  std::string apply;
  Becomes becomes = Becomes::kKillable;
};

// The sleep is made again because of the signal.
inline constexpr const char* kRepeated = "repeated";

// What it means that a root ends like this on a signal.
struct OutcomeSpec {
  // "-EINTR", "-*" for any error, "ignored" where it goes on, kRepeated, "unknown".
  std::string result;
  std::string says;  // "goes on as if it had waited"; {result} in it is what is returned
};

// What a campaign calls things.
struct CampaignWords {
  std::string root = "fault handler";  // a function of the roots
  std::string roots = "fault handlers";
  std::string event = "fault";  // what runs one
  std::string advice;           // on sleeps that only roots reach; empty: what killable ones need
  std::vector<OutcomeSpec> outcomes;  // empty: those of a page fault

  // What a root does that returns `result` on a signal; "" where the campaign does not say.
  [[nodiscard]] std::string outcome(const std::string& result) const;
};

// Roots that mean their sleeps, told by what they call.
struct ExceptionSpec {
  std::vector<std::string> calls;  // "allow_signal"
  bool safe = true;                // else a person has to look
  std::string because;             // "it takes signals"
};

// Functions at which the traversal stops.
struct Boundary {
  std::string name;    // a function, or a glob ("*_alloc_pages*")
  std::string reason;  // why a handler does not "reach" what is behind it
};

// What may sleep for a fault and is bound to no field: it is named as not looked at.
struct UnseenSpec {
  std::string function;
  std::string why;
};

// What takes a task state even where no finding needs it: a function in the place of a bool
// parameter, a struct in that of a bool field.
struct ThreadSpec {
  enum class Kind { kFunction, kContext };
  Kind kind = Kind::kFunction;
  std::string name;   // "dma_fence_wait_any_timeout", "ttm_operation_ctx"
  std::string flag;   // "intr"
  std::string place;  // of the flag in the series file, for a complaint: FILE:LINE:COLUMN
  int line = 0;

  // "dma_fence_wait_any_timeout(intr)", "ttm_operation_ctx.interruptible".
  [[nodiscard]] std::string text() const {
    return name + (kind == Kind::kFunction ? "(" + flag + ")" : "." + flag);
  }
};

// A checkpatch message or a compiler warning that is accepted, with the reason.
struct Waiver {
  std::string check;  // checkpatch's type ("LONG_LINE"), or a text of the message
  std::string path;   // the file it is accepted in; empty: everywhere
  std::string reason;
};

// A configuration to build in, of the series' own.
struct ConfigurationSpec {
  std::string name;
  std::string arch;  // "x86_64", "arm64", "powerpcle" ...
  bool clang = false;
  std::string base;                              // a target of make, or the path of a .config
  std::vector<std::filesystem::path> fragments;  // .config lines that win over it
};

// Commits that are to leave object code as it is.
struct NeutralCommits {
  std::string subject;           // a glob of their subjects: "*: Rename *"
  std::vector<std::string> but;  // files whose objects may change, or kChangedFiles
};
inline constexpr const char* kChangedFiles = "changed";  // those that a commit itself changes

// A directory (prefix of the path, the longest wins) and the subject prefix used there; "{}" in it
// is the next directory of the path.
struct SubjectPrefix {
  std::string directory;
  std::string prefix;
};

struct Trailer {
  std::string key;  // "Suggested-by"
  std::string value;
};

struct CommitSpec {
  std::filesystem::path template_file;     // absolute; of conversions
  std::filesystem::path prepare_template;  // of commits that add functions; empty: there are none
  std::filesystem::path thread_template;   // of commits that let functions take a task state
  std::vector<Trailer> trailers;
  std::vector<SubjectPrefix> prefixes;
};

struct CoverSpec {
  std::filesystem::path template_file;  // absolute
  // How many patches go out under one cover letter; 0: all. Reviewers of the kernel's lists lose
  // sight of more than about this.
  unsigned patches = 15;
};

// Strategies that every campaign has: a task state is handed on, or no signature is changed.
inline constexpr const char* kThreadStrategy = "thread";
inline constexpr const char* kConvertOnlyStrategy = "convert-only";

enum class Grouping { kDriver, kFile, kMaintainers };

struct SeriesSpec {
  std::filesystem::path file;
  std::vector<std::filesystem::path> sources;  // what an audit depends on: the file itself, the
                                               // catalogue and the boundaries
  std::string name;                            // names the branch: killify/<name>/v1
  std::string title;                           // subject of the cover letter
  std::vector<RootSpec> roots;
  std::vector<UnseenSpec> unseen;
  std::vector<ExceptionSpec> exceptions;
  std::vector<ThreadSpec> threads;
  std::vector<std::string> dropped_exports;  // functions that no module outside of the tree uses
  Catalogue catalogue;
  std::vector<Boundary> boundaries;
  // What a handler returns on a fatal signal; empty: the return value step is switched off.
  std::optional<std::string> on_fatal_signal;
  Passes passes;
  CampaignWords words;
  std::vector<Strategy> strategies;  // of the campaign's own
  Grouping grouping = Grouping::kDriver;
  CommitSpec commit;
  CoverSpec cover;
  std::vector<std::string> verify_configs;  // names of configurations ("x86_64-allmod"), or "auto"
  std::vector<ConfigurationSpec> configurations;  // that those names may mean
  std::vector<Waiver> checkpatch_waivers;         // of compilers' warnings, too
  std::vector<Waiver> line_waivers;  // `check` is a text of why the line is not compiled
  std::vector<NeutralCommits> neutral;
};

// Reads a series file and what it names (catalogue, boundaries, templates; relative to the file).
// An error is "FILE:LINE:COLUMN: what", with a suggestion for an unknown key or value.
[[nodiscard]] Result<SeriesSpec> load_series(const std::filesystem::path& file);

// A name ("killable-fault-handlers"), a path to the file, or a folder with a campaign.yaml; an
// unknown name suggests the near ones.
[[nodiscard]] Result<std::filesystem::path> find_series(const std::string& name_or_path);

}  // namespace killify
