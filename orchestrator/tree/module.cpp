#include "tree/module.h"

#include "support/files.h"
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

Status read_repository(const Repository& repository, Module& module) {
  KILLIFY_TRY(const auto snapshot, repository.snapshot("HEAD"));
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

Result<Module> read_module(const fs::path& directory, const fs::path& kernel) {
  std::error_code error;
  if (!fs::is_directory(directory, error))
    return fail("--module {}: no such directory; name the module's sources", directory.string());
  const auto named = fs::canonical(directory, error);
  Module module{.top = named, .place = {}, .asked = {}, .files = {}, .changed = {}};
  const auto repository = Repository::open(named);
  const bool kept = repository && !repository->work_tree().empty();
  if (kept) module.top = fs::canonical(repository->work_tree(), error);
  if (fs::equivalent(module.top, kernel, error))
    return fail("--module {}: is in the kernel's own tree; name it as PATH", directory.string());
  module.place = fmt::format("{}/{}", kModules, module.top.filename().string());
  const auto below = named.lexically_relative(module.top).generic_string();
  module.asked = below == "." ? module.place : module.place + "/" + below;
  KILLIFY_CHECK(kept ? read_repository(*repository, module) : read_directory(module));
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

}  // namespace killify
