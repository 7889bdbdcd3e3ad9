#include "facts/linkage.h"

#include <fmt/format.h>

#include <algorithm>

namespace killify {
namespace {

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

// The part of the tree whose makefiles can name an object of the directory: lists name what is
// below them, and beside it through an include ("drivers/gpu": amdgpu names what display/ has).
std::string part_around(const std::string& directory) {
  const auto first = directory.find('/');
  if (first == std::string::npos) return {};
  return directory.substr(0, directory.find('/', first + 1));
}

}  // namespace

std::optional<std::string> Linkage::text(const std::string& path) const {
  const auto* entry = snapshot_.find(path);
  if (entry == nullptr) return std::nullopt;
  auto text = repository_.read_blob(entry->blob);
  if (!text) return std::nullopt;
  return std::move(*text);
}

void Linkage::read_directory(const std::string& directory) {
  if (!read_.insert(directory).second) return;
  auto makefile = directory + "/Kbuild";
  if (snapshot_.find(makefile) == nullptr) makefile = directory + "/Makefile";
  if (snapshot_.find(makefile) == nullptr) return;
  const auto read = [this](const std::string& path) { return text(path); };
  for (const auto& [list, object, when] : listed_objects(directory, makefile, read)) {
    if (list != "obj" && list != "lib")
      into_[object].insert(fmt::format("{}/{}.o", directory, list));
    else if (list == "obj" && when != ListedObject::When::kAlways)
      modules_.insert(object);
  }
}

void Linkage::read_around(const std::string& file) {
  const auto directory = directory_of(file);
  for (auto above = directory; !above.empty(); above = directory_of(above)) read_directory(above);
  const auto part = part_around(directory);
  if (part.empty() || !around_.insert(part).second) return;
  for (const auto* entry : snapshot_.under(part))
    if (entry->path.ends_with("/Makefile") || entry->path.ends_with("/Kbuild"))
      read_directory(directory_of(entry->path));
}

std::set<std::string> Linkage::modules_of(const std::string& file) {
  const std::scoped_lock lock(mutex_);
  if (const auto known = known_.find(file); known != known_.end()) return known->second;
  std::set<std::string> modules;
  if (file.ends_with(".c")) {
    read_around(file);
    std::set<std::string> looked_at;
    std::vector<std::string> open{file.substr(0, file.size() - 1) + "o"};
    while (!open.empty()) {
      const auto object = std::move(open.back());
      open.pop_back();
      if (!looked_at.insert(object).second) continue;
      if (modules_.contains(object)) modules.insert(object);
      if (const auto into = into_.find(object); into != into_.end())
        open.insert(open.end(), into->second.begin(), into->second.end());
    }
  }
  return known_[file] = std::move(modules);
}

bool Linkage::are_apart(const std::string& a, const std::string& b) {
  const auto one = modules_of(a);
  const auto other = modules_of(b);
  return !one.empty() && !other.empty() &&
         std::ranges::none_of(one,
                              [&](const std::string& module) { return other.contains(module); });
}

std::vector<std::string> Linkage::of_its_module(const std::string& file,
                                                std::vector<std::string> definers) {
  const auto own = modules_of(file);
  const auto is_own = [&](const std::string& definer) {
    if (definer == file) return true;
    const auto modules = modules_of(definer);
    return std::ranges::any_of(modules,
                               [&](const std::string& module) { return own.contains(module); });
  };
  if (!own.empty() && definers.size() > 1 && std::ranges::any_of(definers, is_own))
    std::erase_if(definers, [&](const std::string& definer) { return !is_own(definer); });
  return definers;
}

}  // namespace killify
