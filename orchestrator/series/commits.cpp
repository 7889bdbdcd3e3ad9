#include "series/commits.h"

#include "series/message.h"
#include "series/patch_file.h"
#include "series/postings.h"
#include "support/parallel.h"
#include "support/shell_safe.h"

#include <fmt/format.h>

#include <utility>

namespace killify {
namespace {

// A name among those of the changed files that the tree's scripts are not to see; "" if there is
// none.
std::string odd_name(const SeriesCommit& commit) {
  for (const FileChange& file : commit.change.files)
    if (!is_shell_safe(file.path)) return file.path;
  return {};
}

}  // namespace

Signature commit_signature(const Signature& identity, const CommitInfo& base, std::size_t index) {
  Signature result = identity;
  result.time = base.author.time + static_cast<std::int64_t>(index) + 1;
  result.offset_minutes = base.author.offset_minutes;
  return result;
}

Result<std::vector<SeriesCommit>> commit_series(Workshop& workshop, const CommitInfo& base,
                                                std::vector<Change> changes,
                                                std::vector<Message> messages,
                                                const Signature& identity) {
  std::vector<SeriesCommit> commits;
  Oid parent = base.oid;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    FileContents contents;
    for (const FileChange& file : changes[i].files) contents[file.path] = file.after;
    KILLIFY_TRY(parent, workshop.commit(parent, contents, full_text(messages.at(i)),
                                        commit_signature(identity, base, i)));
    commits.push_back({.change = std::move(changes[i]),
                       .message = std::move(messages[i]),
                       .to = {},
                       .cc = {},
                       .oid = parent});
  }
  return commits;
}

Result<Addressed> address_commits(const std::filesystem::path& tree,
                                  std::vector<SeriesCommit>& commits, unsigned jobs) {
  KILLIFY_CHECK(parallel_for(commits.size(), jobs, [&](std::size_t i) -> Status {
    SeriesCommit& commit = commits[i];
    if (!odd_name(commit).empty()) return {};
    KILLIFY_TRY(const std::string diff, format_diff(commit.change.files));
    KILLIFY_TRY(Recipients recipients, find_recipients(tree, diff));
    commit.to = std::move(recipients.to);
    commit.cc = std::move(recipients.cc);
    return {};
  }));
  Addressed result;
  for (const SeriesCommit& commit : commits)
    if (const std::string odd = odd_name(commit); !odd.empty())
      result.warnings.push_back(fmt::format(
          "get_maintainer.pl is not asked about '{}': a script may hand the name {} to a "
          "shell; give its mail a recipient by hand",
          commit.message.subject, odd));
    else if (commit.to.empty() && commit.cc.empty())
      result.warnings.push_back(
          fmt::format("MAINTAINERS names nobody for '{}'; give its mail a recipient by hand",
                      commit.message.subject));
  for (const PostingRange& range : postings_of(commits)) {
    std::vector<Recipients> all;
    for (std::size_t i = range.first; i < range.first + range.count; ++i)
      all.push_back({.to = commits[i].to, .cc = commits[i].cc});
    CoverRecipients cover = cover_recipients(all, kCoverRecipientLimit);
    result.covers.push_back(std::move(cover.recipients));
    if (!cover.warning.empty()) result.warnings.push_back(std::move(cover.warning));
  }
  return result;
}

}  // namespace killify
