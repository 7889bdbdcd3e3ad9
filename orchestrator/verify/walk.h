// One configuration's way through the commits.
#pragma once

#include "support/files.h"
#include "tree/workshop.h"
#include "verify/changes.h"
#include "verify/kbuild.h"
#include "verify/objects.h"
#include "verify/verify.h"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// Before the first commit that has to be built, its parent is: there make compiles every object
// that the commits ahead touch, which tells what the warnings were, and records the command of each
// object. From then on a commit that changes nothing but sources is compiled by these commands: the
// objects of its files, and those that include its headers. A commit that changes a makefile or a
// Kconfig file, and any object without a command, goes through make.
//
// The lock, the work tree and the build directory are taken when something has to be built, so that
// a report from the cache costs nothing.
class Walk {
 public:
  // `say` hears what is going on.
  Walk(const VerifyRequest& request, Workshop& workshop, const Configuration& configuration,
       const std::vector<CommitChange>& changes, std::function<void(std::string_view)> say)
      : request_(request),
        workshop_(workshop),
        configuration_(configuration),
        changes_(changes),
        say_(std::move(say)) {}

  // A compiler that is not there is not an error: nothing is judged then.
  [[nodiscard]] Status find_the_compiler();

  // changes[index]; called in the order of the commits.
  [[nodiscard]] Result<BuildResult> judge(std::size_t index);

 private:
  // What is known of an object in the commit where the work tree is.
  struct Known {
    std::vector<Warning> warnings;  // of the last time that it compiled
    std::string digest;             // of its code, where somebody asks for that
    bool failed = false;
    Diagnostic error;
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
  [[nodiscard]] Status start();
  [[nodiscard]] Status move_to(const Oid& commit, const std::vector<std::string>& changed);
  [[nodiscard]] Status build_parent(std::size_t index);
  [[nodiscard]] Status make(const std::vector<std::string>& objects,
                            const std::filesystem::path& log, Compiled& compiled);
  [[nodiscard]] Result<Compiled> compile(const std::set<std::string>& objects,
                                         const std::set<std::string>& preprocess,
                                         const std::filesystem::path& log);
  [[nodiscard]] Status compile_by_command(const std::vector<std::string>& objects,
                                          const std::set<std::string>& preprocess,
                                          const std::filesystem::path& log, Compiled& compiled);
  [[nodiscard]] Status examine(const std::vector<std::string>& objects,
                               const std::set<std::string>& preprocess,
                               const std::filesystem::path& log, Compiled& compiled);
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
  Compiler compiler_;
  std::string missing_;  // why there is no compiler
  std::optional<FileLock> lock_;
  std::optional<Kbuild> kbuild_;
  std::filesystem::path state_;
  std::filesystem::path tree_;
  Oid at_;                 // the commit that the work tree holds; "" before the first
  bool prepared_ = false;  // for at_, but for what is stale
  bool stale_ = false;     // a file that the preparation reads has changed since
  std::map<std::string, Known> known_;
  std::set<std::string> disabled_;  // objects that the configuration leaves out
};

}  // namespace killify
