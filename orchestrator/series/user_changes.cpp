#include "series/user_changes.h"

#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace killify {
namespace {

// A message shows so many lines of a semantic patch; a longer one is named.
constexpr std::size_t kShownRules = 30;

// "ttm" of "drm/ttm", "broadcom" of "net: ethernet: broadcom".
std::string last_part(const std::string& prefix) {
  const auto at = prefix.find_last_of("/: ");
  return at == std::string::npos ? prefix : prefix.substr(at + 1);
}

std::string without_stop(std::string sentence) {
  while (sentence.ends_with('.')) sentence.pop_back();
  return sentence;
}

std::string places(const Change& change) {
  std::vector<std::string> names;
  for (const FileChange& file : change.files)
    names.push_back(std::filesystem::path(file.path).filename().string());
  return list_in_words(names);
}

// The first changed file below the group's directory, and how many there are beside it.
std::string first_path(const Change& change) {
  if (change.files.empty()) return {};
  std::string path = change.files.front().path;
  if (const std::string directory = change.step.group + "/"; path.starts_with(directory))
    path = path.substr(directory.size());
  const auto more = change.files.size() - 1;
  return more == 0 ? path : fmt::format("{} and {} more", path, more);
}

}  // namespace

Result<std::vector<Change>> user_changes(const Applied& applied, const UserPatch& patch,
                                         const Grouper& group) {
  std::map<std::string, Change> groups;
  for (const AppliedFile& file : applied.files) {
    KILLIFY_TRY(const std::string name, group(file.path));
    Change& change = groups[name];
    change.step.kind = StepKind::kApply;
    change.step.group = name;
    change.step.name = fmt::format("{} {}", kind_name(change.step.kind), name);
    change.step.files.push_back(file.path);
    change.semantic_patches = {patch.file.filename().string()};
    change.files.push_back({file.path, file.before, file.after});
    for (const Remark& remark : file.remarks)
      change.remarks.push_back(fmt::format("{}:{}: {}", file.path, remark.line, remark.what));
  }
  std::vector<Change> changes;
  for (auto& [name, change] : groups) {
    change.step.reason = fmt::format("{} matches in {}", patch.file.filename().string(),
                                     counted(change.files.size(), "file"));
    changes.push_back(std::move(change));
  }
  return changes;
}

std::vector<std::string> not_applied(const Applied& applied) {
  std::vector<std::string> lines;
  for (const UnappliedFile& file : applied.failed)
    lines.push_back(fmt::format("{}: {}", file.path, file.why));
  return lines;
}

TemplateValues user_words(const UserPatch& patch, const UserWording& wording,
                          const std::string& path_in_tree) {
  std::string rules;
  const std::vector<std::string> lines = split_lines(rules_of(patch.text));
  const bool shown = path_in_tree.empty() && lines.size() <= kShownRules;
  for (const std::string& line : lines)
    if (shown) rules += trim(line).empty() ? "\n" : "  " + line + '\n';
  const std::string name = patch.file.filename().string();
  return {{"summary", without_stop(wording.subject.empty() ? patch.summary : wording.subject)},
          {"description", join(patch.description, "\n\n")},
          {"made_by", !path_in_tree.empty() ? "Made with Coccinelle, " + path_in_tree + "."
                      : shown               ? "Made with Coccinelle and this semantic patch:"
                                            : "Made with Coccinelle, " + name + "."},
          {"rules", rules}};
}

Result<std::vector<Message>> user_messages(const std::vector<Change>& changes,
                                           const TemplateValues& words, const UserWording& wording,
                                           const std::filesystem::path& messages,
                                           const std::vector<std::string>& prefixes,
                                           const Signature& author) {
  std::vector<std::string> names{"prefix", "short_prefix", "group", "files", "path", "n"};
  for (const auto& [name, value] : words) names.push_back(name);
  const auto file = wording.template_file.empty() ? messages / "apply.txt" : wording.template_file;
  KILLIFY_TRY(const MessageTemplate texts, MessageTemplate::load(file, names));
  const auto wording_of = [&](const Change& change, const std::string& prefix,
                              std::size_t) -> Wording {
    TemplateValues values = words;
    values["prefix"] = prefix;
    values["short_prefix"] = last_part(prefix);
    values["group"] = change.step.group;
    values["files"] = places(change);
    values["path"] = first_path(change);
    values["n"] = "";
    return {&texts, std::move(values)};
  };
  auto composed = compose_messages(changes, prefixes, wording_of, trailer_block({}, author));
  if (!composed && wording.template_file.empty())
    return fail(
        "'{}' is too long for a subject of {} columns with its prefix; say it shorter with "
        "--subject",
        words.at("summary"), kMessageWidth);
  return composed;
}

}  // namespace killify
