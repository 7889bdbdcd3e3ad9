// What make and the compiler print when a build fails, taken apart.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// A longer line of a compiler is cut.
inline constexpr std::size_t kLineLength = 4096;

// The first error of a target, as a person wants to see it.
struct Diagnostic {
  std::string file;  // relative to the source tree; "" where the message names none
  int line = 0;
  std::string text;   // one line: "implicit declaration of function 'x'"
  std::string block;  // the compiler's lines about it, with context, paths relative to the tree

  bool operator==(const Diagnostic&) const = default;
};

struct MakeErrors {
  std::map<std::string, Diagnostic> by_target;  // "drivers/misc/x.o"
  std::string first;  // the target that failed before the others; "" if none
  // The machine, not the source, is to blame: a full disk, a killed compiler. "" if not.
  std::string environment;
};

// "./drivers/x.o" as "drivers/x.o". A ".." stays: amdgpu/../amdkfd/x.o and amdkfd/x.o are two
// targets.
[[nodiscard]] std::string plain_target(std::string_view target);

// The line without the ways in which messages name the source tree.
[[nodiscard]] std::string without_roots(std::string line,
                                        const std::vector<std::filesystem::path>& roots);

// Reads make's standard error (of a run with --output-sync=target, so that the lines of one target
// stand together). Targets are plain. `roots` are the ways in which the messages may name the
// source tree, absolute or relative to the build directory: they are cut off paths.
[[nodiscard]] MakeErrors read_make_errors(std::string_view err,
                                          const std::vector<std::filesystem::path>& roots);

}  // namespace killify
