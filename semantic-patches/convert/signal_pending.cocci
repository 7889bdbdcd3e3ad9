// SPDX-License-Identifier: GPL-2.0-only
/// Look for fatal signals only: fatal_signal_pending() instead of signal_pending().
//# Another task's signals are left alone: only signal_pending(current) is meant.
//# FUNCTION is the function in whose body the tests are converted.
//
// Confidence: High
// Options: --no-includes -D fn=FUNCTION
//          -D signal_pending
// Requires: 1.1.1

virtual signal_pending

@script:python target@
fn << virtual.fn;
inside;
@@
coccinelle.inside = fn

@fatal_only depends on signal_pending@
symbol current;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- signal_pending@p
+ fatal_signal_pending
  (current)
