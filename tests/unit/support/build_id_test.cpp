#include "support/build_id.h"

#include "support/process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace killify {
namespace {

// What binutils read from the file is what the program finds in its memory.
TEST(BuildId, IsTheLinkersNote) {
  const auto self = std::filesystem::read_symlink("/proc/self/exe").string();
  const auto notes = run({.argv = {"readelf", "--notes", self}});
  ASSERT_TRUE(notes) << notes.error().message;
  const auto id = build_id();
  if (notes->out.find("Build ID: ") == std::string::npos) {
    EXPECT_EQ(id, "");
  } else {
    EXPECT_THAT(notes->out, testing::HasSubstr("Build ID: " + id + "\n"));
    EXPECT_NE(id, "");
  }
}

}  // namespace
}  // namespace killify
