// Drives the built killify as a user would: on a small tree of its own, with the real programs.
#pragma once

#include "support/files.h"
#include "support/process.h"
#include "support/temp_dir.h"
#include "support/text.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace killify::test {

namespace fs = std::filesystem;
using Environment = std::vector<std::pair<std::string, std::string>>;
using Words = std::vector<std::string>;

inline const fs::path kSource = KILLIFY_TEST_SOURCE_DIR;
inline const fs::path kOldLinux = kSource / "kernel-fixtures" / "old-linux";
inline const fs::path kMiniLinux = kSource / "kernel-fixtures" / "mini-linux";
// Where generate puts the flagship's commits.
inline const std::string kBranch = "killify/killable-fault-handlers/v1";

// What tests of several runs share: built when missing, safe for several at once.
inline fs::path test_cache() {
  if (const char* named = std::getenv("KILLIFY_TEST_CACHE"); named != nullptr && *named != '\0')
    return named;
  const char* home = std::getenv("HOME");
  return fs::path(home == nullptr ? "/tmp" : home) / ".cache" / "killify-tests";
}

// No setting of the person who runs the tests has a part in them.
inline Environment neutral_environment(const fs::path& home) {
  return {{"HOME", home.string()},
          {"XDG_CONFIG_HOME", (home / ".config").string()},
          {"XDG_CACHE_HOME", (home / ".cache").string()},
          {"CCACHE_DIR", (test_cache() / "ccache").string()},
          {"LC_ALL", "C.UTF-8"},
          {"TZ", "UTC"},
          {"GIT_CONFIG_NOSYSTEM", "1"},
          {"KILLIFY_DATA", kSource.string()},
          {"MAKEFLAGS", ""},
          {"MAKELEVEL", "0"},
          {"KBUILD_OUTPUT", ""}};
}

inline Completed run_program(Words argv, const fs::path& cwd, Environment environment,
                             const std::string& input = {}) {
  Command command;
  command.argv = std::move(argv);
  command.cwd = cwd;
  command.env = std::move(environment);
  command.input = input;
  auto completed = run(command);
  EXPECT_TRUE(completed) << completed.error().message;
  return completed ? std::move(*completed) : Completed{};
}

inline Words killify_words(const Words& arguments) {
  Words argv = {KILLIFY_TEST_BINARY};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return argv;
}

inline std::string text_of(const fs::path& file) {
  auto text = read_file(file);
  EXPECT_TRUE(text) << text.error().message;
  return text.value_or("");
}

inline void write_text(const fs::path& file, const std::string& text) {
  const Status written = write_file_atomic(file, text);
  EXPECT_TRUE(written) << written.error().message;
}

// Every file below a directory with its contents.
inline std::map<std::string, std::string> contents_below(const fs::path& directory) {
  std::map<std::string, std::string> contents;
  for (const auto& entry : fs::recursive_directory_iterator(directory))
    if (entry.is_regular_file())
      contents[entry.path().lexically_relative(directory).string()] = text_of(entry.path());
  return contents;
}

// A temporary directory with a home, a cache and room for trees.
class Place {
 public:
  Place() {
    auto made = TempDir::make();
    EXPECT_TRUE(made) << made.error().message;
    temp_ = std::move(*made);
    fs::create_directories(path() / "home");
  }

  [[nodiscard]] fs::path path() const { return temp_->path(); }
  [[nodiscard]] fs::path cache() const { return path() / "cache"; }
  [[nodiscard]] fs::path scratch() const { return cache() / "scratch"; }

  // The cache takes part in what all tests ask of spatch, and keeps the rest to itself.
  void share_answers() const {
    const fs::path shared = test_cache() / "fixture";
    fs::create_directories(shared / "words");
    fs::create_directories(cache());
    fs::create_symlink(shared / "answers.sqlite", cache() / "answers.sqlite");
    fs::create_directory_symlink(shared / "words", cache() / "words");
  }

  [[nodiscard]] Environment environment(const Environment& more = {}) const {
    Environment all = neutral_environment(path() / "home");
    for (const auto& [name, value] : more) {
      std::erase_if(all, [&name = name](const auto& pair) { return pair.first == name; });
      all.emplace_back(name, value);
    }
    return all;
  }

  [[nodiscard]] Words with_cache(const Words& arguments) const {
    Words all = {"--cache", cache().string()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return killify_words(all);
  }

  // killify in `cwd`, with this place's cache.
  [[nodiscard]] Completed killify(const Words& arguments, const fs::path& cwd,
                                  const Environment& more = {}) const {
    return run_program(with_cache(arguments), cwd, environment(more));
  }

  [[nodiscard]] Completed run(Words argv, const fs::path& cwd,
                              const std::string& input = {}) const {
    return run_program(std::move(argv), cwd, environment(), input);
  }

 private:
  std::optional<TempDir> temp_;
};

// All of a repository that a command could touch.
struct RepositoryState {
  std::string head;
  std::string refs;
  std::string index;
  std::string status;
  std::map<std::string, std::string> files;  // of the work tree
  std::map<std::string, std::string> git;    // of .git: size and time of each file

  bool operator==(const RepositoryState&) const = default;
};

// A place with mini-linux, or another tree, imported by killify and owned by "A. Tester".
class MiniTree : public Place {
 public:
  explicit MiniTree(const fs::path& source = kMiniLinux) {
    const Completed made = Place::killify({"import", source.string(), tree().string()}, path());
    EXPECT_TRUE(made.ok()) << made.err;
    (void)git({"config", "user.name", "A. Tester"});
    (void)git({"config", "user.email", "tester@example.org"});
  }

  [[nodiscard]] fs::path tree() const { return path() / "tree"; }
  [[nodiscard]] fs::path out() const { return path() / "out"; }

  [[nodiscard]] Completed killify(const Words& arguments, const Environment& more = {}) const {
    return Place::killify(arguments, tree(), more);
  }

  // git's standard output; anything but success is an error of the test.
  [[nodiscard]] std::string git(const Words& arguments, const fs::path& directory = {},
                                const std::string& input = {}) const {
    Words argv = {"git"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    const Completed done = run(argv, directory.empty() ? tree() : directory, input);
    EXPECT_TRUE(done.ok()) << shell_quoted(argv) << ": " << done.err;
    return done.out;
  }

  [[nodiscard]] std::string commit_id(const std::string& revision) const {
    return std::string(trim(git({"rev-parse", revision + "^{commit}"})));
  }

  [[nodiscard]] RepositoryState state() const {
    RepositoryState state;
    state.git = listing(tree() / ".git");  // first: git itself may write into .git
    state.head = text_of(tree() / ".git/HEAD");
    state.refs = git({"for-each-ref"});
    state.index = text_of(tree() / ".git/index");
    state.status = git({"--no-optional-locks", "status", "--porcelain", "--untracked-files=all"});
    for (auto& [name, text] : contents_below(tree()))
      if (!name.starts_with(".git/")) state.files[name] = std::move(text);
    return state;
  }

 private:
  static std::map<std::string, std::string> listing(const fs::path& directory) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(directory)) {
      const auto time = entry.last_write_time().time_since_epoch().count();
      files[entry.path().lexically_relative(directory).string()] =
          entry.is_regular_file() ? fmt::format("{} bytes, {}", entry.file_size(), time)
                                  : fmt::format("{}", time);
    }
    return files;
  }
};

inline nlohmann::json parsed(const std::string& text) {
  auto json = nlohmann::json::parse(text, nullptr, false);
  EXPECT_FALSE(json.is_discarded()) << "not JSON: " << text;
  return json;
}

}  // namespace killify::test
