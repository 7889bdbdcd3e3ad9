#include "verify/checks.h"

#include "support/digest.h"
#include "support/files.h"
#include "support/process.h"
#include "support/shell_safe.h"
#include "support/text.h"
#include "tree/module.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <charconv>
#include <regex>
#include <set>

namespace killify {
namespace {

namespace fs = std::filesystem;

// Part of the key of what is kept: raise it when the same commit is judged differently.
constexpr std::string_view kChecksVersion = "2";
// Documentation/process/submitting-patches.rst.
constexpr std::size_t kSubjectColumns = 75;
constexpr std::size_t kBodyColumns = 75;

// The two scripts, and what they read beside them.
constexpr std::array<std::string_view, 5> kScripts{
    "scripts/checkpatch.pl", "scripts/get_maintainer.pl", "scripts/spelling.txt",
    "scripts/const_structs.checkpatch", "scripts/get_maintainer.conf"};

Result<Completed> run_here(std::vector<std::string> argv, const fs::path& cwd,
                           std::string input = {}) {
  Command command;
  command.argv = std::move(argv);
  command.cwd = cwd;
  command.input = std::move(input);
  command.env = {{"GIT_CONFIG_GLOBAL", "/dev/null"},
                 {"GIT_CONFIG_NOSYSTEM", "1"},
                 // The scratch directory may lie inside somebody's repository.
                 {"GIT_CEILING_DIRECTORIES", cwd.parent_path().string()}};
  command.deadline = std::chrono::minutes(2);
  return run(command);
}

bool is_tag(const std::string& line) {
  static const std::regex kTag(R"(^[A-Z][A-Za-z-]+: \S)");
  return std::regex_search(line, kTag);
}

}  // namespace

std::vector<std::string> message_faults(const CommitInfo& commit,
                                        const std::vector<std::string>& subjects) {
  std::vector<std::string> faults;
  const std::string& subject = commit.subject;
  if (subject.size() > kSubjectColumns)
    faults.push_back(fmt::format("the subject has {} columns; {} is the limit", subject.size(),
                                 kSubjectColumns));
  if (const auto colon = subject.find(": "); colon == subject.npos || colon == 0)
    faults.emplace_back("the subject has no prefix; write 'subsystem: Phrase'");
  if (subject.ends_with('.')) faults.emplace_back("the subject ends in a full stop");
  if (std::ranges::find(subjects, subject) != subjects.end())
    faults.emplace_back("another commit of the series has the same subject");

  const auto lines = split_lines(commit.message);
  if (lines.size() > 1 && !lines[1].empty())
    faults.emplace_back("no blank line follows the subject");
  const std::string wanted =
      fmt::format("Signed-off-by: {} <{}>", commit.author.name, commit.author.email);
  bool signed_off = false;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    signed_off |= trim(line) == wanted;
    const bool free = is_tag(line) || line.starts_with(' ') || line.starts_with('\t') ||
                      line.find("://") != line.npos;
    if (!free && line.size() > kBodyColumns)
      faults.push_back(fmt::format("line {} of the message has {} columns; {} is the limit", i + 1,
                                   line.size(), kBodyColumns));
    if (line.starts_with("---"))
      faults.push_back(
          fmt::format("line {} of the message starts with '---': git am ends it there", i + 1));
  }
  if (!signed_off) faults.push_back(fmt::format("'{}' is missing", wanted));
  return faults;
}

std::vector<CheckpatchMessage> read_checkpatch(std::string_view output) {
  static const std::regex kMessage(R"(^(\S*?):(\d*):? ?(ERROR|WARNING|CHECK):(\w+): (.*)$)");
  std::vector<CheckpatchMessage> messages;
  for (const std::string& line : split_lines(output)) {
    std::smatch match;
    if (!std::regex_match(line, match, kMessage)) continue;
    CheckpatchMessage message{match[3], match[4], match[1], 0, match[5]};
    const std::string digits = match[2];
    std::from_chars(digits.data(), digits.data() + digits.size(), message.line);
    // The mail itself came in as "-".
    if (message.file == "-") message.file.clear();
    messages.push_back(std::move(message));
  }
  return messages;
}

bool is_of_old_line_ends(const CheckpatchMessage& message, const std::vector<FilePatch>& patch) {
  // Which of the two it is depends on checkpatch's version.
  return (message.type == "DOS_LINE_ENDINGS" || message.type == "TRAILING_WHITESPACE") &&
         keeps_carriage_return(patch, message.file, message.line);
}

bool CommitChecker::has_script(std::string_view name) const {
  std::error_code error;
  return fs::exists(tree() / name, error);
}

// Top-level files, top-level directories (empty) and the scripts: enough for them to believe that
// they stand in a kernel tree.
Status CommitChecker::extract(const Snapshot& snapshot) {
  std::set<std::string> directories;
  std::error_code error;
  for (const TreeEntry& entry : snapshot.entries) {
    const auto slash = entry.path.find('/');
    if (slash != std::string::npos) directories.insert(entry.path.substr(0, slash));
    if (!is_shell_safe(entry.path)) continue;
    const bool script = std::ranges::find(kScripts, entry.path) != kScripts.end();
    if ((slash != std::string::npos && !script) || (entry.mode & 0170000U) != 0100000U) continue;
    KILLIFY_TRY(const std::string text, repository_.read_blob(entry.blob));
    KILLIFY_CHECK(write_file_atomic(tree() / entry.path, text));
    if (script || entry.path == "MAINTAINERS") scripts_ += entry.blob + '\n';
  }
  for (const std::string& directory : directories)
    fs::create_directories(tree() / directory, error);
  if (error) return fail("{}: cannot make: {}", tree().string(), error.message());
  return {};
}

Result<CommitChecker> CommitChecker::open(const Repository& repository,
                                          const std::vector<CommitChange>& changes,
                                          const fs::path& cache) {
  std::error_code error;
  fs::create_directories(cache / "scratch", error);
  KILLIFY_TRY(TempDir scratch, TempDir::make(cache / "scratch"));
  CommitChecker checker(repository, changes, std::move(scratch));
  checker.cache_ = cache / "verify" / "checks";
  const CommitChange& first = changes.front();
  KILLIFY_TRY(const Snapshot snapshot,
              repository.snapshot(first.parent.empty() ? first.commit.oid : first.parent));
  KILLIFY_CHECK(checker.extract(snapshot));
  return checker;
}

Status CommitChecker::run_checkpatch(const CommitChange& change, const std::string& mail,
                                     Found& found) const {
  if (!has_script("scripts/checkpatch.pl")) return {};
  KILLIFY_TRY(const Completed done,
              run_here({"perl", "scripts/checkpatch.pl", "--strict", "--terse", "--show-types",
                        "--showfile", "--no-summary", "-"},
                       tree(), mail));
  if (done.timed_out || done.signal != 0 || done.exit_code > 1) {
    found.add("checkpatch", "scripts/checkpatch.pl: " + done.how_it_ended());
    return {};
  }
  found.counts.emplace();
  for (const CheckpatchMessage& message : read_checkpatch(done.out)) {
    if (is_of_old_line_ends(message, change.patch)) continue;
    ++(message.level == "ERROR"     ? found.counts->errors
       : message.level == "WARNING" ? found.counts->warnings
                                    : found.counts->checks);
    const std::string where =
        message.file.empty() ? "" : fmt::format("{}:{}", message.file, message.line);
    found.complaints.push_back(
        {{"checkpatch", where, fmt::format("{}:{}: {}", message.level, message.type, message.text),
          ""},
         message.file,
         message.type});
  }
  return {};
}

Status CommitChecker::find_a_list(const CommitChange& change, const std::string& mail,
                                  Found& found) const {
  // The kernel's lists are not those of a module outside of it.
  if (std::ranges::all_of(change.paths, is_of_module)) return {};
  if (!has_script("scripts/get_maintainer.pl") || !has_script("MAINTAINERS")) return {};
  KILLIFY_TRY(const Completed done,
              run_here({"perl", "scripts/get_maintainer.pl", "--nogit", "--nogit-fallback", "--nom",
                        "--nor", "--norolestats"},
                       tree(), mail));
  if (!done.ok())
    found.add("recipients", "scripts/get_maintainer.pl: " + done.how_it_ended());
  else if (trim(done.out).empty())
    found.add("recipients", "scripts/get_maintainer.pl names no list");
  return {};
}

// What git am would make of the mail: the message by git mailinfo, the files by git apply.
Status CommitChecker::send_and_receive(const CommitChange& change, const std::string& mail,
                                       Found& found) const {
  KILLIFY_TRY(const TempDir place, TempDir::make(scratch_.path()));
  KILLIFY_TRY(const Snapshot after, repository_.snapshot(change.commit.oid));
  Snapshot before;
  if (!change.parent.empty()) {
    KILLIFY_TRY(before, repository_.snapshot(change.parent));
  }
  std::error_code error;
  const fs::path files = place.path() / "files";
  fs::create_directories(files, error);
  for (const std::string& path : change.paths) {
    const TreeEntry* entry = before.find(path);
    if (entry == nullptr) continue;
    KILLIFY_TRY(const std::string text, repository_.read_blob(entry->blob));
    KILLIFY_CHECK(write_file_atomic(files / path, text));
    if ((entry->mode & 0111U) != 0)
      fs::permissions(files / path, fs::perms::owner_exec, fs::perm_options::add, error);
  }
  KILLIFY_TRY(const Completed info,
              run_here({"git", "mailinfo", "../message", "../patch"}, files, mail));
  if (!info.ok()) {
    found.add("git am", "git mailinfo: " + info.how_it_ended());
    return {};
  }
  std::string subject;
  for (const std::string& line : split_lines(info.out))
    if (line.starts_with("Subject: ")) subject = line.substr(9);
  KILLIFY_TRY(const std::string body, read_file(place.path() / "message"));
  const std::string received = subject + "\n\n" + body;
  if (trim(received) != trim(change.commit.message))
    found.add("git am", "the message that arrives is not the one that was sent");

  KILLIFY_TRY(const Completed applied,
              run_here({"git", "apply", "--whitespace=nowarn", "../patch"}, files));
  if (!applied.ok()) {
    found.add("git am", fmt::format("git apply: {}", trim(applied.err)));
    return {};
  }
  for (const std::string& path : change.paths) {
    const TreeEntry* entry = after.find(path);
    const auto text = read_file(files / path);
    if (entry == nullptr && !text) continue;
    bool same = entry != nullptr && text.has_value();
    if (same) {
      KILLIFY_TRY(const std::string wanted, repository_.read_blob(entry->blob));
      same = wanted == *text;
    }
    if (!same) found.add("git am", path + ": the mail gives another text than the commit");
  }
  return {};
}

Result<CommitChecker::Found> CommitChecker::look(const CommitChange& change) const {
  Found found;
  KILLIFY_TRY(const Completed mail,
              run_here({"git", "--git-dir=" + repository_.git_dir().string(), "format-patch", "-1",
                        "--stdout", "--no-signature", "--no-renames", "--full-index", "--binary",
                        change.commit.oid},
                       scratch_.path()));
  if (!mail.ok()) return fail("git format-patch: {}: {}", mail.how_it_ended(), trim(mail.err));
  const auto odd = std::ranges::find_if_not(change.paths, is_shell_safe);
  if (odd == change.paths.end()) {
    KILLIFY_CHECK(run_checkpatch(change, mail.out, found));
    KILLIFY_CHECK(find_a_list(change, mail.out, found));
  } else {
    found.unchecked = fmt::format(
        "{}: checkpatch.pl and get_maintainer.pl hand names to a shell, and this is no plain one",
        *odd);
  }
  KILLIFY_CHECK(send_and_receive(change, mail.out, found));
  return found;
}

Result<CommitChecker::Found> CommitChecker::known_or_new(const CommitChange& change) const {
  using nlohmann::ordered_json;
  const fs::path file =
      cache_ /
      (sha256(fmt::format("{}\n{}\n{}", kChecksVersion, change.commit.oid, scripts_)) + ".json");
  if (const auto text = read_file(file)) {
    try {
      const auto json = ordered_json::parse(*text);
      Found found;
      if (json.contains("counts"))
        found.counts = {json.at("counts").at(0), json.at("counts").at(1), json.at("counts").at(2)};
      found.unchecked = json.value("unchecked", std::string());
      for (const auto& one : json.at("complaints"))
        found.complaints.push_back({{one.at(0), one.at(1), one.at(2), ""}, one.at(3), one.at(4)});
      return found;
    } catch (const nlohmann::json::exception&) {
      // As good as none: it is written anew.
    }
  }
  KILLIFY_TRY(Found found, look(change));
  ordered_json json{{"complaints", ordered_json::array()}, {"unchecked", found.unchecked}};
  if (found.counts)
    json["counts"] = {found.counts->errors, found.counts->warnings, found.counts->checks};
  for (const Found::One& one : found.complaints)
    json["complaints"].push_back(
        {one.complaint.check, one.complaint.where, one.complaint.text, one.file, one.type});
  KILLIFY_CHECK(write_file_atomic(
      file, json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n"));
  return found;
}

Result<CommitChecker::Checked> CommitChecker::check(std::size_t index,
                                                    const std::vector<Waiver>& waivers) const {
  const CommitChange& change = changes_.at(index);
  KILLIFY_TRY(Found found, known_or_new(change));
  Checked checked{found.counts, {}, std::move(found.unchecked)};
  for (Found::One& one : found.complaints) {
    one.complaint.waived = waived(waivers, one.file, one.complaint.text, one.type);
    checked.complaints.push_back(std::move(one.complaint));
  }
  std::vector<std::string> others;
  for (std::size_t i = 0; i < changes_.size(); ++i)
    if (i != index) others.push_back(changes_[i].commit.subject);
  for (std::string& fault : message_faults(change.commit, others))
    checked.complaints.push_back({"message", "", std::move(fault), ""});
  return checked;
}

}  // namespace killify
