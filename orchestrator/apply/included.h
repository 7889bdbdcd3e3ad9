// What a file includes, as far as the tree has it: spatch reads that beside the file.
#pragma once

#include "support/error.h"
#include "tree/repository.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace killify {

class Included {
 public:
  // `directories` of the tree are where <...> is looked for, and "..." after the file's own; empty:
  // only "..." counts.
  Included(const Repository& repository, const Snapshot& snapshot,
           std::vector<std::string> directories)
      : repository_(repository), snapshot_(snapshot), directories_(std::move(directories)) {}

  // The files that it includes, and those that these include, without itself; sorted.
  [[nodiscard]] Result<std::set<std::string>> of(const std::string& path);

 private:
  [[nodiscard]] Result<const std::vector<std::string>*> directly(const std::string& path);
  [[nodiscard]] std::string found(const std::string& name, const std::string& in,
                                  bool quoted) const;

  const Repository& repository_;
  const Snapshot& snapshot_;
  std::vector<std::string> directories_;
  std::map<std::string, std::vector<std::string>> known_;  // what a file includes itself
};

}  // namespace killify
