// Which files are linked into one program: two functions of one name in different modules are two.
// What the makefiles do not say, or what only a configuration decides, is not known.
#pragma once

#include "facts/makefile.h"
#include "tree/repository.h"

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace killify {

class Linkage {
 public:
  Linkage(const Repository& repository, const Snapshot& snapshot)
      : repository_(repository), snapshot_(snapshot) {}

  // The modules that a source file can become a part of: "drivers/gpu/drm/msm/msm.o" of
  // "msm-y += msm_gem.o". Empty for what is always in the kernel image, and for what no list names
  // (a header, a file that others include). Safe to ask from several threads.
  [[nodiscard]] std::set<std::string> modules_of(const std::string& file);

  // Whether both are parts of modules, and of none together.
  [[nodiscard]] bool are_apart(const std::string& a, const std::string& b);

  // Of files that define a name, those that a use of it in `file` means: the ones in its module.
  // All where none is, or where the module of `file` is not known.
  [[nodiscard]] std::vector<std::string> of_its_module(const std::string& file,
                                                       std::vector<std::string> definers);

 private:
  void read_around(const std::string& file);
  void read_directory(const std::string& directory);
  [[nodiscard]] std::optional<std::string> text(const std::string& path) const;

  const Repository& repository_;
  const Snapshot& snapshot_;
  std::mutex mutex_;
  std::set<std::string> read_;                         // directories
  std::set<std::string> around_;                       // parts of the tree that were read whole
  std::map<std::string, std::set<std::string>> into_;  // by object: composite objects
  std::set<std::string> modules_;                      // objects that can be one
  std::map<std::string, std::set<std::string>> known_;
};

}  // namespace killify
