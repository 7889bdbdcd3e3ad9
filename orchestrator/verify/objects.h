// Which objects stand for a changed file.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace killify {

enum class SourceKind {
  kCode,     // a .c or .S file
  kHeader,   // seen by the compiler through the objects that include it
  kNothing,  // there is nothing to compile; `reason` says why
  kUnknown,  // something may read it, but no object is known to; `reason` says more
};

struct ChangedSource {
  std::string path;
  SourceKind kind = SourceKind::kNothing;
  // Every object whose build may compile the file. Kbuild knows which of them are enabled, and
  // builds only those, so that a wrong guess costs nothing and cannot pass for a build of the file.
  std::vector<std::string> objects;
  std::string reason;
};

// The objects of each changed path, looked for in the source tree at `tree`:
//  - foo.c: foo.o; the objects of .c files that #include it; and where a neighbouring directory's
//    Makefile builds this one's files (amdgpu/../amdkfd/foo.o), the object under that name;
//  - foo.h: the objects of a few .c files nearby that include it directly;
//  - documents, Kconfig files and makefiles, and a file that is no longer there: nothing;
//  - anything else (a device tree, a linker script, a tool): unknown.
[[nodiscard]] std::vector<ChangedSource> objects_of(const std::filesystem::path& tree,
                                                    const std::vector<std::string>& changed);

// The objects of a few .c files, wherever in the tree, that include a header of include/ directly.
[[nodiscard]] std::vector<std::string> users_of_public_header(const std::filesystem::path& tree,
                                                              const std::string& header);

}  // namespace killify
