// What looks like an interruptible sleep, or like another user of a function, and is none; and what
// was not seen at all.
#include "support/small_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using test::fault;
using test::function;
using test::SmallTree;
using test::value_of;
using test::verdicts_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using testing::StartsWith;

// As 4.19 has it.
const test::Files kSignals = {
    {"include/linux/sched/signal.h",
     "static inline int signal_pending(struct task_struct *p)\n{\n\treturn p->flags;\n}\n"
     "static inline int fatal_signal_pending(struct task_struct *p)\n{\n"
     "\treturn signal_pending(p) && p->fatal;\n}\n"},
    {"kernel/signal.c",
     "static void __set_task_blocked(struct task_struct *t)\n{\n\tif (signal_pending(t))\n"
     "\t\tretarget(t);\n}\n"
     "int sigprocmask(int how, sigset_t *set, sigset_t *old)\n{\n"
     "\t__set_task_blocked(current);\n\treturn 0;\n}\nEXPORT_SYMBOL(sigprocmask);\n"}};

TEST(NoSleep, IsToAskForAFatalSignalOrToBlockSignals) {
  EXPECT_THAT(
      verdicts_of({{"asks", fault("asks", "\tif (fatal_signal_pending(current))\n\t\treturn 2;\n")},
                   {"blocks", fault("blocks", "\tsigprocmask(SIG_BLOCK, &set, &old);\n")},
                   {"any", fault("any", "\tif (signal_pending(current))\n\t\treturn 2;\n")}},
                  kSignals),
      ElementsAre(Pair("any_fault > signal_pending", StartsWith("convert"))));
}

// A test that only puts the signal aside ends nothing.
TEST(NoSleep, IsToPutASignalAside) {
  const std::string aside =
      "\tif (signal_pending(current)) {\n\t\tfound = 1;\n"
      "\t\tclear_thread_flag(TIF_SIGPENDING);\n";
  EXPECT_THAT(
      verdicts_of({{"aside", fault("aside", aside + "\t} else {\n\t\tfound = 0;\n\t}\n")},
                   {"leaves", fault("leaves", aside + "\t\treturn 2;\n\t}\n")},
                   {"other", fault("other",
                                   "\tif (signal_pending(current) && found) {\n"
                                   "\t\tclear_thread_flag(TIF_SIGPENDING);\n\t}\n")}},
                  kSignals),
      ElementsAre(Pair("aside_fault > signal_pending",
                       "safe: it puts the signal aside (clears TIF_SIGPENDING) and goes on"),
                  Pair("leaves_fault > signal_pending", StartsWith("convert")),
                  Pair("other_fault > signal_pending", StartsWith("convert"))));
}

// A driver whose helper is called by its fault handler only, and named in a header.
test::Verdicts traced(const std::string& header, test::Files more = {}) {
  more["drivers/box/trace.h"] = header;
  return verdicts_of({{"box", "#include \"trace.h\"\n" +
                                  function("box_reserve", "struct box *box", test::kSleep, "") +
                                  fault("box", "\tif (box_reserve(vmf->box))\n\t\treturn 2;\n")}},
                     std::move(more));
}

const test::Files kTracepoints = {
    {"include/linux/tracepoint.h",
     "#define DECLARE_TRACE(name, proto) static inline void trace_##name(proto) { }\n"
     "#define TRACE_EVENT(name, proto) DECLARE_TRACE(name, proto)\n"
     "#define TAKES(name, function) static void *name##_pointer = function\n"},
    {"include/trace/define_trace.h",
     "#define TRACE_EVENT(name, proto) static const char name_##name[] = #name\n"}};

TEST(NoSleep, ATraceEventTakesNoAddress) {
  EXPECT_THAT(traced("TRACE_EVENT(box_reserve,\n\tstruct box *box);\n", kTracepoints),
              ElementsAre(Pair("box_fault > box_reserve > mutex_lock_interruptible",
                               "convert: only fault handlers come here")));
}

TEST(NoSleep, OtherArgumentsAtTopLevelDo) {
  const auto shared = HasSubstr("its address is taken (drivers/box/trace.h:1)");
  for (const auto* header :
       {"TAKES(x, box_reserve);\n", "UNKNOWN(box_reserve);\n", "TRACE_EVENT(x, box_reserve + 1);\n",
        "static void *pointers[] = { box_reserve };\n"})
    EXPECT_THAT(traced(header, kTracepoints), ElementsAre(Pair(testing::_, shared))) << header;
}

// --- losses ----------------------------------------------------------------------------------

Coverage coverage_of(const std::string& text) {
  SmallTree tree({{"d/box.c", text}});
  return value_of(audit(*tree.facts, tree.series, {})).coverage;
}

TEST(Losses, AreInitialisersThatSpatchDoesNotDeliver) {
  const std::string handler = fault("box", test::kSleep);
  EXPECT_THAT(coverage_of(handler).lost, IsEmpty());
  const auto coverage =
      coverage_of(handler + "static DEFINE_BOX(lost, 3) = {\n\t.fault = box_fault,\n};\n");
  EXPECT_EQ(coverage.partial, 1U);
  ASSERT_THAT(coverage.lost, SizeIs(1));
  EXPECT_EQ(coverage.lost[0].lines.first, 11);
  EXPECT_EQ(coverage.lost[0].lines.last, 13);
}

TEST(Losses, AreNoArraysUnionsOrAttributes) {
  EXPECT_THAT(coverage_of(fault("box", test::kSleep) +
                          "static const int a[] = { 1, 2 };\n"
                          "static u32 b[2][3] = { { 1, 2, 3 }, { 4, 5, 6 } };\n"
                          "static const char *const c[] __initconst = { \"a\", [3] = \"b\" };\n"
                          "static union box d = { .x = 3 };\n"
                          "static int (*e[])(int) = { f, g };\n")
                  .lost,
              IsEmpty());
}

TEST(Losses, AMacroThatWritesAHeadLosesNothing) {
  const std::string macro =
      "#define BOX_FAULT(name) static vm_fault_t name(struct vm_fault *vmf)\n";
  const std::string driver =
      "BOX_FAULT(box_fault)\n{\n\tif (mutex_lock_interruptible(&box->lock))\n\t\treturn 2;\n"
      "\treturn 0;\n}\nstatic const struct vm_operations_struct ops = {\n"
      "\t.fault = box_fault,\n};\n";
  for (const auto& files :
       {test::Files{{"d/box.c", macro + driver}},
        test::Files{{"d/box.c", "#include \"box.h\"\n" + driver}, {"d/box.h", macro}}}) {
    SmallTree tree(files);
    const auto result = value_of(audit(*tree.facts, tree.series, {}));
    ASSERT_THAT(result.findings, SizeIs(1));
    EXPECT_EQ(result.findings[0].verdict, Verdict::kConvert) << result.findings[0].reason;
    EXPECT_EQ(result.findings[0].sink.line, 4);
    EXPECT_THAT(result.coverage.lost, IsEmpty());
  }
}

}  // namespace
}  // namespace killify
