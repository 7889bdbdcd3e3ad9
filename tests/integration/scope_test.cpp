// --strategy=scope: no handler is changed, what they run under is.
#include "json_schema.h"
#include "support/killify_run.h"

#include <gmock/gmock.h>

namespace killify::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

const std::string kScopeBranch = "killify/killable-fault-handlers-scope/v1";

class Scope : public ::testing::Test, protected MiniTree {
 protected:
  Scope() { share_answers(); }
  [[nodiscard]] Completed quiet(Words arguments) const {
    arguments.insert(arguments.begin(), "--progress=none");
    return killify(arguments);
  }
  // A campaign of a user's own with our strategy, but for one text of one of its files.
  [[nodiscard]] fs::path with_change(const std::string& file, const std::string& was,
                                     const std::string& is) const {
    const fs::path mine = path() / "series";
    fs::copy(kSource / "series", mine, fs::copy_options::recursive);
    std::string text = text_of(mine / "scope" / file);
    const auto at = text.find(was);
    EXPECT_NE(at, text.npos) << file << ": " << was;
    write_text(mine / "scope" / file, text.replace(at, was.size(), is));
    return mine / "killable-fault-handlers.yaml";
  }
  [[nodiscard]] Completed generate_with(const fs::path& campaign) const {
    return quiet(
        {"generate", "--campaign", campaign.string(), "--strategy=scope", "-o", out().string()});
  }
  [[nodiscard]] std::string branches() const { return git({"branch", "--list", "killify/*"}); }
};

TEST_F(Scope, ChangesWhatHandlersRunUnder) {
  const std::string diff = quiet({"diff", "--strategy=scope", "--no-pager"}).out;
  EXPECT_THAT(diff,
              HasSubstr(" \tunsigned in_iowait:1;\n"
                        "+\t/* Only fatal signals interrupt it, see killable_sleeps_save(): */\n"
                        "+\tunsigned\t\t\tkillable_sleeps:1;\n"
                        " #ifdef CONFIG_EVENTFD\n"));
  EXPECT_THAT(diff, HasSubstr("+static inline bool killable_sleeps_save(void)\n+{\n"));
  EXPECT_THAT(diff, HasSubstr("-\t\treturn 1;\n"
                              "-\treturn task_sigpending(p);\n"
                              "+\t\treturn signal_interrupts(p);\n"
                              "+\treturn task_sigpending(p) && signal_interrupts(p);\n"));
  EXPECT_THAT(diff, HasSubstr("+\tif (killable)\n"
                              "+\t\tsaved = killable_sleeps_save();\n"
                              " \tif (is_vm_hugetlb_page(vma))\n"));
  EXPECT_THAT(diff, HasSubstr("+\tif (killable) {\n"
                              "+\t\tkillable_sleeps_restore(saved);\n"
                              "+\t\tret = end_if_killed(ret);\n"
                              "+\t}\n"
                              " out:\n"));
  // The one of a kernel without an MMU has nothing that sleeps below it. No driver is touched.
  EXPECT_THAT(diff, AllOf(Not(HasSubstr("linux/mm.h")), Not(HasSubstr("drivers/"))));
}

TEST_F(Scope, BuildsCommitByCommitAndIsClean) {
  const Completed made = quiet({"generate", "--strategy=scope", "-o", out().string()});
  ASSERT_TRUE(made.ok()) << made.err;
  EXPECT_EQ(JsonSchema("manifest").mismatch(parsed(text_of(out() / "manifest.json"))), "");
  const Completed verified = quiet({"verify", "--format=json", out().string()});
  ASSERT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  const auto report = parsed(verified.out);
  ASSERT_THAT(report["commits"], SizeIs(2));
  for (const auto& commit : report["commits"])
    for (const char* kind : {"errors", "warnings", "checks"})
      EXPECT_EQ(commit["checkpatch"][kind], 0) << commit.dump(1);
  const Completed checked = quiet({"check", out().string()});
  EXPECT_EQ(checked.exit_code, 0) << checked.out;
  EXPECT_THAT(text_of(out() / "0000-cover-letter.patch"),
              AllOf(HasSubstr("62 fault handlers reach 62 sleeps where any signal ends it, and 3 "
                              "more\nwhere that has to be looked at."),
                    HasSubstr("killify generate --strategy=scope -o DIR")));
}

// The audit of the result says why nothing is left to do, and so does a second run.
TEST_F(Scope, IsDoneOnce) {
  ASSERT_TRUE(quiet({"generate", "--strategy=scope", "-o", out().string()}).ok());
  const auto audit = parsed(quiet({"audit", "--rev", kScopeBranch, "--format=json"}).out);
  std::size_t suppressed = 0;
  for (const auto& finding : audit["findings"]) {
    EXPECT_THAT((Words{"suppressed", "safe"}), ::testing::Contains(finding["verdict"]))
        << finding.dump(1);
    if (finding["reason"] ==
        "handle_mm_fault() lets only fatal signals interrupt a fault from kernel mode")
      ++suppressed;
  }
  EXPECT_EQ(suppressed, 65U);  // another has its signals blocked, and keeps that reason
  EXPECT_TRUE(parsed(quiet({"plan", "--rev", kScopeBranch, "--format=json"}).out)["steps"].empty());
  const Completed again = quiet({"plan", "--rev", kScopeBranch, "--strategy=scope"});
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.err, HasSubstr("it is in this tree already: handle_mm_fault() lets only"));
}

TEST_F(Scope, StandsBesideTheOtherWayInFigures) {
  const Completed done = quiet({"plan", "--compare", "--format=json"});
  ASSERT_TRUE(done.ok()) << done.err;
  const auto json = parsed(done.out);
  EXPECT_EQ(JsonSchema("compare").mismatch(json), "");
  ASSERT_THAT(json["strategies"], SizeIs(2));
  const auto& [thread, scope] = std::tie(json["strategies"][0], json["strategies"][1]);
  EXPECT_GT(thread["commits"], 30);
  EXPECT_EQ(thread["user_signals"], "delayed");
  EXPECT_EQ(scope["commits"], 2);
  EXPECT_EQ(scope["functions"], 5);
  EXPECT_EQ(scope["exports"], 0);
  EXPECT_EQ(scope["user_signals"], "prompt");
  // Certain ones are not added up with those that somebody has to look at.
  EXPECT_EQ(scope["sleeps"]["certain"].dump(), R"({"all":62,"covered":62})");
  EXPECT_EQ(scope["sleeps"]["open"].dump(), R"({"all":3,"covered":3})");
  EXPECT_EQ(thread["sleeps"]["open"].dump(), R"({"all":3,"covered":0})");
  EXPECT_LT(thread["roots"]["covered"], thread["roots"]["all"]);
}

TEST_F(Scope, AStrategyThatDoesNotFitIsAColumnWithoutFigures) {
  ASSERT_TRUE(quiet({"generate", "--strategy=scope", "-o", out().string()}).ok());
  const Completed text = quiet({"plan", "--compare", "--rev", kScopeBranch});
  ASSERT_TRUE(text.ok()) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("thread         scope\n"),
                              HasSubstr("sleeps covered, certain                       0 of 0      "
                                        "       -\n"),
                              HasSubstr("\nscope: it is in this tree already: handle_mm_fault()")));
  const auto json =
      parsed(quiet({"plan", "--compare", "--rev", kScopeBranch, "--format=json"}).out);
  EXPECT_EQ(JsonSchema("compare").mismatch(json), "");
  EXPECT_THAT(json["strategies"][1]["trouble"], HasSubstr("in this tree already"));
}

TEST_F(Scope, AMisspeltStrategyIsUnderstood) {
  const Completed done = quiet({"plan", "--strategy=scop"});
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_THAT(done.err, HasSubstr("--strategy: 'scop' is none of killable-fault-handlers: thread, "
                                  "convert-only, scope (did you mean 'scope'?)"));
  EXPECT_EQ(quiet({"plan", "--compare", "--patch=x.cocci"}).exit_code, 2);
}

// Half of it would be worse than nothing: signals would stay hidden for good.
TEST_F(Scope, WithoutTheEndOfTheScopeNothingIsMade) {
  const Completed done =
      generate_with(with_change("mm.cocci", "+\t\tkillable_sleeps_restore(saved);\n", ""));
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_THAT(done.err, HasSubstr("does not fit this tree: handle_mm_fault() would not call "
                                  "killable_sleeps_restore() afterwards"));
  EXPECT_EQ(branches(), "");
  EXPECT_FALSE(fs::exists(out() / "manifest.json"));
}

// What is called, but not declared: it would not build.
TEST_F(Scope, WithoutItsDeclarationsNothingIsMade) {
  const Completed done = generate_with(
      with_change("mm.cocci", " \tvm_fault_t ret;\n+\tbool", " \tvm_fault_t ret = 0;\n+\tbool"));
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_THAT(done.err, HasSubstr("handle_mm_fault() would not call only_fatal_signals()"));
  EXPECT_EQ(branches(), "");
}

// "a || b && c" would be another condition.
TEST_F(Scope, WhatATreeReturnsIsTakenAsAWhole) {
  const fs::path header = tree() / "include/linux/sched/signal.h";
  std::string text = text_of(header);
  const std::string was = "return task_sigpending(p);";
  write_text(header, text.replace(text.find(was), was.size(),
                                  "return task_sigpending(p) || test_tsk_thread_flag(p, 3);"));
  (void)git({"commit", "-qam", "signal: Look at another flag"});
  EXPECT_THAT(quiet({"diff", "--strategy=scope", "--no-pager"}).out,
              HasSubstr("+\treturn (task_sigpending(p) || test_tsk_thread_flag(p, 3)) && "
                        "signal_interrupts(p);\n"));
}

TEST_F(Scope, ATreeWithoutThePlaceIsToldWhichOne) {
  const Completed field = generate_with(with_change("strategy.yaml", "in_iowait", "in_isleep"));
  EXPECT_EQ(field.exit_code, 2);
  EXPECT_THAT(field.err,
              AllOf(HasSubstr("scope/strategy.yaml:"),
                    HasSubstr("no file of the tree defines a struct task_struct with one "
                              "field in_isleep")));
  fs::remove_all(path() / "series");
  const Completed rule =
      generate_with(with_change("mm.cocci", "__handle_mm_fault(...) ...+>", "__other(...) ...+>"));
  EXPECT_EQ(rule.exit_code, 2);
  EXPECT_THAT(rule.err, HasSubstr("scope/mm.cocci: matches nothing in this tree"));
  EXPECT_EQ(branches(), "");
}

}  // namespace
}  // namespace killify::test
