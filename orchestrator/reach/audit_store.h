// Whole audits kept from run to run: an audit is a function of the tree, the series, the facts
// patches, spatch and the program, so that the same question about the same tree needs none of
// them again.
#pragma once

#include "reach/audit.h"
#include "support/error.h"
#include "support/kept_files.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace killify {

// All that decides what audit() returns.
struct AuditInputs {
  std::string tree;  // the id of the commit's tree object
  std::vector<std::string> paths;
  std::vector<std::filesystem::path> files;  // series, catalogue, boundaries, facts patches
  std::string spatch_version;
  std::string build;  // build_id()
};

// Names the answer: the tree's id and a digest of everything else.
[[nodiscard]] Result<std::string> audit_key(const AuditInputs& inputs);

class AuditStore {
 public:
  explicit AuditStore(std::filesystem::path directory);

  // Nothing where there is no such audit, or a file that is damaged or not ours.
  [[nodiscard]] std::optional<Audit> get(const std::string& key) const;

  // Keeps it, and drops what was not used for longest. An audit with files that failed or timed out
  // is not kept: the next run tries them again. A disk that refuses costs the cache, not the
  // audit.
  void put(const std::string& key, const Audit& audit) const;

 private:
  KeptFiles files_;
};

}  // namespace killify
