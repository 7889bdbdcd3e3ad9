#include "tree/module.h"

#include "support/files.h"
#include "support/text.h"
#include "tree/work_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace killify {
namespace {

namespace fs = std::filesystem;

// What the compiler and Kbuild read of a module, but for what they made themselves.
bool is_read(std::string_view path) {
  constexpr std::array<std::string_view, 4> kSuffixes{".c", ".h", "/Kbuild", "/Makefile"};
  return !path.ends_with(".mod.c") && std::ranges::any_of(kSuffixes, [&](std::string_view suffix) {
    return path.ends_with(suffix);
  });
}

Status read_repository(Module& module) {
  const Repository& repository = *module.repository;
  KILLIFY_TRY(module.head, repository.commit("HEAD"));
  KILLIFY_TRY(const auto snapshot, repository.snapshot(module.head.oid));
  for (const auto& entry : snapshot.entries) {
    const auto path = module.place + "/" + entry.path;
    constexpr std::uint32_t kLink = 0120000;
    if (!is_read(path) || entry.mode == kLink) continue;
    KILLIFY_TRY(module.files[path], repository.read_blob(entry.blob));
  }
  module.changed = changed_file(repository, snapshot);
  return {};
}

Status read_directory(Module& module) {
  std::error_code error;
  for (fs::recursive_directory_iterator at(module.top, error), end; !error && at != end;
       at.increment(error)) {
    const auto path =
        module.place + "/" + at->path().lexically_relative(module.top).generic_string();
    if (!is_read(path) || !at->is_regular_file(error) || at->is_symlink(error)) continue;
    KILLIFY_TRY(module.files[path], read_file(at->path()));
  }
  if (error) return fail("{}: cannot list it: {}", module.top.string(), error.message());
  return {};
}

}  // namespace

bool is_of_module(std::string_view path) {
  return path.starts_with(kModules) && path.substr(kModules.size()).starts_with('/');
}

Result<Module> read_module(const fs::path& directory, const fs::path& kernel) {
  std::error_code error;
  if (!fs::is_directory(directory, error))
    return fail("--module {}: no such directory; name the module's sources", directory.string());
  const auto named = fs::canonical(directory, error);
  Module module{.top = named,
                .place = {},
                .asked = {},
                .files = {},
                .changed = {},
                .repository = {},
                .head = {}};
  auto repository = Repository::open(named);
  const bool kept = repository && !repository->work_tree().empty();
  if (kept) {
    module.top = fs::canonical(repository->work_tree(), error);
    module.repository = std::move(*repository);
  }
  if (fs::equivalent(module.top, kernel, error))
    return fail("--module {}: is in the kernel's own tree; name it as PATH", directory.string());
  module.place = fmt::format("{}/{}", kModules, module.top.filename().string());
  const auto below = named.lexically_relative(module.top).generic_string();
  module.asked = below == "." ? module.place : module.place + "/" + below;
  KILLIFY_CHECK(kept ? read_repository(module) : read_directory(module));
  const bool any = std::ranges::any_of(module.files, [&](const auto& file) {
    return file.first.ends_with(".c") && file.first.starts_with(module.asked + "/");
  });
  if (!any)
    return fail("--module {}: no C source there{}", directory.string(),
                kept ? " in HEAD of " + module.top.string() : std::string());
  return module;
}

Result<Oid> with_modules(Workshop& workshop, const CommitInfo& kernel,
                         const std::vector<Module>& modules) {
  FileContents files;
  std::set<std::string> places;
  for (const auto& module : modules) {
    if (!places.insert(module.place).second)
      return fail("--module {}: another module has that name", module.top.string());
    files.insert(module.files.begin(), module.files.end());
  }
  return workshop.commit(kernel.oid, files, "Modules beside the kernel\n", kernel.author);
}

Result<std::string> kbuild_directory(const Module& module) {
  std::set<std::string> directories;
  for (const auto& [path, text] : module.files) {
    const bool read = path.ends_with("/Kbuild") || path.ends_with("/Makefile");
    const bool lists =
        text.find("obj-m") != std::string::npos || text.find("obj-$(") != std::string::npos;
    if (read && lists && path.starts_with(module.asked + "/"))
      directories.insert(path.substr(0, path.rfind('/')));
  }
  // The makefile of a directory names those below it that it needs.
  std::vector<std::string> tops;
  for (const auto& directory : directories)
    if (tops.empty() || !directory.starts_with(tops.back() + "/")) tops.push_back(directory);
  if (tops.size() == 1) return tops.front();
  return fail("--module {}: {}; name the directory that make is given as M=",
              module.top.string() + module.asked.substr(module.place.size()),
              tops.empty() ? "no Kbuild or Makefile there has a list of objects (obj-m)"
                           : "each of " + join(tops, ", ") + " has a list of objects");
}

Result<std::vector<CommitInfo>> beside(Workshop& workshop, const CommitInfo& kernel,
                                       const Module& module, const CommitInfo& base,
                                       const std::vector<CommitInfo>& commits) {
  const Repository& repository = *module.repository;
  KILLIFY_TRY(Oid at, workshop.commit_beside(kernel.oid, module.place, repository, base));
  std::vector<CommitInfo> made;
  for (const CommitInfo& commit : commits) {
    KILLIFY_TRY(at, workshop.commit_beside(at, module.place, repository, commit));
    KILLIFY_TRY(CommitInfo info, workshop.repository().commit(at));
    made.push_back(std::move(info));
  }
  return made;
}

}  // namespace killify
