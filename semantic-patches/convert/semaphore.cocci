// SPDX-License-Identifier: GPL-2.0-only
/// Use down_killable() instead of down_interruptible(), so that only a fatal signal
/// ends the wait for a semaphore.
//# FUNCTION is the function in whose body calls are converted. Each -D NAME that
//# is given converts the calls of NAME: give those whose killable counterpart
//# the tree has.
//
// Confidence: High
// Options: --no-includes -D fn=FUNCTION
//          -D down_interruptible
// Requires: 1.1.1

virtual down_interruptible

@script:python target@
fn << virtual.fn;
inside;
@@
coccinelle.inside = fn

@down_interruptible_named depends on down_interruptible@
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- down_interruptible@p
+ down_killable
  (...)
