// SPDX-License-Identifier: GPL-2.0-only
/// Use wait_for_completion_killable() instead of wait_for_completion_interruptible(),
/// so that only a fatal signal ends the wait. The form with a timeout likewise.
//# complete() wakes TASK_NORMAL sleepers: its callers need no change.
//# FUNCTION is the function in whose body calls are converted. Each -D NAME that
//# is given converts the calls of NAME: give those whose killable counterpart
//# the tree has.
//
// Confidence: High
// Options: --no-includes -D fn=FUNCTION
//          -D wait_for_completion_interruptible
//          -D wait_for_completion_interruptible_timeout
// Requires: 1.1.1

// Run it in semantic-patches/, where spatch finds what is included.
#include "include/broken.cocci"

virtual wait_for_completion_interruptible
virtual wait_for_completion_interruptible_timeout

@script:python target@
fn << virtual.fn;
inside;
@@
coccinelle.inside = fn

@wait_for_completion_interruptible_named depends on wait_for_completion_interruptible@
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- wait_for_completion_interruptible@p
+ wait_for_completion_killable
  (...)

// The arguments are printed anew, so that their lines stay below the parenthesis.
@wait_for_completion_interruptible_timeout_aligned depends on wait_for_completion_interruptible_timeout@
expression A, B;
position p : script:python(target.inside) { p[0].current_element == inside };
position end : script:python() { is_broken(end[0], "wait_for_completion_interruptible_timeout(") };
position in_a : script:python() { fits(in_a[0]) };
position in_b : script:python() { fits(in_b[0]) };
@@
- wait_for_completion_interruptible_timeout@p(A@in_a, B@in_b)@end
+ wait_for_completion_killable_timeout(A, B)

@wait_for_completion_interruptible_timeout_named depends on wait_for_completion_interruptible_timeout@
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- wait_for_completion_interruptible_timeout@p
+ wait_for_completion_killable_timeout
  (...)
