#include "apply/spatch_batch.h"

#include "apply/spatch_diff.h"
#include "cocci/complaint.h"
#include "cocci/spatch.h"
#include "support/files.h"
#include "support/process.h"
#include "support/temp_dir.h"
#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace killify {
namespace {

namespace fs = std::filesystem;

// Below the root, or "" for another file.
std::string below(const fs::path& root, const std::string& path) {
  const std::string begin = root.string() + "/";
  return path.starts_with(begin) ? path.substr(begin.size()) : std::string();
}

// What scripts print names files as spatch knows them.
std::string with_tree_paths(std::string line, const fs::path& root) {
  const std::string begin = root.string() + "/";
  for (auto at = line.find(begin); at != line.npos; at = line.find(begin, at))
    line.erase(at, begin.size());
  return line;
}

// Why spatch did not get through a file; "" where it did.
std::string trouble(const std::string& said) {
  for (const std::string& line : split_lines(said)) {
    if (line.starts_with("EXN:")) return "one of its rules failed: " + line.substr(4);
    if (line.starts_with("timeout")) return "it ran into a time limit of its own";
  }
  return {};
}

std::string last_words(const Completed& done) {
  const std::string last = last_complaint(done.err);
  return done.how_it_ended() + (last.empty() ? "" : ": " + last);
}

Result<Completed> run_spatch(const Batch& batch, const std::vector<std::string>& paths) {
  KILLIFY_TRY(const TempDir directory, TempDir::make(batch.scratch));
  std::string groups;  // a blank line ends a group: what is bound in one is not in the next
  for (const std::string& path : paths) groups += (batch.root / path).string() + "\n\n";
  const fs::path list = directory.path() / "groups";
  KILLIFY_CHECK(write_file_atomic(list, groups));
  Command command{.argv = {"spatch", "--sp-file", batch.patch.file.string(), "--file-groups",
                           list.string(), "--show-diff"},
                  .cwd = batch.patch.file.parent_path(),
                  .env = {{"LC_ALL", "C.UTF-8"}, {"TMPDIR", directory.path().string()}},
                  .deadline = batch.deadline * static_cast<long>(paths.size()),
                  .unlimited_stack = true};
  const auto python = python_options(find_program("spatch"));
  command.argv.insert(command.argv.end(), python.begin(), python.end());
  command.argv.insert(command.argv.end(), batch.arguments.begin(), batch.arguments.end());
  return run(command);
}

void add_printed(const Batch& batch, const PrintedByPath& printed, BatchAnswer& answer) {
  for (const auto& [path, diffs] : printed.diffs) {
    const std::string name = below(batch.root, path);
    if (name.empty()) {
      answer.failed[path] = "spatch would change it, and it is no file of the tree";
      continue;
    }
    auto& all = answer.diffs[name];
    all.insert(all.end(), diffs.begin(), diffs.end());
  }
  for (const std::string& line : printed.other)
    if (!trim(line).empty()) answer.printed.push_back(with_tree_paths(line, batch.root));
}

void add(BatchAnswer& all, BatchAnswer one) {
  for (auto& [path, diffs] : one.diffs)
    all.diffs[path].insert(all.diffs[path].end(), diffs.begin(), diffs.end());
  all.printed.insert(all.printed.end(), one.printed.begin(), one.printed.end());
  all.failed.merge(one.failed);
}

}  // namespace

Result<BatchAnswer> run_batch(const Batch& batch, const std::vector<std::string>& paths) {
  BatchAnswer answer;
  KILLIFY_TRY(const Completed done, run_spatch(batch, paths));
  const auto said = diagnostics_by_file(done.err);
  std::string why;
  if (!done.ok()) why = last_words(done);
  for (const std::string& path : paths) {
    if (!why.empty()) break;
    const auto of_file = said.find((batch.root / path).string());
    why = of_file == said.end() ? "it ended well and did not look at the file"
                                : trouble(of_file->second);
  }
  if (why.empty()) {
    add_printed(batch, printed_by_path(done.out), answer);
    return answer;
  }
  if (paths.size() == 1) {
    answer.failed[paths.front()] = with_tree_paths("spatch: " + why, batch.root);
    return answer;
  }
  for (const std::string& path : paths) {
    KILLIFY_TRY(BatchAnswer alone, run_batch(batch, {path}));
    add(answer, std::move(alone));
  }
  return answer;
}

}  // namespace killify
