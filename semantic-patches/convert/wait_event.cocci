// SPDX-License-Identifier: GPL-2.0-only
/// Use wait_event_killable() instead of wait_event_interruptible(), so that only a
/// fatal signal ends the wait. The forms with a timeout, a lock or an exclusive entry,
/// and those that wait on a variable, likewise.
//# A killable sleeper does not hear wake_up_interruptible(): see wake_up.cocci.
//# Linux 6.1 has no killable form of the _hrtimeout and _lock_irq ones.
//# FUNCTION is the function in whose body calls are converted. Each -D NAME that
//# is given converts the calls of NAME: give those whose killable counterpart
//# the tree has.
//
// Confidence: High
// Options: --no-includes -D fn=FUNCTION
//          -D wait_event_interruptible
//          -D wait_event_interruptible_timeout
//          -D wait_event_interruptible_exclusive
//          -D wait_event_interruptible_hrtimeout
//          -D wait_event_interruptible_lock_irq
//          -D wait_event_interruptible_lock_irq_cmd
//          -D wait_event_interruptible_lock_irq_timeout
//          -D wait_var_event_interruptible
// Requires: 1.1.1

// Run it in semantic-patches/, where spatch finds what is included.
#include "include/broken.cocci"

virtual wait_event_interruptible
virtual wait_event_interruptible_timeout
virtual wait_event_interruptible_exclusive
virtual wait_event_interruptible_hrtimeout
virtual wait_event_interruptible_lock_irq
virtual wait_event_interruptible_lock_irq_cmd
virtual wait_event_interruptible_lock_irq_timeout
virtual wait_var_event_interruptible

@script:python target@
fn << virtual.fn;
inside;
@@
coccinelle.inside = fn

// The arguments are printed anew, so that their lines stay below the parenthesis.
@wait_event_interruptible_aligned depends on wait_event_interruptible@
expression A, B;
position p : script:python(target.inside) { p[0].current_element == inside };
position end : script:python() { is_broken(end[0], "wait_event_interruptible(") };
position in_a : script:python() { fits(in_a[0]) };
position in_b : script:python() { fits(in_b[0]) };
@@
- wait_event_interruptible@p(A@in_a, B@in_b)@end
+ wait_event_killable(A, B)

@wait_event_interruptible_named depends on wait_event_interruptible@
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- wait_event_interruptible@p
+ wait_event_killable
  (...)

// The arguments are printed anew, so that their lines stay below the parenthesis.
@wait_event_interruptible_timeout_aligned depends on wait_event_interruptible_timeout@
expression A, B, C;
position p : script:python(target.inside) { p[0].current_element == inside };
position end : script:python() { is_broken(end[0], "wait_event_interruptible_timeout(") };
position in_a : script:python() { fits(in_a[0]) };
position in_b : script:python() { fits(in_b[0]) };
position in_c : script:python() { fits(in_c[0]) };
@@
- wait_event_interruptible_timeout@p(A@in_a, B@in_b, C@in_c)@end
+ wait_event_killable_timeout(A, B, C)

@wait_event_interruptible_timeout_named depends on wait_event_interruptible_timeout@
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- wait_event_interruptible_timeout@p
+ wait_event_killable_timeout
  (...)

// The arguments are printed anew, so that their lines stay below the parenthesis.
@wait_event_interruptible_exclusive_aligned depends on wait_event_interruptible_exclusive@
expression A, B;
position p : script:python(target.inside) { p[0].current_element == inside };
position end : script:python() { is_broken(end[0], "wait_event_interruptible_exclusive(") };
position in_a : script:python() { fits(in_a[0]) };
position in_b : script:python() { fits(in_b[0]) };
@@
- wait_event_interruptible_exclusive@p(A@in_a, B@in_b)@end
+ wait_event_killable_exclusive(A, B)

@wait_event_interruptible_exclusive_named depends on wait_event_interruptible_exclusive@
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- wait_event_interruptible_exclusive@p
+ wait_event_killable_exclusive
  (...)

// The arguments are printed anew, so that their lines stay below the parenthesis.
@wait_event_interruptible_hrtimeout_aligned depends on wait_event_interruptible_hrtimeout@
expression A, B, C;
position p : script:python(target.inside) { p[0].current_element == inside };
position end : script:python() { is_broken(end[0], "wait_event_interruptible_hrtimeout(") };
position in_a : script:python() { fits(in_a[0]) };
position in_b : script:python() { fits(in_b[0]) };
position in_c : script:python() { fits(in_c[0]) };
@@
- wait_event_interruptible_hrtimeout@p(A@in_a, B@in_b, C@in_c)@end
+ wait_event_killable_hrtimeout(A, B, C)

@wait_event_interruptible_hrtimeout_named depends on wait_event_interruptible_hrtimeout@
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- wait_event_interruptible_hrtimeout@p
+ wait_event_killable_hrtimeout
  (...)

// The arguments are printed anew, so that their lines stay below the parenthesis.
@wait_event_interruptible_lock_irq_aligned depends on wait_event_interruptible_lock_irq@
expression A, B, C;
position p : script:python(target.inside) { p[0].current_element == inside };
position end : script:python() { is_broken(end[0], "wait_event_interruptible_lock_irq(") };
position in_a : script:python() { fits(in_a[0]) };
position in_b : script:python() { fits(in_b[0]) };
position in_c : script:python() { fits(in_c[0]) };
@@
- wait_event_interruptible_lock_irq@p(A@in_a, B@in_b, C@in_c)@end
+ wait_event_killable_lock_irq(A, B, C)

@wait_event_interruptible_lock_irq_named depends on wait_event_interruptible_lock_irq@
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- wait_event_interruptible_lock_irq@p
+ wait_event_killable_lock_irq
  (...)

// The arguments are printed anew, so that their lines stay below the parenthesis.
@wait_event_interruptible_lock_irq_cmd_aligned depends on wait_event_interruptible_lock_irq_cmd@
expression A, B, C, D;
position p : script:python(target.inside) { p[0].current_element == inside };
position end : script:python() { is_broken(end[0], "wait_event_interruptible_lock_irq_cmd(") };
position in_a : script:python() { fits(in_a[0]) };
position in_b : script:python() { fits(in_b[0]) };
position in_c : script:python() { fits(in_c[0]) };
position in_d : script:python() { fits(in_d[0]) };
@@
- wait_event_interruptible_lock_irq_cmd@p(A@in_a, B@in_b, C@in_c, D@in_d)@end
+ wait_event_killable_lock_irq_cmd(A, B, C, D)

@wait_event_interruptible_lock_irq_cmd_named depends on wait_event_interruptible_lock_irq_cmd@
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- wait_event_interruptible_lock_irq_cmd@p
+ wait_event_killable_lock_irq_cmd
  (...)

// The arguments are printed anew, so that their lines stay below the parenthesis.
@wait_event_interruptible_lock_irq_timeout_aligned depends on wait_event_interruptible_lock_irq_timeout@
expression A, B, C, D;
position p : script:python(target.inside) { p[0].current_element == inside };
position end : script:python() { is_broken(end[0], "wait_event_interruptible_lock_irq_timeout(") };
position in_a : script:python() { fits(in_a[0]) };
position in_b : script:python() { fits(in_b[0]) };
position in_c : script:python() { fits(in_c[0]) };
position in_d : script:python() { fits(in_d[0]) };
@@
- wait_event_interruptible_lock_irq_timeout@p(A@in_a, B@in_b, C@in_c, D@in_d)@end
+ wait_event_killable_lock_irq_timeout(A, B, C, D)

@wait_event_interruptible_lock_irq_timeout_named depends on wait_event_interruptible_lock_irq_timeout@
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- wait_event_interruptible_lock_irq_timeout@p
+ wait_event_killable_lock_irq_timeout
  (...)

// The arguments are printed anew, so that their lines stay below the parenthesis.
@wait_var_event_interruptible_aligned depends on wait_var_event_interruptible@
expression A, B;
position p : script:python(target.inside) { p[0].current_element == inside };
position end : script:python() { is_broken(end[0], "wait_var_event_interruptible(") };
position in_a : script:python() { fits(in_a[0]) };
position in_b : script:python() { fits(in_b[0]) };
@@
- wait_var_event_interruptible@p(A@in_a, B@in_b)@end
+ wait_var_event_killable(A, B)

@wait_var_event_interruptible_named depends on wait_var_event_interruptible@
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- wait_var_event_interruptible@p
+ wait_var_event_killable
  (...)
