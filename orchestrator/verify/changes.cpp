#include "verify/changes.h"

#include <algorithm>
#include <array>
#include <filesystem>

namespace killify {
namespace {

bool is_c(std::string_view path) {
  return path.ends_with(".c") || path.ends_with(".h");
}

// Comments, blank lines, conditionals and directives other than #define are no code.
std::vector<int> code_lines(const FilePatch& patch, const SourceShape& shape) {
  std::vector<int> lines;
  for (const Hunk& hunk : patch.hunks)
    for (const int line : hunk.added) {
      if (static_cast<std::size_t>(line) > shape.lines.size()) continue;
      const LineKind kind = shape.line(line).kind;
      if (kind == LineKind::kCode || kind == LineKind::kDefine) lines.push_back(line);
    }
  return lines;
}

}  // namespace

Result<CommitChange> read_change(const Repository& repository, const CommitInfo& commit) {
  CommitChange change;
  change.commit = commit;
  if (!commit.parents.empty()) {
    change.parent = commit.parents.front();
    KILLIFY_TRY(const CommitInfo parent, repository.commit(change.parent));
    change.parent_tree = parent.tree;
  }
  KILLIFY_TRY(change.paths, repository.changed_paths(commit.oid));
  KILLIFY_TRY(const std::string diff, repository.patch(commit.oid));
  change.patch = read_patch(diff);
  KILLIFY_TRY(const Snapshot snapshot, repository.snapshot(commit.oid));
  for (const FilePatch& file : change.patch) {
    const TreeEntry* entry = snapshot.find(file.path);
    if (!is_c(file.path) || entry == nullptr) continue;
    KILLIFY_TRY(const std::string text, repository.read_blob(entry->blob));
    ChangedCode code{file.path, {}, shape_of(text)};
    code.lines = code_lines(file, code.shape);
    for (const Hunk& hunk : file.hunks) change.changed_lines += hunk.added.size();
    change.code.push_back(std::move(code));
  }
  return change;
}

bool decides_commands(const std::string& path) {
  constexpr std::array<std::string_view, 4> kHarmless{".rst", ".txt", ".md", ".yaml"};
  // Programs that a build runs are made of what is here.
  if (path.starts_with("scripts/") || path.starts_with("tools/") || path.starts_with("usr/"))
    return true;
  if (path.starts_with("Documentation/") || path == "MAINTAINERS" || path == "CREDITS")
    return false;
  if (is_c(path) || path.ends_with(".S")) return false;
  const std::string name = std::filesystem::path(path).filename().string();
  if (name.starts_with("Kconfig") || name.starts_with("Makefile")) return true;
  return std::ranges::none_of(kHarmless, [&](auto kind) { return path.ends_with(kind); });
}

}  // namespace killify
