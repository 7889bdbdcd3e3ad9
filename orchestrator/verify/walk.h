// One configuration's way through the commits.
#pragma once

#include "support/files.h"
#include "tree/workshop.h"
#include "verify/callers.h"
#include "verify/changes.h"
#include "verify/durations.h"
#include "verify/job_share.h"
#include "verify/kbuild.h"
#include "verify/objects.h"
#include "verify/verify.h"

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// Where a configuration's build directory is, and the lock on it and on its work tree.
[[nodiscard]] std::filesystem::path state_directory(const std::filesystem::path& cache,
                                                    const Workshop& workshop,
                                                    const std::string& configuration);
// The name of its work tree.
[[nodiscard]] std::string work_tree_of(const std::string& configuration);

// Before the first commit that has to be built, its parent is: there make compiles every object
// that the commits ahead touch, which tells what the warnings were, and records the command of each
// object. From then on a commit that changes nothing but sources is compiled by these commands: the
// objects of its files, and those that include its headers. A commit that changes a makefile or a
// Kconfig file, and any object without a command, goes through make.
//
// The work tree and the build directory are taken when something has to be built, so that a report
// from the cache costs nothing.
class Walk {
 public:
  // `say` hears what is going on.
  Walk(const VerifyRequest& request, Workshop& workshop, const Configuration& configuration,
       const std::vector<CommitChange>& changes, const JobShare& share,
       std::function<void(std::string_view)> say);

  // Looks for the compiler, and for what earlier runs judged. A compiler that is not there is not
  // an error: nothing is judged then.
  [[nodiscard]] Status open();
  [[nodiscard]] const std::string& name() const { return configuration_.name; }

  // Waits for the build directory, where one is needed. Of several walks in the order of their
  // names, so that two programs do not wait for each other.
  [[nodiscard]] Status lock();

  // changes[index]; called in the order of the commits.
  [[nodiscard]] Result<BuildResult> judge(std::size_t index);

  // The objects of `sources`, which changes_[index] leaves alone, in its parent and in it: one for
  // each that this configuration builds (walk_callers.cpp). `renamed`: new names by old ones. When
  // all commits are judged.
  [[nodiscard]] Result<std::vector<Caller>> compare_callers(
      std::size_t index, const std::vector<std::string>& sources,
      const std::map<std::string, std::string>& renamed);

  // How long judge() would take, as far as past runs tell; `first` where it is the next to be
  // judged. May be called from another thread meanwhile.
  [[nodiscard]] std::optional<double> expected_seconds(std::size_t index, bool first) const;

 private:
  // What is known of an object in the commit where the work tree is.
  struct Known {
    std::vector<Warning> warnings;  // of the last time that it compiled
    std::string digest;             // of its code, where somebody asks for that
    bool failed = false;
    Diagnostic error;
    std::string unchecked;  // as in an Outcome
  };
  struct Compiled {
    std::map<std::string, Outcome> objects;
    std::map<std::string, Preprocessed> preprocessed;
    std::map<std::string, std::string> digests;
    std::set<std::string> by_make;
    double seconds = 0;
  };

  [[nodiscard]] BuildResult empty_result() const;
  [[nodiscard]] std::filesystem::path result_file(const CommitChange& change) const;
  [[nodiscard]] std::filesystem::path log_file(const Oid& commit, std::string_view what) const;
  void read_results();
  [[nodiscard]] Result<BuildResult> build_commit(std::size_t index);
  [[nodiscard]] Status move_to(const Oid& commit, const std::vector<std::string>& changed);
  [[nodiscard]] Status build_parent(std::size_t index);
  [[nodiscard]] Status make(const std::vector<std::string>& objects,
                            const std::filesystem::path& log, Compiled& compiled);
  [[nodiscard]] Result<Compiled> compile_only(const std::set<std::string>& objects,
                                              const std::set<std::string>& preprocess,
                                              const std::filesystem::path& log);
  [[nodiscard]] Result<Compiled> compile(const std::set<std::string>& objects,
                                         const std::set<std::string>& preprocess,
                                         const std::filesystem::path& log);
  [[nodiscard]] Status compile_by_command(const std::vector<std::string>& objects,
                                          const std::set<std::string>& preprocess,
                                          const std::filesystem::path& log, Compiled& compiled);
  [[nodiscard]] Status examine(const std::string& object, bool preprocess,
                               const std::filesystem::path& log, std::mutex& mutex,
                               Compiled& compiled);
  [[nodiscard]] Result<BuildResult> conclude_build(const CommitChange& change,
                                                   const std::vector<ChangedSource>& sources,
                                                   const std::filesystem::path& log,
                                                   Compiled& compiled);

  // Of commits that are compiled together (walk_independent.cpp).
  struct Member {
    std::size_t index = 0;
    std::vector<ChangedSource> sources;
    std::set<std::string> own;     // objects of its files
    std::set<std::string> wanted;  // and those that read them
    std::filesystem::path log;
    Compiled compiled;
  };
  [[nodiscard]] Status build_independent(std::size_t index);
  [[nodiscard]] std::size_t end_of_sources(std::size_t index) const;
  [[nodiscard]] std::vector<Member> members_from(std::size_t index, std::size_t end) const;
  [[nodiscard]] Status compile_together(std::vector<Member>& members);
  [[nodiscard]] bool stands_alone(const Member& member, std::size_t end) const;

  [[nodiscard]] std::filesystem::path callers_file(
      const CommitChange& change, const std::vector<std::string>& sources,
      const std::map<std::string, std::string>& renamed) const;
  struct CallerRun {
    std::vector<Caller> callers;
    bool final = false;  // the same the next time
  };
  [[nodiscard]] Result<CallerRun> compile_callers(
      const CommitChange& change, const std::vector<std::string>& sources,
      const std::map<std::string, std::string>& renamed);

  void judge_sources(const std::vector<ChangedSource>& sources, const Compiled& compiled,
                     std::vector<ObjectResult>& results) const;
  [[nodiscard]] ObjectResult judge_header(const ChangedSource& source,
                                          const Compiled& compiled) const;
  [[nodiscard]] Status explain_what_is_off(std::vector<ObjectResult>& results) const;
  [[nodiscard]] Status measure_lines(const CommitChange& change, Compiled& compiled,
                                     std::vector<FileLines>& lines);
  [[nodiscard]] Status compare_with_parent(const CommitChange& change, const Compiled& compiled,
                                           const std::filesystem::path& log, BuildResult& result);
  void remember(const Compiled& compiled);
  [[nodiscard]] bool digests_wanted() const;

  const VerifyRequest& request_;
  Workshop& workshop_;
  const Configuration& configuration_;
  const std::vector<CommitChange>& changes_;
  std::function<void(std::string_view)> say_;
  const JobShare& share_;
  const std::filesystem::path state_;
  Compiler compiler_;
  std::string sparse_;   // its version
  std::string missing_;  // why there is no compiler
  // By commit: what an earlier run judged, and what was judged together with an earlier commit.
  std::vector<std::optional<BuildResult>> earlier_;
  mutable std::mutex earlier_mutex_;  // for expected_seconds()
  Durations durations_;
  std::atomic<bool> started_{false};  // the parent of the first commit is built
  std::optional<FileLock> lock_;
  std::optional<Kbuild> kbuild_;
  std::filesystem::path tree_;
  Oid at_;                 // the commit that the work tree holds; "" before the first
  bool prepared_ = false;  // for at_, but for what is stale
  bool stale_ = false;     // a file that the preparation reads has changed since
  std::map<std::string, Known> known_;
  std::set<std::string> disabled_;  // objects that the configuration leaves out
};

// All of them.
[[nodiscard]] std::set<std::string> objects_in(const std::vector<ChangedSource>& sources);

// The paths that these and all later commits change.
[[nodiscard]] std::vector<std::string> paths_from(const std::vector<CommitChange>& changes,
                                                  std::size_t first);

}  // namespace killify
