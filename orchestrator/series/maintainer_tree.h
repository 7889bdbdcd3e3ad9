// The part of a kernel tree that scripts/get_maintainer.pl needs: it runs at the top of a tree, and
// checking out 80,000 files for it would take longer than all the rest.
#pragma once

#include "support/error.h"
#include "support/temp_dir.h"
#include "tree/repository.h"

#include <filesystem>
#include <string>

namespace killify {

class MaintainerTree {
 public:
  // The top-level files, the top-level directories (empty) and the script itself, of a snapshot.
  [[nodiscard]] static Result<MaintainerTree> extract(const Repository& repository,
                                                      const Snapshot& snapshot,
                                                      const std::filesystem::path& scratch);

  [[nodiscard]] const std::filesystem::path& path() const { return directory_.path(); }

  // The maintainers of a file in one line, the same for files with the same maintainers. A file
  // whose name is no plain one is in nobody's company: the script is not asked about it.
  [[nodiscard]] Result<std::string> maintainers_of(const std::string& file) const;

 private:
  explicit MaintainerTree(TempDir directory) : directory_(std::move(directory)) {}
  TempDir directory_;
};

}  // namespace killify
