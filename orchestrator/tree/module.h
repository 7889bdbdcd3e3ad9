// A driver that lives outside of the kernel's tree: it is put beside the kernel that it is built
// against, and looked at together with it.
#pragma once

#include "support/error.h"
#include "tree/workshop.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// The directory of a tree that is looked at in which modules stand.
inline constexpr std::string_view kModules = "module";

// Whether a file of such a tree is a module's, and none of the kernel's.
[[nodiscard]] bool is_of_module(std::string_view path);

struct Module {
  std::filesystem::path top;  // its repository's work tree, or the directory that was named
  std::string place;          // where `top` stands in the tree: "module/evdi"
  std::string asked;          // what was named, there: "module/evdi/module"
  FileContents files;         // C, headers and makefiles, by their paths in the tree
  std::string changed;        // a file of which the work tree has another version; "" if none
  std::optional<Repository> repository;  // none: it is in no repository
  CommitInfo head;                       // of that, and what is looked at
};

// What HEAD has of the repository around a directory, or what is in the directory where it is in
// none. An error where no C is there, and where that repository is the kernel's own.
[[nodiscard]] Result<Module> read_module(const std::filesystem::path& directory,
                                         const std::filesystem::path& kernel);

// A commit on `kernel` with the modules beside it. Two of one name are an error.
[[nodiscard]] Result<Oid> with_modules(Workshop& workshop, const CommitInfo& kernel,
                                       const std::vector<Module>& modules);

// The directory whose makefile make is to be given as M=: the one that was named, or the one below
// it that has a list of objects. An error where there is none, and where there are several.
[[nodiscard]] Result<std::string> kbuild_directory(const Module& module);

// Commits on `kernel`, of which each holds one of the module's beside it: first `base`, which is
// not among those that are returned, then `commits`. The module has a repository.
[[nodiscard]] Result<std::vector<CommitInfo>> beside(Workshop& workshop, const CommitInfo& kernel,
                                                     const Module& module, const CommitInfo& base,
                                                     const std::vector<CommitInfo>& commits);

}  // namespace killify
