// Neighbouring commits that share no object, compiled together: all of them in the tree of the
// last. A second work tree and build directory would cost a preparation of its own; the objects of
// one commit keep two processors busy for half of the time.
//
// It proves the same. An object is compiled by the command that make recorded; the compiler says
// which files it read, and where none of these is changed by one of the later commits, they are
// the files of the object's own commit. Only sources that were there before are changed, so that no
// #include can have found another file. Whatever is not so clear, or does not compile, is built
// again commit by commit.
#include "support/parallel.h"
#include "support/text.h"
#include "verify/walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <set>

namespace killify {
namespace {

namespace fs = std::filesystem;

// Commits for each processor: what a run that is interrupted loses.
constexpr std::size_t kTogether = 4;

bool overlaps(const std::set<std::string>& one, const std::set<std::string>& other) {
  return std::ranges::any_of(one, [&](const auto& name) { return other.contains(name); });
}

}  // namespace

// The commits from `index` up to there follow each other and change nothing but .c files of the
// parent, each another one.
std::size_t Walk::end_of_sources(std::size_t index) const {
  std::set<std::string> seen;
  const std::size_t most = std::min(changes_.size(), index + kTogether * request_.jobs);
  for (std::size_t i = index; i < most; ++i) {
    const CommitChange& change = changes_[i];
    if (earlier_[i] || change.paths.empty()) return i;
    if (i != index && change.parent != changes_[i - 1].commit.oid) return i;
    for (const std::string& path : change.paths) {
      const std::string object = path.substr(0, path.rfind('.')) + ".o";
      const bool plain = path.ends_with(".c") && kbuild_->has_command(object) &&
                         kbuild_->compiled_from(object, path) && known_.contains(object) &&
                         !decides_commands(path) && !kbuild_->preparation_reads(path);
      if (!plain || !seen.insert(path).second) return i;
    }
    // A file that is gone has no text any more.
    if (change.code.size() != change.paths.size()) return i;
  }
  return most;
}

// The work tree holds the last of them.
std::vector<Walk::Member> Walk::members_from(std::size_t index, std::size_t end) const {
  std::vector<Member> members;
  std::set<std::string> taken;
  for (std::size_t i = index; i < end; ++i) {
    const CommitChange& change = changes_[i];
    Member member;
    member.index = i;
    member.sources = objects_of(tree_, change.paths);
    member.own = objects_in(member.sources);
    member.wanted = member.own;
    for (std::string& object :
         kbuild_->objects_that_read({change.paths.begin(), change.paths.end()}))
      member.wanted.insert(std::move(object));
    member.log = log_file(change.commit.oid, "");
    const bool known = std::ranges::all_of(member.wanted, [&](const std::string& object) {
      return disabled_.contains(object) ||
             (kbuild_->has_command(object) && known_.contains(object));
    });
    if (!known || overlaps(member.wanted, taken)) break;
    taken.insert(member.wanted.begin(), member.wanted.end());
    members.push_back(std::move(member));
  }
  return members;
}

Status Walk::compile_together(std::vector<Member>& members) {
  struct Task {
    Member* member;
    std::string object;
  };
  std::vector<Task> tasks;
  for (Member& member : members) {
    std::error_code error;
    fs::remove(member.log, error);
    std::ofstream(member.log) << "killify: with others, in the tree of " << at_ << '\n';
    for (const std::string& object : member.wanted) {
      if (disabled_.contains(object))
        member.compiled.objects[object].status = Outcome::Status::kNotEnabled;
      else
        tasks.push_back({&member, object});
    }
  }
  say_(fmt::format("compiling {} of {}", counted(tasks.size(), "object"),
                   counted(members.size(), "commit")));
  std::mutex mutex;
  return parallel_for(tasks.size(), share_.each(), [&](std::size_t i) -> Status {
    auto& [member, object] = tasks[i];
    const auto start = std::chrono::steady_clock::now();
    KILLIFY_TRY(Outcome outcome, kbuild_->compile(object, member->log));
    const bool built = outcome.status == Outcome::Status::kBuilt;
    {
      const std::lock_guard lock(mutex);
      member->compiled.objects[object] = std::move(outcome);
      member->compiled.seconds +=
          std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    if (!built) return {};
    return examine(object, member->own.contains(object), member->log, mutex, member->compiled);
  });
}

// All of it is built, from files that no later commit before `end` changes.
bool Walk::stands_alone(const Member& member, std::size_t end) const {
  for (const auto& [object, outcome] : member.compiled.objects) {
    if (outcome.status == Outcome::Status::kNotEnabled) continue;
    if (outcome.status != Outcome::Status::kBuilt) return false;
    for (std::size_t later = member.index + 1; later < end; ++later)
      if (std::ranges::any_of(changes_[later].paths, [&name = object, this](const auto& path) {
            return kbuild_->compiled_from(name, path);
          }))
        return false;
  }
  return true;
}

// Judges changes_[index] and those behind it that can be judged with it, into earlier_; none where
// that is only one. The work tree holds the parent of the first that is left.
Status Walk::build_independent(std::size_t index) {
  if (!prepared_ || stale_ || changes_[index].parent.empty()) return {};
  const std::size_t end = end_of_sources(index);
  if (end < index + 2) return {};
  const auto start = std::chrono::steady_clock::now();
  const auto paths_between = [&](std::size_t first) {
    std::vector<std::string> paths;
    for (std::size_t i = first; i < end; ++i)
      paths.insert(paths.end(), changes_[i].paths.begin(), changes_[i].paths.end());
    return paths;
  };
  KILLIFY_CHECK(move_to(changes_[end - 1].commit.oid, paths_between(index)));
  std::vector<Member> members = members_from(index, end);
  if (members.size() > 1) KILLIFY_CHECK(compile_together(members));
  std::size_t next = index;
  for (Member& member : members) {
    if (members.size() < 2 || !stands_alone(member, end)) break;
    KILLIFY_TRY(BuildResult build,
                conclude_build(changes_[next], member.sources, member.log, member.compiled));
    const std::lock_guard lock(earlier_mutex_);
    earlier_[next] = std::move(build);
    ++next;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  for (std::size_t i = index; i < next; ++i)
    durations_.note_commit(changes_[i].paths, took.count() / static_cast<double>(next - index));
  KILLIFY_CHECK(durations_.save());
  return next == end ? Status() : move_to(changes_[next].parent, paths_between(next));
}

}  // namespace killify
