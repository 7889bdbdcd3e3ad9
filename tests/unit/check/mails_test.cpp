#include "check/mails.h"

#include "check/kernel_doc.h"
#include "check/trailers.h"
#include "support/files.h"
#include "support/temp_dir.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Mails : public ::testing::Test {
 protected:
  void put(const std::string& name, const std::string& text) {
    ASSERT_TRUE(write_file_atomic(place_.path() / name, text));
  }
  [[nodiscard]] std::vector<MailFolder> read() const {
    auto folders = read_mail_folders(place_.path());
    EXPECT_TRUE(folders) << folders.error().message;
    return folders.value_or(std::vector<MailFolder>());
  }
  [[nodiscard]] std::vector<std::string> faults(bool wants_recipients = true) const {
    std::vector<std::string> texts;
    for (const MailFault& fault : mail_faults(read().at(0), wants_recipients))
      texts.push_back(fault.file + ": " + fault.text);
    return texts;
  }

  TempDir place_ = *TempDir::make();
};

TEST_F(Mails, AFolderHasACoverAndPatchesInOrder) {
  put("0002-b.patch", "Subject: [PATCH 2/2] x:\n B\nTo: A <a@x>,\n    B <b@x>\n\nb\n");
  put("0001-a.patch", "Subject: [PATCH 1/2] x: A\nCc: l@x\n\na\n");
  put("0000-cover-letter.patch", "Subject: [PATCH 0/2] x\nTo: l@x\n\nt\n\nbase-commit: " +
                                     std::string(40, 'b') + "\n-- \nx\n");
  put("notes.txt", "no mail");
  const auto folders = read();
  ASSERT_THAT(folders, SizeIs(1));
  EXPECT_EQ(folders[0].base, std::string(40, 'b'));
  ASSERT_THAT(folders[0].mails, SizeIs(2));
  EXPECT_EQ(folders[0].mails[1].subject, "[PATCH 2/2] x: B");
  EXPECT_EQ(folders[0].mails[1].to, "A <a@x>, B <b@x>");
  EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(Mails, FoldersOfPostingsAreReadByName) {
  EXPECT_FALSE(read_mail_folders(place_.path()));
  put("2-b/0001-a.patch", "Subject: [PATCH] x: A\n\na\n");
  put("1-a/0001-a.patch", "Subject: [PATCH] x: A\n\na\n");
  const auto folders = read();
  ASSERT_THAT(folders, SizeIs(2));
  EXPECT_EQ(folders[1].mails[0].file, "2-b/0001-a.patch");
}

TEST_F(Mails, NumbersVersionsAndRecipientsHaveToFit) {
  put("0001-a.patch", "Subject: [PATCH v2 1/3] x: A\nTo: l@x\n\nEDITME\n");
  put("0002-b.patch", "Subject: [PATCH 2/2] x: B\n\nb\n");
  put("0003-c.patch", "Subject: x: C\nTo: l@x\n\nc\n");
  EXPECT_THAT(faults(),
              ElementsAre("0001-a.patch: several patches go out without a cover letter",
                          "0001-a.patch: 'EDITME' is still in it",
                          "0002-b.patch: the subject says 2/2, and the mail is 2/3 of the folder",
                          "0002-b.patch: the subject is of version '', that of the mail before of "
                          "'v2'",
                          "0002-b.patch: names nobody to send it to: there is neither To nor Cc",
                          "0003-c.patch: the subject does not begin with [PATCH]"));
  EXPECT_THAT(faults(false), SizeIs(5));
}

TEST_F(Mails, OnlyNewComplaintsOfKernelDocCount) {
  put("scripts/kernel-doc",
      "#!/usr/bin/env perl\n"
      "foreach my $file (@ARGV[1 .. $#ARGV]) { open my $in, '<', $file; while (my $line = <$in>) "
      "{\n"
      "print STDERR \"$file:$.: warning: $1\\n\" if $line =~ /BAD (\\w+)/ } }\n");
  put("a.c", "BAD one\n");
  const auto before = run_kernel_doc(place_.path(), {"a.c", "gone.c"});
  ASSERT_TRUE(before) << before.error().message;
  EXPECT_EQ(before->not_run, "");
  put("a.c", "\n\nBAD one\nBAD two\n");
  const auto after = run_kernel_doc(place_.path(), {"a.c"});
  ASSERT_TRUE(after);
  const auto fresh = new_complaints(*before, *after);
  ASSERT_THAT(fresh, SizeIs(1));
  EXPECT_EQ(fresh[0].file, "a.c");
  EXPECT_THAT(fresh[0].text, HasSubstr("two"));
}

TEST_F(Mails, AKernelDocThatCannotRunIsSaid) {
  EXPECT_THAT(run_kernel_doc(place_.path(), {"a.c"})->not_run, HasSubstr("has no scripts"));
  put("a.c", "");
  put("scripts/kernel-doc", "#!/usr/bin/env perl\ndie \"broken\\n\";\n");
  EXPECT_THAT(run_kernel_doc(place_.path(), {"a.c"})->not_run, HasSubstr("broken"));
}

TEST(Tags, AreTheLastBlockOfAMessage) {
  const auto tags = tags_of(
      "x: Do it\n\nText: no tag.\n\nFixes: 123456789012 (\"y: Z\")\n"
      "Signed-off-by: A <a@x.org>\n");
  ASSERT_THAT(tags, SizeIs(2));
  EXPECT_EQ(tags[1].value, "A <a@x.org>");
  EXPECT_THAT(tag_faults(tags), IsEmpty());
  EXPECT_THAT(people_in(tags), ElementsAre("A <a@x.org>"));
  EXPECT_THAT(tags_of("x: Do it\n\nSigned-off-by: A <a@x.org>\nand text\n"), IsEmpty());
}

TEST(Tags, OfAnotherFormAreFaults) {
  EXPECT_THAT(
      tag_faults({{"Acked-by", "nobody"},
                  {"Cc", "l@x.org"},
                  {"Cc", "l@x.org"},
                  {"Fixes", "1234 (\"y: Z\")"},
                  {"Link", "there"}}),
      ElementsAre("'Acked-by: nobody' names nobody as Name <address>", "'Cc: l@x.org' stands twice",
                  "'Fixes: 1234 (\"y: Z\")' stands below other tags",
                  "'Fixes: 1234 (\"y: Z\")' is not written as Fixes: ID (\"subject\")",
                  "'Link: there' is no link"));
}

}  // namespace
}  // namespace killify
