#include "kernel/kernel_tree.h"

#include "support/digest.h"

#include <fmt/format.h>

namespace killify::test {
namespace {

// One directory per tarball, so that an update of the package is imported anew. What is fetched is
// fetched once.
fs::path shared_directory(const std::string& version) {
  if (version != "6.1") return test_cache() / ("debian-" + version);
  std::error_code missing;
  const auto size = fs::file_size(kTarball, missing);
  if (missing) return {};
  const auto time = fs::last_write_time(kTarball).time_since_epoch().count();
  return test_cache() / ("linux-" + sha256(fmt::format("{} {}", size, time)).substr(0, 16));
}

}  // namespace

Bench::Bench() {
  fs::create_directories(test_cache());
  remove_stale_temporaries(test_cache());
  auto made = TempDir::make(test_cache());
  EXPECT_TRUE(made) << made.error().message;
  temp_ = std::move(*made);
  fs::create_directories(path() / "home");
}

Completed Bench::start(const Words& argv, const fs::path& cwd) const {
  return run_program(argv, cwd, neutral_environment(path() / "home"));
}

Completed Bench::killify(const fs::path& cache, const Words& arguments) const {
  Words all = {"--cache", cache.string(), "--progress=none"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return start(killify_words(all), path());
}

std::string Bench::git(const fs::path& tree, const Words& arguments) const {
  Words argv = {"git"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  const Completed done = start(argv, tree);
  EXPECT_TRUE(done.ok()) << shell_quoted(argv) << ": " << done.err;
  return done.out;
}

fs::path Bench::clone(const std::string& name, const std::string& version) const {
  fs::path made = path() / name;
  (void)git(path(), {"clone", "--quiet", "--shared", "--no-checkout",
                     shared_kernel(version).string(), made.string()});
  (void)git(made, {"config", "user.name", "A. Tester"});
  (void)git(made, {"config", "user.email", "tester@example.org"});
  return made;
}

void share(const fs::path& imported, const std::string& version) {
  const fs::path directory = shared_directory(version);
  fs::create_directories(directory);
  auto lock = FileLock::wait(directory / "lock");
  ASSERT_TRUE(lock) << lock.error().message;
  if (!fs::exists(directory / "tree")) fs::rename(imported, directory / "tree");
}

fs::path shared_kernel(const std::string& version) {
  const fs::path directory = shared_directory(version);
  if (directory.empty()) {
    ADD_FAILURE() << kTarball << ": missing; install it: apt-get install linux-source-6.1";
    return {};
  }
  fs::path tree = directory / "tree";
  if (fs::exists(tree)) return tree;
  const Bench bench;
  const std::string source = version == "6.1" ? kTarball.string() : "debian:" + version;
  const Completed made =
      bench.killify(bench.path() / "cache", {"import", source, (bench.path() / "linux").string()});
  EXPECT_TRUE(made.ok()) << made.err;
  if (made.ok()) share(bench.path() / "linux", version);
  return tree;
}

fs::path shared_cache(const std::string& version) {
  return shared_directory(version) / "cache";
}

}  // namespace killify::test
