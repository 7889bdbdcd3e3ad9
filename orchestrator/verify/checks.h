// What is asked of a commit beside its builds: checkpatch.pl, get_maintainer.pl, the rules for
// messages, and that its mail gives the same commit again.
#pragma once

#include "spec/series_spec.h"
#include "support/error.h"
#include "support/temp_dir.h"
#include "tree/repository.h"
#include "verify/changes.h"
#include "verify/conclude.h"
#include "verify/verify_report.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// What the rules for messages say of a commit's; `subjects` are those of the other commits.
[[nodiscard]] std::vector<std::string> message_faults(const CommitInfo& commit,
                                                      const std::vector<std::string>& subjects);

// One message of checkpatch.pl --terse --show-types --showfile.
struct CheckpatchMessage {
  std::string level;  // ERROR, WARNING or CHECK
  std::string type;   // LONG_LINE
  std::string file;   // "" where it is about the commit
  int line = 0;
  std::string text;
};
[[nodiscard]] std::vector<CheckpatchMessage> read_checkpatch(std::string_view output);

// Whether it complains of a carriage return that is there because the file has them.
[[nodiscard]] bool is_of_old_line_ends(const CheckpatchMessage& message,
                                       const std::vector<FilePatch>& patch);

class CommitChecker {
 public:
  // Takes the tree's own scripts from the parent of the first commit; one that is not there is not
  // run.
  [[nodiscard]] static Result<CommitChecker> open(const Repository& repository,
                                                  const std::vector<CommitChange>& changes,
                                                  const std::filesystem::path& cache);

  struct Checked {
    std::optional<CheckpatchCounts> checkpatch;
    std::vector<Complaint> complaints;
    std::string unchecked;  // why the scripts were not run
  };
  // Of the commit changes[index]. What the programs say is kept in the cache by the commit's id.
  [[nodiscard]] Result<Checked> check(std::size_t index, const std::vector<Waiver>& waivers) const;

 private:
  struct Found {
    std::optional<CheckpatchCounts> counts;
    struct One {
      Complaint complaint;
      std::string file;
      std::string type;
    };
    std::vector<One> complaints;
    std::string unchecked;

    void add(std::string check, std::string text) {
      complaints.push_back({{std::move(check), "", std::move(text), ""}, "", ""});
    }
  };

  CommitChecker(const Repository& repository, const std::vector<CommitChange>& changes,
                TempDir scratch)
      : repository_(repository), changes_(changes), scratch_(std::move(scratch)) {}
  [[nodiscard]] Status extract(const Snapshot& snapshot);
  [[nodiscard]] Result<Found> look(const CommitChange& change) const;
  [[nodiscard]] Status run_checkpatch(const CommitChange& change, const std::string& mail,
                                      Found& found) const;
  [[nodiscard]] Status find_a_list(const CommitChange& change, const std::string& mail,
                                   Found& found) const;
  [[nodiscard]] Status send_and_receive(const CommitChange& change, const std::string& mail,
                                        Found& found) const;
  [[nodiscard]] Result<Found> known_or_new(const CommitChange& change) const;
  [[nodiscard]] std::filesystem::path tree() const { return scratch_.path() / "tree"; }
  [[nodiscard]] bool has_script(std::string_view name) const;

  const Repository& repository_;
  const std::vector<CommitChange>& changes_;
  TempDir scratch_;
  std::filesystem::path cache_;
  std::string scripts_;  // which versions of the scripts, for the cache
};

}  // namespace killify
