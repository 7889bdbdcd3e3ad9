// One kernel build directory, and what make says about objects in it. Knows no git.
#pragma once

#include "support/error.h"
#include "support/process.h"
#include "verify/configuration.h"
#include "verify/diagnostics.h"

#include <chrono>
#include <filesystem>
#include <map>
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
  Diagnostic error;  // of kFailed
};

struct BuildRun {
  std::map<std::string, Outcome> objects;
  double seconds = 0;
};

struct KbuildOptions {
  std::filesystem::path source;  // the tree; absolute, without spaces and colons
  std::filesystem::path state;   // a directory of killify's own: the build directory and its marks
  unsigned jobs = 1;
  std::chrono::milliseconds deadline{0};  // of each make call; 0: none
};

class Kbuild {
 public:
  Kbuild(Configuration configuration, Compiler compiler, KbuildOptions options);

  // Brings the build directory to the point where objects can be built: configures and prepares it,
  // unless the last call that succeeded had the same `kconfig` (a digest of what decides the
  // configuration) and compiler. Starts from nothing when a call was killed in the middle. kBuilt,
  // kFailed or kUnknown.
  [[nodiscard]] Result<Outcome> prepare(const std::string& kconfig,
                                        const std::filesystem::path& log);

  // Compiles objects, named as Kbuild names them ("drivers/misc/x.o"). Each one that is enabled is
  // compiled anew: it is removed first, so that its presence afterwards is the proof.
  [[nodiscard]] Result<BuildRun> build(const std::vector<std::string>& objects,
                                       const std::filesystem::path& log);

  // Did the last compilation of `object` read `file` (relative to the tree)?
  [[nodiscard]] bool compiled_from(const std::string& object, const std::string& file) const;

 private:
  [[nodiscard]] Result<Completed> make(const std::vector<std::string>& arguments,
                                       const std::filesystem::path& log) const;
  // Why `what` failed, told by an error that does not belong to one of `objects`.
  [[nodiscard]] Outcome failure(const Completed& made, const std::string& what,
                                const std::vector<std::string>& objects) const;
  [[nodiscard]] MakeErrors errors_of(const Completed& made) const;
  [[nodiscard]] std::filesystem::path build_dir() const { return options_.state / "build"; }
  [[nodiscard]] std::filesystem::path busy_mark() const { return options_.state / "busy"; }

  Configuration configuration_;
  Compiler compiler_;
  KbuildOptions options_;
};

}  // namespace killify
