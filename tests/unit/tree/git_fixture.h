// A scratch directory with a real git in it that sees no configuration of this machine.
#pragma once

#include "support/digest.h"
#include "support/files.h"
#include "support/run_git.h"
#include "support/temp_dir.h"

#include <git2.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace killify {

class GitFixture : public testing::Test {
 protected:
  GitFixture() : scratch_(TempDir::make().value()) {
    git_libgit2_init();
    std::filesystem::create_directory(path("no-home"));
    for (const int level : {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL})
      git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, path("no-home").c_str());
  }
  ~GitFixture() override { git_libgit2_shutdown(); }

  [[nodiscard]] std::filesystem::path path(const std::string& name) const {
    return scratch_.path() / name;
  }

  static std::string git(const std::filesystem::path& repository, std::vector<std::string> args) {
    return test::git(repository, std::move(args));
  }

  static void write(const std::filesystem::path& file, std::string_view text) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
  }

  // A repository with these files and one commit.
  [[nodiscard]] std::filesystem::path make_repository(
      const std::string& name, const std::map<std::string, std::string>& files) const {
    const std::filesystem::path root = path(name);
    std::filesystem::create_directories(root);
    git(root, {"init", "-q"});
    for (const auto& [file, text] : files) write(root / file, text);
    commit_all(root, "Base");
    return root;
  }

  static void commit_all(const std::filesystem::path& repository, const std::string& message) {
    git(repository, {"add", "-A"});
    git(repository, {"commit", "-q", "-m", message});
  }

  // Every file and symlink below `root`, with a digest of what it holds.
  static std::map<std::string, std::string> listing(const std::filesystem::path& root) {
    namespace fs = std::filesystem;
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      const std::string name = fs::relative(entry.path(), root).string();
      if (entry.is_symlink())
        files[name] = "-> " + fs::read_symlink(entry.path()).string();
      else if (entry.is_regular_file())
        files[name] = sha256(read_file(entry.path()).value());
    }
    return files;
  }

 private:
  TempDir scratch_;
};

}  // namespace killify
