#include "verify/checks.h"

#include "verify/conclude.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

CommitInfo with_message(const std::string& subject, const std::string& body) {
  CommitInfo commit;
  commit.subject = subject;
  commit.message = subject + "\n\n" + body;
  commit.author = {"A Person", "a@example.org", 0, 0};
  return commit;
}

constexpr const char* kSigned = "Say why.\n\nSigned-off-by: A Person <a@example.org>\n";

TEST(MessageRules, AGoodMessageHasNoFaults) {
  EXPECT_THAT(message_faults(with_message("drm/x: Do it", kSigned), {"drm/y: Do it"}), IsEmpty());
  const std::string free =
      "    indented lines may be as long as what they quote, which is more than the others may be\n"
      "Link: https://example.org/a/very/long/address/that/nobody/can/break/in/two/parts/at/all\n";
  EXPECT_THAT(message_faults(with_message("drm/x: Do it", free + kSigned), {}), IsEmpty());
}

TEST(MessageRules, EachFaultIsNamed) {
  const auto faults = [](const std::string& subject, const std::string& body) {
    return message_faults(with_message(subject, body), {"drm/x: Twice"});
  };
  EXPECT_THAT(faults("drm/x: " + std::string(70, 'a'), kSigned),
              ElementsAre(HasSubstr("77 columns")));
  EXPECT_THAT(faults("No prefix", kSigned), ElementsAre(HasSubstr("no prefix")));
  EXPECT_THAT(faults("drm/x: Stop.", kSigned), ElementsAre(HasSubstr("full stop")));
  EXPECT_THAT(faults("drm/x: Twice", kSigned), ElementsAre(HasSubstr("same subject")));
  EXPECT_THAT(faults("drm/x: Do it", std::string(76, 'a') + "\n" + kSigned),
              ElementsAre(HasSubstr("line 3 of the message has 76")));
  EXPECT_THAT(faults("drm/x: Do it", "---\n" + std::string(kSigned)),
              Contains(HasSubstr("git am ends it there")));
  EXPECT_THAT(faults("drm/x: Do it", "Signed-off-by: B Person <b@example.org>\n"),
              ElementsAre("'Signed-off-by: A Person <a@example.org>' is missing"));
}

TEST(Checkpatch, ItsTerseMessagesAreRead) {
  const auto messages = read_checkpatch(
      "drivers/x.c:12: WARNING:LONG_LINE: line length of 120 exceeds 100 columns\n"
      "-:7: ERROR:MISSING_SIGN_OFF: Missing Signed-off-by: line(s)\n"
      "total: 1 errors, 1 warnings, 0 checks, 3 lines checked\n");
  ASSERT_THAT(messages, SizeIs(2));
  EXPECT_EQ(messages[0].file, "drivers/x.c");
  EXPECT_EQ(messages[0].line, 12);
  EXPECT_EQ(messages[0].type, "LONG_LINE");
  EXPECT_EQ(messages[1].file, "");
  EXPECT_EQ(messages[1].level, "ERROR");
}

// The line that killify changed has the ends of those that it replaces, or lies beside.
TEST(Checkpatch, CarriageReturnsThatTheFileHasAreNotOurs) {
  const auto patch = read_patch(
      "diff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n"
      "@@ -10,5 +10,9 @@ int f(void)\n"
      " one\r\n"
      "-two\r\n"
      "+2\r\n"   // 11
      "+2 \r\n"  // 12: a blank of its own
      "+two\n"   // 13
      " three\n"
      "+3\r\n"  // 15: below a line without
      " four\r\n"
      "+4\r\n"  // 17: below one with
      " five\n");
  const auto ours = [&](const std::string& type, int line, const std::string& file = "a.c") {
    return !is_of_old_line_ends({"ERROR", type, file, line, "text"}, patch);
  };
  for (const char* type : {"DOS_LINE_ENDINGS", "TRAILING_WHITESPACE"}) {
    EXPECT_FALSE(ours(type, 11));
    EXPECT_TRUE(ours(type, 12));
    EXPECT_TRUE(ours(type, 13));
    EXPECT_TRUE(ours(type, 15));
    EXPECT_FALSE(ours(type, 17));
    EXPECT_TRUE(ours(type, 16)) << "a line that was there";
    EXPECT_TRUE(ours(type, 11, "b.c"));
  }
  EXPECT_TRUE(ours("LONG_LINE", 11));
}

TEST(Waivers, HoldForATypeOrATextInAFileOrEverywhere) {
  const std::vector<Waiver> waivers = {{"LONG_LINE", "a.c", "was longer"},
                                       {"unused variable", "", "comes later"}};
  EXPECT_EQ(waived(waivers, "a.c", "line length", "LONG_LINE"), "was longer");
  EXPECT_EQ(waived(waivers, "b.c", "line length", "LONG_LINE"), "");
  EXPECT_EQ(waived(waivers, "b.c", "unused variable 'x'"), "comes later");
  EXPECT_EQ(waived(waivers, "b.c", "something else"), "");
}

}  // namespace
}  // namespace killify
