// SPDX-License-Identifier: GPL-2.0-only
/// Let only a fatal signal end the sleeps that ask an object for their state.
//# In FUNCTION, where a variable that is a struct CONTEXT gets the state
//# TASK_INTERRUPTIBLE in its field TO, by its initialiser or an assignment, it gets
//# TASK_KILLABLE. Objects that FUNCTION is handed are left alone.
//
// Confidence: High
// Options: --no-includes -D fn=FUNCTION -D context=CONTEXT -D to=TO
// Requires: 1.1.1

@script:python target@
fn << virtual.fn;
inside;
@@
coccinelle.inside = fn

@assigned@
identifier virtual.context, virtual.to;
struct context y;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
  y@p.to =
- TASK_INTERRUPTIBLE
+ TASK_KILLABLE

@initialised@
identifier virtual.context, virtual.to;
identifier y;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
struct context y@p = { ..., .to =
- TASK_INTERRUPTIBLE
+ TASK_KILLABLE
, ... };
