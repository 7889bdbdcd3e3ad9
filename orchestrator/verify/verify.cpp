#include "verify/verify.h"

#include "support/interrupt.h"
#include "support/text.h"
#include "verify/checks.h"
#include "verify/table.h"
#include "verify/walk.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <deque>
#include <future>
#include <optional>

namespace killify {
namespace {

// One commit is judged in all configurations before the next, so that the first failure of a series
// is known as early as can be.
class Run {
 public:
  Run(const VerifyRequest& request, Workshop& workshop, Progress& progress)
      : request_(request), workshop_(workshop), progress_(progress) {}

  [[nodiscard]] Result<VerifyReport> all() {
    KILLIFY_CHECK(read_changes());
    for (const Configuration& configuration : request_.configurations) {
      walks_.emplace_back(
          request_, workshop_, configuration, changes_,
          [this, &configuration](std::string_view what) {
            progress_.advance(done_, fmt::format("{}: {}: {}", configuration.name, subject_, what));
          });
      KILLIFY_CHECK(walks_.back().find_the_compiler());
    }
    std::optional<CommitChecker> checker;
    if (request_.checks) {
      KILLIFY_TRY(auto opened,
                  CommitChecker::open(workshop_.repository(), changes_, request_.cache));
      checker.emplace(std::move(opened));
    }
    VerifyReport report;
    progress_.begin("Building", changes_.size() * walks_.size());
    progress_.note(table_head(request_.configurations));
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      KILLIFY_TRY(CommitResult result, judge(i, checker ? &*checker : nullptr));
      progress_.note(table_row(result));
      const bool stop = request_.first_failure && result.verdict() == CommitVerdict::kFailed;
      report.commits.push_back(std::move(result));
      if (!stop) continue;
      report.not_reached = changes_.size() - i - 1;
      break;
    }
    progress_.end(fmt::format("{} in {}", counted(report.commits.size(), "commit"),
                              counted(walks_.size(), "configuration")));
    return report;
  }

 private:
  [[nodiscard]] Status read_changes() {
    for (const CommitInfo& commit : request_.commits) {
      KILLIFY_TRY(CommitChange change, read_change(workshop_.repository(), commit));
      for (const NeutralCommits& neutral : request_.neutral) {
        if (fnmatch(neutral.subject.c_str(), commit.subject.c_str(), 0) != 0) continue;
        change.neutral = true;
        change.may_change = neutral.but;
        break;
      }
      changes_.push_back(std::move(change));
    }
    return {};
  }

  [[nodiscard]] Result<CommitResult> judge(std::size_t index, const CommitChecker* checker) {
    const CommitChange& change = changes_[index];
    CommitResult result;
    result.oid = change.commit.oid;
    result.subject = change.commit.subject;
    subject_ = change.commit.subject;
    // Beside the compiler.
    std::future<Result<CommitChecker::Checked>> checked;
    if (checker != nullptr)
      checked = std::async(std::launch::async,
                           [&] { return checker->check(index, request_.acceptance.messages); });
    for (std::size_t i = 0; i < walks_.size(); ++i) {
      if (interrupted()) return tl::unexpected<Error>(interrupted_error());
      KILLIFY_TRY(BuildResult build, walks_[i].judge(index));
      result.builds.push_back(std::move(build));
      progress_.advance(++done_, fmt::format("{}: {}", request_.configurations[i].name, subject_));
    }
    conclude(change, request_.acceptance, result);
    if (checker != nullptr) {
      KILLIFY_TRY(auto found, checked.get());
      result.checkpatch = found.checkpatch;
      result.complaints.insert(result.complaints.end(), found.complaints.begin(),
                               found.complaints.end());
    }
    return result;
  }

  const VerifyRequest& request_;
  Workshop& workshop_;
  Progress& progress_;
  std::vector<CommitChange> changes_;
  std::deque<Walk> walks_;  // they do not move
  std::string subject_;
  std::size_t done_ = 0;
};

}  // namespace

Result<VerifyReport> verify(const VerifyRequest& request, Workshop& workshop, Progress& progress) {
  return Run(request, workshop, progress).all();
}

}  // namespace killify
