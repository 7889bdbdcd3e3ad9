#include "apply/included.h"

#include "support/text.h"

#include <filesystem>
#include <string_view>

namespace killify {
namespace {

namespace fs = std::filesystem;

// "x.h" of "#include "x.h"" and "# include <x.h>"; "" for another line.
std::string_view name_in(std::string_view line, bool& quoted) {
  line = trim(line);
  if (!line.starts_with('#')) return {};
  line = trim(line.substr(1));
  constexpr std::string_view kInclude = "include";
  if (!line.starts_with(kInclude)) return {};
  line = trim(line.substr(kInclude.size()));
  if (line.size() < 3 || (line[0] != '"' && line[0] != '<')) return {};
  quoted = line[0] == '"';
  const auto end = line.find(quoted ? '"' : '>', 1);
  return end == std::string_view::npos ? std::string_view() : line.substr(1, end - 1);
}

}  // namespace

Result<std::set<std::string>> Included::of(const std::string& path) {
  std::set<std::string> all;
  std::vector<std::string> open{path};
  while (!open.empty()) {
    const std::string next = std::move(open.back());
    open.pop_back();
    KILLIFY_TRY(const auto* names, directly(next));
    for (const std::string& name : *names)
      if (name != path && all.insert(name).second) open.push_back(name);
  }
  return all;
}

Result<const std::vector<std::string>*> Included::directly(const std::string& path) {
  if (const auto known = known_.find(path); known != known_.end()) return &known->second;
  std::vector<std::string> names;
  KILLIFY_TRY(const std::string text, repository_.read_blob(snapshot_.find(path)->blob));
  for (const std::string& line : split_lines(text)) {
    bool quoted = false;
    const std::string_view name = name_in(line, quoted);
    if (name.empty()) continue;
    std::string file = found(std::string(name), path, quoted);
    if (!file.empty()) names.push_back(std::move(file));
  }
  return &known_.emplace(path, std::move(names)).first->second;
}

std::string Included::found(const std::string& name, const std::string& in, bool quoted) const {
  const auto there = [&](const fs::path& directory) {
    std::string path = (directory / name).lexically_normal().generic_string();
    const TreeEntry* entry = snapshot_.find(path);
    return entry == nullptr || (entry->mode & 0170000U) != 0100000U ? std::string() : path;
  };
  if (quoted)
    if (std::string path = there(fs::path(in).parent_path()); !path.empty()) return path;
  for (const std::string& directory : directories_)
    if (std::string path = there(directory); !path.empty()) return path;
  return {};
}

}  // namespace killify
