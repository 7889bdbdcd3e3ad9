// killify import, on the fixture as a directory and as tarballs.
#include "support/killify_run.h"

#include <gmock/gmock.h>

namespace killify::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Import : public ::testing::Test, protected Place {
 protected:
  [[nodiscard]] Completed import(const fs::path& source, const fs::path& destination) const {
    return killify({"--progress=none", "import", source.string(), destination.string()}, path());
  }

  [[nodiscard]] std::string git(const fs::path& tree, Words arguments) const {
    arguments.insert(arguments.begin(), {"git", "-C", tree.string()});
    const Completed done = run(arguments, path());
    EXPECT_TRUE(done.ok()) << done.err;
    return done.out;
  }

  [[nodiscard]] fs::path tarball() const {
    fs::path file = path() / "linux-source.tar.xz";
    const Completed done =
        run({"tar", "-C", kMiniLinux.parent_path().string(), "-cJf", file.string(),
             "--transform=s/^mini-linux/linux-source-6.1/", "mini-linux"},
            path());
    EXPECT_TRUE(done.ok()) << done.err;
    return file;
  }

  // What is in the place besides the home, the cache and what the case itself made.
  [[nodiscard]] std::set<std::string> others(const std::set<std::string>& own) const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(path())) {
      const std::string name = entry.path().filename().string();
      if (name != "home" && name != "cache" && !own.contains(name)) names.insert(name);
    }
    return names;
  }
};

TEST_F(Import, ADirectoryBecomesARepositoryWithOneCommit) {
  const fs::path tree = path() / "tree";
  const Completed done = import(kMiniLinux, tree);
  ASSERT_TRUE(done.ok()) << done.err;
  EXPECT_EQ(done.err, "");
  EXPECT_THAT(done.out, HasSubstr("v6.1.0-mini"));
  EXPECT_EQ(git(tree, {"rev-list", "--all", "--count"}), "1\n");
  EXPECT_EQ(git(tree, {"describe", "--tags"}), "v6.1.0-mini\n");
  EXPECT_EQ(git(tree, {"status", "--porcelain"}), "");
  EXPECT_EQ(git(tree, {"fsck", "--strict"}), "");
  auto files = contents_below(tree);
  std::erase_if(files, [](const auto& file) { return file.first.starts_with(".git/"); });
  EXPECT_EQ(files, contents_below(kMiniLinux));
}

TEST_F(Import, ATarballGivesTheSameTree) {
  ASSERT_TRUE(import(kMiniLinux, path() / "a").ok());
  const Completed done = import(tarball(), path() / "b");
  ASSERT_TRUE(done.ok()) << done.err;
  EXPECT_EQ(git(path() / "a", {"rev-parse", "HEAD^{tree}"}),
            git(path() / "b", {"rev-parse", "HEAD^{tree}"}));
  EXPECT_EQ(git(path() / "b", {"status", "--porcelain"}), "");
}

TEST_F(Import, AnExistingDestinationIsRefusedAndKept) {
  const fs::path tree = path() / "tree";
  write_text(tree / "notes", "mine\n");
  const Completed done = import(kMiniLinux, tree);
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_THAT(done.err, AllOf(StartsWith("killify: "), HasSubstr(tree.string())));
  EXPECT_THAT(others({}), ElementsAre("tree"));
  EXPECT_THAT(contents_below(tree), ElementsAre(std::pair("notes", "mine\n")));
}

TEST_F(Import, ADamagedArchiveLeavesNothingBehind) {
  const fs::path whole = tarball();
  const std::string bytes = text_of(whole);
  const fs::path cut = path() / "cut.tar.xz";
  write_text(cut, bytes.substr(0, bytes.size() / 2));
  std::string noise = bytes;
  for (std::size_t i = noise.size() / 2; i < noise.size() / 2 + 64; ++i)
    noise[i] = static_cast<char>(noise[i] ^ 0x5a);
  const fs::path garbled = path() / "garbled.tar.xz";
  write_text(garbled, noise);
  const fs::path none = path() / "notes.tar.xz";
  write_text(none, "no archive at all\n");
  for (const fs::path& archive : {cut, garbled, none}) {
    const Completed done = import(archive, path() / "tree");
    EXPECT_EQ(done.exit_code, 2) << archive;
    EXPECT_THAT(done.err, AllOf(StartsWith("killify: "), HasSubstr(archive.string())));
    EXPECT_EQ(split_lines(done.err).size(), 1U) << done.err;
  }
  EXPECT_THAT(others({"linux-source.tar.xz"}),
              ElementsAre("cut.tar.xz", "garbled.tar.xz", "notes.tar.xz"));
}

TEST_F(Import, AnArchiveCannotWriteElsewhere) {
  write_text(path() / "in/Makefile", "VERSION = 6\nPATCHLEVEL = 1\n");
  for (const std::string transform :
       {"s,in/Makefile,in/../../escaped,", "s,in/Makefile,/tmp/killify-escaped,"}) {
    const fs::path archive = path() / "bad.tar";
    ASSERT_TRUE(run({"tar", "-C", path().string(), "-cPf", archive.string(),
                     "--transform=" + transform, "in"},
                    path())
                    .ok());
    const Completed done = import(archive, path() / "tree");
    EXPECT_EQ(done.exit_code, 2) << transform;
    EXPECT_THAT(done.err, HasSubstr("killify: "));
    EXPECT_THAT(others({"in", "bad.tar"}), ElementsAre());
  }
  EXPECT_FALSE(fs::exists("/tmp/killify-escaped"));
}

TEST_F(Import, WhatLiesBesideItStaysWhateverItsName) {
  write_text(path() / "killify-999999-notes", "mine\n");
  write_text(path() / ".killify-999999-0/notes", "mine\n");
  const Completed done = import(kMiniLinux, path() / "tree");
  ASSERT_TRUE(done.ok()) << done.err;
  EXPECT_THAT(others({"tree"}), ElementsAre(".killify-999999-0", "killify-999999-notes"));
  EXPECT_EQ(text_of(path() / ".killify-999999-0/notes"), "mine\n");
}

TEST_F(Import, WhatIsNoKernelTreeIsRefused) {
  write_text(path() / "src/main.c", "int main(void) { return 0; }\n");
  const Completed done = import(path() / "src", path() / "tree");
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_THAT(done.err, HasSubstr("Makefile"));
  EXPECT_THAT(others({"src"}), ElementsAre());
  EXPECT_EQ(import(path() / "nowhere", path() / "tree").exit_code, 2);
  EXPECT_THAT(others({"src"}), ElementsAre());
}

// Debian's packages come through a script that has its own way with apt; here another one stands
// in.
TEST_F(Import, AKernelOfDebianIsFetched) {
  const fs::path data = path() / "data";
  for (const char* part : {"semantic-patches", "series"}) fs::create_directories(data / part);
  const fs::path script = data / "scripts" / "debian-kernel";
  write_text(script,
             "#!/bin/sh\n[ \"$2\" = 6.1 ] || { echo \"$0: no such kernel\" >&2; exit 1; }\n"
             "mv " +
                 tarball().string() + " \"$3\" && echo linux-source-$2 6.1.0-1\n");
  fs::permissions(script, fs::perms::owner_all);
  write_text(path() / "bin" / "apt-get", "#!/bin/sh\nexit 1\n");
  fs::permissions(path() / "bin" / "apt-get", fs::perms::owner_all);
  const auto import_kernel = [&](const std::string& source, const std::string& programs) {
    return killify({"--progress=none", "import", source, (path() / "tree").string()}, path(),
                   {{"KILLIFY_DATA", data.string()}, {"PATH", programs}});
  };
  const std::string programs = (path() / "bin").string() + ":" + std::getenv("PATH");

  const Completed absent = import_kernel("debian:6.1", (path() / "nothing").string());
  EXPECT_EQ(absent.exit_code, 2);
  EXPECT_THAT(absent.err, HasSubstr("debian:6.1: apt-get is not installed"));
  const Completed unknown = import_kernel("debian:9.9", programs);
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("debian:9.9: no such kernel"));
  const Completed done = import_kernel("debian:6.1", programs);
  ASSERT_TRUE(done.ok()) << done.err;
  EXPECT_THAT(done.out, HasSubstr("v6.1.0-mini"));
  EXPECT_EQ(git(path() / "tree", {"rev-list", "--all", "--count"}), "1\n");
}

}  // namespace
}  // namespace killify::test
