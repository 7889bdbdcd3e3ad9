#include "reach/names.h"

#include "spec/driver.h"

#include <algorithm>

namespace killify {
namespace {

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

// Programs that run on another machine, or on none: no kernel function calls them.
bool is_no_kernel_code(std::string_view path) {
  auto top = first_directory(path, 1);
  return top == "tools" || top == "scripts" || top == "Documentation" || top == "usr" ||
         top == "samples";
}

}  // namespace

NodeId Names::id_of(const std::string& name, const std::string& file, bool is_macro) {
  auto [it, added] = ids_.try_emplace({file, name}, nodes_.size());
  if (added) nodes_.push_back({name, file, is_macro});
  return it->second;
}

const std::string& Names::driver(const std::string& file) {
  auto it = drivers_.find(file);
  if (it == drivers_.end()) it = drivers_.emplace(file, driver_of(file, prefixes_)).first;
  return it->second;
}

Result<std::vector<NodeId>> Names::resolve(const std::string& name, const std::string& file) {
  std::pair key{file, name};
  if (auto it = resolved_.find(key); it != resolved_.end()) return it->second;
  KILLIFY_TRY(auto found, look_up(name, file));
  return resolved_[key] = std::move(found);
}

// Whether a definition in `candidate` can be what `file` calls, apart from being the right name.
bool Names::can_mean(const std::string& candidate, const std::string& file) {
  if (is_no_kernel_code(candidate))
    return first_directory(candidate, 1) == first_directory(file, 1);
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

Result<std::vector<NodeId>> Names::look_up(const std::string& name, const std::string& file) {
  KILLIFY_TRY(const auto* here, facts_.sketch(file));
  for (const auto& function : here->functions())
    if (function.name == name) return std::vector<NodeId>{id_of(name, file)};
  for (const auto& macro : here->macros())
    if (macro.name == name && !macro.body.empty())
      return std::vector<NodeId>{id_of(name, file, true)};

  std::vector<std::pair<std::string, bool>> found;  // file, whether it is a macro there
  KILLIFY_TRY(auto functions, facts_.files_defining(name));
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
  if (!file.starts_with("arch/")) {
    keep_if_any([](const auto& one) { return !one.first.starts_with("arch/"); });
    keep_if_any([](const auto& one) { return one.first.starts_with("arch/x86/"); });
  }
  std::vector<NodeId> ids;
  for (const auto& [path, is_macro] : found) ids.push_back(id_of(name, path, is_macro));
  return ids;
}

Result<std::vector<BoundTarget>> Names::bound_in(const std::string& driver_name,
                                                 const std::string& field) {
  std::pair key{driver_name, field};
  if (auto it = bound_.find(key); it != bound_.end()) return it->second;
  auto with = files_with_field_.find(field);
  if (with == files_with_field_.end())
    with = files_with_field_.emplace(field, facts_.words().files_with(field)).first;
  std::vector<BoundTarget> targets;
  for (const auto* entry : with->second) {
    if (!entry->path.starts_with(driver_name) || driver(entry->path) != driver_name) continue;
    KILLIFY_TRY(const auto* sketch, facts_.sketch(entry->path));
    for (const auto& binding : sketch->bindings()) {
      if (binding.field != field) continue;
      KILLIFY_TRY(auto nodes, resolve(std::string(binding.target), entry->path));
      for (auto node : nodes)
        if (!nodes_[node].is_macro) targets.push_back({node, entry->path, binding.line});
    }
  }
  return bound_[key] = std::move(targets);
}

}  // namespace killify
