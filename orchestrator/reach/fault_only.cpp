#include "reach/fault_only.h"

#include <algorithm>

namespace killify {
namespace {

// Functions looked at before the answer is "many": the rest of the tree is not read for one.
constexpr std::size_t kMaxVisited = 400;

bool defines(const Sketch& sketch, const std::string& name, bool only_static) {
  return std::any_of(sketch.functions().begin(), sketch.functions().end(),
                     [&](const FunctionExtent& extent) {
                       return extent.name == name && (extent.is_static || !only_static);
                     });
}

// Whether a file has an #include "..." that can mean `path`.
bool includes(const Sketch& sketch, const std::string& path) {
  return std::any_of(sketch.includes().begin(), sketch.includes().end(),
                     [&](std::string_view text) {
                       if (!text.starts_with('"') || text.size() < 3) return false;
                       auto name = text.substr(1, text.size() - 2);
                       while (name.starts_with("../") || name.starts_with("./"))
                         name.remove_prefix(name.find('/') + 1);
                       return path == name || path.ends_with("/" + std::string(name));
                     });
}

}  // namespace

Result<std::string> FaultOnly::objection(NodeId function) {
  std::map<NodeId, bool> visited;
  KILLIFY_TRY(auto found, search(function, visited));
  // Nobody else comes to any function that was looked at, or somebody would come to this one.
  if (found.empty())
    for (const auto& [id, done] : visited) known_[id] = {};
  return found;
}

Result<std::string> FaultOnly::search(NodeId id, std::map<NodeId, bool>& visited) {
  if (auto it = known_.find(id); it != known_.end()) return it->second;
  if (!visited.emplace(id, true).second) return std::string();
  if (visited.size() > kMaxVisited)
    return std::string("more functions than can be looked at call it");
  KILLIFY_TRY(const auto* uses, uses_of(id));
  if (!uses->foreign.empty()) return known_[id] = uses->foreign;
  auto node = names_[id];
  bool is_handler = handlers_.contains(node.name, node.file);
  if (!uses->any && !is_handler) return known_[id] = std::string("what calls it is not to be seen");
  for (std::size_t i = 0; i < uses->callers.size(); ++i) {
    auto caller = names_[uses->callers[i]];
    KILLIFY_TRY(auto found, search(uses->callers[i], visited));
    if (found.empty()) continue;
    return known_[id] = fmt::format("{}() calls it, too ({})", caller.name, uses->places[i]);
  }
  return std::string();
}

Result<const FaultOnly::Uses*> FaultOnly::uses_of(NodeId id) {
  if (auto it = uses_.find(id); it != uses_.end()) return &it->second;
  auto node = names_[id];
  Uses uses;
  KILLIFY_TRY(const auto* here, facts_.sketch(node.file));
  bool header = node.file.ends_with(".h");
  // Only this file can name it, and files that it includes or that include it.
  bool internal = !header && (node.is_macro || defines(*here, node.name, true));
  KILLIFY_CHECK(add_uses(node, node.file, uses));
  for (const auto* entry : facts_.words().files_with(node.name)) {
    if (!uses.foreign.empty()) break;
    if (entry->path == node.file) continue;
    KILLIFY_TRY(const auto* there, facts_.sketch(entry->path));
    if (internal && !includes(*here, entry->path) && !includes(*there, node.file)) continue;
    if (defines(*there, node.name, true)) continue;  // another function of that name
    KILLIFY_TRY(bool other, means_another(entry->path, node));
    if (other) continue;
    KILLIFY_CHECK(add_uses(node, entry->path, uses));
  }
  return &(uses_[id] = std::move(uses));
}

// Whether a file's module has a function of that name of its own.
Result<bool> FaultOnly::means_another(const std::string& path, const Node& node) {
  if (node.is_macro || !facts_.linkage().are_apart(path, node.file)) return false;
  KILLIFY_TRY(auto definers, facts_.files_defining(node.name));
  return std::ranges::none_of(facts_.linkage().of_its_module(path, std::move(definers)),
                              [&](const std::string& file) { return file == node.file; });
}

Status FaultOnly::add_uses(const Node& node, const std::string& path, Uses& uses) {
  KILLIFY_TRY(const auto* sketch, facts_.sketch(path));
  for (const auto& use : sketch->uses(node.name)) {
    auto where = fmt::format("{}:{}", path, use.line);
    switch (use.kind) {
      case Use::Kind::kDefinition:
      case Use::Kind::kExport:
        break;
      case Use::Kind::kCall:
      case Use::Kind::kMacro: {
        uses.any = true;
        bool macro = use.kind == Use::Kind::kMacro;
        if (use.function == node.name && path == node.file) break;
        if (use.function.empty()) {
          uses.foreign = fmt::format("it is used outside of functions ({})", where);
          break;
        }
        auto caller = names_.id_of(use.function, path, macro);
        if (std::find(uses.callers.begin(), uses.callers.end(), caller) == uses.callers.end()) {
          uses.callers.push_back(caller);
          uses.places.push_back(where);
        }
        break;
      }
      case Use::Kind::kValue:
        if (use.function.empty()) {
          KILLIFY_TRY(bool names, macros_.only_names(node.name, path, use.line));
          if (names) break;
        }
        uses.any = true;
        if (!handlers_.bindings.contains({path, use.line}) && uses.foreign.empty())
          uses.foreign = fmt::format("its address is taken ({})", where);
        break;
    }
  }
  return {};
}

}  // namespace killify
