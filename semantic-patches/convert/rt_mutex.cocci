// SPDX-License-Identifier: GPL-2.0-only
/// Use rt_mutex_lock_killable() instead of rt_mutex_lock_interruptible(), so that only
/// a fatal signal ends the wait for an RT mutex.
//# FUNCTION is the function in whose body calls are converted. Each -D NAME that
//# is given converts the calls of NAME: give those whose killable counterpart
//# the tree has.
//
// Confidence: High
// Options: --no-includes -D fn=FUNCTION
//          -D rt_mutex_lock_interruptible
// Requires: 1.1.1

virtual rt_mutex_lock_interruptible

@script:python target@
fn << virtual.fn;
inside;
@@
coccinelle.inside = fn

@rt_mutex_lock_interruptible_named depends on rt_mutex_lock_interruptible@
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- rt_mutex_lock_interruptible@p
+ rt_mutex_lock_killable
  (...)
