// What is wrong with handlers whether or not they sleep.
#include "support/small_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using test::function;
using test::SmallTree;
using testing::ElementsAre;
using testing::IsEmpty;

// "KIND FUNCTION" of each note on the handler of one field, with this body.
std::vector<Note> notes(const std::string& field, const std::string& body,
                        const std::string& before = {}) {
  SmallTree tree(
      {{"drivers/a/a.c", before + "static vm_fault_t a(struct vm_fault *vmf)\n{\n" + body +
                             "}\n\nstatic const struct vm_operations_struct ops = {\n\t." + field +
                             " = a,\n};\n"}});
  for (auto& root : tree.series.roots) root.retry_succeeds = {"page_mkwrite"};
  return test::value_of(audit(*tree.facts, tree.series, {})).notes;
}
std::string name_of(NoteKind kind) {
  switch (kind) {
    case NoteKind::kRetryIsSuccess:
      return "retry-is-success";
    case NoteKind::kSpins:
      return "spins";
    case NoteKind::kStaysBlocked:
      return "stays-blocked";
    case NoteKind::kPartialMask:
      return "partial-mask";
  }
  return {};
}
std::vector<std::string> told(const std::vector<Note>& notes) {
  std::vector<std::string> texts;
  for (const auto& note : notes) texts.push_back(name_of(note.kind) + " " + note.function);
  return texts;
}

const std::string kRetries =
    "static vm_fault_t help(struct vm_fault *vmf)\n{\n\tif (vmf->flags)\n"
    "\t\treturn VM_FAULT_RETRY;\n\treturn 0;\n}\n";

TEST(Notes, ARetryThatCountsAsSuccessIsTold) {
  EXPECT_THAT(told(notes("page_mkwrite", "\treturn VM_FAULT_RETRY;\n")),
              ElementsAre("retry-is-success a"));
  EXPECT_THAT(told(notes("page_mkwrite",
                         "\tvm_fault_t ret = 0;\n\tif (vmf->page)\n\t\tret = VM_FAULT_RETRY;\n"
                         "\treturn ret;\n")),
              ElementsAre("retry-is-success a"));
  EXPECT_THAT(told(notes("page_mkwrite", "\treturn help(vmf);\n", kRetries)),
              ElementsAre("retry-is-success help"));
  EXPECT_THAT(notes("fault", "\treturn VM_FAULT_RETRY;\n"), IsEmpty());
  EXPECT_THAT(notes("page_mkwrite", "\treturn VM_FAULT_LOCKED;\n"), IsEmpty());
}

// Two of a kind in one function are two, and a line that is put before them changes no id.
TEST(Notes, EachHasAnIdOfItsOwn) {
  const std::string twice =
      "\tif (vmf->page)\n\t\treturn VM_FAULT_RETRY;\n\treturn VM_FAULT_RETRY;\n";
  const auto first = notes("page_mkwrite", twice);
  const auto later = notes("page_mkwrite", "\n" + twice);
  ASSERT_EQ(first.size(), 2U);
  ASSERT_EQ(later.size(), 2U);
  EXPECT_NE(first[0].id, first[1].id);
  EXPECT_EQ(first[0].id, later[0].id);
  EXPECT_EQ(first[1].id, later[1].id);
}

TEST(Notes, AResultThatIsNotReturnedIsNone) {
  EXPECT_THAT(notes("page_mkwrite",
                    "\tif (help(vmf) == VM_FAULT_RETRY)\n\t\treturn 0;\n"
                    "\treturn VM_FAULT_LOCKED;\n",
                    kRetries),
              IsEmpty());
}

// Who takes FAULT_FLAG_ALLOW_RETRY away does not get VM_FAULT_RETRY from those that look at it.
TEST(Notes, ARetryThatWasForbiddenDoesNotCome) {
  const std::string forbid = "\tvmf->flags &= ~FAULT_FLAG_ALLOW_RETRY;\n";
  EXPECT_THAT(notes("page_mkwrite", forbid + "\treturn help(vmf);\n", kRetries), IsEmpty());
  EXPECT_THAT(
      told(notes("page_mkwrite",
                 "\tif (vmf->page)\n\t\treturn help(vmf);\n" + forbid + "\treturn 0;\n", kRetries)),
      ElementsAre("retry-is-success help"));
}

TEST(Notes, ALockThatIsNotHadMakesTheCoreAskAgain) {
  const auto found = notes("fault",
                           "\tif (!mutex_trylock(&box->lock))\n"
                           "\t\treturn VM_FAULT_NOPAGE;\n\treturn 0;\n");
  ASSERT_THAT(told(found), ElementsAre("spins a"));
  EXPECT_EQ(found[0].detail, "mutex_trylock");
  EXPECT_THAT(told(notes("fault",
                         "\tvm_fault_t ret;\n\tif (unlikely(!mutex_trylock(&box->lock))) "
                         "{\n\t\tret = VM_FAULT_NOPAGE;\n\t\tgoto out;\n\t}\n\tret = 0;\n"
                         "out:\n\treturn ret;\n")),
              ElementsAre("spins a"));
}

TEST(Notes, WhoHasAnotherWayDoesNotSpin) {
  EXPECT_THAT(notes("fault",
                    "\tif (!mutex_trylock(&box->lock)) {\n"
                    "\t\tif (wait_for(box))\n\t\t\treturn VM_FAULT_NOPAGE;\n\t}\n"
                    "\treturn 0;\n"),
              IsEmpty());
  EXPECT_THAT(notes("fault",
                    "\tif (!mutex_trylock(&box->lock))\n"
                    "\t\treturn VM_FAULT_SIGBUS;\n\treturn VM_FAULT_NOPAGE;\n"),
              IsEmpty());
}

const std::string kMaskersOfSome =
    "static void block(sigset_t *old)\n{\n\tsigset_t mask;\n\n"
    "\tsiginitsetinv(&mask, sigmask(SIGKILL));\n\tsigprocmask(SIG_BLOCK, &mask, old);\n}\n\n"
    "static void block_some(sigset_t *old)\n{\n\tsigset_t mask;\n\n"
    "\tsiginitsetinv(&mask, sigmask(SIGKILL) | sigmask(SIGTERM));\n"
    "\tsigprocmask(SIG_BLOCK, &mask, old);\n}\n\n"
    "static void restore(sigset_t *old)\n{\n\tsigprocmask(SIG_SETMASK, old, NULL);\n}\n\n";

TEST(Notes, SignalsThatStayBlockedAreTold) {
  EXPECT_THAT(told(notes("fault",
                         "\tblock(&old);\n\tif (vmf->page)\n\t\treturn VM_FAULT_SIGBUS;\n"
                         "\trestore(&old);\n\treturn 0;\n",
                         kMaskersOfSome)),
              ElementsAre("stays-blocked a"));
  EXPECT_THAT(notes("fault",
                    "\tif (vmf->flags)\n\t\treturn VM_FAULT_OOM;\n\tblock(&old);\n"
                    "\tif (vmf->page) {\n\t\trestore(&old);\n\t\treturn VM_FAULT_SIGBUS;\n\t}\n"
                    "\trestore(&old);\n\treturn 0;\n",
                    kMaskersOfSome),
              IsEmpty());
}

TEST(Notes, AMaskThatSparesSignalsIsTold) {
  const auto found =
      notes("fault", "\tblock_some(&old);\n\trestore(&old);\n\treturn 0;\n", kMaskersOfSome);
  ASSERT_THAT(told(found), ElementsAre("partial-mask a"));
  EXPECT_EQ(found[0].detail, "SIGTERM");
}

}  // namespace
}  // namespace killify
