#include "check/statements.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kDiff =
    "diff --git a/drivers/x/x.c b/drivers/x/x.c\n"
    "--- a/drivers/x/x.c\n"
    "+++ b/drivers/x/x.c\n"
    "@@ -1,4 +1,4 @@ static vm_fault_t x_fault(struct vm_fault *vmf)\n"
    " \tint err;\n"
    "-\terr = mutex_lock_interruptible(&x->lock);\n"
    "+\terr = mutex_lock_killable(&x->lock);\n"
    " \tif (err)\n"
    "-\t\treturn VM_FAULT_NOPAGE;\n"
    "+\t\treturn VM_FAULT_SIGBUS;\n";

const KnownNames kKnown = {
    .word = [](const std::string& word) { return word == "copy_to_user" || word == "x_look"; },
    .path = [](const std::string& path) { return path == "drivers/x" || path == "drivers/x/x.c"; },
    .top = [](const std::string& name) { return name == "drivers"; }};

std::vector<std::string> faults(const std::string& body, const ManifestCommit* commit = nullptr) {
  return statement_faults({.subject = "x: Do it",
                           .message = "x: Do it\n\n" + body + "\n\nSigned-off-by: A <a@x.org>\n",
                           .diff = kDiff,
                           .commit = commit},
                          kKnown);
}

TEST(Sentences, EndWhereTheyEndAndLeaveListsAndTagsOut) {
  EXPECT_THAT(sentences_of("s: T\n\nOne in a_ops.wait() is\nlong. Two: it goes on.\n\n  f()\n  "
                           "...\n\nThree\n\nSigned-off-by: A <a@x.org>\n"),
              ElementsAre("One in a_ops.wait() is long.", "Two: it goes on.", "Three"));
}

TEST(Statements, WhatIsSoIsNoFault) {
  EXPECT_THAT(
      faults("x_fault() sleeps in mutex_lock_interruptible() and returns VM_FAULT_NOPAGE\n"
             "when a signal is pending, in copy_to_user() for instance.\n\n"
             "Use mutex_lock_killable() for the sleep of x_fault(). With a fatal signal\n"
             "pending x_fault() returns VM_FAULT_SIGBUS: VM_FAULT_NOPAGE would be retried.\n"
             "Page faults in drivers/x will use it."),
      IsEmpty());
}

TEST(Statements, ANameIsInTheDiffOrInTheTree) {
  EXPECT_THAT(faults("y_fault() sleeps."), ElementsAre(HasSubstr("'y_fault' is neither in the")));
  EXPECT_THAT(faults("It returns VM_FAULT_OOM."), ElementsAre(HasSubstr("'VM_FAULT_OOM' is")));
  EXPECT_THAT(faults("'intr' of x_fault() says so."), ElementsAre(HasSubstr("'intr' is neither")));
  EXPECT_THAT(faults("It is in drivers/y/y.c, not net/y.c."),
              ElementsAre("'drivers/y/y.c' is no path of the tree"));
  // On the chain, too, and in a subject with braces.
  EXPECT_THAT(faults("So:\n\n  x_fault()\n  z_lock()"), ElementsAre(HasSubstr("'z_lock' is")));
  Told told{.subject = "x: Add x_{look,peek}()", .message = "x: A\n", .diff = kDiff};
  EXPECT_THAT(statement_faults(told, kKnown), ElementsAre(HasSubstr("'x_peek' is neither")));
}

TEST(Statements, WhatIsSaidToBeAddedIsAdded) {
  EXPECT_THAT(faults("Use copy_to_user() for the sleep of x_fault()."),
              ElementsAre(HasSubstr("'copy_to_user' is said to be used, and no line")));
  EXPECT_THAT(faults("Add x_look(), which takes a task state like copy_to_user()."),
              ElementsAre(HasSubstr("'x_look' is said to be added")));
  EXPECT_THAT(faults("With a fatal signal pending x_fault() returns VM_FAULT_NOPAGE: it is so."),
              ElementsAre("'VM_FAULT_NOPAGE' is said to be returned, and is not in the new code of "
                          "the diff"));
}

TEST(Statements, NothingIsBothConvertedAndLeft) {
  EXPECT_THAT(faults("x_fault() sleeps.\n\n1 other sleep, in x_fault(), is left alone: so."),
              ElementsAre("x_fault() is named as left alone and as changed"));
  EXPECT_THAT(faults("x_fault() sleeps.\n\n1 other sleep, in x_look(), is left alone: so."),
              IsEmpty());
}

TEST(Statements, AnalysisLengthAndChainsAreHeldToTheirLimits) {
  EXPECT_THAT(faults("Left: 9 calls deep, and nothing is known of 16 conditions on the way."),
              SizeIs(2));
  std::string lines;
  for (int i = 0; i < 26; ++i) lines += "word\n";
  EXPECT_THAT(faults(lines), ElementsAre("the message has 26 lines; 25 is the limit"));
  EXPECT_THAT(faults(lines.substr(5)), IsEmpty());
  std::string chain = "So:\n\n";
  for (int i = 0; i < 6; ++i) chain += "  x_look()\n";
  EXPECT_THAT(faults(chain), ElementsAre("a chain of calls has more than 5 lines"));
}

TEST(Statements, SemanticPatchesAreThoseOfTheManifest) {
  ManifestCommit commit;
  commit.semantic_patches = {"convert/mutex.cocci", "convert/fatal-return.cocci"};
  EXPECT_THAT(
      faults("Generated with Coccinelle,\nsemantic-patches/convert/{mutex,fatal-return}.cocci.",
             &commit),
      IsEmpty());
  EXPECT_THAT(
      faults("Generated with Coccinelle, semantic-patches/convert/{mutex,call}.cocci.", &commit),
      ElementsAre(HasSubstr("'semantic-patches/convert/call.cocci' made nothing")));
  EXPECT_THAT(faults("Generated with Coccinelle, semantic-patches/convert/mutex.cocci.", &commit),
              ElementsAre(HasSubstr("1 semantic patch are named, and 2 made the patch")));
}

TEST(Statements, NoSentenceStandsTwiceInASeries) {
  const std::string tail = "\n\nGenerated with Coccinelle, p.cocci.\n\nSigned-off-by: A <a@x>\n";
  const std::vector<Told> series = {
      {.subject = "a", .message = "a\n\nOne. Two." + tail, .diff = {}},
      {.subject = "b", .message = "b\n\nThree." + tail, .diff = {}},
      {.subject = "c", .message = "c\n\nTwo. One more." + tail, .diff = {}}};
  const auto found = repetitions(series);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].first, 2U);
  EXPECT_EQ(found[0].second, "the sentence 'Two.' stands in patch 1, too");
}

TEST(Statements, WhatIsLeftAloneIsCountedAnew) {
  ManifestCommit commit;
  commit.sites.emplace_back();
  commit.sites[0].handler = "x_fault";
  LeftOut left;
  left.finding.handler.function = "x_fault";
  left.finding.sink.file = "x.c";
  left.finding.sink.line = 7;
  std::vector<LeftOut> all = {left, left};  // one place, by two ways of different sorts
  all[1].finding.verdict = Verdict::kThread;
  const auto with = [&](const std::string& body, bool edited) {
    return count_faults(
        {.subject = "x", .message = "x\n\n" + body + "\n", .diff = {}, .commit = &commit}, all,
        edited);
  };
  EXPECT_THAT(with("1 other sleep, in f(), is left alone: so.", false), IsEmpty());
  EXPECT_THAT(with("2 other sleeps, in f(), are left alone: so.", true),
              ElementsAre("2 other sleeps are said to be left alone, and manifest.json has 1 of "
                          "these handlers"));
  EXPECT_THAT(with("Nothing.", false), SizeIs(1));
  EXPECT_THAT(with("Nothing.", true), IsEmpty());
  all[0].finding.handler.function = all[1].finding.handler.function = "y_fault";
  EXPECT_THAT(with("Nothing.", false), IsEmpty());
}

}  // namespace
}  // namespace killify
