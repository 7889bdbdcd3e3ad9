#include "series/recipients.h"

#include "support/temp_dir.h"
#include "unit/series/samples.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Recipients, RolesDecide) {
  const Recipients found = parse_recipients(
      "Zed Last <z@example.org> (maintainer:DRM (ALL OF IT))\n"
      "Rev Iewer <r@example.org> (reviewer:DRM)\n"
      "Amy First <a@example.org> (reviewer:DRM,supporter:MISC)\n"
      "drm@example.org (moderated list:DRM)\n"
      "all@example.org (open list)\n");
  EXPECT_THAT(found.to, ElementsAre("Amy First <a@example.org>", "Zed Last <z@example.org>"));
  EXPECT_THAT(found.cc,
              ElementsAre("Rev Iewer <r@example.org>", "all@example.org", "drm@example.org"));
}

TEST(Recipients, OrderOfTheScriptDoesNotMatter) {
  EXPECT_EQ(parse_recipients("a <a@x> (maintainer:A)\nb <b@x> (maintainer:A)\nl@x (open list)\n"),
            parse_recipients("l@x (open list)\nb <b@x> (maintainer:A)\na <a@x> (maintainer:A)\n"));
}

TEST(Recipients, ListsAreAddressedWhereNobodyMaintains) {
  const Recipients found = parse_recipients("r <r@x> (reviewer:A)\nall@x (open list)\n");
  EXPECT_THAT(found.to, ElementsAre("all@x"));
  EXPECT_THAT(found.cc, ElementsAre("r <r@x>"));
}

class Script : public testing::Test {
 protected:
  void write_script(const std::string& text) {
    samples::check(write_file_atomic(dir_.path() / "scripts/get_maintainer.pl", text));
  }
  TempDir dir_ = samples::value_of(TempDir::make());
};

TEST_F(Script, GetsThePatchInTheTree) {
  write_script(
      "die 'not in the tree' unless -e 'scripts/get_maintainer.pl';\n"
      "die 'no --no-git' unless grep { $_ eq '--no-git-fallback' } @ARGV;\n"
      "open(my $patch, '<', $ARGV[-1]) or die; my @lines = <$patch>;\n"
      "print 'M <m@x> (maintainer:', scalar(@lines), \")\\n\" if $lines[0] =~ m{^diff --git "
      "a/x};\n");
  const auto found = find_recipients(dir_.path(), "diff --git a/x b/x\n+y\n");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_THAT(found->to, ElementsAre("M <m@x>"));
}

TEST_F(Script, ItsFailureIsAnErrorWithItsWords) {
  write_script("print STDERR \"The current directory does not appear to be a tree\\n\"; exit 1;\n");
  const auto found = find_recipients(dir_.path(), "x");
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("The current directory does not appear"));
}

TEST_F(Script, ItsAbsenceIsAnError) {
  const auto found = find_recipients(dir_.path(), "x");
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("scripts/get_maintainer.pl: not there"));
}

TEST_F(Script, NobodyIsAResult) {
  write_script("exit 0;\n");
  EXPECT_EQ(samples::value_of(find_recipients(dir_.path(), "x")), Recipients{});
}

TEST(CoverRecipients, MaintainersAndListsOfAll) {
  const std::vector<Recipients> patches = {{.to = {"b <b@x>"}, .cc = {"r <r@x>", "l@x"}},
                                           {.to = {"a <a@x>", "b <b@x>"}, .cc = {"k@x", "l@x"}}};
  const CoverRecipients all = cover_recipients(patches, 4);
  EXPECT_THAT(all.recipients.to, ElementsAre("a <a@x>", "b <b@x>"));
  EXPECT_THAT(all.recipients.cc, ElementsAre("k@x", "l@x"));
  EXPECT_THAT(all.warning, IsEmpty());

  const CoverRecipients few = cover_recipients(patches, 3);
  EXPECT_THAT(few.recipients.to, ElementsAre("k@x", "l@x"));
  EXPECT_THAT(few.recipients.cc, IsEmpty());
  EXPECT_THAT(few.warning, HasSubstr("4 recipients, more than 3"));
}

TEST(HeaderAddress, IsQuotedOrEncodedWhereNeeded) {
  EXPECT_EQ(header_address("A U Thor <a@x>"), "A U Thor <a@x>");
  EXPECT_EQ(header_address("\"A. Thor\" <a@x>"), "\"A. Thor\" <a@x>");
  EXPECT_EQ(header_address("A. \"T\" <a@x>"), "\"A. \\\"T\\\"\" <a@x>");
  EXPECT_EQ(header_address("\"Christian König\" <c@x>"),
            "=?UTF-8?q?Christian=20K=C3=B6nig?= <c@x>");
  EXPECT_EQ(header_address("list@x"), "list@x");
  EXPECT_EQ(header_address(" <a@x>"), "<a@x>");
}

}  // namespace
}  // namespace killify
