#include "support/encoding.h"

#include <gtest/gtest.h>

#include <string>
namespace killify {
namespace {

TEST(Utf8, IsToldFromOtherBytes) {
  for (const char* text : {"", "plain", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80 x"})
    EXPECT_TRUE(is_utf8(text)) << text;
  for (const char* text : {"\xe9", "\xe9 a", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80",
                           "\xf4\x90\x80\x80", "\x80", "\xe2\x82", "a\xff"})
    EXPECT_FALSE(is_utf8(text)) << text;
}

TEST(Utf8, HoldsAnyBytesAndGivesThemBack) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  EXPECT_TRUE(is_utf8(latin1_to_utf8(bytes)));
  EXPECT_EQ(utf8_to_latin1(latin1_to_utf8(bytes)), bytes);
  EXPECT_EQ(latin1_to_utf8("\xe9"), "\xc3\xa9");
}

}  // namespace
}  // namespace killify
