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
            "mode, nothing delivers that signal: the access is retried at once, the lock\n"
            "attempt fails at once, and the task spins until etnaviv_obj->lock is free.\n"
            "\n"
            "Use mutex_lock_killable(). With a fatal signal pending end the fault with\n"
            "VM_FAULT_SIGBUS: VM_FAULT_NOPAGE would be retried in the same way, even\n"
            "under SIGKILL.\n"
            "\n"
            "Generated with Coccinelle, semantic-patches/convert/mutex.cocci and\n"
            "semantic-patches/convert/fatal-return.cocci.\n"
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
  EXPECT_THAT(one_line(for_fault.body),
              HasSubstr("Page faults in drivers/y will pass TASK_KILLABLE."));
  const Message asked = compose(threads("", false), "x");
  EXPECT_EQ(asked.subject, "x: Let callers of x_wait() choose the task state");
  EXPECT_THAT(
      one_line(asked.body),
      HasSubstr("A flag like 'intr' of x_wait() tells TASK_INTERRUPTIBLE from "
                "TASK_UNINTERRUPTIBLE, and has no value for TASK_KILLABLE. A caller that must let "
                "only fatal signals interrupt its sleep cannot say so."));
  EXPECT_THAT(one_line(asked.body),
              HasSubstr("This is for callers to come: nothing passes TASK_KILLABLE yet."));
}

TEST(Message, WhatBecomesOfTheOldNamesIsTold) {
  Change change = threads("y_fault", false);
  auto& forms = change.step.threads.forms;
  const auto told = [&] { return one_line(compose(change, "x").body); };
  EXPECT_THAT(told(),
              HasSubstr("Add x_wait_state(), which takes a task state instead. The old name "
                        "stays as an inline function for those who call it."));
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
              HasSubstr("x_wait() stays exported and as it is, for those who call it. The "
                        "other old name stays as an inline function for those who call it."));
  forms.front().exported = false;
  forms.front().drops_export = true;
  EXPECT_THAT(told(), HasSubstr("The old names stay, each as an inline function for those who call "
                                "it. The export of x_wait() goes: the series file says that no "
                                "module outside of the tree uses it."));
}

TEST(Message, ABitThatDecidesIsNamed) {
  Change change = threads("y_fault", false);
  auto& form = change.step.threads.forms.front();
  form.kind = FlagKind::kBit;
  form.flag = "flags";
  form.bit = "X_WAIT_INTERRUPTIBLE";
  EXPECT_THAT(one_line(compose(change, "x").body),
              HasSubstr("A flag like X_WAIT_INTERRUPTIBLE in 'flags' of x_wait() tells"));
}

TEST(Message, AContextIsNamedWhereNoFunctionIs) {
  const Message message = compose(threads("", true), "x");
  EXPECT_EQ(message.subject, "x: Keep a task state in struct x_ctx");
  EXPECT_THAT(one_line(message.body), HasSubstr("A flag like 'intr' of struct x_ctx tells"));
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
  EXPECT_THAT(
      one_line(compose(change, "x").body),
      HasSubstr("will pass TASK_KILLABLE. x_wait_any_state() is for callers to come: no page "
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
  EXPECT_THAT(text, HasSubstr("Use down_killable(). With"));
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
  EXPECT_THAT(text, HasSubstr("Use mutex_lock_killable() and wait_event_killable()."));
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
  EXPECT_THAT(text, HasSubstr("returns VM_FAULT_SIGBUS when a signal is pending. A signal that the "
                              "program would have handled thus becomes a bus error"));
  EXPECT_THAT(text, HasSubstr("-EFAULT"));
  EXPECT_THAT(text, HasSubstr("Use mutex_lock_killable().  Generated"));
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
  EXPECT_THAT(text, HasSubstr("the fault is retried at once"));
  EXPECT_THAT(text, HasSubstr("VM_FAULT_RETRY stays: by its contract mmap_lock has been"));
}

TEST(Message, RetryGoesWhereTheLockIsHeld) {
  SiteChange retry = etnaviv_site();
  retry.on_signal = "VM_FAULT_RETRY";
  EXPECT_THAT(body({retry}),
              HasSubstr("end the fault with VM_FAULT_SIGBUS: VM_FAULT_RETRY is right "
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
                              "from page_mkwrite: the page is made writable though the handler "
                              "has not done its work."),
                    HasSubstr("end the fault with VM_FAULT_SIGBUS: VM_FAULT_RETRY from "
                              "page_mkwrite would count as success."),
                    Not(HasSubstr("retried"))));
  write.on_fatal = write.on_signal;
  SiteChange fault = write;
  fault.handler = fault.function = "foo_fault";
  fault.field = "fault";
  fault.retry_succeeds = false;
  EXPECT_THAT(body({fault, write}),
              AllOf(HasSubstr("foo_fault() sleeps in"), HasSubstr("foo_mkwrite() sleeps in"),
                    HasSubstr("VM_FAULT_RETRY stays: by its contract mmap_lock has been"),
                    HasSubstr("VM_FAULT_RETRY from page_mkwrite stays: it counts as success "
                              "there, with a fatal signal pending, too.")));
}

TEST(Message, SleepsThatStayAreNamedOrCounted) {
  const auto left = [](const std::string& function, const std::string& reason) {
    LeftOut item;
    item.finding.sink.name = "down_interruptible";
    item.finding.sink.function = function;
    item.reason = reason;
    return item;
  };
  Change change = samples::etnaviv_change();
  change.staying = {left("a", "review: one"), left("b", "two"), left("c", "three"),
                    left("d", "four")};
  const auto told = [&] { return one_line(compose(change).body); };
  EXPECT_THAT(told(), AllOf(HasSubstr("down_interruptible() in a() stays as it is: one."),
                            HasSubstr("in d() stays as it is: four."),
                            Not(HasSubstr("other sleep")), Not(HasSubstr("more"))));
  change.staying.push_back(left("d", "five"));
  EXPECT_THAT(told(), AllOf(HasSubstr("Some of these stay for 1 more reason as well."),
                            Not(HasSubstr("five"))));
  change.staying.push_back(left("e", "five"));
  EXPECT_THAT(told(), HasSubstr("1 other sleep that these handlers may reach stays as it is, for "
                                "1 more reason."));
  change.staying.push_back(left("e", "six"));
  change.staying.push_back(left("f", "six"));
  EXPECT_THAT(told(), HasSubstr("2 other sleeps that these handlers may reach stay as they are, "
                                "for 2 more reasons."));
}

TEST(Message, SaysWhatIsLeftWithoutTheReturnStep) {
  SiteChange off = etnaviv_site();
  off.on_fatal = "";
  EXPECT_THAT(body({off}),
              HasSubstr("Use mutex_lock_killable(). VM_FAULT_NOPAGE stays: with a fatal signal "
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
  EXPECT_THAT(text,
              HasSubstr("Use TASK_KILLABLE. With a fatal signal pending leave the retry loop "
                        "with VM_FAULT_SIGBUS: without that exit SIGKILL would turn it into a "
                        "busy loop."));
}

TEST(Message, UnknownReturnValueClaimsNothing) {
  SiteChange unknown = etnaviv_site();
  unknown.on_signal = "unknown";
  const std::string text = body({unknown});
  EXPECT_THAT(text, HasSubstr("etnaviv_gem_fault() sleeps in mutex_lock_interruptible(). A signal "
                              "that is not fatal ends this sleep as well."));
  EXPECT_THAT(text, HasSubstr("end the fault with VM_FAULT_SIGBUS: a result that lets"));
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
  EXPECT_THAT(text, HasSubstr("Use TASK_KILLABLE and fatal_signal_pending()."));
}

TEST(Message, WakeUpsAreExplained) {
  Change change = samples::change_of(
      "drivers/x", {site("f", "wait_event_interruptible", "wait_event_killable")});
  change.step.queues = {"f->wait", "f->idle"};
  EXPECT_THAT(
      one_line(compose(change).body),
      HasSubstr("does not hear wake_up_interruptible(): convert the wake-ups of f->wait and "
                "f->idle as well"));
}

TEST(Message, LinesFit) {
  SiteChange helped = etnaviv_site();
  helped.function = "a_rather_long_helper_function_of_the_driver_lock";
  for (const std::string& line : split_lines(compose(samples::change_of("d/x", {helped})).body))
    EXPECT_LE(line.size(), kMessageWidth) << line;
}

TEST(Message, SubjectsAreUniqueAndFit) {
  Change first = samples::etnaviv_change();
  Change second = samples::change_of("drivers/gpu/drm/etnaviv/b",
                                     {site("b_fault", "down_interruptible", "down_killable")});
  const std::vector<Change> changes = {first, second, second, second, second, second};
  const auto messages = samples::value_of(
      compose_messages(changes, samples::spec(), std::vector<std::string>(changes.size(), "drm"),
                       samples::author()));
  std::vector<std::string> subjects;
  for (const Message& message : messages) {
    EXPECT_LE(message.subject.size(), kMessageWidth);
    subjects.push_back(message.subject);
  }
  EXPECT_EQ(subjects[1], "drm: Let only fatal signals interrupt b_fault()");
  EXPECT_EQ(subjects[3], "drm: Make page faults killable");
  EXPECT_EQ(subjects[4], "drm: Make page faults killable, part 2");
  std::ranges::sort(subjects);
  EXPECT_EQ(std::ranges::adjacent_find(subjects), subjects.end());
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
