#include "spec/strategy.h"

#include "spec/yaml_node.h"

#include <algorithm>
#include <utility>

namespace killify {
namespace {

namespace fs = std::filesystem;

Result<std::vector<FieldEdit>> read_fields(const YamlNode& node) {
  KILLIFY_TRY(const auto items, node.list("a list of fields"));
  std::vector<FieldEdit> fields;
  for (const YamlNode& item : items) {
    KILLIFY_TRY(const YamlMap map, item.map({"struct", "after", "lines"}));
    FieldEdit edit{.struct_name = {}, .after = {}, .lines = {}, .place = item.place()};
    KILLIFY_TRY(edit.struct_name, map.at("struct").text("the name of a struct"));
    KILLIFY_TRY(edit.after, map.at("after").text("a field of it"));
    KILLIFY_TRY(edit.lines, map.at("lines").texts("lines that go behind the field"));
    if (edit.lines.empty()) return map.at("lines").fail("no lines: nothing would be added");
    fields.push_back(std::move(edit));
  }
  return fields;
}

Result<std::vector<StrategyCommit>> read_commits(const YamlNode& node, const fs::path& file) {
  KILLIFY_TRY(const auto items, node.list("a list of commits"));
  if (items.empty()) return node.fail("no commits: nothing would be changed");
  std::vector<StrategyCommit> commits;
  for (const YamlNode& item : items) {
    KILLIFY_TRY(const YamlMap map, item.map({"group", "patch", "template"}, {"fields"}));
    StrategyCommit commit;
    commit.place = item.place();
    KILLIFY_TRY(commit.group, map.at("group").text("a directory or a file of the tree"));
    if (std::ranges::find(commits, commit.group, &StrategyCommit::group) != commits.end())
      return map.at("group").fail("'{}' is there twice; make it one commit", commit.group);
    KILLIFY_TRY(commit.patch, map.at("patch").named_file(file));
    KILLIFY_TRY(commit.template_file, map.at("template").named_file(file));
    if (const YamlNode* fields = map.find("fields")) {
      KILLIFY_TRY(commit.fields, read_fields(*fields));
    }
    commits.push_back(std::move(commit));
  }
  return commits;
}

Result<std::vector<CallInPlace>> read_in_place(const YamlNode& node) {
  KILLIFY_TRY(const auto items, node.list("a list of functions with what they call"));
  if (items.empty()) return node.fail("no calls: every tree would have it");
  std::vector<CallInPlace> calls;
  for (const YamlNode& item : items) {
    KILLIFY_TRY(const YamlMap map, item.map({"function", "calls"}));
    CallInPlace call;
    KILLIFY_TRY(call.function, map.at("function").text("the name of a function"));
    KILLIFY_TRY(call.calls, map.at("calls").text("what it calls"));
    calls.push_back(std::move(call));
  }
  return calls;
}

}  // namespace

Result<Strategy> load_strategy(const std::string& name, const fs::path& file) {
  KILLIFY_TRY(const YamlNode document, YamlNode::load(file));
  KILLIFY_TRY(const YamlMap map,
              document.map({"title", "in_place", "reason", "user_signals", "commits", "cover"},
                           {"control"}));
  Strategy strategy;
  strategy.name = name;
  strategy.file = file;
  KILLIFY_TRY(strategy.title, map.at("title").text("the subject of the cover letter"));
  KILLIFY_TRY(strategy.in_place, read_in_place(map.at("in_place")));
  KILLIFY_TRY(strategy.reason, map.at("reason").text("why no sleep counts in a tree that has it"));
  KILLIFY_TRY(strategy.prompt, map.at("user_signals")
                                   .word<bool>("what becomes of signals where user mode comes here",
                                               {{"prompt", true}, {"delayed", false}}));
  KILLIFY_TRY(strategy.commits, read_commits(map.at("commits"), file));
  if (const YamlNode* control = map.find("control")) {
    KILLIFY_TRY(strategy.control, control->named_file(file));
  }
  KILLIFY_TRY(const YamlMap cover, map.at("cover").map({"template"}));
  KILLIFY_TRY(strategy.cover_template, cover.at("template").named_file(file));
  return strategy;
}

}  // namespace killify
