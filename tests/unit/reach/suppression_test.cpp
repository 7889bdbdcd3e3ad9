// Sleeps under blocked signals, and what lets the signals in again.
#include "support/small_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using test::fault;
using test::function;
using test::kAlone;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

const std::string kMaskers =
    "static void block(sigset_t *old)\n{\n\tsigset_t mask;\n\n"
    "\tsiginitsetinv(&mask, sigmask(SIGKILL));\n\tsigprocmask(SIG_BLOCK, &mask, old);\n}\n\n"
    "static void restore(sigset_t *old)\n{\n\tsigprocmask(SIG_SETMASK, old, NULL);\n}\n\n";
const std::string kLock = "\tif (mutex_lock_interruptible(&box->lock))\n\t\treturn 1;\n";
const std::string kBlocked = "suppressed: block() blocks all signals but SIGKILL around it";

// The verdict of each driver's one sleep in its handler, by the driver's name.
test::Verdicts judged_behind(const std::string& before, const test::Files& bodies,
                             const test::Files& more = {}) {
  test::Files drivers;
  for (const auto& [name, body] : bodies) drivers[name] = before + fault(name, body);
  test::Verdicts verdicts;
  for (const auto& [chain, verdict] : test::verdicts_of(drivers, more))
    verdicts[chain.substr(0, chain.find("_fault"))] = verdict;
  return verdicts;
}

TEST(Suppression, IsBetweenTheBlockAndItsCounterpart) {
  EXPECT_THAT(
      judged_behind(kMaskers,
                    {{"again", "\tblock(&old);\n\trestore(&old);\n\tblock(&old);\n" + kLock},
                     {"around", "\tblock(&old);\n" + kLock + "\trestore(&old);\n"},
                     {"before", "\tblock(&old);\n\tprepare(box);\n\trestore(&old);\n" + kLock},
                     {"later", kLock + "\tblock(&old);\n\trestore(&old);\n"},
                     {"open", kLock}}),
      ElementsAre(Pair("again", kBlocked), Pair("around", kBlocked), Pair("before", kAlone),
                  Pair("later", kAlone), Pair("open", kAlone)));
}

TEST(Suppression, HasToBeOnEveryWay) {
  EXPECT_THAT(
      judged_behind(
          kMaskers,
          {{"leaves", "\tblock(&old);\n\tif (!box) {\n\t\trestore(&old);\n\t\treturn 1;\n\t}\n" +
                          kLock + "\trestore(&old);\n"},
           {"perhaps", "\tif (box->slow)\n\t\tblock(&old);\n" + kLock},
           {"perhaps_not", "\tblock(&old);\n\tif (box->slow)\n\t\trestore(&old);\n" + kLock},
           {"returned_before", "\tif (!box)\n\t\treturn 1;\n\tblock(&old);\n" + kLock}}),
      ElementsAre(Pair("leaves", kBlocked), Pair("perhaps", kAlone), Pair("perhaps_not", kAlone),
                  Pair("returned_before", kBlocked)));
}

TEST(Suppression, HoldsForWhatIsCalledBetween) {
  const std::string helper = function("take", "struct box *box", kLock);
  const std::string opening =
      function("open_and_take", "struct box *box, sigset_t *old", "\trestore(old);\n" + kLock);
  EXPECT_THAT(judged_behind(kMaskers + helper + opening,
                            {{"called", "\tblock(&old);\n\ttake(box);\n\trestore(&old);\n"},
                             {"field", "\tblock(&old);\n\tvmf->ops->take(box);\n"},
                             {"opened", "\tblock(&old);\n\topen_and_take(box, &old);\n"}}),
              ElementsAre(Pair("called", kBlocked), Pair("opened", kAlone)));
}

TEST(Suppression, MayStandInTheHandlerItself) {
  EXPECT_THAT(
      judged_behind("", {{"inline",
                          "\tsigset_t mask, old;\n\n\tsigfillset(&mask);\n"
                          "\tsigdelset(&mask, SIGKILL);\n"
                          "\tsigprocmask(SIG_SETMASK, &mask, &old);\n" +
                              kLock + "\tsigprocmask(SIG_SETMASK, &old, NULL);\n"},
                         {"opened",
                          "\tsigset_t mask, old;\n\n\tsigfillset(&mask);\n"
                          "\tsigprocmask(SIG_SETMASK, &mask, &old);\n"
                          "\tsigprocmask(SIG_SETMASK, &old, NULL);\n" +
                              kLock}}),
      ElementsAre(
          Pair("inline", "suppressed: sigprocmask() blocks all signals but SIGKILL around it"),
          Pair("opened", kAlone)));
}

TEST(Suppression, OtherMasksLetSignalsThrough) {
  const std::string some =
      "static void block(sigset_t *old)\n{\n\tsigset_t mask;\n\n"
      "\tsiginitsetinv(&mask, sigmask(SIGKILL) | sigmask(SIGINT));\n"
      "\tsigprocmask(SIG_BLOCK, &mask, old);\n}\n\n";
  const std::string one =
      "static void block(sigset_t *old)\n{\n\tsigset_t mask;\n\n"
      "\tsiginitset(&mask, sigmask(SIGPIPE));\n\tsigprocmask(SIG_BLOCK, &mask, old);\n}\n\n";
  EXPECT_THAT(judged_behind(some, {{"a", "\tblock(&old);\n" + kLock}}),
              ElementsAre(Pair("a", kAlone)));
  EXPECT_THAT(judged_behind(one, {{"a", "\tblock(&old);\n" + kLock}}),
              ElementsAre(Pair("a", kAlone)));
}

// Another file's static function of a blocker's name blocks nothing; an external one is known
// everywhere.
TEST(Suppression, IsAQuestionOfTheFunctionNotOfItsName) {
  EXPECT_THAT(
      judged_behind("static void block(sigset_t *old)\n{\n\tcount(old);\n}\n",
                    {{"a", "\tblock(&old);\n" + kLock}},
                    {{"drivers/b/b.c", kMaskers + "static void f(void)\n{\n\tblock(0);\n}\n"}}),
      ElementsAre(Pair("a", kAlone)));
  EXPECT_THAT(judged_behind("", {{"a", "\tblock(&old);\n" + kLock}},
                            {{"kernel/mask.c",
                              "void block(sigset_t *old)\n{\n\tsigset_t mask;\n\n"
                              "\tsigfillset(&mask);\n\tsigprocmask(SIG_BLOCK, &mask, old);\n}\n"}}),
              ElementsAre(Pair("a", kBlocked)));
}

}  // namespace
}  // namespace killify
