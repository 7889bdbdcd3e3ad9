#include "verify/objects.h"

#include "support/files.h"
#include "support/text.h"

#include <algorithm>
#include <array>
#include <regex>
#include <string_view>

namespace killify {
namespace {

namespace fs = std::filesystem;

// A header may have hundreds of users; a few of the nearest prove that it compiles.
constexpr std::size_t kUsersOfHeader = 4;
// #include "selftests/x.c" reaches one directory down; a second level covers the rest.
constexpr int kLevelsUp = 2;

bool is_code(const fs::path& path) {
  return path.extension() == ".c" || path.extension() == ".S";
}

// Does no program of a build read it, or only make and Kconfig themselves?
bool is_text(const fs::path& path) {
  const std::string name = path.filename().string();
  const std::string kind = path.extension().string();
  return name.starts_with("Kconfig") || name.starts_with("Makefile") || name == "Kbuild" ||
         name == "MAINTAINERS" || name == "CREDITS" || name == "README" || name == ".gitignore" ||
         kind == ".rst" || kind == ".txt" || kind == ".md" || kind == ".yaml" ||
         path.begin()->string() == "Documentation";
}

std::string object_of(fs::path source) {
  return source.replace_extension(".o").string();
}

std::vector<std::string> sorted_names(const fs::path& directory) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

// Is there an #include "..." in `text`, a file of directory `from`, that names `path`?
bool includes(const std::string& text, const fs::path& from, const fs::path& path) {
  const std::string name = path.filename().string();
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const std::size_t line_start = text.rfind('\n', at) + 1;  // npos + 1 is 0
    const std::size_t line_end = std::min(text.find('\n', at), text.size());
    const std::string_view line(text.data() + line_start, line_end - line_start);
    const std::size_t open = line.find('"');
    const std::size_t close = line.rfind('"');
    if (!trim(line).starts_with('#') || line.find("include") == std::string_view::npos) continue;
    if (open == std::string_view::npos || open == close) continue;
    const fs::path named(line.substr(open + 1, close - open - 1));
    if ((from / named).lexically_normal() == path) return true;
  }
  return false;
}

// The .c files in the directory of `path`, and in those above it, that include it.
std::vector<std::string> users_of(const fs::path& tree, const fs::path& path, int levels) {
  std::vector<std::string> users;
  fs::path directory = path.parent_path();
  for (int level = 0; level <= levels && !directory.empty(); ++level) {
    for (const std::string& name : sorted_names(tree / directory)) {
      if (!name.ends_with(".c") || directory / name == path) continue;
      const auto text = read_file(tree / directory / name);
      if (text && includes(*text, directory, path)) users.push_back((directory / name).string());
    }
    directory = directory.parent_path();
  }
  return users;
}

// "drivers/gpu/drm/amd/amdgpu/../amdkfd/x.o" for ".../amdkfd/x.c": a directory beside one of the
// file's own may build it, if its Makefile leaves the directory and mentions the other one.
std::vector<std::string> objects_through_neighbours(const fs::path& tree, const fs::path& path) {
  std::vector<std::string> objects;
  fs::path rest = path.filename();
  for (fs::path directory = path.parent_path(); directory.has_parent_path();
       directory = directory.parent_path()) {
    const std::string own = directory.filename().string();
    const fs::path parent = directory.parent_path();
    for (const std::string& name : sorted_names(tree / parent)) {
      if (name == own) continue;
      const auto makefile = read_file(tree / parent / name / "Makefile");
      if (!makefile || makefile->find("../") == std::string::npos) continue;
      const std::regex mention("\\b" + std::regex_replace(own, std::regex(R"([^\w])"), "\\$&") +
                               "\\b");
      if (std::regex_search(*makefile, mention))
        objects.push_back(object_of(parent / name / ".." / own / rest));
    }
    rest = directory.filename() / rest;
  }
  return objects;
}

ChangedSource examine(const fs::path& tree, const std::string& changed) {
  ChangedSource source;
  source.path = changed;
  const fs::path path(changed);
  std::error_code error;
  if (!fs::exists(tree / path, error)) {
    source.reason = "the commit removes it";
  } else if (changed.starts_with("tools/")) {
    source.kind = SourceKind::kUnknown;
    source.reason = "not one of the kernel's own objects";
  } else if (is_text(path)) {
    source.reason = "not compiled";
  } else if (is_code(path)) {
    source.kind = SourceKind::kCode;
    source.objects.push_back(object_of(path));
    for (const std::string& user : users_of(tree, path, kLevelsUp))
      source.objects.push_back(object_of(user));
    for (std::string& object : objects_through_neighbours(tree, path))
      source.objects.push_back(std::move(object));
  } else if (path.extension() == ".h") {
    source.kind = SourceKind::kHeader;
    if (!changed.starts_with("include/")) {
      auto users = users_of(tree, path, 0);
      if (users.size() > kUsersOfHeader) users.resize(kUsersOfHeader);
      for (const std::string& user : users) source.objects.push_back(object_of(user));
    }
  } else {
    source.kind = SourceKind::kUnknown;
    source.reason = "no object is known to be made from such a file";
  }
  return source;
}

}  // namespace

std::vector<ChangedSource> objects_of(const fs::path& tree,
                                      const std::vector<std::string>& changed) {
  std::vector<ChangedSource> sources;
  sources.reserve(changed.size());
  for (const std::string& path : changed) sources.push_back(examine(tree, path));
  return sources;
}

std::vector<std::string> users_of_public_header(const fs::path& tree, const std::string& header) {
  // First what every configuration builds.
  constexpr std::array<std::string_view, 8> kPlaces{"kernel", "lib",     "mm",  "block",
                                                    "fs",     "drivers", "net", "sound"};
  std::vector<std::string> users;
  const std::string wanted = "<" + header.substr(std::string_view("include/").size()) + ">";
  for (const std::string_view place : kPlaces) {
    std::vector<std::string> open{std::string(place)};
    while (!open.empty() && users.size() < kUsersOfHeader) {
      const fs::path directory = std::move(open.back());
      open.pop_back();
      const auto names = sorted_names(tree / directory);
      for (const std::string& name : names) {
        if (!name.ends_with(".c") || users.size() == kUsersOfHeader) continue;
        const auto text = read_file(tree / directory / name);
        if (text && text->find(wanted) != std::string::npos)
          users.push_back(object_of(directory / name));
      }
      std::error_code error;
      for (auto name = names.rbegin(); name != names.rend(); ++name)
        if (fs::is_directory(tree / directory / *name, error))
          open.push_back((directory / *name).string());
    }
  }
  return users;
}

}  // namespace killify
