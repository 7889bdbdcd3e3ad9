// What the head of a semantic patch says.
#include "apply/user_patch.h"

#include "support/files.h"
#include "support/temp_dir.h"

namespace killify {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class UserPatchTest : public ::testing::Test {
 protected:
  UserPatchTest() {
    auto made = TempDir::make();
    EXPECT_TRUE(made);
    directory_.emplace(std::move(*made));
  }
  [[nodiscard]] fs::path write(const std::string& name, const std::string& text) const {
    EXPECT_TRUE(write_file_atomic(directory_->path() / name, text));
    return directory_->path() / name;
  }
  [[nodiscard]] Result<UserPatch> read(const std::string& text) const {
    return read_user_patch(write("some_rule.cocci", text));
  }

 private:
  std::optional<TempDir> directory_;
};

TEST_F(UserPatchTest, AHeadLikeThoseOfTheKernel) {
  const auto patch = read(
      "// SPDX-License-Identifier: GPL-2.0-only\n"
      "/// Use kmemdup rather than\n"
      "/// duplicating it\n"
      "///\n"
      "/// It is shorter.\n"
      "///\n"
      "/// And safer.\n"
      "// Confidence: High\n"
      "// Options: --no-includes --include-headers --timeout 20 --very-quiet\n"
      "//   Options: --macro-file 'a b.h'\n"
      "virtual patch, context\n"
      "virtual report\n"
      "@r@\n"
      "expression e; // Options: --all-includes\n"
      "@@\n"
      "/// no head\n"
      "- f(e)\n"
      "+ g(e)\n");
  ASSERT_TRUE(patch) << patch.error().message;
  EXPECT_EQ(patch->name, "some_rule");
  EXPECT_EQ(patch->summary, "Use kmemdup rather than duplicating it");
  EXPECT_THAT(patch->description, ElementsAre("It is shorter.", "And safer."));
  EXPECT_THAT(patch->options,
              ElementsAre("--no-includes", "--include-headers", "--macro-file", "a b.h"));
  EXPECT_THAT(patch->virtual_rules, ElementsAre("context", "patch", "report"));
  EXPECT_FALSE(patch->scripts);
}

TEST_F(UserPatchTest, ProgramsAreSeen) {
  for (const std::string rule :
       {"@script:python r2@\n", "@initialize:ocaml@\n", "@finalize:python depends on patch@\n"}) {
    const auto patch = read("@r@\n@@\nf()\n\n" + rule + "@@\n");
    ASSERT_TRUE(patch);
    EXPECT_TRUE(patch->scripts) << rule;
  }
}

TEST_F(UserPatchTest, WhatItIncludesIsPartOfIt) {
  (void)write("other.cocci", "@@\n@@\n- f()\n+ g()\n");
  const auto before = read("#include \"other.cocci\"\n");
  ASSERT_TRUE(before);
  (void)write("other.cocci", "@@\n@@\n- f()\n+ h()\n");
  const auto after = read("#include \"other.cocci\"\n");
  ASSERT_TRUE(after);
  EXPECT_NE(before->sha256, after->sha256);
  const auto missing = read("#include \"nowhere.cocci\"\n");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("nowhere.cocci"));
}

TEST_F(UserPatchTest, AnotherFileIsNone) {
  const auto patch = read_user_patch(write("notes.txt", "hello\n"));
  ASSERT_FALSE(patch);
  EXPECT_THAT(patch.error().message, HasSubstr("its name does not end in .cocci"));
}

TEST(ReadingOptions, SelectionTimeAndOutputAreOurs) {
  std::vector<std::string> dropped;
  EXPECT_THAT(reading_options("--dir . -j 4 -I include --use-gitgrep -D x --in-place", dropped),
              ElementsAre("-I", "include", "-D", "x"));
  EXPECT_THAT(dropped, ElementsAre("--dir", "-j", "--use-gitgrep", "--in-place"));
  dropped.clear();
  EXPECT_THAT(reading_options("  --macro-file \"\" ", dropped), ElementsAre("--macro-file", ""));
  EXPECT_THAT(dropped, IsEmpty());
}

TEST(ReadingOptions, AreKnownInEachOfTheirForms) {
  std::vector<std::string> dropped;
  EXPECT_THAT(
      reading_options("-no_includes -include_headers --macro-file=a_b.h -I a_b -Da_b", dropped),
      ElementsAre("--no-includes", "--include-headers", "--macro-file=a_b.h", "-I", "a_b",
                  "-Da_b"));
  EXPECT_THAT(dropped, IsEmpty());
  EXPECT_THAT(reading_options("-no_show_diff --timeout=20 -in_place -dir x --no-loops", dropped),
              ElementsAre("--no-loops"));
  EXPECT_THAT(dropped, ElementsAre("--no-show-diff", "--timeout", "--in-place", "--dir"));
}

TEST(Cocciconfig, OnlyTheOptionsOfSpatchCount) {
  EXPECT_EQ(cocciconfig_options("[spatch]\n\toptions = --timeout 200\n\toptions=--no-loops\n"
                                "\toptional = x\n[other]\n options = --no\n"),
            " --timeout 200 --no-loops");
}

TEST(Rules, AreShownWithoutTheHead) {
  EXPECT_EQ(rules_of("/// x\nvirtual patch\n\n@@\n@@\n- f()\n+ g()\n\n\n"),
            "@@\n@@\n- f()\n+ g()\n");
}

}  // namespace
}  // namespace killify
