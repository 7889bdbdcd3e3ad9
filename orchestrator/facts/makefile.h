// The lists of a makefile of Kbuild: which objects are linked into what. A small reader of make's
// language, which knows variables, includes and the functions on text that such lists are made of.
// It runs nothing and knows no configuration: both branches of a conditional count, and a word that
// only a configuration, an environment or a shell could tell is unknown and left out.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace killify {

struct ListedObject {
  enum class When : std::uint8_t {
    kAlways,  // "-y", "-objs"
    kModule,  // "-m"
    kConfig,  // "-$(CONFIG_X)"
  };
  std::string list;    // "obj", "lib"; of a composite object its name: "msm" of "msm-y += ..."
  std::string object;  // relative to the top of the tree: "drivers/gpu/drm/msm/msm_gem.o"
  When when = When::kAlways;
  bool operator==(const ListedObject&) const = default;
};

// The text of a file of the tree; nothing where there is none.
using ReadMakefile = std::function<std::optional<std::string>(const std::string& path)>;

// The objects in the lists of the makefile of a directory, with what it includes, in the order in
// which they stand.
[[nodiscard]] std::vector<ListedObject> listed_objects(const std::string& directory,
                                                       const std::string& makefile,
                                                       const ReadMakefile& read);

}  // namespace killify
