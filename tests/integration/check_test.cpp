// killify check: what it finds in patches as killify wrote them, and as people edited them.
#include "json_schema.h"
#include "support/killify_run.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace killify::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Check : public ::testing::Test, protected MiniTree {
 protected:
  Check() { share_answers(); }

  void generate(Words arguments = {}) const {
    arguments.insert(arguments.begin(), {"--progress=none", "generate", "-o", out().string()});
    const Completed done = killify(arguments);
    ASSERT_TRUE(done.ok()) << done.err;
  }

  [[nodiscard]] Completed check(Words arguments = {}) const {
    arguments.insert(arguments.begin(), {"--progress=none", "check", out().string()});
    return killify(arguments);
  }

  [[nodiscard]] std::vector<fs::path> patches() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(out()))
      if (entry.path().extension() == ".patch" &&
          entry.path().filename().string().find("0000-") == std::string::npos)
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
  }

  // One with what the function makes of its text.
  static void edit(const fs::path& file, const std::string& from, const std::string& to) {
    std::string text = text_of(file);
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from << " in\n" << text;
    write_text(file, text.replace(at, from.size(), to));
  }
};

TEST_F(Check, WhatGenerateWritesIsClean) {
  generate();
  const RepositoryState before = state();
  const Completed done = check();
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  EXPECT_THAT(done.out,
              AllOf(HasSubstr("nothing to complain about\n"),
                    HasSubstr("0000-cover-letter.patch: clean\n"), Not(HasSubstr("fault\n"))));
  const RepositoryState now = state();
  EXPECT_EQ(now.refs, before.refs);
  EXPECT_EQ(now.head, before.head);
  EXPECT_EQ(now.index, before.index);
  EXPECT_EQ(now.files, before.files);
  EXPECT_THAT(contents_below(scratch()), IsEmpty());

  const Completed json = check({"--format=json"});
  const auto report = parsed(json.out);
  EXPECT_EQ(JsonSchema("check").mismatch(report), "");
  EXPECT_EQ(report.at("verdict"), "clean");
  EXPECT_EQ(report.at("base"), commit_id("main"));
}

// One commit a file: functions of one handler are told in several patches.
TEST_F(Check, ASeriesByFileIsClean) {
  generate({"--group=file", "--patches=0"});
  const Completed done = check();
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
}

TEST_F(Check, APostingAloneStandsOnTheEarlierOnes) {
  generate({"--patches=9"});
  const fs::path posting = patches().back().parent_path();
  ASSERT_NE(posting, out());
  const Completed done = killify({"--progress=none", "check", posting.string()});
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
}

TEST_F(Check, WhatIsNoLongerSoIsTold) {
  generate({"drivers/gpu/drm/walnut"});
  const fs::path last = patches().back();
  edit(last, "VM_FAULT_SIGBUS", "VM_FAULT_HWPOISON");
  const Completed lie = check();
  EXPECT_EQ(lie.exit_code, 1) << lie.err;
  EXPECT_THAT(lie.out, HasSubstr("  statement: 'VM_FAULT_HWPOISON' is "));

  edit(last, "VM_FAULT_HWPOISON", "VM_FAULT_SIGBUS");
  EXPECT_EQ(check().exit_code, 0);
  edit(last, "\nSigned-off-by: ", "\nReviewed-by: nobody\nSigned-off-by: ");
  EXPECT_THAT(check().out, HasSubstr("  tags: 'Reviewed-by: nobody' names nobody"));
}

TEST_F(Check, WhatDoesNotApplyIsToldAndTheRestIsNotJudged) {
  generate({"drivers/gpu/drm/walnut"});
  const fs::path first = patches().front();
  edit(first, "\n-\t", "\n-\tnot what is there ");
  const Completed done = check({"--format=json"});
  EXPECT_EQ(done.exit_code, 1) << done.err;
  const auto report = parsed(done.out);
  EXPECT_EQ(JsonSchema("check").mismatch(report), "");
  std::string checks;
  for (const auto& mail : report.at("mails"))
    for (const auto& fault : mail.at("faults"))
      checks += fault.at("check").get<std::string>() + ' ';
  EXPECT_THAT(checks, HasSubstr("git am"));
  EXPECT_TRUE(std::ranges::any_of(report.at("not_checked"), [](const auto& left) {
    return left.at("unjudged").template get<bool>();
  }));
}

// Patches of somebody's own, by git format-patch.
TEST_F(Check, AFolderThatGitWrote) {
  write_text(tree() / ".mailmap", "A. Tester <right@example.org> <tester@example.org>\n");
  (void)git({"add", ".mailmap"});
  (void)git({"commit", "-q", "-m", "Map"});
  const std::string base = commit_id("HEAD");
  write_text(tree() / "fs/new.c", "int fresh_thing(void)\n{\n\treturn 0;\n}\n");
  (void)git({"add", "fs/new.c"});
  (void)git({"commit", "-q", "-s", "-m", "fs: Add a thing, part 2", "-m",
             "fresh_thing() is new, stale_thing() is not there."});
  (void)git({"format-patch", "-q", "-o", out().string(), base});
  const Completed nowhere = check();
  EXPECT_EQ(nowhere.exit_code, 2);
  EXPECT_THAT(nowhere.err, HasSubstr("name it with --rev"));
  const Completed done = check({"--rev", base});
  EXPECT_EQ(done.exit_code, 1) << done.err;
  EXPECT_THAT(done.out,
              AllOf(HasSubstr("statement: 'stale_thing' is neither in the diff nor in"),
                    Not(HasSubstr("'fresh_thing'")), HasSubstr("message: the subject counts parts"),
                    HasSubstr("mailmap: A. Tester <tester@example.org> is A. Tester "
                              "<right@example.org>"),
                    HasSubstr("mail: names nobody to send it to")));
}

TEST_F(Check, ASeriesOfASemanticPatch) {
  const fs::path patch = path() / "killable.cocci";
  write_text(patch,
             "/// Sleep killably\nvirtual patch\n\n@depends on patch@\nexpression E;\n@@\n"
             "- mutex_lock_interruptible(E)\n+ mutex_lock_killable(E)\n");
  generate({"--patch", patch.string(), "drivers/gpu/drm/walnut"});
  const Completed done = check();
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
}

TEST_F(Check, AFolderWithoutPatchesIsAnError) {
  fs::create_directories(out());
  const Completed done = check();
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_THAT(done.err, HasSubstr("has no patches (*.patch)"));
}

}  // namespace
}  // namespace killify::test
