// SPDX-License-Identifier: GPL-2.0-only
/// Call the killable counterpart of a function, so that only a fatal signal ends
/// the wait.
//# FUNCTION is the function in whose body calls are converted. FROM and TO take the
//# same arguments and return the same, but for what ends the wait. Continuation
//# lines stay where they are.
//
// Confidence: High
// Options: --no-includes -D fn=FUNCTION -D from=FROM -D to=TO
// Requires: 1.1.1

@script:python target@
fn << virtual.fn;
inside;
@@
coccinelle.inside = fn

@called@
identifier virtual.from, virtual.to;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- from@p
+ to
  (...)
