#include "series/message.h"

#include "support/text.h"
#include "unit/series/samples.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace killify {
namespace {

using samples::etnaviv_site;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string one_line(const std::string& text) {
  return join(split_lines(text), " ");
}

Message compose(const Change& change, const std::string& prefix = "drm/etnaviv") {
  return samples::value_of(compose_messages({change}, samples::spec(), {prefix}, samples::author()))
      .front();
}

// The body of a commit with these sites, as one line: where it is wrapped is another test's.
std::string body(std::vector<SiteChange> sites) {
  return one_line(compose(samples::change_of("drivers/x", std::move(sites))).body);
}

SiteChange site(const std::string& handler, const std::string& before, const std::string& after) {
  SiteChange result = etnaviv_site();
  result.handler = result.function = handler;
  result.before = before;
  result.after = after;
  return result;
}

TEST(Message, OneLockInOneHandler) {
  const Message message = compose(samples::etnaviv_change());
  EXPECT_EQ(message.subject, "drm/etnaviv: Let only fatal signals interrupt the page fault");
  EXPECT_EQ(message.body,
            "etnaviv_gem_fault() sleeps in mutex_lock_interruptible() and returns\n"
            "VM_FAULT_NOPAGE when a signal is pending. When the fault comes from kernel\n"
            "mode, nothing delivers that signal: etnaviv_gem_fault() is called again at\n"
            "once, the lock attempt fails at once, and the task spins until\n"
            "etnaviv_obj->lock is free.\n"
            "\n"
            "Use mutex_lock_killable() for the sleep of etnaviv_gem_fault(). With a\n"
            "fatal signal pending etnaviv_gem_fault() returns VM_FAULT_SIGBUS:\n"
            "VM_FAULT_NOPAGE would be retried, even under SIGKILL.\n"
            "\n"
            "Generated with Coccinelle,\n"
            "semantic-patches/convert/{mutex,fatal-return}.cocci.\n"
            "\n"
            "Signed-off-by: A U Thor <author@example.org>\n");
}

// A step that hands a state through a function, and one through a context; for a fault or not.
Change threads(const std::string& handler, bool of_context) {
  Change change = samples::change_of("drivers/x", {});
  change.step.kind = StepKind::kThread;
  Finding finding;
  finding.id = "a";
  finding.handler.function = handler;
  finding.chain = {{.function = handler, .file = "y.c"}, {.function = "x_wait", .file = "x.c"}};
  finding.sink.name = "down_interruptible";
  change.step.findings = {finding};
  if (!handler.empty()) change.step.enables = {"convert drivers/y"};
  if (of_context)
    change.step.threads.contexts = {{.in = "x_ctx",
                                     .flag = "intr",
                                     .state = "state",
                                     .file = "x.h",
                                     .position = 0,
                                     .users = {}}};
  else
    change.step.threads.forms = {{.function = "x_wait",
                                  .file = "x.c",
                                  .renamed = "x_wait_state",
                                  .kind = FlagKind::kBool,
                                  .flag = "intr",
                                  .files = {"x.c", "x.h"}}};
  return change;
}

TEST(Message, AStateForAFaultAndOneForCallersToCome) {
  const Message for_fault = compose(threads("y_fault", false), "x");
  EXPECT_THAT(
      one_line(for_fault.body),
      AllOf(HasSubstr("A page fault may sleep in x_wait(), as others do:    y_fault()   x_wait()   "
                      "down_interruptible()  Only a fatal signal may interrupt x_wait()"),
            HasSubstr("Page faults in drivers/y will pass TASK_KILLABLE to x_wait_state()."),
            HasSubstr("No functional change: nothing passes TASK_KILLABLE to x_wait_state() "
                      "yet.")));
  const Message asked = compose(threads("", false), "x");
  EXPECT_EQ(asked.subject, "x: Pass a task state to x_wait()");
  EXPECT_THAT(
      one_line(asked.body),
      HasSubstr(
          "A caller of x_wait() that must let only fatal signals interrupt its sleep cannot "
          "say so. 'intr' of x_wait() tells TASK_INTERRUPTIBLE from TASK_UNINTERRUPTIBLE, and "
          "has no value for TASK_KILLABLE."));
  EXPECT_THAT(
      one_line(asked.body),
      HasSubstr("x_wait_state() is for callers to come: no page fault of this series needs it."));
}

TEST(Message, AnUndoThatNoSignalEndsIsAChange) {
  auto change = threads("y_fault", false);
  change.step.threads.undone = {{"x_take", "x_put_state"}};
  EXPECT_THAT(
      one_line(compose(change, "x").body),
      AllOf(HasSubstr("Where x_take() undoes what failed, nobody looks at what x_put_state() "
                      "returns: it passes TASK_UNINTERRUPTIBLE there, whoever calls it, "
                      "so that no signal cuts that short."),
            HasSubstr("Nothing else changes: nothing passes TASK_KILLABLE to"),
            Not(HasSubstr("No functional change"))));
}

TEST(Message, WhatBecomesOfTheOldNamesIsTold) {
  Change change = threads("y_fault", false);
  auto& forms = change.step.threads.forms;
  const auto told = [&] { return one_line(compose(change, "x").body); };
  EXPECT_THAT(told(),
              HasSubstr("Add x_wait_state(), which takes a task state instead. x_wait() stays "
                        "as an inline function for those who call it."));
  forms.front().exported = true;
  EXPECT_THAT(told(),
              AllOf(HasSubstr("takes a task state instead. x_wait() stays exported and as it "
                              "is, for those who call it."),
                    Not(HasSubstr("inline"))));
  forms.push_back(forms.front());
  forms.back().function = "x_look";
  forms.back().renamed = "x_look_state";
  forms.back().exported = false;
  EXPECT_THAT(told(),
              HasSubstr("x_wait() stays exported and as it is, for those who call it. x_look() "
                        "stays as an inline function for those who call it."));
  forms.front().exported = false;
  forms.front().drops_export = true;
  EXPECT_THAT(told(), HasSubstr("x_wait() and x_look() stay as inline functions for those who call "
                                "them. The export of x_wait() goes: the series file says that no "
                                "module outside of the tree uses it."));
}

TEST(Message, ABitThatDecidesIsNamed) {
  Change change = threads("y_fault", false);
  auto& form = change.step.threads.forms.front();
  form.kind = FlagKind::kBit;
  form.flag = "flags";
  form.bit = "X_WAIT_INTERRUPTIBLE";
  EXPECT_THAT(one_line(compose(change, "x").body),
              HasSubstr("X_WAIT_INTERRUPTIBLE in 'flags' of x_wait() tells"));
}

TEST(Message, AContextIsNamedWhereNoFunctionIs) {
  const Message message = compose(threads("", true), "x");
  EXPECT_EQ(message.subject, "x: Keep a task state in struct x_ctx");
  EXPECT_THAT(one_line(message.body), HasSubstr("'intr' of struct x_ctx tells"));
}

TEST(Message, WhatNoFaultNeedsInACommitForFaultsIsTold) {
  Change change = threads("y_fault", false);
  auto more = change.step.threads.forms.front();
  more.function = "x_wait_any";
  more.renamed = "x_wait_any_state";
  change.step.threads.forms.push_back(more);
  Finding asked;
  asked.id = "x_wait_any(intr)";
  change.step.findings.push_back(asked);
  change.step.threads.wanted_by = {{{"x.c", "x_wait"}, {"a"}}, {{"x.c", "x_wait_any"}, {asked.id}}};
  EXPECT_THAT(one_line(compose(change, "x").body),
              HasSubstr("will pass TASK_KILLABLE to x_wait_state(). x_wait_any_state() is for "
                        "callers to come: no page "
                        "fault of this series needs it."));
}

TEST(Message, HandlersThatDoTheSameShareASentence) {
  SiteChange a = site("a_fault", "down_interruptible", "down_killable");
  SiteChange b = a;
  b.handler = b.function = "b_fault";
  b.object = "b->sem";
  const std::string text = body({a, b});
  EXPECT_THAT(text, HasSubstr("a_fault() and b_fault() sleep in down_interruptible() and return "
                              "VM_FAULT_NOPAGE when a signal is pending."));
  EXPECT_THAT(text, HasSubstr("until the lock is free."));
  EXPECT_THAT(
      text,
      HasSubstr(
          "Use down_killable() for the sleeps of a_fault() and b_fault(). With a fatal signal "
          "pending a_fault() and b_fault() return VM_FAULT_SIGBUS:"));
}

TEST(Message, ManyHandlersAreCounted) {
  std::vector<SiteChange> sites;
  for (const char* name : {"a", "b", "c", "d", "e"})
    sites.push_back(site(name, "down_interruptible", "down_killable"));
  EXPECT_THAT(body(sites), HasSubstr("a(), b(), c() and 2 other handlers sleep in"));
  sites.pop_back();
  EXPECT_THAT(body(sites), HasSubstr("a(), b(), c() and d() sleep in"));
}

TEST(Message, HelperIsNamed) {
  SiteChange helped = etnaviv_site();
  helped.function = "foo_lock";
  EXPECT_THAT(body({helped}),
              HasSubstr("sleeps in mutex_lock_interruptible() through foo_lock() and returns"));
}

TEST(Message, TwoKindsOfSleepInOneHandler) {
  const std::string text =
      body({etnaviv_site(),
            site("etnaviv_gem_fault", "wait_event_interruptible", "wait_event_killable")});
  EXPECT_THAT(text, HasSubstr("sleeps in mutex_lock_interruptible() and in "
                              "wait_event_interruptible(), and returns VM_FAULT_NOPAGE"));
  EXPECT_THAT(text, HasSubstr("the sleep ends at once, and the task spins until there is nothing "
                              "left to wait for."));
  EXPECT_THAT(text,
              HasSubstr("Use mutex_lock_killable() and wait_event_killable() for the sleeps of "
                        "etnaviv_gem_fault()."));
}

TEST(Message, CompletionAndWaitEndDifferently) {
  SiteChange completion =
      site("f", "wait_for_completion_interruptible", "wait_for_completion_killable");
  completion.object = "f->done";
  EXPECT_THAT(body({completion}), HasSubstr("spins until f->done is completed."));
  EXPECT_THAT(body({site("f", "wait_event_interruptible_lock_irq", "x")}),
              HasSubstr("the wait ends at once, and the task spins until what it waits for has"));
}

TEST(Message, SigbusIsASpuriousBusError) {
  SiteChange sigbus = etnaviv_site();
  sigbus.on_signal = "VM_FAULT_SIGBUS";
  sigbus.on_fatal = "";
  const std::string text = body({sigbus});
  EXPECT_THAT(
      text,
      HasSubstr("returns VM_FAULT_SIGBUS when a signal is pending. A signal that the "
                "program would have handled thus becomes a bus error of etnaviv_gem_fault()"));
  EXPECT_THAT(text, HasSubstr("-EFAULT"));
  EXPECT_THAT(text, HasSubstr("for the sleep of etnaviv_gem_fault().  Generated"));
  EXPECT_THAT(text, Not(HasSubstr("spins")));
}

TEST(Message, TranslatedErrorNamesTheTranslator) {
  SiteChange translated = etnaviv_site();
  translated.on_signal = "vmf_error()";
  EXPECT_THAT(body({translated}),
              HasSubstr("returns what vmf_error() makes of the error when a signal is pending. A "
                        "signal that the program would have handled thus becomes a bus error"));
  translated.on_signal = "foo_errno_to_vmfault";
  EXPECT_THAT(body({translated}),
              HasSubstr("returns what foo_errno_to_vmfault() makes of the error"));
}

TEST(Message, RetryStaysWhereTheLockWasDropped) {
  SiteChange retry = etnaviv_site();
  retry.on_signal = "VM_FAULT_RETRY";
  retry.on_fatal = "";
  const std::string text = body({retry});
  EXPECT_THAT(text, HasSubstr("etnaviv_gem_fault() is called again at once"));
  EXPECT_THAT(text, HasSubstr("VM_FAULT_RETRY of etnaviv_gem_fault() stays: mmap_lock is dropped"));
}

TEST(Message, RetryGoesWhereTheLockIsHeld) {
  SiteChange retry = etnaviv_site();
  retry.on_signal = "VM_FAULT_RETRY";
  EXPECT_THAT(body({retry}),
              HasSubstr("etnaviv_gem_fault() returns VM_FAULT_SIGBUS: VM_FAULT_RETRY is right "
                        "only where mmap_lock has been dropped."));
}

TEST(Message, RetryCountsAsSuccessFromSomeFields) {
  SiteChange write = etnaviv_site();
  write.handler = write.function = "foo_mkwrite";
  write.field = "page_mkwrite";
  write.retry_succeeds = true;
  write.on_signal = "VM_FAULT_RETRY";
  EXPECT_THAT(body({write}),
              AllOf(HasSubstr("foo_mkwrite() sleeps in mutex_lock_interruptible() and returns "
                              "VM_FAULT_RETRY when a signal is pending. That counts as success "
                              "from page_mkwrite: the page is made writable though foo_mkwrite() "
                              "did not do its work."),
                    HasSubstr("foo_mkwrite() returns VM_FAULT_SIGBUS: VM_FAULT_RETRY from "
                              "page_mkwrite would count as success."),
                    Not(HasSubstr("retried"))));
  write.on_fatal = write.on_signal;
  SiteChange fault = write;
  fault.handler = fault.function = "foo_fault";
  fault.field = "fault";
  fault.retry_succeeds = false;
  EXPECT_THAT(body({fault, write}),
              AllOf(HasSubstr("foo_fault() sleeps in"), HasSubstr("foo_mkwrite() sleeps in"),
                    HasSubstr("VM_FAULT_RETRY of foo_fault() stays: mmap_lock is dropped then"),
                    HasSubstr("VM_FAULT_RETRY of foo_mkwrite() stays: it counts as success from "
                              "page_mkwrite even then.")));
}

TEST(Message, SleepsThatStayAreNamedOrCounted) {
  int line = 0;
  const auto left = [&](const std::string& function, Verdict verdict) {
    LeftOut item;
    item.finding.sink = {.name = "down_interruptible",
                         .function = function,
                         .file = "x.c",
                         .line = ++line,
                         .object = {}};
    item.finding.verdict = verdict;
    item.reason = "review: 9 calls deep, and nothing is known of 16 conditions on the way";
    return item;
  };
  Change change = samples::etnaviv_change();
  const auto told = [&] { return one_line(compose(change).body); };
  change.staying = {left("a", Verdict::kReview)};
  EXPECT_THAT(told(),
              AllOf(HasSubstr("1 other sleep, in a(), is left alone: it is not known whether it is "
                              "reached interruptibly."),
                    Not(HasSubstr("calls deep"))));
  // The same place from another handler is no second one.
  change.staying.push_back(change.staying.back());
  EXPECT_THAT(told(), HasSubstr("1 other sleep, in a(), is left alone"));
  change.staying.push_back(left("b", Verdict::kReview));
  change.staying.push_back(left("c", Verdict::kThread));
  EXPECT_THAT(told(),
              HasSubstr("3 other sleeps, in a(), b() and c(), are left alone: of 2 it is not "
                        "known whether they are reached interruptibly and for 1 no change is "
                        "known to be right."));
  for (const char* name : {"d", "e", "f"}) change.staying.push_back(left(name, Verdict::kReview));
  EXPECT_THAT(told(), HasSubstr("6 other sleeps, as in a(), b() and c(), are left alone: of 5 it"));
  // Each place counts that the same look answers.
  change.staying = {left("a", Verdict::kReview)};
  auto& also = change.staying.front().finding.also;
  also = {change.staying.front().finding.sink};
  also.front().line = 99;
  EXPECT_THAT(told(),
              HasSubstr("2 other sleeps, as in a(), are left alone: it is not known whether "
                        "they are reached interruptibly."));
  // What is converted is not named as left.
  change.staying = {left("etnaviv_gem_fault", Verdict::kThread), left("a", Verdict::kThread),
                    left("a", Verdict::kThread)};
  EXPECT_THAT(told(), HasSubstr("3 other sleeps, as in a(), are left alone: no change is known to "
                                "be right there."));
  change.staying.resize(1);
  EXPECT_THAT(told(), HasSubstr("1 other sleep is left alone: no change"));
}

// Many handlers with many results get the brief form, and no sentence is lost that matters.
TEST(Message, AMessageOfManyHandlersFits) {
  std::vector<SiteChange> sites;
  for (int i = 0; i < 9; ++i)
    for (const char* result : {"VM_FAULT_NOPAGE", "VM_FAULT_RETRY", "ignored", "VM_FAULT_SIGBUS"}) {
      sites.push_back(site(fmt::format("handler_{}", i), "down_interruptible", "down_killable"));
      sites.back().function = fmt::format("helper_{}", i % 5);
      sites.back().on_signal = result;
      if (std::string_view(result) == "ignored") sites.back().on_fatal = result;
    }
  SiteChange write = sites[1];
  write.field = "pfn_mkwrite";
  write.retry_succeeds = true;
  sites.push_back(write);
  const Message message = compose(samples::change_of("d/x", sites), "x");
  EXPECT_LE(split_lines(message.body).size(), kMessageLines) << message.body;
  const std::string text = one_line(message.body);
  EXPECT_THAT(text, HasSubstr("handler_0() and 8 other handlers sleep in"));
  EXPECT_THAT(text, HasSubstr("they may return VM_FAULT_NOPAGE, VM_FAULT_RETRY and "
                              "VM_FAULT_SIGBUS and may ignore it."));
  EXPECT_THAT(text, HasSubstr("and the task spins until"));
  EXPECT_THAT(text, HasSubstr("From pfn_mkwrite VM_FAULT_RETRY counts as success"));
}

// What a fault returns for lack of memory ends it: the patch does not touch that.
TEST(Message, LackOfMemoryIsNoLie) {
  SiteChange memory = etnaviv_site();
  memory.on_signal = memory.on_fatal = "VM_FAULT_OOM";
  EXPECT_THAT(body({memory}), AllOf(HasSubstr("counts as a lack of memory in etnaviv_gem_fault()"),
                                    Not(HasSubstr("VM_FAULT_SIGBUS")), Not(HasSubstr("spins"))));
}

TEST(Message, TheChainHasFiveLines) {
  Change change = threads("y_fault", false);
  auto& chain = change.step.findings.front().chain;
  for (const char* name : {"b", "c", "d", "e", "f"})
    chain.insert(chain.end() - 1, {.function = name, .file = "x.c"});
  EXPECT_THAT(compose(change, "x").body,
              HasSubstr("\n\n  y_fault()\n  ...\n  f()\n  x_wait()\n  down_interruptible()\n\n"));
  std::swap(chain[2], chain.back());
  EXPECT_THAT(compose(change, "x").body,
              HasSubstr("\n\n  y_fault()\n  ...\n  x_wait()\n  ...\n  down_interruptible()\n\n"));
  // Where what is told of is not on the way, nobody says so.
  chain.erase(chain.begin() + 2);
  EXPECT_THAT(compose(change, "x").body,
              HasSubstr("x_wait() is behind a sleep that page faults share with others:\n"));
}

TEST(Message, SaysWhatIsLeftWithoutTheReturnStep) {
  SiteChange off = etnaviv_site();
  off.on_fatal = "";
  EXPECT_THAT(body({off}),
              HasSubstr("VM_FAULT_NOPAGE of etnaviv_gem_fault() stays: with a fatal signal "
                        "pending, an access from kernel mode is still retried until "
                        "etnaviv_obj->lock is free."));
}

TEST(Message, RetryLoopGetsAnExit) {
  SiteChange loop = site("gru_fault", "set_current_state", "set_current_state");
  loop.object = "";
  loop.on_signal = "ignored";
  loop.loop_exit = true;
  const std::string text = body({loop});
  EXPECT_THAT(text, HasSubstr("gru_fault() sleeps in TASK_INTERRUPTIBLE and tries again whatever "
                              "ended the sleep."));
  EXPECT_THAT(text, HasSubstr("the loop burns CPU time until what it waits for has happened."));
  EXPECT_THAT(text, HasSubstr("Use TASK_KILLABLE for the sleep of gru_fault(). With a fatal signal "
                              "pending leave the retry loop of gru_fault() with VM_FAULT_SIGBUS: "
                              "without that exit SIGKILL would turn it into a "
                              "busy loop."));
}

TEST(Message, UnknownReturnValueClaimsNothing) {
  SiteChange unknown = etnaviv_site();
  unknown.on_signal = "unknown";
  const std::string text = body({unknown});
  EXPECT_THAT(text, HasSubstr("etnaviv_gem_fault() sleeps in mutex_lock_interruptible(). A signal "
                              "that is not fatal ends this sleep as well."));
  EXPECT_THAT(text, HasSubstr("etnaviv_gem_fault() returns VM_FAULT_SIGBUS: a result that lets"));
  EXPECT_THAT(text, Not(HasSubstr("unknown")));
}

TEST(Message, SeveralReturnValuesGetAParagraphEach) {
  SiteChange sigbus = site("b_fault", "down_interruptible", "down_killable");
  sigbus.on_signal = "VM_FAULT_SIGBUS";
  sigbus.on_fatal = "";
  const Message message = compose(samples::change_of("drivers/x", {etnaviv_site(), sigbus}), "x");
  EXPECT_EQ(message.subject, "x: Let only fatal signals interrupt page faults");
  const std::size_t first = message.body.find("etnaviv_gem_fault() sleeps");
  const std::size_t second = message.body.find("\n\nb_fault() sleeps in down_interruptible()");
  EXPECT_LT(first, second);
  EXPECT_NE(second, std::string::npos);
  EXPECT_THAT(one_line(message.body), HasSubstr("until etnaviv_obj->lock is free."));
}

TEST(Message, CheckAndWaitOnBit) {
  SiteChange check = site("f", "signal_pending", "fatal_signal_pending");
  check.object = "";
  SiteChange bit = site("f", "wait_on_bit", "wait_on_bit");
  const std::string text = body({bit, check});
  EXPECT_THAT(text, HasSubstr("f() sleeps in wait_on_bit() with TASK_INTERRUPTIBLE, checks "
                              "signal_pending() and returns VM_FAULT_NOPAGE"));
  EXPECT_THAT(text,
              HasSubstr("Use TASK_KILLABLE and fatal_signal_pending() for the sleeps of f()."));
}

TEST(Message, WakeUpsAreExplained) {
  Change change = samples::change_of(
      "drivers/x", {site("f", "wait_event_interruptible", "wait_event_killable")});
  change.step.queues = {"f->wait", "f->idle"};
  EXPECT_THAT(
      one_line(compose(change).body),
      HasSubstr("A killable sleeper on f->wait and f->idle does not hear wake_up_interruptible(): "
                "convert the wake-ups as well, so that they reach both kinds of sleepers."));
}

TEST(Message, LinesFit) {
  SiteChange helped = etnaviv_site();
  helped.function = "a_rather_long_helper_function_of_the_driver_lock";
  for (const std::string& line : split_lines(compose(samples::change_of("d/x", {helped})).body))
    EXPECT_LE(line.size(), kMessageWidth) << line;
}

TEST(Message, SubjectsAreUniqueAndFit) {
  const auto change = [](const std::string& file, std::vector<std::string> functions) {
    std::vector<SiteChange> sites;
    for (const std::string& function : functions) {
      sites.push_back(site("b_fault", "down_interruptible", "down_killable"));
      sites.back().function = function;
      sites.back().file = file;
    }
    return samples::change_of("drivers/gpu/drm/x", sites);
  };
  std::vector<std::string> many = {"first"};
  for (int i = 0; i < 9; ++i) many.push_back(fmt::format("another_function_{}", i));
  const std::vector<Change> changes = {samples::etnaviv_change(), change("b.c", {"b_fault"}),
                                       change("b.c", {"b_lock"}), change("b.c", many),
                                       change("c.c", many)};
  const auto messages = samples::value_of(
      compose_messages(changes, samples::spec(), std::vector<std::string>(changes.size(), "drm"),
                       samples::author()));
  std::vector<std::string> subjects;
  for (const Message& message : messages) {
    EXPECT_LE(message.subject.size(), kMessageWidth);
    subjects.push_back(message.subject);
  }
  EXPECT_THAT(subjects, testing::ElementsAre("drm: Let only fatal signals interrupt the page fault",
                                             "drm: Let only fatal signals interrupt b_fault()",
                                             "drm: Use killable sleeps in b_lock()",
                                             "drm: Use killable sleeps in first() and 9 more",
                                             "drm: Use killable sleeps in c.c"));
  // Not "part 2": two of which nothing differs are an error.
  EXPECT_FALSE(compose_messages({changes[1], changes[1], changes[1], changes[1], changes[1]},
                                samples::spec(), std::vector<std::string>(5, "drm"),
                                samples::author()));
}

// What would be told by the same words in two patches is told by their functions.
TEST(Message, SubjectsOfThreadsNameWhatIsThreaded) {
  Change one = threads("y_fault", false);
  Change two = one;
  auto& forms = two.step.threads.forms;
  forms.front().function = "a_function_with_a_name_that_is_rather_long_for_a_subject";
  forms.push_back(forms.front());
  forms.back().function = "x_look";
  Change three = threads("y_fault", true);
  three.step.threads.forms = one.step.threads.forms;
  const auto messages = samples::value_of(
      compose_messages({one, two, three}, samples::spec(), {"x", "x", "x"}, samples::author()));
  EXPECT_EQ(messages[0].subject, "x: Pass a task state to x_wait()");
  EXPECT_EQ(messages[1].subject, "x: Pass a task state to x_look() and 1 more");
  EXPECT_EQ(messages[2].subject, "x: Keep a task state in struct x_ctx");
}

TEST(Message, NoSubjectThatFitsIsAnErrorAtTheTemplate) {
  const auto messages = compose_messages({samples::etnaviv_change()}, samples::spec(),
                                         {std::string(70, 'x')}, samples::author());
  ASSERT_FALSE(messages);
  EXPECT_THAT(messages.error().message, HasSubstr("convert.txt:1: no subject"));
}

TEST(Message, TrailersHaveTheirOrder) {
  EXPECT_EQ(trailer_block({{"Link", "https://example.org"},
                           {"Cc", "x@example.org"},
                           {"Suggested-by", "B <b@example.org>"},
                           {"Fixes", "123456789012 (\"x\")"}},
                          samples::author()),
            "Fixes: 123456789012 (\"x\")\n"
            "Suggested-by: B <b@example.org>\n"
            "Signed-off-by: A U Thor <author@example.org>\n"
            "Cc: x@example.org\n"
            "Link: https://example.org\n");
}

TEST(Message, WhatMailsWouldBreakIsRefused) {
  for (const char* line : {"---", "--- ", "--- a/file.c", "diff -u a b", "Index: x",
                           "From here on it sleeps", "From: x"}) {
    const Status status = check_mailable({.subject = "s", .body = std::string(line) + "\n"});
    ASSERT_FALSE(status) << line;
    EXPECT_THAT(status.error().message, HasSubstr("would not survive a mail"));
  }
  EXPECT_FALSE(check_mailable({.subject = "[x] s", .body = "b\n"}));
  EXPECT_FALSE(check_mailable({.subject = "", .body = "b\n"}));
  EXPECT_TRUE(check_mailable({.subject = "s", .body = "b\n\n  --- a/x\n----\nSubject: y\n"}));
}

}  // namespace
}  // namespace killify
