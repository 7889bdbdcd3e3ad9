// SPDX-License-Identifier: GPL-2.0-only
/// Sleep in the state that the caller asks for instead of deciding between
/// TASK_INTERRUPTIBLE and TASK_UNINTERRUPTIBLE by a flag.
//# FUNCTION has the parameter STATE, and no longer FLAG, whose uses in the body are
//# converted. -D word=WORD -D bit=BIT instead of -D flag: the flag is WORD & BIT.
//#
//# What a signal ends when FLAG is set, a fatal signal ends in TASK_KILLABLE: where
//# the branch for FLAG calls a primitive that has no form that takes a state, a copy
//# of the branch with killable ones goes before it. -D primitives allows that for
//# each NAME: give those whose killable counterpart the tree has.
//#
//# -D wait_event_state makes one call of a pair of wait_event_interruptible() and
//# wait_event(); the result that the latter does not have is then 0.
//# -D wait_for_completion_state likewise. The tree must have these forms.
//#
//# A local variable STATE that takes its value from FLAG gives way to the parameter.
//#
//# All other uses of FLAG are left alone, and so is what holds a comment that would
//# be lost: look for FLAG afterwards.
//
// Confidence: Moderate
// Options: --no-includes -D fn=FUNCTION,... -D state=STATE -D flag=FLAG
//          -D word=WORD -D bit=BIT
//          -D wait_event_state
//          -D wait_for_completion_state
//          -D primitives=NAME,...
// Requires: 1.1.1

// Run it in semantic-patches/, where spatch finds what is included.
#include "include/text.cocci"
#include "include/layout.cocci"
#include "include/primitives.cocci"
#include "include/branches.cocci"

virtual wait_event_state
virtual wait_for_completion_state

@initialize:python@
@@
import re

clean = set()   # places of what may be printed anew: nothing in it would be lost
wanted = ""     # name of the state

@script:python target@
fn << virtual.fn;
new << virtual.state;
given_flag << virtual.flag = "";
word << virtual.word = "";
bit << virtual.bit = "";
inside;
asked;
state;
@@
clean.clear()
coccinelle.inside = fn
coccinelle.state = wanted = new
asked = given_flag or word + " & " + bit
coccinelle.asked = cocci.make_expr(asked)
pattern = r"\(?\b" + r"\s*&\s*".join(re.escape(part) for part in asked.split(" & ")) + r"\b\)?"

// The flag in other words.
@plainly@
symbol true, false;
expression target.asked;
position p : script:python(target.inside) { p[0].current_element in inside.split(",") };
@@
(
- (asked@p) == true
+ asked
|
- true == (asked@p)
+ asked
|
- (asked@p) != false
+ asked
|
- false != (asked@p)
+ asked
|
- (asked@p) == false
+ !asked
|
- false == (asked@p)
+ !asked
)

// A chosen between two calls, or two values, that differ in the state only.
@pair@
expression target.asked;
position t : script:python(target.inside) { t[0].current_element in inside.split(",") };
position e;
statement S1, S2;
@@
if@t (asked) S1 else S2@e

@script:python@
t << pair.t;
e << pair.e;
@@
if not has_more(written(t[0], e[0])):
    clean.add(place(t[0]))

@pair_to_state@
expression target.asked;
identifier target.state;
identifier f;
expression list before, after;
expression r;
position t : script:python(target.inside) { t[0].current_element in inside.split(",") and place(t[0]) in clean };
@@
(
- if@t (asked) { f(before, TASK_INTERRUPTIBLE, after); } else { f(before, TASK_UNINTERRUPTIBLE, after); }
+ f(before, state, after);
|
- if@t (asked) { r = f(before, TASK_INTERRUPTIBLE, after); } else { r = f(before, TASK_UNINTERRUPTIBLE, after); }
+ r = f(before, state, after);
|
- if@t (asked) { return f(before, TASK_INTERRUPTIBLE, after); } else { return f(before, TASK_UNINTERRUPTIBLE, after); }
+ return f(before, state, after);
|
- if@t (asked) { r = TASK_INTERRUPTIBLE; } else { r = TASK_UNINTERRUPTIBLE; }
+ r = state;
)

@script:python@
@@
clean.clear()

@wait_pair depends on wait_event_state@
expression target.asked;
position t : script:python(target.inside) { t[0].current_element in inside.split(",") };
position e;
statement S1, S2;
@@
if@t (asked) S1 else S2@e

@script:python@
t << wait_pair.t;
e << wait_pair.e;
@@
if not has_more(written(t[0], e[0])):
    clean.add(place(t[0]))

@wait_pair_to_state depends on wait_event_state@
expression target.asked;
identifier target.state;
expression r, queue, condition, E;
position t : script:python(target.inside) { t[0].current_element in inside.split(",") and place(t[0]) in clean };
@@
(
- if@t (asked) { r = wait_event_interruptible(queue, condition); } else { wait_event(queue, condition); }
+ r = wait_event_state(queue, condition, state);
|
- if@t (asked) { r = wait_event_interruptible(queue, condition); } else { wait_event(queue, condition); r = 0; }
+ r = wait_event_state(queue, condition, state);
|
- if@t (asked) { r = wait_event_interruptible(queue, condition); } else { r = 0; wait_event(queue, condition); }
+ r = wait_event_state(queue, condition, state);
|
- if@t (asked) { r = wait_event_interruptible(queue, condition); if (r) return E; } else { wait_event(queue, condition); }
+ r = wait_event_state(queue, condition, state);
+ if (r)
+ 	return E;
|
- if@t (asked) { if (wait_event_interruptible(queue, condition)) return E; } else { wait_event(queue, condition); }
+ if (wait_event_state(queue, condition, state))
+ 	return E;
)

@script:python@
@@
clean.clear()

@completion_pair depends on wait_for_completion_state@
expression target.asked;
position t : script:python(target.inside) { t[0].current_element in inside.split(",") };
position e;
statement S1, S2;
@@
if@t (asked) S1 else S2@e

@script:python@
t << completion_pair.t;
e << completion_pair.e;
@@
if not has_more(written(t[0], e[0])):
    clean.add(place(t[0]))

@completion_pair_to_state depends on wait_for_completion_state@
expression target.asked;
identifier target.state;
expression r, done;
position t : script:python(target.inside) { t[0].current_element in inside.split(",") and place(t[0]) in clean };
@@
(
- if@t (asked) { r = wait_for_completion_interruptible(done); } else { wait_for_completion(done); }
+ r = wait_for_completion_state(done, state);
|
- if@t (asked) { r = wait_for_completion_interruptible(done); } else { wait_for_completion(done); r = 0; }
+ r = wait_for_completion_state(done, state);
|
- if@t (asked) { r = wait_for_completion_interruptible(done); } else { r = 0; wait_for_completion(done); }
+ r = wait_for_completion_state(done, state);
)

// A pattern in parentheses matches without them, too.
@variable_to_parameter@
expression target.asked;
identifier target.state;
type T;
position p : script:python(target.inside) { p[0].current_element in inside.split(",") and chooses(p[0]) };
@@
- T state = ((asked) ? TASK_INTERRUPTIBLE@p : TASK_UNINTERRUPTIBLE);

@script:python@
@@
clean.clear()

// A call of several lines is printed anew, so that the state does not stand in a line of its own.
@argument@
expression target.asked;
identifier f;
expression list before, after;
position p : script:python(target.inside) { p[0].current_element in inside.split(",") and chooses(p[0]) };
position c, e;
@@
f@c(before, ((asked) ? TASK_INTERRUPTIBLE@p : TASK_UNINTERRUPTIBLE), after)@e

@script:python@
c << argument.c;
e << argument.e;
@@
if not has_more(written(c[0], e[0])):
    clean.add(place(c[0]))

@argument_to_state@
expression target.asked;
identifier target.state;
identifier f;
expression list before, after;
position c : script:python(target.inside) { c[0].current_element in inside.split(",") and place(c[0]) in clean };
@@
- f@c(before, ((asked) ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE), after)
+ f(before, state, after)

// What is called through a field stays as it is written, but for lines that it needs no more.
@field_argument@
expression target.asked, object;
identifier f;
expression list before, after;
position p : script:python(target.inside) { p[0].current_element in inside.split(",") and chooses(p[0]) };
position c, e;
@@
(
object->f@c(before, ((asked) ? TASK_INTERRUPTIBLE@p : TASK_UNINTERRUPTIBLE), after)@e
|
object.f@c(before, ((asked) ? TASK_INTERRUPTIBLE@p : TASK_UNINTERRUPTIBLE), after)@e
)

// To leave out a match would leave out the target for all rules below: one that stays has no name.
@script:python joined@
f << field_argument.f;
c << field_argument.c;
e << field_argument.e;
callee;
text;
@@
text = shorter(c[0], e[0], lambda argument: wanted)
coccinelle.callee = f if text else nameless
coccinelle.text = text or nameless

// The new name has the arguments in it.
@field_argument_to_state@
identifier joined.callee, joined.text;
expression object;
position field_argument.c;
@@
(
- object->callee@c(...)
+ object->text
|
- object.callee@c(...)
+ object.text
)

@ternary_to_state@
expression target.asked;
identifier target.state;
position p : script:python(target.inside) { p[0].current_element in inside.split(",") and chooses(p[0]) };
@@
- ((asked) ? TASK_INTERRUPTIBLE@p : TASK_UNINTERRUPTIBLE)
+ state

@pending_to_state@
symbol current;
expression target.asked;
identifier target.state;
expression E;
position p : script:python(target.inside) { p[0].current_element in inside.split(",") and is_next_to_flag(p[0]) };
@@
(
- ((asked) && signal_pending@p(current))
+ signal_pending_state(state, current)
|
- (signal_pending@p(current) && (asked))
+ signal_pending_state(state, current)
|
  E &&
- (asked) && signal_pending@p(current)
+ signal_pending_state(state, current)
|
  E &&
- signal_pending@p(current) && (asked)
+ signal_pending_state(state, current)
)

// The branch with primitives that have no form that takes a state.
@branch disable neg_if, neg_if_exp@
expression target.asked;
position t : script:python(target.inside) { t[0].current_element in inside.split(",") };
position c, s, e;
statement S1, S2;
@@
(
if@t (asked@c) S1@s else S2@e
|
if@t (asked@c) S1@s
)

@script:python copied@
t << branch.t;
s << branch.s;
e << branch.e = [];
chosen;
@@
branch = Branch(t[0], s[0], e[0] if e else None)
if branch.may_change:
    coccinelle.chosen = branch.with_copy(wanted)
else:
    cocci.include_match(False)

@branch_by_state@
expression target.asked;
identifier copied.chosen;
position branch.c;
@@
- asked@c
+ chosen
