#include "series/strategy_changes.h"

#include "apply/apply.h"
#include "facts/struct_field.h"
#include "reach/in_place.h"
#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace killify {
namespace {

// What became of files of the tree, by path.
using ChangedTexts = std::map<std::string, FileChange>;

// What lies there is built for user mode.
bool is_of_the_kernel(const std::string& path) {
  return !path.starts_with("tools/");
}

// The one file that has the field; the lines are behind it then.
Status add_lines(TreeFacts& facts, const FieldEdit& edit, ChangedTexts& texts) {
  KILLIFY_TRY(const auto files, facts.files_defining_struct(edit.struct_name));
  std::vector<std::pair<FileChange, FieldPlace>> found;
  for (const std::string& file : files) {
    if (!is_of_the_kernel(file)) continue;
    KILLIFY_TRY(std::string text, facts.text(file));
    if (auto place = field_of_struct(text, edit.struct_name, edit.after))
      found.emplace_back(FileChange{file, text, std::move(text)}, std::move(*place));
  }
  if (found.size() != 1)
    return fail("{}: {} a struct {} with one field {}; one was expected", edit.place,
                found.empty() ? std::string("no file of the tree defines")
                              : fmt::format("{} files of the tree define", found.size()),
                edit.struct_name, edit.after);
  auto& [change, place] = found.front();
  std::string lines;
  for (const std::string& line : edit.lines) lines += place.indentation + line + '\n';
  auto [it, added] = texts.try_emplace(change.path, change);
  if (!added)
    return fail("{}: two edits of {}; give one of them a commit of its own", edit.place,
                change.path);
  it->second.after.insert(place.behind, lines);
  return {};
}

// A semantic patch of the strategy's on the whole tree.
Result<Applied> applied(const UserPatch& patch, TreeFacts& facts, const StrategyRequest& request,
                        Progress& progress) {
  const ApplyRequest asked{.patch = patch,
                           .arguments = patch.options,
                           .paths = {},
                           .headers = true,
                           .jobs = request.jobs,
                           .cache = request.cache};
  KILLIFY_TRY(auto result, apply_patch(request.repository, facts.snapshot(), asked, progress));
  if (!result.failed.empty())
    return fail("{}: {}: {}", patch.file.string(), result.failed.front().path,
                result.failed.front().why);
  std::erase_if(result.files, [](const AppliedFile& file) { return !is_of_the_kernel(file.path); });
  if (result.files.empty()) return fail("{}: matches nothing in this tree", patch.file.string());
  return result;
}

class Made {
 public:
  Made(TreeFacts& facts, const StrategyRequest& request, Progress& progress)
      : facts_(facts), request_(request), progress_(progress) {}

  Result<Change> commit(const StrategyCommit& commit) {
    ChangedTexts texts;
    for (const FieldEdit& edit : commit.fields) KILLIFY_CHECK(add_lines(facts_, edit, texts));
    Change change;
    KILLIFY_CHECK(apply(commit, texts, change));
    change.step.kind = StepKind::kApply;
    change.step.group = commit.group;
    change.step.name = fmt::format("{} {}", kind_name(change.step.kind), commit.group);
    change.step.reason = fmt::format("a part of the strategy '{}'", request_.strategy.name);
    for (auto& [path, text] : texts) {
      if (!changed_.emplace(path, text.after).second)
        return fail("{}: {} is changed by two commits of the strategy", commit.place, path);
      change.step.files.push_back(path);
      change.files.push_back(std::move(text));
    }
    return change;
  }

  // Each call that the strategy says to be there is in a changed file.
  Status check() {
    for (const CallInPlace& call : request_.strategy.in_place) {
      bool made = false;
      for (const auto& [path, text] : changed_) {
        KILLIFY_TRY(const auto sketch, facts_.sketch_of(text));
        made = made || makes_call(*sketch, call);
      }
      if (!made)
        return fail(
            "{}: does not fit this tree: {}() would not call {}() afterwards, so nothing is made",
            request_.strategy.file.string(), call.function, call.calls);
    }
    return {};
  }

 private:
  // The semantic patch, on the files that can match.
  Status apply(const StrategyCommit& commit, ChangedTexts& texts, Change& change) {
    KILLIFY_TRY(const UserPatch patch, read_user_patch(commit.patch));
    KILLIFY_TRY(auto made, applied(patch, facts_, request_, progress_));
    for (AppliedFile& file : made.files) {
      for (const Remark& remark : file.remarks)
        change.remarks.push_back(fmt::format("{}:{}: {}", file.path, remark.line, remark.what));
      if (!texts.try_emplace(file.path, FileChange{file.path, file.before, file.after}).second)
        return fail("{}: {} is changed by the semantic patch, too; give one a commit of its own",
                    commit.place, file.path);
    }
    change.semantic_patches = {patch.file.filename().string()};
    return {};
  }

  TreeFacts& facts_;
  const StrategyRequest& request_;
  Progress& progress_;
  std::map<std::string, std::string> changed_;  // the new texts, by path
};

}  // namespace

Result<std::vector<Change>> strategy_changes(TreeFacts& facts, const StrategyRequest& request,
                                             Progress& progress) {
  Made made(facts, request, progress);
  std::vector<Change> changes;
  for (const StrategyCommit& commit : request.strategy.commits) {
    KILLIFY_TRY(auto change, made.commit(commit));
    changes.push_back(std::move(change));
  }
  KILLIFY_CHECK(made.check());
  return changes;
}

Result<std::vector<FileChange>> control_changes(TreeFacts& facts, const StrategyRequest& request,
                                                Progress& progress) {
  KILLIFY_TRY(const UserPatch patch, read_user_patch(request.strategy.control));
  KILLIFY_TRY(auto made, applied(patch, facts, request, progress));
  std::vector<FileChange> files;
  for (AppliedFile& file : made.files)
    files.push_back({file.path, std::move(file.before), std::move(file.after)});
  return files;
}

Result<std::vector<Message>> strategy_messages(const std::vector<Change>& changes,
                                               const Strategy& strategy, const Signature& author) {
  std::map<std::string, MessageTemplate> templates;  // by group
  for (const StrategyCommit& commit : strategy.commits) {
    KILLIFY_TRY(auto text, MessageTemplate::load(commit.template_file, {"made_by"}));
    templates.emplace(commit.group, std::move(text));
  }
  const auto wording_of = [&](const Change& change, const std::string&, std::size_t) -> Wording {
    return {&templates.at(change.step.group),
            {{"made_by",
              fmt::format("Generated with Coccinelle, {}.", join(change.semantic_patches, ", "))}}};
  };
  return compose_messages(changes, std::vector<std::string>(changes.size()), wording_of,
                          trailer_block({}, author));
}

}  // namespace killify
