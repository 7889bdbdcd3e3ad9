#include "check/check.h"

#include "check/kernel_doc.h"
#include "check/mails.h"
#include "check/scratch.h"
#include "check/statements.h"
#include "check/trailers.h"
#include "facts/word_index.h"
#include "support/digest.h"
#include "support/process.h"
#include "support/text.h"
#include "verify/changes.h"
#include "verify/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <utility>

namespace killify {
namespace {

namespace fs = std::filesystem;

// The manifest of what generate wrote, with the folder in which it lies.
struct Written {
  std::optional<Manifest> manifest;
  fs::path directory;
};

Result<Written> written_at(const fs::path& directory) {
  std::error_code error;
  for (const fs::path& place : {directory, directory.parent_path()}) {
    if (!fs::exists(place / kManifestName, error)) continue;
    KILLIFY_TRY(Manifest manifest, read_manifest(place / kManifestName));
    return Written{std::move(manifest), place};
  }
  return Written{};
}

class SeriesCheck {
 public:
  SeriesCheck(const Repository& repository, const CheckRequest& request, Progress& progress)
      : repository_(repository), request_(request), progress_(progress) {}

  Result<CheckReport> run() {
    const fs::path directory = fs::absolute(request_.directory).lexically_normal();
    const fs::path here = directory.has_filename() ? directory : directory.parent_path();
    KILLIFY_TRY(folders_, read_mail_folders(here));
    KILLIFY_TRY(written_, written_at(here));
    KILLIFY_CHECK(find_base());
    KILLIFY_TRY(before_, repository_.snapshot(report_.base));
    KILLIFY_CHECK(make_scratch(here));
    KILLIFY_CHECK(take_mails());
    KILLIFY_CHECK(check_documents());
    KILLIFY_CHECK(check_commits());
    KILLIFY_TRY(index_, WordIndex::open(repository_, before_, request_.cache / "words",
                                        request_.jobs, progress_));
    KILLIFY_CHECK(check_statements());
    check_mails();
    say_what_else_there_is();
    return std::move(report_);
  }

 private:
  void add(std::size_t mail, std::string check, std::string text, std::string where = {}) {
    report_.mails[mail].faults.push_back({std::move(check), std::move(where), std::move(text)});
  }

  Status find_base() {
    std::string revision = request_.revision;
    if (revision.empty()) revision = folders_.front().base;
    if (revision.empty() && written_.manifest) revision = written_.manifest->base_commit;
    if (revision.empty())
      return fail("{}: the mails do not say what they apply to (base-commit:); name it with --rev",
                  request_.directory.string());
    KILLIFY_TRY(const CommitInfo commit, repository_.commit(revision));
    report_.base = commit.oid;
    return {};
  }

  // Of a posting of several the earlier ones, which it may build upon.
  Result<std::vector<MailFolder>> folders_before(const fs::path& here) const {
    if (!written_.manifest || written_.directory == here) return std::vector<MailFolder>();
    KILLIFY_TRY(auto all, read_mail_folders(written_.directory));
    std::erase_if(
        all, [&](const MailFolder& folder) { return folder.name >= here.filename().string(); });
    return all;
  }

  Status make_scratch(const fs::path& here) {
    KILLIFY_TRY(earlier_, folders_before(here));
    std::vector<std::string> texts;
    for (const auto* list : {&earlier_, &folders_})
      for (const MailFolder& folder : *list)
        for (const Mail& mail : folder.mails) texts.push_back(mail.text);
    paths_ = paths_named_by(texts);
    std::vector<std::string> wanted = paths_;
    wanted.emplace_back(".mailmap");
    const auto documents = kernel_doc_paths();
    wanted.insert(wanted.end(), documents.begin(), documents.end());
    KILLIFY_TRY(scratch_, MailScratch::make(repository_, report_.base, wanted, request_.cache));
    return {};
  }

  Status take_mails() {
    for (const MailFolder& folder : earlier_)
      for (const Mail& mail : folder.mails) {
        KILLIFY_TRY(const auto taken, scratch_->take(mail.text));
        if (taken.commit.empty())
          return fail("{}: a patch that this posting builds upon does not apply: {}", mail.file,
                      taken.why);
      }
    KILLIFY_TRY(documents_, run_kernel_doc(scratch_->tree(), paths_));
    bool stopped = false;
    for (const MailFolder& folder : folders_) {
      for (const Mail& mail : folder.covers)
        report_.mails.push_back({mail.file, mail.subject, {}, {}});
      for (const Mail& mail : folder.mails) {
        report_.mails.push_back({mail.file, mail.subject, {}, {}});
        if (stopped) continue;
        KILLIFY_TRY(const auto taken, scratch_->take(mail.text));
        report_.mails.back().commit = taken.commit;
        if (!taken.commit.empty()) continue;
        add(report_.mails.size() - 1, "git am", taken.why);
        report_.not_checked.push_back(
            {"git am", fmt::format("what comes after {} was not looked at", mail.file), true});
        stopped = true;
      }
    }
    return {};
  }

  // New complaints of kernel-doc, at the last mail that changes the file.
  Status check_documents() {
    if (!documents_.not_run.empty()) {
      report_.not_checked.push_back({"kernel-doc", documents_.not_run, false});
      return {};
    }
    KILLIFY_TRY(const KernelDoc after, run_kernel_doc(scratch_->tree(), paths_));
    if (!after.not_run.empty()) report_.not_checked.push_back({"kernel-doc", after.not_run, true});
    for (const NewComplaint& complaint : new_complaints(documents_, after))
      for (std::size_t i = report_.mails.size(); i-- > 0;) {
        if (report_.mails[i].commit.empty()) continue;
        KILLIFY_TRY(const std::string diff, scratch_->diff(report_.mails[i].commit));
        if (diff.find("+++ b/" + complaint.file) == std::string::npos) continue;
        add(i, "kernel-doc", complaint.text, complaint.file);
        break;
      }
    return {};
  }

  // What verify asks of commits, and people.
  Status check_commits() {
    KILLIFY_TRY(const Repository repository,
                Repository::open(scratch_->tree() / ".git", Repository::Find::kHere));
    std::vector<CommitChange> changes;
    std::vector<std::size_t> mail_of;
    for (std::size_t i = 0; i < report_.mails.size(); ++i) {
      if (report_.mails[i].commit.empty()) continue;
      KILLIFY_TRY(const CommitInfo commit, repository.commit(report_.mails[i].commit));
      KILLIFY_TRY(CommitChange change, read_change(repository, commit));
      changes.push_back(std::move(change));
      mail_of.push_back(i);
    }
    if (changes.empty()) return {};
    KILLIFY_TRY(const auto checker, CommitChecker::open(repository, changes, request_.cache));
    for (std::size_t i = 0; i < changes.size(); ++i) {
      KILLIFY_TRY(const auto checked, checker.check(i, request_.waivers));
      for (const Complaint& complaint : checked.complaints)
        if (complaint.waived.empty())
          add(mail_of[i], complaint.check, complaint.text, complaint.where);
      if (!checked.unchecked.empty())
        report_.not_checked.push_back({"checkpatch", checked.unchecked, true});
      KILLIFY_CHECK(check_people(mail_of[i], changes[i].commit));
      KILLIFY_CHECK(check_arrival(mail_of[i], changes[i].commit));
      messages_[mail_of[i]] = changes[i].commit.message;
    }
    return {};
  }

  Status check_people(std::size_t mail, const CommitInfo& commit) {
    const std::vector<Tag> tags = tags_of(commit.message);
    for (std::string& fault : tag_faults(tags)) add(mail, "tags", std::move(fault));
    std::vector<std::string> people = people_in(tags);
    people.push_back(fmt::format("{} <{}>", commit.author.name, commit.author.email));
    std::set<std::string> asked;
    for (const std::string& person : people) {
      if (!asked.insert(person).second) continue;
      KILLIFY_TRY(const std::string mapped, scratch_->mapped(person));
      if (mapped != person)
        add(mail, "mailmap", fmt::format("{} is {} by the tree's .mailmap", person, mapped));
    }
    return {};
  }

  const ManifestCommit* entry_of(const std::string& file) const {
    if (!written_.manifest) return nullptr;
    const fs::path path = fs::absolute(request_.directory).lexically_normal() / file;
    const std::string name = path.lexically_relative(written_.directory).generic_string();
    const auto& commits = written_.manifest->commits;
    const auto entry = std::ranges::find(commits, name, &ManifestCommit::patch_file);
    return entry == commits.end() ? nullptr : &*entry;
  }

  // Whether generate wrote the mail as it is.
  bool is_unedited(const std::string& file) const {
    const ManifestCommit* entry = entry_of(file);
    if (entry == nullptr) return false;
    const auto known = written_.manifest->outputs.find(entry->patch_file);
    return known != written_.manifest->outputs.end() && known->second == sha256(text_of(file));
  }

  const std::string& text_of(const std::string& file) const {
    static const std::string kNone;
    for (const MailFolder& folder : folders_)
      for (const auto* list : {&folder.covers, &folder.mails})
        for (const Mail& mail : *list)
          if (mail.file == file) return mail.text;
    return kNone;
  }

  // What generate wrote gives the commit that generate made.
  Status check_arrival(std::size_t mail, const CommitInfo& commit) {
    const std::string& file = report_.mails[mail].file;
    if (!is_unedited(file)) return {};
    const auto made = repository_.commit(entry_of(file)->oid);
    if (!made) return {};  // the branch is gone
    if (made->message != commit.message)
      add(mail, "round trip", "the message that arrives is not that of the commit");
    if (made->tree != commit.tree)
      add(mail, "round trip", "the files that arrive are not those of the commit");
    return {};
  }

  Status check_statements() {
    std::set<std::string> words;  // of what the series has changed so far
    std::set<std::string> paths;
    const KnownNames known{
        .word = [&](const std::string& word) { return words.contains(word) || is_in_tree(word); },
        .path =
            [&](const std::string& path) {
              return before_.find(path) != nullptr || before_.has_directory(path) ||
                     paths.contains(path);
            },
        .top = [&](const std::string& name) { return before_.has_directory(name); }};
    static const std::regex kWord(R"(\w+)");
    static const std::regex kPart(R"(, part \d+$)");
    std::vector<Told> told;
    std::vector<std::size_t> mail_of;
    for (const auto& [mail, message] : messages_) {
      KILLIFY_TRY(std::string diff, scratch_->diff(report_.mails[mail].commit));
      for (std::sregex_iterator it(diff.begin(), diff.end(), kWord), end; it != end; ++it)
        words.insert(it->str());
      for (const std::string& path : paths_named_by({diff})) paths.insert(path);
      const std::string& file = report_.mails[mail].file;
      Told one{.subject = split_lines(message).front(),
               .message = message,
               .diff = std::move(diff),
               .commit = entry_of(file)};
      if (std::regex_search(one.subject, kPart))
        add(mail, "message", "the subject counts parts; it has to say what the part does");
      for (std::string& fault : statement_faults(one, known))
        add(mail, "statement", std::move(fault));
      if (written_.manifest)
        for (std::string& fault :
             count_faults(one, written_.manifest->left_out, !is_unedited(file)))
          add(mail, "statement", std::move(fault));
      told.push_back(std::move(one));
      mail_of.push_back(mail);
    }
    for (auto& [index, fault] : repetitions(told))
      add(mail_of[index], "statement", std::move(fault));
    check_covers(known);
    return {};
  }

  void check_covers(const KnownNames& known) {
    static const std::regex kPlaces(R"((\d+)\s+places?\s+reached\s+by)");
    for (std::size_t i = 0; i < report_.mails.size(); ++i)
      for (const MailFolder& folder : folders_)
        for (const Mail& cover : folder.covers) {
          if (cover.file != report_.mails[i].file) continue;
          const std::string text = letter_of(cover.text);
          for (std::string& fault : name_faults(text, known)) add(i, "statement", std::move(fault));
          std::smatch match;
          if (!written_.manifest || !std::regex_search(text, match, kPlaces)) continue;
          const std::size_t there = places_in(folder);
          if (match[1] != std::to_string(there))
            add(i, "statement",
                fmt::format("{} places are told of, and {} has {}", match[1].str(), kManifestName,
                            there));
        }
  }

  // What somebody wrote: without the headers, and without what git adds below.
  static std::string letter_of(const std::string& mail) {
    static const std::regex kShortlog(R"(^.* \(\d+\):$)");
    std::string text;
    bool body = false;
    for (const std::string& line : split_lines(mail)) {
      if (body && std::regex_match(line, kShortlog)) break;
      if (body) text += line + '\n';
      body = body || line.empty();
    }
    return text;
  }

  std::size_t places_in(const MailFolder& folder) const {
    std::set<std::pair<std::string, int>> places;
    for (const Mail& mail : folder.mails)
      if (const ManifestCommit* entry = entry_of(mail.file))
        for (const SiteChange& site : entry->sites)
          places.emplace(fmt::format("{} {}", site.file, site.before), site.line);
    return places.size();
  }

  bool is_in_tree(const std::string& word) const {
    if (!index_->files_with(word).empty()) return true;
    // Not in C: a symbol of Kconfig, a word of a comment.
    const auto done =
        killify::run({.argv = {"git", "--git-dir=" + (scratch_->tree() / ".git").string(), "grep",
                               "-q", "-w", "-F", "-e", word, report_.base},
                      .cwd = scratch_->tree()});
    return done && done->ok();
  }

  void check_mails() {
    const bool wants_recipients = before_.find("scripts/get_maintainer.pl") != nullptr;
    for (const MailFolder& folder : folders_)
      for (MailFault& fault : mail_faults(folder, wants_recipients)) {
        const auto mail = std::ranges::find(report_.mails, fault.file, &CheckedMail::file);
        add(static_cast<std::size_t>(mail - report_.mails.begin()), "mail", std::move(fault.text));
      }
  }

  void say_what_else_there_is() {
    if (before_.find("scripts/checkpatch.pl") == nullptr)
      report_.not_checked.push_back({"checkpatch", "the tree has no scripts/checkpatch.pl", false});
    report_.not_checked.push_back(
        {"sparse",
         find_program("sparse").empty()
             ? "is not installed"
             : "needs a tree that is built: make C=1 in one for the objects of these files",
         false});
    report_.not_checked.push_back(
        {"b4 prep --check",
         find_program("b4").empty()
             ? "b4 is not installed; numbers, recipients and tags were looked at without it"
             : "looks at a branch that its user has enrolled; numbers, recipients and tags were "
               "looked at without it",
         false});
  }

  const Repository& repository_;
  const CheckRequest& request_;
  Progress& progress_;
  CheckReport report_;
  std::vector<MailFolder> folders_;
  std::vector<MailFolder> earlier_;
  Written written_;
  Snapshot before_;
  std::vector<std::string> paths_;
  std::optional<MailScratch> scratch_;
  KernelDoc documents_;
  std::map<std::size_t, std::string> messages_;  // by mail
  std::optional<WordIndex> index_;
};

}  // namespace

std::size_t CheckReport::faults() const {
  std::size_t count = 0;
  for (const CheckedMail& mail : mails) count += mail.faults.size();
  return count;
}

Exit CheckReport::exit() const {
  if (faults() > 0) return Exit::kFailed;
  return std::ranges::any_of(not_checked, &NotChecked::unjudged) ? Exit::kUnjudged : Exit::kOk;
}

Result<CheckReport> check_series(const Repository& repository, const CheckRequest& request,
                                 Progress& progress) {
  return SeriesCheck(repository, request, progress).run();
}

}  // namespace killify
