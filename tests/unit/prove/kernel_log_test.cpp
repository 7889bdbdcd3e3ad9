#include "prove/kernel_log.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(KernelLog, WhatEveryBootSaysIsNoComplaint) {
  EXPECT_THAT(kernel_complaints(
                  "[    0.000000] Linux version 6.1.192 (x@y) (gcc) #1 SMP\r\n"
                  "[    0.010000] x86/fpu: x87 FPU will use FXSAVE\r\n"
                  "[    1.000000] clocksource: timekeeping watchdog on CPU1: Marking clocksource "
                  "'tsc' as unstable because the skew is too large:\r\n"
                  "[    2.908475] killify_shapes: loading out-of-tree module taints kernel.\r\n"
                  "[    2.910000] Spectre V2 : WARNING: Unprivileged eBPF is enabled with eIBRS "
                  "on\r\n"
                  "[    3.000000] rcu: Hierarchical RCU implementation.\r\n"
                  "[   46.345672] reboot: Restarting system\r\n"),
              IsEmpty());
}

TEST(KernelLog, EachKindOfComplaintIsFound) {
  for (const char* line : {
           "WARNING: CPU: 0 PID: 34 at kernel/locking/mutex.c:600 __mutex_lock+0x1/0x2",
           "WARNING: possible circular locking dependency detected",
           "WARNING: possible recursive locking detected",
           "INFO: possible circular locking dependency detected",
           "BUG: sleeping function called from invalid context at mm/slab.h:494",
           "BUG: kernel NULL pointer dereference, address: 0000000000000008",
           "kernel BUG at mm/slub.c:379!",
           "watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [provoke:99]",
           "rcu: INFO: rcu_sched detected stalls on CPUs/tasks:",
           "INFO: task provoke:99 blocked for more than 120 seconds.",
           "Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100",
           "refcount_t: underflow; use-after-free.",
       })
    EXPECT_THAT(kernel_complaints(std::string("[    1.5][   T34] ") + line + "\r\n"),
                ElementsAre(line));
}

TEST(KernelLog, TheSameComplaintIsCounted) {
  EXPECT_THAT(kernel_complaints("[ 1.0] BUG: x\n[ 2.0] fine\n[ 3.0] BUG: x\n[ 4.0] BUG: x\n"),
              ElementsAre("BUG: x (and 2 more)"));
}

TEST(KernelLog, TheTailLeavesOutBlankLines) {
  EXPECT_EQ(log_tail("a\n\nb\r\n  \nc\n", 2), "b\nc");
  EXPECT_EQ(log_tail("a", 5), "a");
  EXPECT_EQ(log_tail("", 5), "");
}

}  // namespace
}  // namespace killify
