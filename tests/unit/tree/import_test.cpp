#include "tree/import.h"

#include "support/interrupt.h"
#include "tree/path_guard.h"
#include "unit/tree/git_fixture.h"

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

namespace killify {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kMakefile = "VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 192\nEXTRAVERSION =\n";

// One entry of an archive as an attacker could write it.
struct Member {
  std::string path;
  std::string contents;
  unsigned type = AE_IFREG;
  int permissions = 0644;
  std::string hard_link = {};
};

class ImportTest : public GitFixture {
 protected:
  ImportTest() : progress_(make_progress(ProgressMode::kNone)) { fs::create_directory(work()); }

  // The directory in which imports are made: nothing may be left there by one that failed.
  [[nodiscard]] fs::path work() const { return path("work"); }
  [[nodiscard]] fs::path dest() const { return work() / "linux"; }

  Result<Imported> import(const fs::path& source) {
    return import_tree(source, dest(), *progress_);
  }

  [[nodiscard]] fs::path make_archive(const std::vector<Member>& members) const {
    fs::path file = path("source.tar");
    archive* out = archive_write_new();
    archive_write_set_format_pax_restricted(out);
    archive_write_open_filename(out, file.c_str());
    for (const Member& member : members) {
      archive_entry* entry = archive_entry_new();
      archive_entry_set_pathname(entry, member.path.c_str());
      archive_entry_set_filetype(entry, member.type);
      archive_entry_set_perm(entry, static_cast<mode_t>(member.permissions));
      if (member.type == AE_IFLNK)
        archive_entry_set_symlink(entry, member.contents.c_str());
      else if (!member.hard_link.empty())
        archive_entry_set_hardlink(entry, member.hard_link.c_str());
      else
        archive_entry_set_size(entry, static_cast<la_int64_t>(member.contents.size()));
      EXPECT_EQ(archive_write_header(out, entry), ARCHIVE_OK) << member.path;
      if (member.type == AE_IFREG && member.hard_link.empty())
        archive_write_data(out, member.contents.data(), member.contents.size());
      archive_entry_free(entry);
    }
    archive_write_close(out);
    archive_write_free(out);
    return file;
  }

  // A small kernel with everything that git knows: modes, links, equal files, an ignored file.
  [[nodiscard]] fs::path make_kernel(const std::string& name) const {
    fs::path root = path(name);
    write(root / "Makefile", kMakefile);
    write(root / ".gitignore", ".*\n/*\n*.o\n");
    write(root / "drivers/a/a.c", "int same;\n");
    write(root / "drivers/b/b.c", "int same;\n");
    write(root / "drivers/b-b/x.h", "");
    write(root / "kept.o", std::string(100000, '\0'));
    write(root / "scripts/run.sh", "#!/bin/sh\n");
    fs::permissions(root / "scripts/run.sh", fs::perms::owner_exec, fs::perm_options::add);
    fs::create_symlink("../drivers/a", root / "scripts/link");
    return root;
  }

  void expect_whole(const Imported& imported) {
    git(dest(), {"fsck", "--strict", "--full"});
    EXPECT_EQ(git(dest(), {"status", "--porcelain", "--ignored"}), "");
    EXPECT_EQ(git(dest(), {"rev-parse", "HEAD"}), imported.commit);
    EXPECT_EQ(git(dest(), {"symbolic-ref", "HEAD"}), "refs/heads/main");
    EXPECT_EQ(git(dest(), {"rev-parse", imported.tag + "^{commit}"}), imported.commit);
    // Another git that knows none of the stat data agrees, file by file.
    fs::remove(dest() / ".git/index");
    git(dest(), {"read-tree", "HEAD"});
    EXPECT_EQ(git(dest(), {"status", "--porcelain"}), "");
  }

  // The message; nothing may be left.
  std::string refusal(const fs::path& source) {
    const auto imported = import(source);
    EXPECT_FALSE(imported);
    EXPECT_TRUE(fs::is_empty(work()));
    std::string message = imported ? std::string() : imported.error().message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    return message;
  }

 private:
  std::unique_ptr<Progress> progress_;
};

TEST_F(ImportTest, ATarballBecomesARepository) {
  static_cast<void>(make_kernel("linux-6.1"));
  test::output_of({"tar", "cJf", "k.tar.xz", "linux-6.1"}, path(""));
  const auto imported = import(path("k.tar.xz"));
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(imported->tag, "v6.1.192");
  EXPECT_EQ(imported->files, 8U);
  EXPECT_EQ(git(dest(), {"ls-files"}),
            ".gitignore\nMakefile\ndrivers/a/a.c\ndrivers/b-b/x.h\ndrivers/b/b.c\nkept.o\n"
            "scripts/link\nscripts/run.sh");
  EXPECT_EQ(git(dest(), {"log", "--format=%s"}), "Linux 6.1.192");
  EXPECT_THAT(git(dest(), {"ls-files", "-s", "scripts"}), HasSubstr("120000"));
  EXPECT_THAT(git(dest(), {"ls-files", "-s", "scripts/run.sh"}), HasSubstr("100755"));
  expect_whole(*imported);
}

TEST_F(ImportTest, TheFilesAloneMakeTheCommit) {
  const fs::path kernel = make_kernel("linux-6.1");
  test::output_of({"tar", "czf", "k.tar.gz", "--mtime=2001-02-03", "./linux-6.1/"}, path(""));
  test::output_of({"tar", "cf", "../flat.tar", "."}, kernel);
  const auto first = import(path("k.tar.gz"));
  ASSERT_TRUE(first) << first.error().message;
  fs::remove_all(dest());
  const auto second = import(path("flat.tar"));
  ASSERT_TRUE(second) << second.error().message;
  fs::remove_all(dest());
  const auto third = import(kernel);
  ASSERT_TRUE(third) << third.error().message;
  EXPECT_EQ(first->commit, second->commit);
  EXPECT_EQ(first->commit, third->commit);
  // And git makes the same tree of them.
  git(kernel, {"init", "-q"});
  git(kernel, {"add", "-f", "."});
  EXPECT_EQ(git(kernel, {"write-tree"}), git(dest(), {"rev-parse", "HEAD^{tree}"}));
}

TEST_F(ImportTest, ADirectoryIsTakenWithoutItsGit) {
  const fs::path kernel = make_kernel("src");
  git(kernel, {"init", "-q"});
  const auto before = listing(kernel);
  const auto imported = import(kernel);
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(imported->files, 8U);
  EXPECT_EQ(listing(kernel), before);
  expect_whole(*imported);
}

TEST_F(ImportTest, ManyFilesGoThroughTheQueue) {
  std::vector<Member> members = {{"k/Makefile", kMakefile}};
  for (int i = 0; i < 3000; ++i)
    members.push_back(
        {fmt::format("k/{}/{}.c", i % 50, i), std::string(20000, 'a') + std::to_string(i / 2)});
  const auto imported = import(make_archive(members));
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(imported->files, 3001U);
  expect_whole(*imported);
}

TEST_F(ImportTest, AnEmptyDestinationCountsAsNone) {
  fs::create_directory(dest());
  const auto imported = import(make_kernel("src"));
  ASSERT_TRUE(imported) << imported.error().message;
  expect_whole(*imported);
}

TEST_F(ImportTest, AHardLinkGetsTheContents) {
  const auto imported = import(make_archive({{"k/Makefile", kMakefile},
                                             {"k/one", "contents", AE_IFREG, 0755},
                                             {"k/two", "", AE_IFREG, 0755, "k/one"},
                                             {"k/three", "", AE_IFREG, 0755, "./k/two"}}));
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(*read_file(dest() / "two"), "contents");
  EXPECT_EQ(*read_file(dest() / "three"), "contents");
  EXPECT_EQ(fs::hard_link_count(dest() / "one"), 1U);
  expect_whole(*imported);
}

TEST_F(ImportTest, AnExistingDestinationIsLeftAlone) {
  const fs::path kernel = make_kernel("src");
  write(dest() / "mine", "mine");
  EXPECT_THAT(import(kernel).error().message, HasSubstr("is there already"));
  EXPECT_THAT(listing(work()), ElementsAre(testing::Key("linux/mine")));
  fs::remove_all(dest());
  fs::create_symlink("nowhere", dest());
  EXPECT_THAT(import(kernel).error().message, HasSubstr("is there already"));
  fs::remove(dest());
  const auto nowhere =
      import_tree(kernel, work() / "no/linux", *make_progress(ProgressMode::kNone));
  EXPECT_THAT(nowhere.error().message, HasSubstr("no such directory"));
  EXPECT_TRUE(fs::is_empty(work()));
}

TEST_F(ImportTest, ADestinationInsideTheSourceIsRefused) {
  const fs::path kernel = make_kernel("src");
  const auto before = listing(kernel);
  const auto inside = import_tree(kernel, kernel / "out", *make_progress(ProgressMode::kNone));
  EXPECT_THAT(inside.error().message, HasSubstr("inside"));
  EXPECT_EQ(listing(kernel), before);
}

TEST_F(ImportTest, WhatIsNoKernelIsRefused) {
  EXPECT_THAT(refusal(path("nothing-there")), HasSubstr("no such file"));
  EXPECT_THAT(refusal(make_archive({{"k/README", "hello"}})), HasSubstr("VERSION"));
  EXPECT_THAT(refusal(make_archive({{"k/Makefile", "all:\n"}})), HasSubstr("VERSION"));
  EXPECT_THAT(
      refusal(make_archive({{"k/Makefile", "VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = ..\n"}})),
      HasSubstr("VERSION"));
  EXPECT_THAT(refusal(make_archive({})), HasSubstr("VERSION"));
  fs::create_directory(path("empty"));
  EXPECT_THAT(refusal(path("empty")), HasSubstr("VERSION"));
}

TEST_F(ImportTest, ADamagedArchiveIsRefused) {
  static_cast<void>(make_kernel("linux-6.1"));
  write(path("linux-6.1/noise"), std::string(300000, 'n'));
  for (const auto& [letter, file] : std::map<std::string, std::string>{
           {"J", "k.tar.xz"}, {"z", "k.tar.gz"}, {"j", "k.tar.bz2"}}) {
    test::output_of({"tar", "c" + letter + "f", file, "linux-6.1"}, path(""));
    const std::string whole = *read_file(path(file));
    write(path(file), whole.substr(0, whole.size() / 2));
    EXPECT_THAT(refusal(path(file)), HasSubstr("damaged")) << file;
    write(path(file),
          whole.substr(0, whole.size() - 20));  // the files are whole, the archive is not
    EXPECT_THAT(refusal(path(file)), HasSubstr("damaged")) << file;
    std::string flipped = whole;
    flipped[whole.size() / 2] = static_cast<char>(~flipped[whole.size() / 2]);
    write(path(file), flipped);
    EXPECT_THAT(refusal(path(file)), HasSubstr("damaged")) << file;
  }
  write(path("text.tar"), std::string(5000, 'x'));
  EXPECT_THAT(refusal(path("text.tar")), HasSubstr("damaged"));
}

TEST_F(ImportTest, PathsThatLeaveTheTreeAreRefused) {
  const Member makefile{"k/Makefile", kMakefile};
  EXPECT_THAT(refusal(make_archive({makefile, {"/etc/evil", "x"}})), HasSubstr("absolute"));
  EXPECT_THAT(refusal(make_archive({makefile, {"k/../../evil", "x"}})), HasSubstr("'..'"));
  EXPECT_THAT(refusal(make_archive({makefile, {"k/.git/config", "x"}})),
              HasSubstr("git directory"));
  EXPECT_THAT(refusal(make_archive({makefile, {"k/sub/.GIT/hooks/x", "x"}})),
              HasSubstr("git directory"));
  EXPECT_THAT(refusal(make_archive({makefile, {"k/h", "", AE_IFREG, 0644, "../../../etc/passwd"}})),
              HasSubstr("'..'"));
}

TEST_F(ImportTest, NothingIsWrittenThroughASymlink) {
  fs::create_directory(path("outside"));
  const Member makefile{"k/Makefile", kMakefile};
  const Member link{"k/link", path("outside").string(), AE_IFLNK, 0777};
  EXPECT_THAT(refusal(make_archive({makefile, link, {"k/link/evil", "x"}})),
              HasSubstr("symbolic link"));
  EXPECT_THAT(refusal(make_archive({makefile, link, {"k/link", "x"}})), HasSubstr("twice"));
  EXPECT_THAT(refusal(make_archive({makefile, {"k/link/file", "x"}, link})), HasSubstr("twice"));
  EXPECT_TRUE(fs::is_empty(path("outside")));
}

TEST_F(ImportTest, AHardLinkToNothingIsRefused) {
  EXPECT_THAT(
      refusal(make_archive({{"k/Makefile", kMakefile}, {"k/h", "", AE_IFREG, 0644, "k/missing"}})),
      HasSubstr("hard link"));
}

TEST_F(ImportTest, DevicesAndSocketsAreRefused) {
  EXPECT_THAT(refusal(make_archive({{"k/Makefile", kMakefile}, {"k/fifo", "", AE_IFIFO, 0644}})),
              HasSubstr("'k/fifo'"));
  const fs::path kernel = make_kernel("src");
  ASSERT_EQ(::mkfifo((kernel / "fifo").c_str(), 0644), 0);
  EXPECT_THAT(refusal(kernel), HasSubstr("fifo"));
}

// A limit on the size of files stands for a full disk: write() fails half way in both cases.
TEST_F(ImportTest, AFullDiskLeavesNothing) {
  const fs::path archive = make_archive(
      {{"k/Makefile", kMakefile}, {"k/a", "small"}, {"k/b", std::string(3 << 20, 'b')}});
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{1 << 20, before.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string message = refusal(archive);
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_THAT(message, HasSubstr("free some space"));
}

// Interrupts the import once some files have been written.
class InterruptingProgress : public Progress {
 public:
  void begin(std::string_view /*activity*/, std::size_t /*total*/) override {}
  void advance(std::size_t /*done*/, std::string_view /*current*/) override {
    if (++calls_ == 3) static_cast<void>(std::raise(SIGINT));
  }
  void end(std::string_view /*summary*/) override {}
  void note(std::string_view /*line*/) override {}

 private:
  int calls_ = 0;
};

TEST_F(ImportTest, AnInterruptedImportLeavesNothing) {
  const fs::path kernel = make_kernel("src");
  const auto interrupted_import = [&] {
    install_interrupt_handlers();
    InterruptingProgress progress;
    const auto imported = import_tree(kernel, dest(), progress);
    _exit(imported ? 0 : static_cast<int>(imported.error().exit));
  };
  EXPECT_EXIT(interrupted_import(), testing::ExitedWithCode(130), "");
  EXPECT_TRUE(fs::is_empty(work()));
}

TEST_F(ImportTest, WhatAKilledImportLeftIsClearedAwayByTheNext) {
  const auto killed_import = [&] {
    const TempDir left = TempDir::make(work()).value();
    write(left.path() / "files/Makefile", kMakefile);
    _exit(fs::exists(left.path()) ? 0 : 1);
  };
  EXPECT_EXIT(killed_import(), testing::ExitedWithCode(0), "");
  ASSERT_FALSE(fs::is_empty(work()));
  const auto imported = import(make_kernel("src"));
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(std::distance(fs::directory_iterator(work()), {}), 1);
}

TEST(NormalPathTest, DropsWhatMeansNothing) {
  EXPECT_EQ(normal_path("./a//b/"), "a/b");
  EXPECT_EQ(normal_path("./"), "");
  EXPECT_EQ(normal_path("a/..b/.gitignore"), "a/..b/.gitignore");
  EXPECT_FALSE(normal_path("a/.."));
  EXPECT_FALSE(normal_path("a/.Git"));
  EXPECT_FALSE(normal_path("/"));
}

TEST(PathGuardTest, NamesEachDirectoryOnce) {
  PathGuard guard;
  EXPECT_THAT(*guard.admit("a/b/c", false), ElementsAre("a", "a/b"));
  EXPECT_THAT(*guard.admit("a/b/d", false), IsEmpty());
  EXPECT_THAT(*guard.admit("a/e", true), ElementsAre("a/e"));
  EXPECT_EQ(guard.common_directory(), "a");
  EXPECT_FALSE(guard.admit("a/b/c/d", false));
  EXPECT_FALSE(guard.admit("a/b/c", true));
  EXPECT_FALSE(guard.admit("a/e", false));
  EXPECT_FALSE(guard.admit("", false));
  EXPECT_THAT(*guard.admit("z", false), IsEmpty());
  EXPECT_EQ(guard.common_directory(), "");
}

}  // namespace
}  // namespace killify
