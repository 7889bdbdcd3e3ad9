#include "check/scratch.h"

#include "support/files.h"
#include "support/process.h"
#include "support/text.h"

#include <fmt/format.h>

#include <set>
#include <system_error>

namespace killify {
namespace {

namespace fs = std::filesystem;

Result<Completed> git_in(const fs::path& tree, std::vector<std::string> words,
                         std::string input = {}) {
  Command command;
  command.argv = {"git"};
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  command.cwd = tree;
  command.input = std::move(input);
  // Not the user's settings, hooks or identity: what arrives must not depend on who looks.
  command.env = {
      {"GIT_CONFIG_GLOBAL", "/dev/null"},    {"GIT_CONFIG_NOSYSTEM", "1"},
      {"GIT_DIR", (tree / ".git").string()}, {"GIT_WORK_TREE", tree.string()},
      {"GIT_COMMITTER_NAME", "killify"},     {"GIT_COMMITTER_EMAIL", "killify@localhost"}};
  command.deadline = std::chrono::minutes(10);
  return run(command);
}

Status git_does(const fs::path& tree, std::vector<std::string> words) {
  const std::string what = words.front();
  KILLIFY_TRY(const Completed done, git_in(tree, std::move(words)));
  if (!done.ok()) return fail("git {}: {}: {}", what, done.how_it_ended(), trim(done.err));
  return {};
}

}  // namespace

Result<MailScratch> MailScratch::make(const Repository& user, const Oid& base,
                                      const std::vector<std::string>& paths,
                                      const fs::path& cache) {
  std::error_code error;
  fs::create_directories(cache / "scratch", error);
  KILLIFY_TRY(TempDir place, TempDir::make(cache / "scratch"));
  MailScratch scratch(std::move(place));
  const fs::path tree = scratch.tree();
  fs::create_directories(tree, error);
  if (error) return fail("{}: cannot make: {}", tree.string(), error.message());
  KILLIFY_CHECK(git_does(tree, {"init", "-q", "--template="}));
  KILLIFY_CHECK(write_file_atomic(tree / ".git/objects/info/alternates",
                                  (user.common_dir() / "objects").string() + '\n'));
  KILLIFY_CHECK(git_does(tree, {"config", "core.sparseCheckout", "true"}));
  std::string wanted;
  for (const std::string& path : paths) wanted += '/' + path + '\n';
  KILLIFY_CHECK(write_file_atomic(tree / ".git/info/sparse-checkout", wanted));
  KILLIFY_CHECK(git_does(tree, {"checkout", "-q", "--detach", base}));
  return scratch;
}

Result<MailScratch::Taken> MailScratch::take(const std::string& mail) const {
  std::vector<std::string> words{"am", "-q", "--committer-date-is-author-date"};
  if (mail.find("\r\n") != std::string::npos) words.emplace_back("--keep-cr");
  KILLIFY_TRY(const Completed done, git_in(tree(), std::move(words), mail));
  if (!done.ok()) {
    std::string why;
    for (const std::string& line : split_lines(done.err + done.out))
      if (why.empty() && (line.starts_with("error: ") || line.starts_with("fatal: "))) why = line;
    if (why.empty()) why = done.how_it_ended();
    KILLIFY_TRY(const Completed back, git_in(tree(), {"am", "--abort"}));
    if (!back.ok()) why += "; git am --abort: " + back.how_it_ended();
    return Taken{"", why};
  }
  KILLIFY_TRY(const Completed head, git_in(tree(), {"rev-parse", "HEAD"}));
  if (!head.ok()) return fail("git rev-parse: {}", head.how_it_ended());
  return Taken{std::string(trim(head.out)), ""};
}

Result<std::string> MailScratch::mapped(const std::string& person) const {
  KILLIFY_TRY(const Completed done, git_in(tree(), {"check-mailmap", person}));
  return done.ok() ? std::string(trim(done.out)) : person;
}

Result<std::string> MailScratch::diff(const Oid& commit) const {
  KILLIFY_TRY(const Completed done,
              git_in(tree(), {"show", "--format=", "--no-renames", "--no-color", commit}));
  if (!done.ok()) return fail("git show: {}: {}", done.how_it_ended(), trim(done.err));
  return done.out;
}

std::vector<std::string> paths_named_by(const std::vector<std::string>& mails) {
  std::set<std::string> paths;
  for (const std::string& mail : mails)
    for (const std::string& line : split_lines(mail))
      for (const std::string_view mark : {"--- a/", "+++ b/"})
        if (line.starts_with(mark)) {
          std::string path = line.substr(mark.size());
          path.resize(std::min(path.find('\t'), path.size()));
          if (path.ends_with('\r')) path.pop_back();
          paths.insert(std::move(path));
        }
  return {paths.begin(), paths.end()};
}

}  // namespace killify
