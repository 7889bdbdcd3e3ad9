// A repository of killify's own that takes mails as git am does. It borrows the user's objects and
// has a work tree of the few files that matter, so that nothing of the user's is touched.
#pragma once

#include "support/error.h"
#include "support/temp_dir.h"
#include "tree/repository.h"

#include <filesystem>
#include <string>
#include <vector>

namespace killify {

class MailScratch {
 public:
  // At `base`, with these files and directories ("scripts/") of it in the work tree.
  [[nodiscard]] static Result<MailScratch> make(const Repository& user, const Oid& base,
                                                const std::vector<std::string>& paths,
                                                const std::filesystem::path& cache);

  struct Taken {
    Oid commit;       // "" where git am refuses the mail
    std::string why;  // then: what it said, in a line
  };
  // The mail on top of what was taken so far.
  [[nodiscard]] Result<Taken> take(const std::string& mail) const;

  // "Name <address>" as the tree's .mailmap has it.
  [[nodiscard]] Result<std::string> mapped(const std::string& person) const;

  // The diff of a commit against the one before.
  [[nodiscard]] Result<std::string> diff(const Oid& commit) const;

  [[nodiscard]] std::filesystem::path tree() const { return place_.path() / "tree"; }

 private:
  explicit MailScratch(TempDir place) : place_(std::move(place)) {}
  TempDir place_;
};

// The paths that the diffs of these mails name, sorted.
[[nodiscard]] std::vector<std::string> paths_named_by(const std::vector<std::string>& mails);

}  // namespace killify
