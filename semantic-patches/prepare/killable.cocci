// SPDX-License-Identifier: GPL-2.0-only
/// Let only fatal signals end the sleeps of a function: TASK_KILLABLE instead of
/// TASK_INTERRUPTIBLE, and the killable counterparts of what it calls.
//# FUNCTION is the copy of an interruptible function, under its new name; all
//# definitions of that name in the file change. CALLS are the callees that have a
//# counterpart, as "foo_interruptible:foo_killable,...". Whatever the function
//# hands the state to has to do the same with any state, and what wakes it must
//# not wake interruptible sleepers only: killify looks at that before.
//
// Confidence: High
// Options: --no-includes -D fn=FUNCTION -D calls=CALLS
// Requires: 1.1.1

@initialize:python@
@@
counterparts = {}

@script:python target@
fn << virtual.fn;
calls << virtual.calls;
inside;
@@
coccinelle.inside = fn
counterparts.update(pair.split(":") for pair in calls.split(",") if pair)

@state@
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- TASK_INTERRUPTIBLE@p
+ TASK_KILLABLE

@called@
identifier callee;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
callee@p(...)

@script:python counterpart@
callee << called.callee;
killable;
@@
if callee in counterparts:
    coccinelle.killable = counterparts[callee]
else:
    cocci.include_match(False)

@renamed@
identifier called.callee;
identifier counterpart.killable;
position called.p;
@@
- callee@p
+ killable
  (...)
