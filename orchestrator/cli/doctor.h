// `killify doctor`: are the programs and headers there that killify and a kernel build need, and
// what brings those that are not.
#pragma once

#include "support/colour.h"
#include "support/error.h"

#include <filesystem>
#include <string>
#include <vector>

namespace killify {

struct ToolStatus {
  enum class State {
    kFine,
    kMissing,
    kUnfit,  // there, but too old or not working; `note` says which
  };
  std::string name;     // "spatch"
  std::string purpose;  // "facts and conversions"
  bool required = true;
  State state = State::kMissing;
  std::string version;  // "" where a thing has none, or is missing
  std::string path;     // of the program or header found
  std::string note;     // what is wrong, or what its absence costs
  std::string package;  // Debian's package that brings it
};

// Where to look; a test names directories of its own.
struct DoctorScope {
  std::vector<std::filesystem::path> programs;  // directories in the order of PATH
  std::vector<std::filesystem::path> includes;  // roots of system headers

  // $PATH and /usr/include with its architecture's directory.
  [[nodiscard]] static DoctorScope of_system();
};

// Every tool in a fixed order: the required ones first. An error is an interruption.
[[nodiscard]] Result<std::vector<ToolStatus>> examine_tools(const DoctorScope& scope);

// kFailed if something required is missing or unfit.
[[nodiscard]] Exit doctor_exit(const std::vector<ToolStatus>& tools);

[[nodiscard]] std::string doctor_text(const std::vector<ToolStatus>& tools, const Paint& paint);
// {"schema":"killify.doctor/1","tools":[...],"install":["PACKAGE"...]}
[[nodiscard]] std::string doctor_json(const std::vector<ToolStatus>& tools);

}  // namespace killify
