// killify import on the tarball that Debian's package installs.
#include "kernel/kernel_tree.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>

namespace killify::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// "VERSION = 6" and its like.
std::string version_in(const std::string& makefile) {
  std::map<std::string, std::string> values;
  for (const std::string& line : split_lines(makefile))
    if (const auto equals = line.find('='); equals != std::string::npos)
      values.emplace(trim(line.substr(0, equals)), trim(line.substr(equals + 1)));
  return values["VERSION"] + "." + values["PATCHLEVEL"] + "." + values["SUBLEVEL"] +
         values["EXTRAVERSION"];
}

std::size_t files_in(const fs::path& tree) {
  std::size_t files = 0;
  for (auto entry = fs::recursive_directory_iterator(tree);
       entry != fs::recursive_directory_iterator(); ++entry) {
    if (entry.depth() == 0 && entry->path().filename() == ".git")
      entry.disable_recursion_pending();
    else if (entry->is_symlink() || !entry->is_directory())
      ++files;
  }
  return files;
}

TEST(Import, MakesARepositoryThatGitAgreesWith) {
  const Bench bench;
  const fs::path tree = bench.path() / "linux";
  const Completed made =
      bench.killify(bench.path() / "cache", {"import", kTarball.string(), tree.string()});
  ASSERT_TRUE(made.ok()) << made.err << "\nWithout the tarball: apt-get install linux-source-6.1";

  const std::string version = version_in(text_of(tree / "Makefile"));
  EXPECT_EQ(bench.git(tree, {"tag", "--points-at", "HEAD"}), "v" + version + "\n");
  EXPECT_THAT(made.out, HasSubstr("v" + version));
  EXPECT_EQ(bench.git(tree, {"rev-list", "--count", "HEAD"}), "1\n");

  // Every file of the work tree is in the commit, also those that Debian's .gitignore names.
  const auto tracked = split_lines(bench.git(tree, {"ls-files"}));
  EXPECT_EQ(tracked.size(), files_in(tree));
  EXPECT_GT(tracked.size(), 70000U);
  EXPECT_EQ(bench.git(tree, {"write-tree"}), bench.git(tree, {"rev-parse", "HEAD^{tree}"}));

  // The work tree is what the objects say: git reads each file again, since its index is gone.
  fs::remove(tree / ".git/index");
  (void)bench.git(tree, {"read-tree", "HEAD"});
  EXPECT_THAT(bench.git(tree, {"status", "--porcelain"}), IsEmpty());

  const std::string commit = bench.git(tree, {"rev-parse", "HEAD"});
  share(tree);
  EXPECT_EQ(bench.git(shared_kernel(), {"rev-parse", "HEAD"}), commit)
      << "an import of the same tarball made another commit";
}

}  // namespace
}  // namespace killify::test
