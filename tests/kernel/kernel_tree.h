// Kernels as Debian packages them, imported by killify once and shared by all runs of the tests.
#pragma once

#include "support/killify_run.h"

#include <optional>
#include <string>
#include <vector>

namespace killify::test {

inline const fs::path kTarball = "/usr/src/linux-source-6.1.tar.xz";

// A directory of its own for a case, on the disk of the test cache: a kernel does not fit every
// /tmp.
class Bench {
 public:
  Bench();
  [[nodiscard]] fs::path path() const { return temp_->path(); }

  // killify, with a cache of its own or with that of all tests.
  [[nodiscard]] Completed killify(const fs::path& cache, const Words& arguments) const;
  // git's standard output; anything but success is an error of the test.
  [[nodiscard]] std::string git(const fs::path& tree, const Words& arguments) const;
  [[nodiscard]] Completed start(const Words& argv, const fs::path& cwd) const;

  // A repository "A. Tester" owns, that borrows the objects of a shared kernel, without a work
  // tree.
  [[nodiscard]] fs::path clone(const std::string& name, const std::string& version = "6.1") const;

 private:
  std::optional<TempDir> temp_;
};

// The shared kernel of a version: imported when missing, 6.1 from the package that is installed,
// others from where Debian has them. Not to be written to.
[[nodiscard]] fs::path shared_kernel(const std::string& version = "6.1");
// What killify remembers of it.
[[nodiscard]] fs::path shared_cache(const std::string& version = "6.1");
// Makes an import that a case has checked the shared kernel, where there is none yet.
void share(const fs::path& imported, const std::string& version = "6.1");

}  // namespace killify::test
