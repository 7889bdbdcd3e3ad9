#include "series/message_template.h"

#include "support/temp_dir.h"
#include "unit/series/samples.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class MessageTemplateTest : public testing::Test {
 protected:
  Result<MessageTemplate> load(const std::string& text) {
    samples::check(write_file_atomic(dir_.path() / "t.txt", text));
    return MessageTemplate::load(dir_.path() / "t.txt", {"who", "what"});
  }
  TempDir dir_ = samples::value_of(TempDir::make());
};

TEST_F(MessageTemplateTest, FillsSubjectsAndParagraphs) {
  const auto loaded = load("# note\n{who}: first\n{what}\n\nOne {who}\nline.\n# note\n\n{what}\n");
  ASSERT_TRUE(loaded) << loaded.error().message;
  const TemplateValues values = {{"who", "drm"}, {"what", "  - a\n  - b\n"}};
  EXPECT_THAT(loaded->subjects(values), ElementsAre("drm: first", "- a\n  - b"));
  EXPECT_EQ(loaded->body(values), "One drm line.\n\n  - a\n  - b\n");
}

TEST_F(MessageTemplateTest, DropsParagraphsOfEmptyPlaceholders) {
  const auto loaded = load("s\n\nNote {who} and {what}.\n\n{who} {what} {who}\n\nlast\n");
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->body({{"who", ""}, {"what", ""}}), "last\n");
  EXPECT_EQ(loaded->body({{"who", ""}, {"what", "w"}}), "Note and w.\n\nw\n\nlast\n");
}

TEST_F(MessageTemplateTest, AValueMayHoldParagraphs) {
  const auto loaded = load("s\n\n{who}\n");
  EXPECT_EQ(loaded->body({{"who", "a\n\nb"}, {"what", ""}}), "a\n\nb\n");
}

TEST_F(MessageTemplateTest, UnknownPlaceholderIsNamedWithItsLine) {
  const auto loaded = load("s\n\ntext\n{whoo}\n");
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message,
              HasSubstr("t.txt:4: unknown placeholder {whoo} (did you mean 'who'?)"));
}

TEST_F(MessageTemplateTest, TemplateWithoutTextIsRefused) {
  const auto loaded = load("# note\n{who}\n");
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message, HasSubstr("t.txt:2: the template ends before its text"));
}

}  // namespace
}  // namespace killify
