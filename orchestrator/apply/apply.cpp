#include "apply/apply.h"

#include "apply/included.h"
#include "apply/needed_words.h"
#include "apply/spatch_batch.h"
#include "apply/spatch_diff.h"
#include "cocci/answer_store.h"
#include "cocci/spatch.h"
#include "facts/word_index.h"
#include "support/digest.h"
#include "support/encoding.h"
#include "support/files.h"
#include "support/parallel.h"
#include "support/shell_safe.h"
#include "support/temp_dir.h"
#include "support/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>

namespace killify {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// Part of every question: raise it where answers that are kept can no longer be believed.
constexpr int kAnswers = 1;
// So much goes to one process: starting one takes as long as a small file, and a process that fails
// is asked again file by file. It depends on nothing else, so that what is bound from file to file
// by a script is the same whatever the number of workers.
constexpr std::size_t kFilesOfBatch = 24;
constexpr std::size_t kBytesOfBatch = 400'000;

constexpr std::string_view kNoIncludes = "--no-includes";
// Options with which spatch changes included headers, too: each of them once a process.
constexpr std::array<std::string_view, 3> kIncluding = {"--local-includes", "--all-includes",
                                                        "--recursive-includes"};
// Where <...> is looked for with all but the first of them, beside what -I names.
constexpr std::array<const char*, 4> kIncludeDirectories = {
    "include", "arch/x86/include", "include/uapi", "arch/x86/include/uapi"};

bool is_below(const std::string& path, const std::string& directory) {
  return directory.empty() || path == directory || path.starts_with(directory + "/");
}

// Into a directory of ours, which nobody reads before all is there.
Status put(const fs::path& file, const std::string& text) {
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.close();
  if (error || !out) return fail("{}: cannot be written: is the disk full?", file.string());
  return {};
}

// The arguments, and what is in the files that they name (--macro-file).
Result<std::string> meaning_of(const std::vector<std::string>& arguments) {
  std::string text;
  for (const std::string& argument : arguments) {
    text += '\n' + argument;
    const std::string file = argument.substr(argument.find('=') + 1);  // "--macro-file=FILE"
    std::error_code error;
    if (!fs::is_regular_file(file, error)) continue;
    KILLIFY_TRY(const std::string content, read_file(file));
    text += ' ' + sha256(content);
  }
  return text;
}

json to_json(const BatchAnswer& answer) {
  return {{"diffs", answer.diffs}, {"printed", answer.printed}};
}

std::optional<BatchAnswer> from_json(const std::string& text) {
  try {
    const json kept = json::parse(text);
    BatchAnswer answer;
    kept.at("diffs").get_to(answer.diffs);
    kept.at("printed").get_to(answer.printed);
    return answer;
  } catch (const json::exception&) {
    return std::nullopt;  // not what to_json() wrote
  }
}

class Application {
 public:
  Application(const Repository& repository, const Snapshot& snapshot, const ApplyRequest& request,
              Progress& progress)
      : repository_(repository), snapshot_(snapshot), request_(request), progress_(progress) {
    arguments_ = request.arguments;
    alone_ = std::ranges::find(arguments_, kNoIncludes) != arguments_.end();
    for (std::size_t i = 0; i < request.arguments.size(); ++i) {
      const std::string& argument = request.arguments[i];
      if (argument == "-I" && i + 1 < request.arguments.size())
        directories_.push_back(request.arguments[i + 1]);
      const auto* including = std::ranges::find(kIncluding, argument);
      if (including == kIncluding.end()) continue;
      files_of_batch_ = 1;
      if (including != kIncluding.begin())
        directories_.insert(directories_.end(), kIncludeDirectories.begin(),
                            kIncludeDirectories.end());
    }
  }

  Result<Applied> apply() {
    KILLIFY_CHECK(select());
    KILLIFY_TRY(const Spatch spatch, Spatch::find(request_.cache / "scratch"));
    KILLIFY_TRY(const std::string arguments, meaning_of(request_.arguments));
    question_ = sha256(
        fmt::format("{}\n{}\n{}{}", kAnswers, request_.patch.sha256, spatch.version(), arguments));
    KILLIFY_TRY(store_, AnswerStore::open(request_.cache / "patches.sqlite"));
    KILLIFY_CHECK(ask());
    KILLIFY_CHECK(take_over());
    std::ranges::sort(applied_.printed);
    std::ranges::sort(applied_.failed, {}, &UnappliedFile::path);
    return std::move(applied_);
  }

 private:
  struct Part {
    std::vector<const TreeEntry*> files;
    std::vector<const TreeEntry*> included{};
    std::size_t bytes = 0;
    std::string content;  // that the answer depends on, beside the question
    std::optional<BatchAnswer> answer;
  };

  bool is_asked_for(const TreeEntry& entry) const {
    if ((entry.mode & 0170000U) != 0100000U) return false;  // a link
    if (!entry.path.ends_with(".c") && !(request_.headers && entry.path.ends_with(".h")))
      return false;
    return request_.paths.empty() ||
           std::ranges::any_of(request_.paths,
                               [&](const std::string& path) { return is_below(entry.path, path); });
  }

  Status select() {
    Snapshot asked{.commit = snapshot_.commit, .tree = {}, .entries = {}, .lacking = {}};
    for (const TreeEntry& entry : snapshot_.entries)
      if (is_asked_for(entry)) asked.entries.push_back(entry);
    applied_.candidates = asked.entries.size();
    KILLIFY_TRY(const auto with_words, files_with_words(asked));
    for (const TreeEntry& entry : asked.entries) {
      // spatch itself asks for the words in the file, and not in what it includes.
      if (with_words && !with_words->contains(entry.path)) continue;
      if (is_shell_safe(entry.path))
        files_.push_back(snapshot_.find(entry.path));
      else
        fail_file(entry.path, "its name is no plain one, and spatch hands names to a shell");
    }
    applied_.selected = files_.size();
    return {};
  }

  Result<std::optional<std::set<std::string>>> files_with_words(const Snapshot& asked) {
    KILLIFY_TRY(const auto needed, needed_words(request_.patch, request_.arguments));
    if (!needed) return std::nullopt;
    KILLIFY_TRY(const auto words, WordIndex::open(repository_, asked, request_.cache / "words",
                                                  request_.jobs, progress_));
    return needed->files(words);
  }

  void fail_file(const std::string& path, std::string why) {
    applied_.failed.push_back({path, std::move(why)});
  }

  std::string content_of(const Part& part) const {
    std::string content;
    for (const TreeEntry* entry : part.files)
      content += fmt::format("\n{} {}", entry->blob, entry->path);
    for (const TreeEntry* entry : part.included)
      content += fmt::format("\n{} {} beside", entry->blob, entry->path);
    return sha256(content);
  }

  // What spatch reads beside the files of a part.
  Status find_included(std::vector<Part>& parts) const {
    if (alone_) return {};
    Included included(repository_, snapshot_, directories_);
    for (Part& part : parts) {
      std::set<std::string> paths;
      for (const TreeEntry* entry : part.files) {
        KILLIFY_TRY(auto of_file, included.of(entry->path));
        paths.merge(of_file);
      }
      // spatch hands the name of a header that it changes to a shell, too.
      for (const std::string& path : paths)
        if (is_shell_safe(path)) part.included.push_back(snapshot_.find(path));
    }
    return {};
  }

  Result<std::vector<Part>> parts() const {
    std::vector<Part> parts;
    for (const TreeEntry* entry : files_) {
      KILLIFY_TRY(const std::string text, repository_.read_blob(entry->blob));
      if (parts.empty() || parts.back().files.size() >= files_of_batch_ ||
          parts.back().bytes >= kBytesOfBatch)
        parts.emplace_back();
      parts.back().files.push_back(entry);
      parts.back().bytes += text.size();
    }
    KILLIFY_CHECK(find_included(parts));
    for (Part& part : parts) part.content = content_of(part);
    return parts;
  }

  Status ask() {
    KILLIFY_TRY(parts_, parts());
    std::vector<Part*> missing;
    for (Part& part : parts_) {
      if (const auto kept = store_->get(part.content, question_)) part.answer = from_json(*kept);
      if (!part.answer) missing.push_back(&part);
    }
    // The largest first, so that all workers are busy to the end.
    std::ranges::stable_sort(missing, std::greater(), &Part::bytes);
    progress_.begin("Applying " + request_.patch.name, files_.size());
    std::size_t done = 0;
    for (const Part& part : parts_)
      if (part.answer) done += part.files.size();
    if (!missing.empty()) {
      KILLIFY_CHECK(open_room(missing));
      std::mutex mutex;
      KILLIFY_CHECK(parallel_for(missing.size(), request_.jobs, [&](std::size_t i) -> Status {
        Part& part = *missing[i];
        std::vector<std::string> paths;
        for (const TreeEntry* entry : part.files) paths.push_back(entry->path);
        KILLIFY_TRY(BatchAnswer answer, run_batch({request_.patch, arguments_, root_,
                                                   request_.cache / "scratch", request_.deadline},
                                                  paths));
        if (answer.failed.empty())
          store_->put(part.content, question_,
                      to_json(answer).dump(-1, ' ', false, json::error_handler_t::replace));
        const std::lock_guard lock(mutex);
        part.answer = std::move(answer);
        done += part.files.size();
        progress_.advance(done, paths.back());
        return {};
      }));
    }
    progress_.end(counted(files_.size(), "file"));
    return {};
  }

  // A directory of ours with the files that spatch looks at, and with what these include.
  Status open_room(const std::vector<Part*>& missing) {
    KILLIFY_TRY(directory_, TempDir::make(request_.cache / "scratch"));
    root_ = directory_->path();
    if (!is_shell_safe(root_.string()))
      return fail(
          "{}: spatch hands names to a shell, and this one is no plain name; choose "
          "another directory with --cache",
          root_.string());
    std::map<std::string, const TreeEntry*> files;
    for (const Part* part : missing)
      for (const auto* entries : {&part->files, &part->included})
        for (const TreeEntry* entry : *entries) files.emplace(entry->path, entry);
    for (const auto& [path, entry] : files) {
      KILLIFY_TRY(const std::string text, repository_.read_blob(entry->blob));
      KILLIFY_CHECK(put(root_ / path, given(text)));
    }
    // The first -I of the command line are the user's, who means the tree.
    for (std::size_t i = 0; i + 1 < arguments_.size(); ++i)
      if (arguments_[i] == "-I") arguments_[i + 1] = (root_ / arguments_[i + 1]).string();
    for (const std::string& directory : directories_)
      arguments_.insert(arguments_.end(), {"-I", (root_ / directory).string()});
    return {};
  }

  // Python takes what a rule is handed for UTF-8.
  static std::string given(const std::string& text) {
    return is_utf8(text) ? text : latin1_to_utf8(text);
  }
  static std::string taken(const std::string& text, const std::string& before) {
    return is_utf8(before) ? text : utf8_to_latin1(text);
  }

  // The diffs become texts. A header that is changed in different ways for different files that
  // include it is left alone.
  Status take_over() {
    std::map<std::string, std::vector<std::vector<std::string>>> diffs;
    for (Part& part : parts_) {
      for (auto& [path, of_path] : part.answer->diffs)
        diffs[path].insert(diffs[path].end(), of_path.begin(), of_path.end());
      for (auto& [path, why] : part.answer->failed) fail_file(path, why);
      applied_.printed.insert(applied_.printed.end(), part.answer->printed.begin(),
                              part.answer->printed.end());
    }
    for (auto& [path, of_path] : diffs) {
      std::ranges::sort(of_path);
      of_path.erase(std::unique(of_path.begin(), of_path.end()), of_path.end());
      const TreeEntry* entry = snapshot_.find(path);
      if (entry == nullptr) {
        fail_file(path, "spatch would change it, and the tree does not have it");
        continue;
      }
      if (of_path.size() > 1) {
        fail_file(path, "files that include it would change it in different ways");
        continue;
      }
      KILLIFY_TRY(const std::string before, repository_.read_blob(entry->blob));
      const auto after = with_hunks(given(before), of_path.front());
      if (!after) {
        fail_file(path, "the diff that spatch printed does not fit the file");
        continue;
      }
      KILLIFY_TRY(CheckedText checked, checked_text(before, taken(*after, before)));
      if (checked.text != before)
        applied_.files.push_back(
            {path, before, std::move(checked.text), std::move(checked.remarks)});
    }
    return {};
  }

  const Repository& repository_;
  const Snapshot& snapshot_;
  const ApplyRequest& request_;
  Progress& progress_;
  bool alone_ = false;  // files are looked at without what they include
  std::size_t files_of_batch_ = kFilesOfBatch;
  std::vector<std::string> arguments_;    // for spatch; -I names directories of root_
  std::vector<std::string> directories_;  // of the tree, where spatch looks for what is included
  std::vector<const TreeEntry*> files_;
  std::string question_;
  std::optional<AnswerStore> store_;
  std::optional<TempDir> directory_;
  fs::path root_;
  std::vector<Part> parts_;
  Applied applied_;
};

}  // namespace

Result<Applied> apply_patch(const Repository& repository, const Snapshot& snapshot,
                            const ApplyRequest& request, Progress& progress) {
  return Application(repository, snapshot, request, progress).apply();
}

}  // namespace killify
