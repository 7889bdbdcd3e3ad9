#include "series/patch_file.h"

#include "series/message.h"
#include "support/resources.h"
#include "support/temp_dir.h"
#include "unit/series/samples.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using test::git;
using test::git_output;
using testing::HasSubstr;
using testing::Not;

// The same change once as our mail and once as a commit that git formats.
class PatchFile : public testing::Test {
 protected:
  void use(std::vector<FileChange> files, const Message& message) {
    commit_.change.files = std::move(files);
    commit_.message = message;
    samples::make_repository(repository_, commit_.change.files);
    for (const FileChange& file : commit_.change.files)
      samples::check(write_file_atomic(repository_ / file.path, file.after));
    git_output(repository_, {"commit", "-q", "-a", "--cleanup=verbatim", "-F", "-"},
               full_text(message));
    commit_.oid = git(repository_, {"rev-parse", "HEAD"});
  }

  std::string ours(const MailPosition& position = {.number = 1, .total = 1}) {
    Signature author = samples::author();
    author.time = 1700000000;
    author.offset_minutes = 60;
    return samples::value_of(format_patch(commit_, author, position));
  }

  std::string gits(std::vector<std::string> options = {}) {
    options.insert(options.begin(), {"format-patch", "--stdout", "-1", "-n", "--abbrev=7",
                                     "--signature=killify " + std::string(version())});
    return git_output(repository_, options);
  }

  TempDir dir_ = samples::value_of(TempDir::make());
  std::filesystem::path repository_ = dir_.path() / "tree";
  SeriesCommit commit_;
};

Message message_of(const std::string& subject, const std::string& text = "Why.\n") {
  return {
      .subject = subject,
      .body = text + "\n" + trailer_block({{"Link", "https://example.org"}}, samples::author())};
}

std::string lines(const std::string& text, int count) {
  std::string result;
  for (int i = 0; i < count; ++i) result += text + std::to_string(i) + "\n";
  return result;
}

TEST_F(PatchFile, IsWhatGitWrites) {
  use({{"a/b.c", "one\ntwo\nthree\n", "one\n2\nthree\n"}}, message_of("a: Do it"));
  EXPECT_EQ(ours(), gits());
}

TEST_F(PatchFile, LongSubjectIsFoldedAsGitFoldsIt) {
  use({{"a", "x\n", "y\n"}},
      message_of("drm/some-long-driver: Let only fatal signals interrupt the page faults"));
  commit_.to = {"A B <a@example.org>", "list@example.org"};
  commit_.cc = {"C D <c@example.org>"};
  EXPECT_EQ(ours({.number = 1, .total = 1, .reroll = 3}),
            gits({"-v3", "--to=A B <a@example.org>", "--to=list@example.org",
                  "--cc=C D <c@example.org>"}));
}

TEST_F(PatchFile, DiffstatIsScaledAndShortenedAsGitDoesIt) {
  const std::string deep =
      "drivers/a-directory-with-a-long-name/and-one-more/of-the-same/kind/file.c";
  use({{deep, lines("x", 200), lines("y", 9)},
       {"fs/a.c", lines("x", 3), lines("x", 4)},
       {"fs/b.c", lines("x", 30), lines("x", 90)}},
      message_of("a: Do it"));
  EXPECT_EQ(ours(), gits());
}

TEST_F(PatchFile, ShortNamesLeaveTheGraphItsRoom) {
  use({{"a.c", lines("x", 80), lines("z", 70)}, {"b.c", "x\n", "y\n"}}, message_of("a: Do it"));
  EXPECT_EQ(ours(), gits());
}

TEST_F(PatchFile, GitAmBringsTheCommitBack) {
  use({{"a/b.c", "one\n\ttwo\nthree\n", "one\n\t2\nthree\n"}, {"c.c", "é\n", "x\n"}},
      message_of("misc: foo: Let only fatal signals interrupt the page fault",
                 "f() sleeps “deeply”.\n\n  --- a/indented\n  diff -u\n\nEnd.\n"));
  commit_.to = {"\"Christian König\" <c@example.org>"};
  const std::string mail = ours();
  EXPECT_THAT(mail, HasSubstr("To: =?UTF-8?q?Christian=20K=C3=B6nig?= <c@example.org>\n"));
  EXPECT_THAT(mail, HasSubstr("Content-Transfer-Encoding: 8bit\n"));

  git(repository_, {"checkout", "-q", "-b", "again", "HEAD~1"});
  git_output(repository_, {"am", "-q"}, mail);
  EXPECT_EQ(git(repository_, {"log", "-1", "--format=%B%an <%ae>%n%ad"}),
            git(repository_, {"log", "-1", "--format=%B%an <%ae>%n%ad", "main"}));
  EXPECT_EQ(git(repository_, {"diff", "main"}), "");
  EXPECT_EQ(git_output(repository_, {"log", "-1", "--format=%(trailers)"}),
            "Signed-off-by: A U Thor <author@example.org>\nLink: https://example.org\n\n");
}

TEST_F(PatchFile, NonAsciiDiffDeclaresItself) {
  use({{"c.c", "é\n", "x\n"}}, message_of("a: Do it"));
  EXPECT_THAT(ours(), HasSubstr("charset=UTF-8"));
}

TEST_F(PatchFile, MessageThatAMailWouldCutIsRefused) {
  commit_.message = message_of("a: Do it", "text\n---\nlost\n");
  const auto mail = format_patch(commit_, samples::author(), {.number = 1, .total = 1});
  ASSERT_FALSE(mail);
  EXPECT_THAT(mail.error().message, HasSubstr("would not survive a mail"));
}

TEST_F(PatchFile, DateKeepsItsOffset) {
  commit_.message = message_of("a: Do it");
  Signature author = samples::author();
  author.time = 1700000000;
  author.offset_minutes = -210;
  EXPECT_THAT(samples::value_of(format_patch(commit_, author, {.number = 1, .total = 1})),
              HasSubstr("\nDate: Tue, 14 Nov 2023 18:43:20 -0330\n"));
}

TEST(MailFileName, IsGits) {
  EXPECT_EQ(mail_file_name({.number = 1, .total = 2}, "drm/x: Let only. (it)"),
            "0001-drm-x-Let-only.-it.patch");
  EXPECT_EQ(mail_file_name({.number = 0, .total = 2, .reroll = 2}, "cover letter"),
            "v2-0000-cover-letter.patch");
}

// git names files itself: what we make of a subject must be what it makes.
TEST_F(PatchFile, NameIsGits) {
  for (const char* subject :
       {"drm/etnaviv: Let only fatal signals interrupt the page fault", "a..b: c...", "x: (y) -",
        "v4l: uvc_video: Let only fatal signals, and no other, interrupt page faults"}) {
    const TempDir dir = samples::value_of(TempDir::make());
    samples::make_repository(dir.path(), {{"f", "x\n", ""}});
    git(dir.path(), {"commit", "-q", "--allow-empty", "-m", subject});
    EXPECT_EQ(git(dir.path(), {"format-patch", "-v2", "-1", "--always"}),
              mail_file_name({.number = 1, .total = 1, .reroll = 2}, subject));
  }
}

TEST(MailPosition, NumbersAreAligned) {
  SeriesCommit commit;
  commit.message = message_of("a: Do it");
  EXPECT_THAT(
      samples::value_of(format_patch(commit, samples::author(), {.number = 3, .total = 12})),
      HasSubstr("\nSubject: [PATCH 03/12] a: Do it\n"));
}

}  // namespace
}  // namespace killify
