// A run on a kernel tree: everything that the commands share, opened once and in the right order.
#pragma once

#include "cli/options.h"
#include "facts/tree_facts.h"
#include "plan/grouping.h"
#include "plan/plan.h"
#include "reach/audit.h"
#include "report/audited_tree.h"
#include "series/changes.h"
#include "series/maintainer_tree.h"
#include "spec/series_spec.h"
#include "support/error.h"
#include "support/kept_files.h"
#include "support/progress.h"
#include "tree/module.h"
#include "tree/repository.h"
#include "tree/workshop.h"

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace killify {

[[nodiscard]] std::filesystem::path cache_dir(const GlobalOptions& options);

// The series file that the options name, read.
[[nodiscard]] Result<SeriesSpec> open_series(const TreeOptions& options);

// Opens the repository that -C names; the error says how to make one.
[[nodiscard]] Result<Repository> open_repository(const GlobalOptions& options);

// Whose commits a series is: the kernel's, or those of a module that has a repository.
struct Home {
  const Repository* repository = nullptr;
  CommitInfo base;
  std::string place;  // where its files stand in what is looked at: "module/evdi/"; "": as they are
};

class Session {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Session>> open(const GlobalOptions& global,
                                                             const TreeOptions& tree);

  // The pipeline as far as it is asked for. An audit that was made before comes from the cache.
  [[nodiscard]] Result<Audit> audit();
  // The audit with what the reports say beside it.
  [[nodiscard]] Result<AuditedTree> audited_tree();
  [[nodiscard]] Result<Plan> plan(std::vector<Finding> findings);
  [[nodiscard]] Result<Changes> changes() { return changes_of(strategy_); }
  // The same with another of the campaign's strategies; nullptr: the sleeps are converted.
  [[nodiscard]] Result<Changes> changes_of(const Strategy* strategy);
  // What that does with each finding; comes from the cache, too.
  [[nodiscard]] Result<PlannedById> planned();

  // How a command ends whose results are out: as `asked` says where that is not success; otherwise
  // with Exit::kUnjudged and the count, where spatch left questions without an answer.
  [[nodiscard]] Result<Exit> end(Exit asked) const;

  // Which commit a file belongs to.
  [[nodiscard]] Result<Grouper> grouper();
  // Those that the user named, below the tree; empty: all of it.
  [[nodiscard]] const std::vector<std::string>& paths() const { return paths_; }
  [[nodiscard]] unsigned jobs() const { return jobs_; }

  // The user's. What is looked at is read from tree(), which has modules, too.
  [[nodiscard]] const Repository& repository() const { return repository_; }
  [[nodiscard]] const Repository& tree() const {
    return workshop_ ? workshop_->repository() : repository_;
  }
  [[nodiscard]] const std::vector<Module>& modules() const { return modules_; }
  // An error where there is no one repository for the commits.
  [[nodiscard]] Result<Home> home() const;
  [[nodiscard]] const CommitInfo& base() const { return base_; }
  [[nodiscard]] const Snapshot& snapshot() const { return snapshot_; }
  [[nodiscard]] const SeriesSpec& spec() const { return spec_; }
  // The campaign's own that --strategy names; nullptr: the sleeps are converted.
  [[nodiscard]] const Strategy* strategy() const { return strategy_; }
  [[nodiscard]] const std::string& kernel_version() const { return kernel_version_; }
  // Opened when first asked for: an audit from the cache needs neither.
  [[nodiscard]] Result<Coccinelle*> coccinelle();
  [[nodiscard]] Result<TreeFacts*> facts();
  [[nodiscard]] Progress& progress() { return *progress_; }
  [[nodiscard]] const std::filesystem::path& cache() const { return cache_; }

 private:
  Session(Repository repository, SeriesSpec spec)
      : repository_(std::move(repository)), spec_(std::move(spec)) {}

  // Puts drivers from outside beside the kernel: nothing but them is looked at and changed.
  [[nodiscard]] Status add_modules(const std::vector<std::string>& directories);
  // Whether a change of the file is asked for: of the kernel's only where there are no modules.
  [[nodiscard]] bool may_change(const std::string& file) const;
  // Leaves alone what cannot be changed in a module.
  [[nodiscard]] std::vector<Finding> in_modules(std::vector<Finding> findings,
                                                std::vector<LeftOut>& left_out) const;
  // Paths as the user gave them, below the tree; the error suggests a near one.
  [[nodiscard]] Status resolve_paths(const std::vector<std::string>& paths);
  // As --strategy says; the error suggests a near one.
  [[nodiscard]] Status choose_strategy(const std::string& name);
  [[nodiscard]] Result<Changes> made_by(const Strategy& strategy);
  // Changes of the user's that are not committed.
  void say_what_is_not_looked_at();
  // Names what this session finds out in the cache: the audit, what becomes of its findings, and
  // what depends on these semantic patches.
  [[nodiscard]] Result<std::string> audit_name() const;
  [[nodiscard]] Result<std::string> plan_name() const;
  [[nodiscard]] Result<std::string> answer_name(
      const std::vector<std::filesystem::path>& patches) const;
  [[nodiscard]] std::vector<std::filesystem::path> patches_in(
      std::initializer_list<const char*> folders) const;
  [[nodiscard]] KeptFiles kept_plans() const;

  Repository repository_;
  SeriesSpec spec_;
  std::filesystem::path cache_;
  std::filesystem::path patches_;  // semantic-patches/
  unsigned jobs_ = 1;
  bool convert_only_ = false;           // --strategy
  const Strategy* strategy_ = nullptr;  // the same, of the campaign's own
  std::unique_ptr<Progress> progress_;
  std::vector<Module> modules_;
  std::optional<Workshop> workshop_;  // where there are modules
  CommitInfo base_;
  Snapshot snapshot_;
  std::string kernel_version_;
  std::optional<WordIndex> words_;
  std::optional<Coccinelle> coccinelle_;
  std::optional<TreeFacts> facts_;
  std::vector<std::string> paths_;
  std::optional<MaintainerTree> maintainers_;  // for grouping by maintainers only
};

}  // namespace killify
