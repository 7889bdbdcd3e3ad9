// SPDX-License-Identifier: GPL-2.0-only
/// Use mutex_lock_killable() instead of mutex_lock_interruptible(), so that only a
/// fatal signal ends the wait for a mutex.
//# FUNCTION is the function in whose body calls are converted. Each -D NAME that
//# is given converts the calls of NAME: give those whose killable counterpart
//# the tree has.
//
// Confidence: High
// Options: --no-includes -D fn=FUNCTION
//          -D mutex_lock_interruptible
//          -D mutex_lock_interruptible_nested
// Requires: 1.1.1

// Run it in semantic-patches/, where spatch finds what is included.
#include "include/broken.cocci"

virtual mutex_lock_interruptible
virtual mutex_lock_interruptible_nested

@script:python target@
fn << virtual.fn;
inside;
@@
coccinelle.inside = fn

@mutex_lock_interruptible_named depends on mutex_lock_interruptible@
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- mutex_lock_interruptible@p
+ mutex_lock_killable
  (...)

// The arguments are printed anew, so that their lines stay below the parenthesis.
@mutex_lock_interruptible_nested_aligned depends on mutex_lock_interruptible_nested@
expression A, B;
position p : script:python(target.inside) { p[0].current_element == inside };
position end : script:python() { is_broken(end[0], "mutex_lock_interruptible_nested(") };
position in_a : script:python() { fits(in_a[0]) };
position in_b : script:python() { fits(in_b[0]) };
@@
- mutex_lock_interruptible_nested@p(A@in_a, B@in_b)@end
+ mutex_lock_killable_nested(A, B)

@mutex_lock_interruptible_nested_named depends on mutex_lock_interruptible_nested@
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- mutex_lock_interruptible_nested@p
+ mutex_lock_killable_nested
  (...)
