#include "reach/names.h"

#include "reach/types.h"
#include "spec/driver.h"
#include "tree/module.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace killify {
namespace {

// A subsystem's own few functions behind a field are followed; behind more are drivers, of which
// the handler's is not one.
constexpr std::size_t kMaxBelow = 8;

bool is_header(const std::string& path) {
  return path.ends_with(".h");
}

std::string_view first_directory(std::string_view path, std::size_t count) {
  std::size_t end = 0;
  for (; count > 0; --count) {
    end = path.find('/', end == 0 ? 0 : end + 1);
    if (end == std::string_view::npos) return path;
  }
  return path.substr(0, end);
}

std::string_view directory(std::string_view path) {
  auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

// Where code can be a module, so that others see of it what it exports.
bool is_module_code(std::string_view path) {
  auto top = first_directory(path, 1);
  return top == "drivers" || top == "sound" || top == "net" || top == "crypto" || top == kModules ||
         (top == "fs" && path.find('/', 3) != std::string_view::npos);
}

}  // namespace

bool is_no_kernel_code(std::string_view path) {
  auto top = first_directory(path, 1);
  auto is_below = [&](std::string_view name) { return path.find(name) != std::string_view::npos; };
  return top == "tools" || top == "scripts" || top == "Documentation" || top == "usr" ||
         top == "samples" || is_below("/boot/") || is_below("/purgatory/") ||
         is_below("/selftests/") || is_below("/kunit/");
}

NodeId Names::id_of(const std::string& name, const std::string& file, bool is_macro) {
  std::pair<std::string_view, std::string_view> key(file, name);
  if (auto it = ids_.find(key); it != ids_.end()) return it->second;
  nodes_.push_back({name, file, is_macro});
  return ids_[{file, name}] = nodes_.size() - 1;
}

const std::string& Names::driver(const std::string& file) {
  auto it = drivers_.find(file);
  if (it == drivers_.end()) it = drivers_.emplace(file, driver_of(file, prefixes_)).first;
  return it->second;
}

Result<std::vector<NodeId>> Names::resolve(const std::string& name, const std::string& file) {
  std::pair<std::string_view, std::string_view> key(file, name);
  if (auto it = resolved_.find(key); it != resolved_.end()) return it->second;
  KILLIFY_TRY(auto found, look_up(name, file));
  return resolved_[{file, name}] = std::move(found);
}

// Whether a definition in `candidate` can be what `file` calls, apart from being the right name.
bool Names::can_mean(const std::string& candidate, const std::string& file) {
  if (is_no_kernel_code(candidate)) return directory(candidate) == directory(file);
  if (candidate.starts_with("arch/") && file.starts_with("arch/") &&
      first_directory(candidate, 2) != first_directory(file, 2))
    return false;
  if (!is_header(candidate) || candidate.starts_with("include/") || candidate.starts_with("arch/"))
    return true;
  // A header elsewhere belongs to those around it.
  auto near = directory(candidate);
  auto here = directory(file);
  return driver(candidate) == driver(file) || here.starts_with(near) || near.starts_with(here) ||
         directory(near) == directory(here);
}

// Drops what a module of another driver keeps to itself: it is not exported.
Status Names::drop_hidden(const std::string& name, const std::string& file,
                          std::vector<std::pair<std::string, bool>>& found) {
  std::vector<std::pair<std::string, bool>> seen;
  for (auto& one : found) {
    const auto& path = one.first;
    if (is_module_code(path) && !is_header(path) && directory(path) != directory(file) &&
        driver(path) != driver(file)) {
      KILLIFY_TRY(const auto sketch, facts_.look_at(path));
      auto uses = sketch->uses(name);
      bool exported = std::any_of(uses.begin(), uses.end(),
                                  [](const Use& use) { return use.kind == Use::Kind::kExport; });
      // Core code calls into parts that cannot be modules.
      bool builtin = !is_module_code(file) && found.size() == 1;
      if (!exported && !builtin) continue;
    }
    seen.push_back(std::move(one));
  }
  found = std::move(seen);
  return {};
}

Result<std::vector<NodeId>> Names::look_up(const std::string& name, const std::string& file) {
  KILLIFY_TRY(const auto here, facts_.look_at(file));
  for (const auto& function : here->functions())
    if (function.name == name) return std::vector<NodeId>{id_of(name, file)};
  for (const auto& macro : here->macros())
    if (macro.name == name && !macro.body.empty())
      return std::vector<NodeId>{id_of(name, file, true)};

  std::vector<std::pair<std::string, bool>> found;  // file, whether it is a macro there
  KILLIFY_TRY(auto functions, facts_.files_defining(name));
  functions = facts_.linkage().of_its_module(file, std::move(functions));
  KILLIFY_TRY(auto macros, facts_.files_defining_macro(name));
  for (const auto& path : functions)
    if (can_mean(path, file)) found.emplace_back(path, false);
  for (const auto& path : macros)
    if (is_header(path) && can_mean(path, file) &&
        std::find(functions.begin(), functions.end(), path) == functions.end())
      found.emplace_back(path, true);

  auto keep_if_any = [&](const auto& better) {
    if (std::any_of(found.begin(), found.end(), better))
      std::erase_if(found, [&](const auto& one) { return !better(one); });
  };
  // Drivers have functions of one name: each means its own.
  keep_if_any([&](const auto& one) { return driver(one.first) == driver(file); });
  keep_if_any([&](const auto& one) { return directory(one.first) == directory(file); });
  KILLIFY_CHECK(drop_hidden(name, file, found));
  if (!file.starts_with("arch/")) {
    keep_if_any([](const auto& one) { return !one.first.starts_with("arch/"); });
    keep_if_any([](const auto& one) { return one.first.starts_with("arch/x86/"); });
  }
  std::vector<NodeId> ids;
  ids.reserve(found.size());
  for (const auto& [path, is_macro] : found) ids.push_back(id_of(name, path, is_macro));
  return ids;
}

const Names::FieldFiles& Names::files_with_field(const std::string& field) {
  auto [it, added] = field_files_.try_emplace(field);
  if (added) {
    for (const auto* entry : facts_.words().files_with(field)) {
      it->second.by_directory[std::string(directory(entry->path))].push_back(entry);
      it->second.by_driver[driver(entry->path)].push_back(entry);
    }
  }
  return it->second;
}

void Names::add_definers(const std::string& name, const std::string& file,
                         std::set<const TreeEntry*>& files) const {
  if (resolved_.contains(std::pair<std::string_view, std::string_view>(file, name))) return;
  for (auto what : {WordIndex::Definition::kFunction, WordIndex::Definition::kMacro}) {
    auto found = facts_.words().files_defining(what, name);
    files.insert(found.begin(), found.end());
  }
}

void Names::add_binders(const std::string& field, const std::set<std::string>& drivers,
                        std::set<const TreeEntry*>& files) {
  for (const auto& name : drivers) {
    if (by_driver_.contains(std::pair<std::string_view, std::string_view>(name, field))) continue;
    const auto& binders = files_with_field(field).by_driver;
    if (auto it = binders.find(name); it != binders.end())
      files.insert(it->second.begin(), it->second.end());
  }
}

Result<bool> Names::is_static(NodeId id) {
  const auto& node = nodes_[id];
  if (node.is_macro) return false;
  KILLIFY_TRY(const auto sketch, facts_.look_at(node.file));
  return std::any_of(sketch->functions().begin(), sketch->functions().end(),
                     [&](const FunctionExtent& function) {
                       return function.name == node.name && function.is_static;
                     });
}

Result<bool> Names::are_near(const std::string& a, const std::string& b) {
  if (a == b) return true;
  if (directory(a) != directory(b)) return false;
  KILLIFY_TRY(const auto* one, own_headers(a));
  KILLIFY_TRY(const auto* other, own_headers(b));
  return std::any_of(one->begin(), one->end(),
                     [&](const std::string& header) { return other->contains(header); });
}

Result<const std::set<std::string>*> Names::own_headers(const std::string& file) {
  if (auto it = own_headers_.find(file); it != own_headers_.end()) return &it->second;
  KILLIFY_TRY(const auto sketch, facts_.look_at(file));
  auto& headers = own_headers_[file];
  for (const auto& text : sketch->includes())
    if (text.starts_with('"')) headers.emplace(text);
  return &headers;
}

Result<const std::vector<BoundTarget>*> Names::bound_in(const std::string& file,
                                                        const std::string& field) {
  std::pair<std::string_view, std::string_view> key(file, field);
  if (auto it = bound_.find(key); it != bound_.end()) return &it->second;
  std::vector<BoundTarget> targets;
  KILLIFY_TRY(const auto* bindings, bindings_of(file));
  for (const auto& binding : *bindings) {
    if (binding.field != field) continue;
    KILLIFY_TRY(auto nodes, resolve(binding.target, file));
    for (auto id : nodes) {
      const auto& node = nodes_[id];
      // What a function assigns is mostly a variable: one that has the name of a function
      // elsewhere.
      bool plausible = binding.outside || driver(node.file) == driver(file);
      if (!node.is_macro && plausible)
        targets.push_back({id, binding.in, file, binding.line, binding.outside});
    }
  }
  return &(bound_[{file, field}] = std::move(targets));
}

Result<const std::vector<Names::Binding>*> Names::bindings_of(const std::string& file) {
  if (auto it = bindings_.find(file); it != bindings_.end()) return &it->second;
  KILLIFY_TRY(const auto sketch, facts_.look_at(file));
  std::vector<Binding> bindings;
  bindings.reserve(sketch->bindings().size());
  for (const auto& one : sketch->bindings())
    bindings.push_back({std::string(one.field), std::string(one.target), std::string(one.in),
                        one.line, one.function < 0});
  return &(bindings_[file] = std::move(bindings));
}

Result<const std::vector<BoundTarget>*> Names::bound_by(const std::string& driver,
                                                        const std::string& field) {
  std::pair<std::string_view, std::string_view> key(driver, field);
  if (auto it = by_driver_.find(key); it != by_driver_.end()) return &it->second;
  std::vector<BoundTarget> targets;
  const auto& files = files_with_field(field).by_driver;
  if (auto it = files.find(driver); it != files.end())
    for (const auto* entry : it->second) {
      if (is_no_kernel_code(entry->path)) continue;
      KILLIFY_TRY(const auto* bound, bound_in(entry->path, field));
      targets.insert(targets.end(), bound->begin(), bound->end());
    }
  return &(by_driver_[{driver, field}] = std::move(targets));
}

Result<const std::vector<BoundTarget>*> Names::bound_below(const std::string& parent,
                                                           const std::string& field) {
  auto [it, added] = below_.try_emplace({parent, field});
  if (added && std::count(parent.begin(), parent.end(), '/') > 0) {
    for (const auto& [path, entries] : files_with_field(field).by_directory) {
      if (path != parent && !path.starts_with(parent + "/")) continue;
      for (const auto* entry : entries) {
        KILLIFY_TRY(const auto* bound, bound_in(entry->path, field));
        it->second.insert(it->second.end(), bound->begin(), bound->end());
      }
    }
    std::sort(it->second.begin(), it->second.end(), [](const BoundTarget& a, const BoundTarget& b) {
      return std::tie(a.file, a.line, a.node) < std::tie(b.file, b.line, b.node);
    });
  }
  return &it->second;
}

Result<std::vector<BoundTarget>> Names::bound_to(const std::string& field, const std::string& in,
                                                 const std::string& file,
                                                 const std::set<std::string>& drivers) {
  std::vector<BoundTarget> targets;
  const auto& own = driver(file);
  auto add = [&](const std::vector<BoundTarget>& bound, const std::string& binder) {
    bool one_driver = binder == own;
    std::copy_if(bound.begin(), bound.end(), std::back_inserter(targets),
                 [&](const BoundTarget& target) {
                   if (in == kNameless)
                     return one_driver && target.in.empty() && target.initialised;
                   return in.empty() || target.in.empty() ? one_driver : target.in == in;
                 });
  };
  for (const auto& name : drivers) {
    KILLIFY_TRY(const auto* bound, bound_by(name, field));
    add(*bound, name);
  }
  if (drivers.contains(own)) return targets;
  const auto& files = files_with_field(field).by_directory;
  if (auto it = files.find(std::string(directory(file))); it != files.end()) {
    for (const auto* entry : it->second) {
      if (is_no_kernel_code(entry->path)) continue;
      KILLIFY_TRY(bool near, are_near(file, entry->path));
      if (!near) continue;
      KILLIFY_TRY(const auto* bound, bound_in(entry->path, field));
      add(*bound, driver(entry->path));
    }
  }
  if (targets.empty() && !in.empty() && in != kNameless) {
    KILLIFY_TRY(const auto* below, bound_below(std::string(directory(file)), field));
    std::copy_if(below->begin(), below->end(), std::back_inserter(targets),
                 [&](const BoundTarget& target) { return target.in == in; });
    if (targets.size() > kMaxBelow) targets.clear();
  }
  return targets;
}

}  // namespace killify
