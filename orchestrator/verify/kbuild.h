// One kernel build directory, and what make says about objects in it. Knows no git.
#pragma once

#include "support/error.h"
#include "support/process.h"
#include "verify/configuration.h"
#include "verify/diagnostics.h"
#include "verify/preprocessed.h"
#include "verify/recorded_command.h"
#include "verify/warnings.h"

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace killify {

// What became of one thing that make was asked for.
struct Outcome {
  enum class Status {
    kBuilt,       // enabled, and compiled by this call
    kFailed,      // enabled, and the compiler or make refused
    kNotEnabled,  // the configuration does not build it
    kUnknown,     // `reason` says what kept us from knowing
  };
  Status status = Status::kUnknown;
  std::string reason;
  Diagnostic error;               // of kFailed
  std::vector<Warning> warnings;  // of kBuilt
  std::string unchecked;          // of kBuilt: the checker that did not come to its end, and how
};

struct BuildRun {
  std::map<std::string, Outcome> objects;
  double seconds = 0;
};

// What checkers of a source say.
struct Findings {
  std::vector<Warning> warnings;
  std::string failure;  // a checker that did not come to its end
};

struct KbuildOptions {
  std::filesystem::path source;  // the tree; absolute, without spaces and colons
  std::filesystem::path state;   // a directory of killify's own: the build directory and its marks
  unsigned jobs = 1;
  std::chrono::milliseconds deadline{0};  // of each make call; 0: none
  std::string module{};  // "module/evdi": make is told that these objects are of no kernel (M=)
};

class Kbuild {
 public:
  Kbuild(Configuration configuration, Compiler compiler, KbuildOptions options);

  // Of the next calls of make.
  void set_jobs(unsigned jobs) { options_.jobs = jobs; }

  // Writes .config and no more.
  [[nodiscard]] Result<Outcome> configure(const std::filesystem::path& log) const;
  // The .config of the last call that wrote one; "" before.
  [[nodiscard]] std::string config() const;

  // Brings the build directory to the point where objects can be built: configures and prepares it,
  // unless the last call that succeeded had the same `kconfig` (a digest of what decides the
  // configuration) and compiler. Starts from nothing when a call was killed in the middle. kBuilt,
  // kFailed or kUnknown.
  [[nodiscard]] Result<Outcome> prepare(const std::string& kconfig,
                                        const std::filesystem::path& log);

  // Makes targets of the top makefile ("bzImage"), in a prepared build directory. kBuilt, kFailed
  // or kUnknown.
  [[nodiscard]] Result<Outcome> make_targets(const std::vector<std::string>& targets,
                                             const std::filesystem::path& log) const;

  // Brings the files that the preparation makes of sources (asm-offsets.h) up to date.
  [[nodiscard]] Result<Outcome> refresh(const std::filesystem::path& log) const;
  // Is the file (relative to the tree) one of those that the preparation reads?
  [[nodiscard]] bool preparation_reads(const std::string& file) const;

  // Compiles objects, named as Kbuild names them ("drivers/misc/x.o"), by make. Each one that is
  // enabled is compiled anew: it is removed first, so that its presence afterwards is the proof.
  // The command of each is kept.
  [[nodiscard]] Result<BuildRun> build(const std::vector<std::string>& objects,
                                       const std::filesystem::path& log);

  // Is there a command by which build() made the object?
  [[nodiscard]] bool has_command(const std::string& object) const {
    return records_.contains(object);
  }
  // What decides commands changed: makefiles, the configuration.
  void forget_commands() { records_.clear(); }
  // Compiles an object by that command, without make: kBuilt, kFailed or kUnknown. Different
  // objects may be compiled from several threads.
  [[nodiscard]] Result<Outcome> compile(const std::string& object,
                                        const std::filesystem::path& log);
  // What its preprocessor lets through; nothing where that fails. Safe from several threads, as are
  // the next two.
  [[nodiscard]] Result<std::optional<Preprocessed>> preprocess(const std::string& object) const;
  // What kernel-doc, and sparse where it is installed, say of an object's source, and modpost of
  // its references from one section to another.
  [[nodiscard]] Result<Findings> check(const std::string& object,
                                       const std::filesystem::path& log) const;
  // What objdump prints of a file's instructions and what they refer to, addresses included. ""
  // where it cannot be read.
  [[nodiscard]] Result<std::string> disassemble(const std::filesystem::path& object) const;
  // A digest of the object's instructions, without addresses. "" where it cannot be read.
  [[nodiscard]] Result<std::string> code_digest(const std::string& object) const;

  // Where an object that was built is.
  [[nodiscard]] std::filesystem::path file_of(const std::string& object) const {
    return (inside_ ? options_.source : build_dir()) / object;
  }

  // Did the last compilation of `object` read `file` (relative to the tree)?
  [[nodiscard]] bool compiled_from(const std::string& object, const std::string& file) const;
  // The objects with a command whose last compilation read one of the files.
  [[nodiscard]] std::vector<std::string> objects_that_read(
      const std::set<std::string>& files) const;

 private:
  // `makefile`: read by make, and by every make below it, before their own.
  [[nodiscard]] Result<Completed> make(const std::vector<std::string>& arguments,
                                       const std::filesystem::path& log,
                                       const std::filesystem::path& makefile = {}) const;
  // Why `what` failed, told by an error that does not belong to one of `objects`.
  [[nodiscard]] Outcome failure(const Completed& made, const std::string& what,
                                const std::vector<std::string>& objects) const;
  struct Record {
    RecordedCommand command;
    std::set<std::string> inputs;  // relative to the tree, or absolute
  };
  [[nodiscard]] Result<std::string> objdump(const std::filesystem::path& object,
                                            std::vector<std::string> more) const;
  [[nodiscard]] Command command_in(const std::filesystem::path& directory,
                                   std::vector<std::string> argv) const;
  // Looks up how this tree builds what is outside of it.
  [[nodiscard]] Status open_module();
  // "M=..." and the like.
  [[nodiscard]] std::vector<std::string> module_arguments() const;
  // An object by its path in the tree, as make names it, and back.
  [[nodiscard]] std::string goal_of(const std::string& object) const;
  [[nodiscard]] std::string object_of(const std::string& goal) const;
  // Where the commands that make objects are run.
  [[nodiscard]] std::filesystem::path directory() const {
    return aside_ ? build_dir() / options_.module : build_dir();
  }
  // The ways in which messages name the source tree.
  [[nodiscard]] std::vector<std::filesystem::path> roots() const;
  [[nodiscard]] std::string path_in_tree(const std::string& name) const;
  [[nodiscard]] std::set<std::string> inputs_in(const std::filesystem::path& file) const;
  [[nodiscard]] Status note_preparation();
  void keep_command(const std::string& object);
  // The source of an object as messages name it: relative to the tree, ".." and all.
  [[nodiscard]] std::string path_of_source(const std::string& object) const;
  [[nodiscard]] std::filesystem::path build_dir() const { return options_.state / "build"; }
  [[nodiscard]] std::filesystem::path busy_mark() const { return options_.state / "busy"; }
  // The tree's first Kconfig file, and what forces symbols.
  [[nodiscard]] std::filesystem::path forcing_file() const { return options_.state / "Kconfig"; }

  Configuration configuration_;
  Compiler compiler_;
  KbuildOptions options_;
  // The objects of a module: beside its sources, or where they are asked for (since Linux 6.13).
  bool inside_ = false;
  bool aside_ = false;
  std::map<std::string, Record> records_;
  std::vector<std::string>
      checkflags_;  // what Kbuild gives sparse on top of the compiler's options
  std::set<std::string> prepared_from_;
};

}  // namespace killify
