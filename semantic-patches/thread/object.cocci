// SPDX-License-Identifier: GPL-2.0-only
/// Let only a fatal signal end the sleeps that ask an object for their state.
//# In FUNCTION, where a variable that is a struct CONTEXT gets the state
//# TASK_INTERRUPTIBLE in its field TO, by its initialiser or an assignment, it gets
//# TASK_KILLABLE. Objects that FUNCTION is handed are left alone. Before the field,
//# N others stand in an initialiser without names; without -D index=N such are left
//# alone, too.
//
// Confidence: High
// Options: --no-includes -D fn=FUNCTION -D context=CONTEXT -D to=TO
//          -D index=N
// Requires: 1.1.1

@initialize:python@
@@
target_index = None     # of the field in an initialiser without names, as text

@script:python target@
fn << virtual.fn;
index << virtual.index = "";
inside;
@@
coccinelle.inside = fn
target_index = index

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

@by_position@
identifier virtual.context;
identifier y;
initializer list[n] before;
position p : script:python(target.inside) { p[0].current_element == inside };
position v;
@@
struct context y@p = { before, TASK_INTERRUPTIBLE@v, ... };

@script:python at_index@
n << by_position.n;
v << by_position.v;
@@
if n != target_index:
    cocci.include_match(False)

@initialised_by_position@
identifier virtual.context;
identifier y;
initializer list before;
position by_position.p, by_position.v;
@@
struct context y@p = { before,
- TASK_INTERRUPTIBLE@v
+ TASK_KILLABLE
  , ... };
