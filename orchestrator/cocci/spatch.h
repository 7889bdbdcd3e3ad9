// Running Coccinelle's spatch on texts, and reading what it prints.
//
// One text per process, or many in one process with --file-groups: several files on one command
// line would be one group to spatch, and bindings leak between the files of a group. It runs in the
// directory of the semantic patches, where it finds what they include, and never in a kernel tree,
// whose .cocciconfig changes its options. What comes out is believed where a whole run printed it
// (cocci/frame.h).
#pragma once

#include "cocci/json_facts.h"
#include "support/error.h"
#include "support/process.h"

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace killify {

class AnswerFrame;

// A semantic patch, and what it includes.
struct SemanticPatch {
  std::filesystem::path directory;  // semantic-patches/
  std::string name;                 // below it: "convert/mutex.cocci"
  std::string sha256;               // of the file
  std::string summary;              // its `///` lines, joined
  // SHA-256 by name of what it includes ("include/layout.cocci"), and what that includes.
  std::map<std::string, std::string> includes;
};

// Reads the file `name` below `directory`, and what it includes.
[[nodiscard]] Result<SemanticPatch> load_semantic_patch(const std::filesystem::path& directory,
                                                        const std::string& name);

// Text that spatch works on; `path` gives its name in messages and its suffix.
struct SourceText {
  std::string path;
  std::string text;
  // What spatch has to know of macros that other files define, to parse their uses; as lines of a
  // --macro-file ("#define with_lock(l) YACFE_ITERATOR"), sorted.
  std::set<std::string> macros = {};
};

struct LineRange {
  int first = 0;
  int last = 0;
  bool operator==(const LineRange&) const = default;
};

// Failed: also where it exits 0 and its answer is not whole.
enum class SpatchEnd { kDone, kFailed, kTimedOut };

// What one run gave.
struct SpatchAnswer {
  SpatchEnd end = SpatchEnd::kDone;
  std::string why;   // for kFailed and kTimedOut: one line
  std::string text;  // the source after the run; equal to the input if nothing matched
  // The JSON lines that script rules printed, sorted; without their "file", which tells texts apart
  // where many were asked.
  JsonFacts facts;
  std::vector<LineRange> lost;  // lines that spatch did not parse: no rule saw them
};

// The options that name the interpreter beside a spatch, if there is one: what a distribution built
// them both with. spatch asks the python3 of PATH three times where its library is, and that may be
// a script of a version manager, which takes longer than most questions.
[[nodiscard]] std::vector<std::string> python_options(const std::filesystem::path& spatch);

class Spatch {
 public:
  // Finds spatch in PATH and asks its version. `scratch` is where source texts are put for it.
  [[nodiscard]] static Result<Spatch> find(const std::filesystem::path& scratch);

  [[nodiscard]] const std::string& version() const { return version_; }

  // Runs `patch` with -D for each of `defines` ("fn=gru_fault", "only_signal"). An Error means that
  // killify itself could not do its part (disk full, interrupted); what happens to spatch is in the
  // answer.
  [[nodiscard]] Result<SpatchAnswer> run(const SemanticPatch& patch,
                                         const std::vector<std::string>& defines,
                                         const SourceText& source) const;

  // The same for many texts in one process; the answers in their order. A text without an answer
  // has to be asked alone: spatch did not get through all of them, or one of its rules failed, or
  // what it printed does not say which text it is about.
  [[nodiscard]] Result<std::vector<std::optional<SpatchAnswer>>> run_together(
      const SemanticPatch& patch, const std::vector<std::string>& defines,
      const std::vector<const SourceText*>& sources) const;

  void set_deadline(std::chrono::milliseconds deadline) { deadline_ = deadline; }

 private:
  [[nodiscard]] Result<Command> command_for(const SemanticPatch& patch, const AnswerFrame& frame,
                                            const std::vector<std::string>& defines,
                                            const std::filesystem::path& directory) const;
  [[nodiscard]] static Status give_macros(const std::set<std::string>& macros,
                                          const std::filesystem::path& directory, Command& command);

  std::filesystem::path program_;
  std::filesystem::path scratch_;
  std::string version_;
  // The longest fact run over the files of a 6.1 tree that register fault handlers takes 6 s.
  std::chrono::milliseconds deadline_{120'000};
};

// What --verbose-parsing prints on stderr about each file, by its path.
[[nodiscard]] std::map<std::string, std::string> diagnostics_by_file(const std::string& printed);

// The line ranges that spatch says it skipped, from what --verbose-parsing prints on stderr.
// `lines` is the number of lines of the file.
[[nodiscard]] std::vector<LineRange> lost_lines(const std::string& diagnostics, int lines);

}  // namespace killify
