#include "reach/error_walk.h"

#include "reach/flow_value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <stdexcept>

namespace killify {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST(FlowValue, OfALiteralIsOfItsText) {
  EXPECT_EQ(FlowValue::of("0").truth, Truth::kFalse);
  EXPECT_EQ(FlowValue::of("0").text, "0");
}

// The ways out of the first of these functions behind a failure of sleep() in the last one.
class Source {
 public:
  explicit Source(const std::string& text, Pending pending = Pending::kFatalSignal)
      : file_(Sketch::of(text)),
        walk_([this](const std::string&) -> Result<const Sketch*> { return file_.get(); },
              [this](const std::string& name, const std::string&) -> Result<std::string> {
                for (const auto& function : file_->functions())
                  if (function.name == name) return "a.c";
                return std::string();
              },
              [this](std::string_view name, const std::string&) -> Result<const MacroDefinition*> {
                for (const auto& macro : file_->macros())
                  if (macro.name == name) return &macro;
                return nullptr;
              },
              pending) {}

  ErrorWays ways(const std::vector<std::string>& functions, const std::string& error = "-EINTR") {
    SleepPath path{{}, "sleep", error};
    for (const auto& function : functions)
      path.chain.push_back({function, "a.c", 0, "direct", {}, {}});
    auto found = walk_.ways(path);
    if (!found) throw std::runtime_error(found.error().message);
    return *found;
  }

 private:
  std::unique_ptr<const Sketch> file_;
  ErrorWalk walk_;
};

std::set<std::string> texts(const FlowEnds& ends) {
  std::set<std::string> found;
  for (const auto& end : ends) {
    std::string text = end.ignored ? "ignored " : "";
    if (end.kind == FlowEnd::Kind::kRepeats) text += "repeats";
    if (end.kind == FlowEnd::Kind::kUnclear) text += "unclear";
    if (end.kind == FlowEnd::Kind::kReturns)
      text += end.value.text.empty() ? "something" : end.value.text;
    found.insert(text + (end.mmap_lock_dropped ? " without mmap_lock" : ""));
  }
  return found;
}

// Of a handler alone, by its body.
std::set<std::string> ends(const std::string& body, Pending pending = Pending::kFatalSignal) {
  return texts(Source("vm_fault_t fault(struct vm_fault *vmf)\n{\n" + body + "}\n", pending)
                   .ways({"fault"})
                   .ends);
}

TEST(ErrorWalk, FollowsAnError) {
  EXPECT_THAT(ends("if (sleep(a)) return VM_FAULT_SIGBUS; return VM_FAULT_NOPAGE;"),
              ElementsAre("VM_FAULT_SIGBUS"));
  EXPECT_THAT(ends("int err = sleep(&a->b);\nif (!err) return 0; return VM_FAULT_OOM;"),
              ElementsAre("VM_FAULT_OOM"));
  EXPECT_THAT(ends("vm_fault_t ret = VM_FAULT_OOM;\nerr = sleep(a);\nif (err < 0) goto out;\n"
                   "ret = VM_FAULT_NOPAGE;\nout:\nunlock(b);\nreturn ret;"),
              ElementsAre("VM_FAULT_OOM"));
  EXPECT_THAT(ends("return sleep(a) ? VM_FAULT_SIGBUS : VM_FAULT_NOPAGE;"),
              ElementsAre("VM_FAULT_SIGBUS"));
  EXPECT_THAT(ends("if (0 != sleep(a)) return VM_FAULT_SIGBUS; return 0;"),
              ElementsAre("VM_FAULT_SIGBUS"));
  EXPECT_THAT(ends("bool got = sleep(a) == 0; if (!got) return VM_FAULT_SIGBUS; return 0;"),
              ElementsAre("VM_FAULT_SIGBUS"));
}

TEST(ErrorWalk, TakesBothWaysWhereAConditionIsNotKnown) {
  EXPECT_THAT(ends("if (sleep(a)) { if (vmf->flags & 4) return VM_FAULT_SIGBUS; }\n"
                   "return VM_FAULT_NOPAGE;"),
              ElementsAre("VM_FAULT_NOPAGE", "VM_FAULT_SIGBUS"));
  EXPECT_THAT(ends("if (sleep(a) && b) return VM_FAULT_SIGBUS; return 0;"),
              ElementsAre("0", "VM_FAULT_SIGBUS"));
  EXPECT_THAT(ends("if (b) c = 1;\nif (sleep(a)) return what(b);\nreturn 0;"),
              ElementsAre("something"));
}

// The error of one round keeps the next ones from the call; another error does not.
TEST(ErrorWalk, ALoopThatKeepsOneErrorEndsWithThatOne) {
  Source source(
      "#define each(pos, list) for (pos = first(list); !last(pos); pos = next(pos))\n"
      "int evict(struct vm *vm)\n{\n\tint ret = 0;\n\n"
      "\tdo { each(v, vm) { if (ret == 0) { ret = sleep(v); if (ret != -EINTR) ret = 0; } } } "
      "while (ret == 0);\n\treturn ret;\n}\n");
  EXPECT_THAT(texts(source.ways({"evict"}, "-EINTR").ends), ElementsAre("-EINTR"));
  EXPECT_THAT(source.ways({"evict"}, "-ERESTARTSYS").repeats, ElementsAre(0));
}

TEST(ErrorWalk, FollowsASwitch) {
  const std::string cases =
      "case 0: break;\ncase -EBUSY:\ncase -EINTR: return VM_FAULT_SIGBUS;\n"
      "default: return VM_FAULT_OOM;\n}\nreturn VM_FAULT_NOPAGE;";
  EXPECT_THAT(ends("switch (sleep(a)) {\n" + cases), ElementsAre("VM_FAULT_SIGBUS"));
  EXPECT_THAT(ends("err = sleep(a);\nswitch (err) {\ncase -ENOMEM: return VM_FAULT_OOM;\n"
                   "case -EAGAIN:\ndefault: break; }\nreturn VM_FAULT_NOPAGE;"),
              ElementsAre("VM_FAULT_NOPAGE"));
  EXPECT_THAT(ends("err = sleep(a);\nswitch (err) {\ncase -EINTR: b = 1;\ncase -ENOMEM: return "
                   "VM_FAULT_OOM; }\nreturn VM_FAULT_NOPAGE;"),
              ElementsAre("VM_FAULT_OOM"));
}

// The five shapes of a loop that comes back to the sleep because of the error, and their like.
TEST(ErrorWalk, SeesThatTheSleepIsRepeated) {
  for (const char* body :
       {"do { err = sleep(a); } while (err == -EINTR); return VM_FAULT_SIGBUS;",
        "do err = sleep(a); while (err); return 0;",
        "while ((err = sleep(a)) == -EINTR) ; return VM_FAULT_SIGBUS;",
        "while (sleep(a)) cpu_relax(); return 0;",
        "err = sleep(a); while (err == -EINTR) err = sleep(a); return VM_FAULT_SIGBUS;",
        "for (;;) { if (!sleep(a)) break; } return 0;",
        "again: if (sleep(a)) goto again; return 0;",
        "for (i = 0; i < n; i++) { if (sleep(a)) continue; use(i); } return 0;",
        "for_each_b(b, list) { if (sleep(a)) continue; } return 0;",
        "for (;;) { switch (sleep(a)) { case 0: return 0; default: break; } }"}) {
    const auto found = ends(body);
    // A second call that follows a first one is a sleep of its own.
    EXPECT_TRUE(found.contains("repeats") || found.contains("something")) << body;
    EXPECT_THAT(found, Contains("repeats")) << body;
  }
}

TEST(ErrorWalk, SeesThatItIsNot) {
  for (const char* body :
       {"do { err = sleep(a); } while (err == -EAGAIN); if (err) return VM_FAULT_SIGBUS; return 0;",
        "do { err = sleep(a); } while (err == -EINTR && !fatal_signal_pending(current));\n"
        "if (err) return VM_FAULT_SIGBUS; return 0;",
        "do { err = sleep(a); if (err && fatal_signal_pending(current)) return VM_FAULT_SIGBUS;\n"
        "} while (err); return 0;",
        "for (;;) { if (sleep(a)) return VM_FAULT_SIGBUS; if (b) break; } return 0;",
        "for_each_b(b, list) { if (sleep(a)) return VM_FAULT_SIGBUS; } return 0;",
        "if (sleep(a)) { do { b = c(); } while (0); return VM_FAULT_SIGBUS; } return 0;"})
    EXPECT_THAT(ends(body), ElementsAre("VM_FAULT_SIGBUS")) << body;
}

// The first error is no reason to come back, and a second call fails as the first one did.
TEST(ErrorWalk, AFurtherCallFailsAsWell) {
  EXPECT_THAT(ends("retry: a = sleep(b); if (IS_ERR(a) && a != ERR_PTR(-EDEADLK)) a = sleep(c);\n"
                   "if (IS_ERR(a)) { ret = PTR_ERR(a); goto err; }\nret = 0;\n"
                   "err: if (ret == -EDEADLK) { ret = back_off(); if (!ret) goto retry; }\n"
                   "return ret ? VM_FAULT_SIGBUS : VM_FAULT_NOPAGE;"),
              ElementsAre("VM_FAULT_SIGBUS"));
}

TEST(ErrorWalk, ALoopThatNeverEndsIsNoEnd) {
  EXPECT_THAT(ends("err = sleep(a); while (err) cpu_relax(); return VM_FAULT_SIGBUS;"),
              ElementsAre("repeats"));
}

TEST(ErrorWalk, AFatalSignalIsSeenWhereOneIsPending) {
  const char* body =
      "again: err = sleep(a); if (err) { if (fatal_signal_pending(current)) return "
      "VM_FAULT_SIGBUS; goto again; } return 0;";
  EXPECT_THAT(ends(body), ElementsAre("VM_FAULT_SIGBUS"));
  EXPECT_THAT(ends(body, Pending::kSignal), ElementsAre("repeats"));
}

TEST(ErrorWalk, AMacroThatHeadsAStatementIsExpanded) {
  const std::string text =
      "#define with_lock(l) for (bool once = true; once; once = false)\n"
      "#define for_ever(x, ...) for (;;)\n";
  EXPECT_THAT(texts(Source(text + "vm_fault_t fault(void)\n{\n\twith_lock(l) {\n\t\terr = "
                                  "sleep(a);\n\t}\n\treturn err ? VM_FAULT_SIGBUS : 0;\n}\n")
                        .ways({"fault"})
                        .ends),
              ElementsAre("VM_FAULT_SIGBUS"));
  EXPECT_THAT(texts(Source(text + "vm_fault_t fault(void)\n{\n\tfor_ever(l, m) {\n\t\terr = "
                                  "sleep(a);\n\t}\n\treturn err ? VM_FAULT_SIGBUS : 0;\n}\n")
                        .ways({"fault"})
                        .ends),
              ElementsAre("repeats"));
}

TEST(ErrorWalk, FollowsAnErrorThroughHelpers) {
  const std::string handler =
      "vm_fault_t fault(void)\n{\n\tint err = outer();\n\tif (err)\n\t\treturn to_fault(err);\n"
      "\treturn VM_FAULT_NOPAGE;\n}\n"
      "static vm_fault_t to_fault(int error)\n{\n\tswitch (error) {\n\tcase -ENOMEM:\n\t\treturn "
      "VM_FAULT_OOM;\n\tcase -EINTR:\n\t\treturn VM_FAULT_NOPAGE;\n\t}\n\treturn "
      "VM_FAULT_SIGBUS;\n}\n"
      "static int outer(void)\n{\n\treturn inner() ? 0 : -ERESTARTSYS;\n}\n"
      "static bool inner(void)\n{\n\treturn !sleep(a);\n}\n";
  EXPECT_THAT(texts(Source(handler).ways({"fault", "outer", "inner"}).ends),
              ElementsAre("VM_FAULT_SIGBUS"));
}

TEST(ErrorWalk, ALoopMayStandInACaller) {
  const std::string helper = "static int helper(void)\n{\n\treturn sleep(a);\n}\n";
  Source source(
      "vm_fault_t fault(void)\n{\n\tint err;\n\tdo {\n\t\terr = helper();\n"
      "\t} while (err == -EINTR);\n\treturn VM_FAULT_SIGBUS;\n}\n" +
      helper);
  const auto ways = source.ways({"fault", "helper"});
  EXPECT_THAT(texts(ways.ends), ElementsAre("repeats"));
  EXPECT_THAT(ways.repeats, ElementsAre(0));
  EXPECT_THAT(source.ways({"fault", "helper"}, "-ERESTARTSYS").repeats, IsEmpty());
}

TEST(ErrorWalk, AStatementExpressionIsFollowed) {
  Source source(
      "#define wait(a) ({ int __e; do { __e = sleep(a); } while (__e == -EINTR); __e; })\n"
      "vm_fault_t fault(void)\n{\n\tif (wait(a))\n\t\treturn VM_FAULT_SIGBUS;\n\treturn 0;\n}\n");
  EXPECT_THAT(source.ways({"fault", "wait"}).repeats, ElementsAre(1));
  EXPECT_THAT(texts(source.ways({"fault", "wait"}, "-ERESTARTSYS").ends),
              ElementsAre("VM_FAULT_SIGBUS"));
}

TEST(ErrorWalk, AWaitThatNobodyLooksAtIsCutShort) {
  EXPECT_THAT(ends("sleep(a); return VM_FAULT_NOPAGE;"), ElementsAre("ignored VM_FAULT_NOPAGE"));
  EXPECT_THAT(ends("(void)sleep(a); return VM_FAULT_NOPAGE;"),
              ElementsAre("ignored VM_FAULT_NOPAGE"));
  EXPECT_THAT(ends("again: sleep(a); if (b) goto again; return VM_FAULT_NOPAGE;"),
              ElementsAre("ignored VM_FAULT_NOPAGE", "ignored repeats"));
  Source source(
      "vm_fault_t fault(void)\n{\n\tif (helper())\n\t\treturn VM_FAULT_SIGBUS;\n"
      "\treturn 0;\n}\nstatic int helper(void)\n{\n\tif (sleep(a))\n\t\treturn 0;\n"
      "\treturn work();\n}\n");
  EXPECT_THAT(texts(source.ways({"fault", "helper"}).ends), ElementsAre("ignored 0"));
}

TEST(ErrorWalk, KnowsWhereMmapLockWasDropped) {
  EXPECT_THAT(ends("if (sleep(a)) { mmap_read_unlock(mm); return VM_FAULT_RETRY; } return 0;"),
              ElementsAre("VM_FAULT_RETRY without mmap_lock"));
  EXPECT_THAT(
      ends("up_read(&vma->vm_mm->mmap_sem); if (sleep(a)) return VM_FAULT_RETRY; return 0;"),
      ElementsAre("VM_FAULT_RETRY without mmap_lock"));
  EXPECT_THAT(ends("mmap_read_unlock(mm); if (sleep(a)) { mmap_read_lock(mm); return "
                   "VM_FAULT_RETRY; } return 0;"),
              ElementsAre("VM_FAULT_RETRY"));
  EXPECT_THAT(ends("up_read(&b->rwsem); if (sleep(a)) return VM_FAULT_RETRY; return 0;"),
              ElementsAre("VM_FAULT_RETRY"));
}

TEST(ErrorWalk, EveryBranchOfTheConfigurationCounts) {
  EXPECT_THAT(ends("err = sleep(a);\n#ifdef CONFIG_A\nif (err) return VM_FAULT_SIGBUS;\n#else\nif "
                   "(err) return VM_FAULT_OOM;\n#endif\nreturn 0;\n"),
              ElementsAre("VM_FAULT_OOM", "VM_FAULT_SIGBUS"));
  EXPECT_THAT(ends("err = sleep(a);\n#ifdef CONFIG_A\nif (err) return VM_FAULT_SIGBUS;\n#endif\n"
                   "return 0;\n"),
              ElementsAre("0", "VM_FAULT_SIGBUS"));
}

TEST(ErrorWalk, WhatIsNotUnderstoodIsUnclear) {
  EXPECT_THAT(ends("b = ({ int c = sleep(a); c; }); return VM_FAULT_SIGBUS;"),
              ElementsAre("unclear"));
  EXPECT_THAT(ends("if (sleep(a)) goto *b; return VM_FAULT_SIGBUS;"), ElementsAre("unclear"));
  EXPECT_THAT(ends("return VM_FAULT_SIGBUS;"), ElementsAre("unclear"));
}

FlowEnds returning(const std::string& result, bool dropped = false, bool ignored = false) {
  return {{FlowEnd::Kind::kReturns, FlowValue::of(result), dropped, ignored, 1}};
}

TEST(ErrorWalk, WhatEndsAFaultDependsOnTheField) {
  EXPECT_TRUE(ends_fault(returning("VM_FAULT_SIGBUS"), false));
  EXPECT_TRUE(ends_fault(returning("VM_FAULT_MAJOR | VM_FAULT_OOM"), false));
  EXPECT_TRUE(ends_fault(returning("VM_FAULT_RETRY", true), false));
  EXPECT_FALSE(ends_fault(returning("VM_FAULT_RETRY", true), true));
  EXPECT_FALSE(ends_fault(returning("VM_FAULT_RETRY"), false));
  EXPECT_FALSE(ends_fault(returning("VM_FAULT_NOPAGE"), false));
  EXPECT_TRUE(ends_fault(returning("VM_FAULT_NOPAGE", false, true), false));
  EXPECT_FALSE(ends_fault({}, false));
  auto two = returning("VM_FAULT_SIGBUS");
  two.insert({.kind = FlowEnd::Kind::kUnclear, .value = {}});
  EXPECT_FALSE(ends_fault(two, false));
}

}  // namespace
}  // namespace killify
