#include "verify/verify.h"

#include "support/clock.h"
#include "support/interrupt.h"
#include "support/parallel.h"
#include "support/resources.h"
#include "support/text.h"
#include "verify/checks.h"
#include "verify/job_share.h"
#include "verify/table.h"
#include "verify/walk.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <chrono>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <optional>

namespace killify {
namespace {

using Clock = std::chrono::steady_clock;

// make holds all makefiles of a kernel, and a compiler takes up to half of this for one file.
constexpr std::size_t kMebibytesOfBuild = 1024;

// Each configuration has a work tree and a build directory of its own, so that several are built at
// once: much of what make does before it compiles uses one processor. Of what can be done, the
// earliest commit comes first, so that the first failure of a series is known as early as can be.
class Run {
 public:
  Run(const VerifyRequest& request, Workshop& workshop, Progress& progress)
      : request_(request), workshop_(workshop), progress_(progress), share_(request.jobs) {}

  [[nodiscard]] Result<VerifyReport> all() {
    KILLIFY_CHECK(read_changes());
    if (request_.named) KILLIFY_CHECK(read_kconfig());
    KILLIFY_CHECK(open_walks());
    std::optional<CommitChecker> checker;
    if (request_.checks) {
      KILLIFY_TRY(auto opened,
                  CommitChecker::open(workshop_.repository(), changes_, request_.cache));
      checker.emplace(std::move(opened));
    }
    progress_.begin("Building", changes_.size() * walks_.size());
    KILLIFY_CHECK(lock_walks());
    progress_.note(table_head(request_.configurations));
    // Beside the compilers.
    auto checks =
        std::async(std::launch::async, [&] { return checker ? check_all(*checker) : Status(); });
    const Status built = parallel_for(at_once_, at_once_, [&](std::size_t) { return work(); });
    if (!built) stop();
    const Status checked = checks.get();
    KILLIFY_CHECK(built);
    KILLIFY_CHECK(checked);
    report_what_is_complete();  // where there is no configuration, nobody has
    progress_.end(fmt::format("{} in {}", counted(reported_, "commit"),
                              counted(walks_.size(), "configuration")));
    KILLIFY_CHECK(compare_callers());
    VerifyReport report;
    for (std::size_t i = 0; i < reported_; ++i)
      report.commits.push_back(std::move(rows_[i].result));
    report.not_reached = changes_.size() - reported_;
    return report;
  }

 private:
  struct Row {
    CommitResult result;
    std::vector<CellState> cells;  // by configuration
    bool checked = false;          // or nobody asks
  };
  // A configuration's place.
  struct Lane {
    std::size_t next = 0;  // commit
    bool busy = false;
    Clock::time_point since;
  };

  [[nodiscard]] Status read_changes() {
    for (const CommitInfo& commit : request_.commits) {
      KILLIFY_TRY(CommitChange change, read_change(workshop_.repository(), commit));
      for (const NeutralCommits& neutral : request_.neutral) {
        if (fnmatch(neutral.subject.c_str(), commit.subject.c_str(), 0) != 0) continue;
        change.neutral = true;
        change.may_change = neutral.but;
        if (std::ranges::find(neutral.but, kChangedFiles) != neutral.but.end())
          change.may_change.insert(change.may_change.end(), change.paths.begin(),
                                   change.paths.end());
        break;
      }
      Row row;
      row.result.oid = commit.oid;
      row.result.subject = commit.subject;
      row.result.builds.resize(request_.configurations.size());
      row.cells.resize(request_.configurations.size(), CellState::kWaiting);
      row.checked = !request_.checks;
      rows_.push_back(std::move(row));
      changes_.push_back(std::move(change));
    }
    return {};
  }

  // Of the last commit, where an #if is around a changed line.
  [[nodiscard]] Status read_kconfig() {
    const auto under_an_if = [](const CommitChange& change) {
      return std::ranges::any_of(change.code, [](const ChangedCode& code) {
        return std::ranges::any_of(code.lines,
                                   [&](int line) { return code.shape.line(line).group != 0; });
      });
    };
    if (std::ranges::none_of(changes_, under_an_if)) return {};
    const Repository& repository = workshop_.repository();
    KILLIFY_TRY(const Snapshot snapshot, repository.snapshot(changes_.back().commit.oid));
    KILLIFY_TRY(kconfig_, Kconfig::read(repository, snapshot));
    return {};
  }

  [[nodiscard]] Status open_walks() {
    for (const Configuration& configuration : request_.configurations) {
      const std::size_t index = walks_.size();
      walks_.emplace_back(request_, workshop_, configuration, changes_, share_,
                          [this, index](std::string_view what) { say(index, what); });
      KILLIFY_CHECK(walks_.back().open());
    }
    lanes_.resize(walks_.size());
    const std::size_t fit = available_mebibytes() / kMebibytesOfBuild;
    const std::size_t wanted = std::min<std::size_t>(walks_.size(), request_.jobs);
    at_once_ = static_cast<unsigned>(std::max<std::size_t>(std::min(wanted, fit), 1));
    return {};
  }

  [[nodiscard]] Status lock_walks() {
    std::vector<Walk*> walks;
    for (Walk& walk : walks_) walks.push_back(&walk);
    std::ranges::sort(walks, {}, [](const Walk* walk) { return walk->name(); });
    for (Walk* walk : walks) KILLIFY_CHECK(walk->lock());
    return {};
  }

  // Takes builds until none is left.
  [[nodiscard]] Status work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (interrupted()) {
        stop_locked();
        return tl::unexpected<Error>(interrupted_error());
      }
      const auto lane = next_lane();
      if (!lane) {
        if (std::ranges::none_of(lanes_, &Lane::busy)) return {};
        changed_.wait(lock);
        continue;
      }
      const std::size_t index = lanes_[*lane].next;
      lanes_[*lane].busy = true;
      lanes_[*lane].since = Clock::now();
      rows_[index].cells[*lane] = CellState::kRunning;
      share_.begin();
      tell();
      lock.unlock();
      auto build = walks_[*lane].judge(index);
      lock.lock();
      share_.end();
      lanes_[*lane].busy = false;
      changed_.notify_all();
      if (!build) {
        stop_locked();
        return tl::unexpected<Error>(std::move(build).error());
      }
      ++lanes_[*lane].next;
      rows_[index].cells[*lane] = CellState::kDone;
      rows_[index].result.builds[*lane] = std::move(*build);
      progress_.advance(++done_, fmt::format("{}: {}", request_.configurations[*lane].name,
                                             changes_[index].commit.subject));
      report_what_is_complete();
    }
  }

  [[nodiscard]] std::optional<std::size_t> next_lane() const {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      if (lanes_[i].busy || lanes_[i].next >= end()) continue;
      if (!best || lanes_[i].next < lanes_[*best].next) best = i;
    }
    return best;
  }

  // What lies behind a failure is not asked for any more.
  [[nodiscard]] std::size_t end() const {
    return stopped_ ? 0 : failure_.value_or(changes_.size());
  }

  [[nodiscard]] Status check_all(const CommitChecker& checker) {
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      {
        const std::lock_guard lock(mutex_);
        if (i >= end()) return {};
      }
      auto found = checker.check(i, request_.acceptance.messages);
      if (!found) {
        stop();
        return tl::unexpected<Error>(std::move(found).error());
      }
      const std::lock_guard lock(mutex_);
      rows_[i].result.checkpatch = found->checkpatch;
      rows_[i].result.complaints = std::move(found->complaints);
      rows_[i].result.unchecked = std::move(found->unchecked);
      rows_[i].checked = true;
      report_what_is_complete();
    }
    return {};
  }

  // Of the commits that rename functions, when all are built: objects that they leave alone.
  [[nodiscard]] Status compare_callers() {
    std::map<std::size_t, UnchangedCallers> callers;  // by commit
    std::size_t all = 0;
    const Repository& repository = workshop_.repository();
    for (std::size_t i = 0; i < reported_; ++i) {
      const auto renamed = request_.renamed.find(changes_[i].commit.oid);
      if (renamed == request_.renamed.end()) continue;
      KILLIFY_TRY(const Snapshot parent, repository.snapshot(changes_[i].parent));
      KILLIFY_TRY(
          const WordIndex words,
          WordIndex::open(repository, parent, request_.cache / "words", request_.jobs, progress_));
      KILLIFY_TRY(callers[i],
                  unchanged_callers(repository, parent, words, renamed->second, changes_[i].paths));
      all += callers[i].sources.size();
    }
    if (callers.empty()) return {};
    done_ = 0;
    progress_.begin("Comparing callers", all);
    for (const auto& [index, found] : callers) {
      comparing_ = index;
      KILLIFY_TRY(CallerReport report, compare_callers(index, found));
      rows_[index].result.callers = std::move(report);
      conclude_callers(changes_[index], rows_[index].result);
      done_ += found.sources.size();
      progress_.advance(done_, changes_[index].commit.subject);
    }
    progress_.end(counted(all, "source"));
    return {};
  }

  // Each source in the first configuration that builds it.
  [[nodiscard]] Result<CallerReport> compare_callers(std::size_t index,
                                                     const UnchangedCallers& unchanged) {
    const auto start = Clock::now();
    std::map<std::string, std::string> names;
    for (const RenamedFunction& one : request_.renamed.at(changes_[index].commit.oid))
      names[one.before] = one.after;
    CallerReport report;
    std::vector<std::string> sources = unchanged.sources;
    for (Walk& walk : walks_) {
      if (sources.empty()) break;
      KILLIFY_TRY(auto found, walk.compare_callers(index, sources, names));
      for (Caller& caller : found) {
        std::erase(sources, caller.source);
        report.callers.push_back(std::move(caller));
      }
    }
    for (std::string& source : sources) report.callers.push_back({std::move(source), "", ""});
    std::ranges::stable_sort(report.callers, {}, &Caller::source);
    KILLIFY_TRY(const Snapshot parent, workshop_.repository().snapshot(changes_[index].parent));
    for (Caller& caller : report.callers)
      KILLIFY_CHECK(find_calls(workshop_.repository(), parent, unchanged.names, caller));
    report.seconds = seconds_since(start);
    return report;
  }

  void stop() {
    const std::lock_guard lock(mutex_);
    stop_locked();
  }
  void stop_locked() {
    stopped_ = true;
    changed_.notify_all();
  }

  // In the order of the commits, whichever ended first.
  void report_what_is_complete() {
    while (reported_ < end()) {
      Row& row = rows_[reported_];
      const bool built =
          std::ranges::all_of(row.cells, [](CellState state) { return state == CellState::kDone; });
      if (!built || !row.checked) break;
      std::vector<Complaint> checks = std::exchange(row.result.complaints, {});
      conclude(changes_[reported_], request_.acceptance, kconfig_ ? &*kconfig_ : nullptr,
               row.result);
      std::ranges::move(checks, std::back_inserter(row.result.complaints));
      progress_.note(table_row(row.result));
      ++reported_;
      if (request_.first_failure && row.result.verdict() == CommitVerdict::kFailed)
        failure_ = reported_;
    }
    tell();
  }

  void say(std::size_t lane, std::string_view what) {
    const std::lock_guard lock(mutex_);
    const std::size_t commit = comparing_.value_or(lanes_[lane].next);
    progress_.advance(done_, fmt::format("{}: {}: {}", request_.configurations[lane].name,
                                         changes_[commit].commit.subject, what));
    if (!comparing_) tell();
  }

  // What is under way, and how long it will take.
  void tell() {
    std::vector<std::string> rows;
    for (std::size_t i = reported_; i < end(); ++i)
      if (std::ranges::any_of(rows_[i].cells,
                              [](CellState state) { return state != CellState::kWaiting; }))
        rows.push_back(
            table_row_under_way(rows_[i].result, request_.configurations, rows_[i].cells));
    progress_.show(rows);
    progress_.expect(time_left());
  }

  // From what it took the last time; nothing where that is not known of all.
  [[nodiscard]] std::optional<std::chrono::seconds> time_left() const {
    double all = 0;
    double longest = 0;
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      double one = lanes_[i].busy ? -seconds_since(lanes_[i].since) : 0;
      for (std::size_t commit = lanes_[i].next; commit < end(); ++commit) {
        const auto expected = walks_[i].expected_seconds(commit, commit == lanes_[i].next);
        if (!expected) return std::nullopt;
        one += *expected;
      }
      all += std::max(one, 0.0);
      longest = std::max(longest, one);
    }
    return std::chrono::seconds(std::lround(std::max(longest, all / at_once_)));
  }

  const VerifyRequest& request_;
  Workshop& workshop_;
  Progress& progress_;
  JobShare share_;
  std::vector<CommitChange> changes_;
  std::optional<Kconfig> kconfig_;  // where it is needed
  std::deque<Walk> walks_;          // they do not move
  unsigned at_once_ = 1;            // builds

  std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  std::vector<Row> rows_;    // by commit
  std::vector<Lane> lanes_;  // by configuration
  std::size_t done_ = 0;     // builds; then callers
  std::size_t reported_ = 0;
  std::optional<std::size_t> failure_;  // behind the commit that failed
  bool stopped_ = false;
  std::optional<std::size_t> comparing_;  // the commit, when all builds are done
};

}  // namespace

Result<VerifyReport> verify(const VerifyRequest& request, Workshop& workshop, Progress& progress) {
  return Run(request, workshop, progress).all();
}

}  // namespace killify
