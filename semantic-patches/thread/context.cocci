// SPDX-License-Identifier: GPL-2.0-only
/// Keep the state to sleep in in a context instead of a flag that decides between
/// TASK_INTERRUPTIBLE and TASK_UNINTERRUPTIBLE.
//# FIELD of struct CONTEXT was the flag; its definition has the state TO instead. In
//# FUNCTION (or, where none is given, in the whole file) what sets and what reads the
//# field is converted. A value that is FLAG becomes VALUE; FLAG may be true.
//#
//# A variable whose initialiser names other fields, but not this one, is given
//# TASK_UNINTERRUPTIBLE: what was false must not become 0, which is TASK_RUNNING. What
//# is not initialised is left alone: look for that beforehand. So is, without
//# -D index=N, what is initialised by position or to 0 as a whole. FIELD is then the
//# one that N others stand before.
//#
//# The object must be known to be such a struct: a parameter, a variable, or, with the
//# headers that say so, the field of something else.
//#
//# Where a branch for FIELD calls a primitive, a copy of it with killable ones goes
//# before it: -D primitives allows that for each NAME, whose killable counterpart the
//# tree must have. A test of FIELD becomes a test for TASK_UNINTERRUPTIBLE where
//# nothing that it guards may sleep interruptibly. All other uses, such as an argument
//# or the condition of a loop, are left alone: look for FIELD afterwards, and see
//# call.cocci.
//
// Confidence: Moderate
// Options: --no-includes -D fn=FUNCTION -D context=CONTEXT -D context_field=FIELD -D to=TO
//          -D flag=FLAG -D value=VALUE
//          -D index=N
//          -D primitives=NAME,...
// Requires: 1.1.1

// Run it in semantic-patches/, where spatch finds what is included.
#include "include/text.cocci"
#include "include/layout.cocci"
#include "include/primitives.cocci"
#include "include/branches.cocci"

@initialize:python@
@@
import re

passed = set()  # places of fields in arguments or values
sleepy = set()  # places of fields in tests that guard something that sleeps
tests = set()   # places of fields in tests
known = set()   # places of fields that are read
stated = set()  # places of variables whose initialisers name the field
wholes = {}     # place of a variable -> position of its initialiser

class Task:
    """What the options ask for."""
    function = ""
    flag = ""
    value = ""
    member = ""
    index = -1

task = Task()
read = ""       # regular expression of what reads the field

def warns(name):
    return re.search("WARN|BUG_ON", name) is not None

def is_inside(position):
    return task.function in ("", position.current_element)

def as_state(position):
    """The state for the value that is written there; None where it would lose a comment."""
    value = written(position, position)
    if has_more(value):
        return None
    value = re.sub(r"\s+", " ", value)
    if value == task.flag or value == "1" and task.flag == "true":
        return task.value
    if value in ("true", "1"):
        return "TASK_INTERRUPTIBLE"
    if value in ("false", "0"):
        return "TASK_UNINTERRUPTIBLE"
    if place(position) in known:
        return re.sub(r"\w+$", task.member, value)
    if not re.fullmatch(r"!?[\w.>\[\]-]+|!?\w+\([^()]*\)|\([^()]*\)", value):
        value = "(" + value + ")"
    return value + " ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE"

def is_first(position):
    """Whether the field there is the first that an initialiser names."""
    return re.search(r"\{\s*\.$", code_before(position)) is not None

def starts_line(position):
    """Whether the field there is the first in its line."""
    return lines_of(position)[int(position.line) - 1][:int(position.column) - 1].strip() == ""

def with_state(position, field):
    """An initialiser's first field, which is there, with a state in front of it."""
    line = lines_of(position)[int(position.line) - 1].rstrip("\n")
    state = task.member + " = TASK_UNINTERRUPTIBLE,"
    fits = width(line) + len(state) + 2 <= 80
    column = width(line[:int(position.column) - 1])
    return state + (" " if fits else "\n" + indented(column)) + "." + field

def is_state(value):
    """Whether a value is a state already."""
    return ("TASK_" in value or value == task.value or
            re.search(r"(->|\.)" + task.member + r"$", value) is not None)

def state_by_position(whole, number, position):
    """The state for the element there, before which the whole initialiser has so many. None where it
    is not the one, or a comment could be lost."""
    value = written(position, position)
    if int(number) != task.index or is_state(value) or has_more(written(whole, whole)):
        return None
    return as_state(position)

def in_lines(whole, state):
    """An initialiser with the state in its place, and a line for each element, where it becomes too
    long for its own. None where it does not."""
    text = written(whole, whole)
    before, after = around(whole)
    before = before.split("\n")[-1]
    elements = [flat(one) for one in top_level(text[1:-1], ",")]
    growth = len(state) - len(elements[task.index])
    line = before + text + after[len(text):].split("\n")[0]
    if "\n" in text or width(line) + growth <= 80:
        return None
    elements[task.index] = state
    indent = before[:len(before) - len(before.lstrip())]
    lines = ["{"] + [indent + "\t" + one + "," for one in elements if one] + [indent + "}"]
    return "\n".join(lines)

def is_zero(position):
    """Whether the initialiser there makes all fields 0."""
    return written(position, position).replace(" ", "") in ("{}", "{0}")

def is_test(position):
    """Whether the field there is all of an operand of a logical operator, or of a condition."""
    before, after = around(position)
    field = re.match(read, after)
    return (field is not None and
            re.search(r"(&&|\|\||[(!])\s*$", before) is not None and
            re.match(r"\s*(\)|&&|\|\|)", after[field.end():]) is not None)

def may_be_tested(position):
    return (place(position) in tests - passed - sleepy) and is_test(position)

@script:python@
fn << virtual.fn;
@@
task.function = fn

@script:python@
given_flag << virtual.flag;
given_value << virtual.value;
@@
task.flag = given_flag
task.value = given_value

@script:python@
index << virtual.index;
@@
task.index = int(index)

@script:python@
field_name << virtual.context_field;
to << virtual.to;
@@
task.member = to
for places in (known, passed, sleepy, tests, stated, wholes):
    places.clear()
read = r"[\w.>\[\]-]+?(?:->|\.)" + field_name + r"\b"
pattern = r"\(?" + read + r"\)?"

// Initialisers that name other fields only.
@stating@
identifier virtual.context, virtual.context_field, virtual.to;
identifier y;
initializer I;
position p : script:python() { is_inside(p[0]) };
@@
(
struct context y@p = { ..., .context_field = I, ... };
|
struct context y@p = { ..., .to = I, ... };
)

@script:python@
p << stating.p;
@@
stated.add(place(p[0]))

@lacking@
identifier virtual.context;
identifier y, f;
initializer I;
position p : script:python() { is_inside(p[0]) and place(p[0]) not in stated };
position v : script:python() { is_first(v[0]) and not starts_line(v[0]) };
@@
struct context y@p = { .f@v = I, ... };

@script:python lacking_state@
v << lacking.v;
f << lacking.f;
new;
@@
coccinelle.new = with_state(v[0], f)

@completed@
identifier virtual.context;
identifier lacking_state.new;
identifier lacking.y, lacking.f;
initializer I;
position lacking.p, lacking.v;
@@
struct context y@p = {
- .f@v
+ .new
  = I, ... };

// Places are others now.
@script:python@
@@
stated.clear()

@stating_now@
identifier virtual.context, virtual.context_field, virtual.to;
identifier y;
initializer I;
position p : script:python() { is_inside(p[0]) };
@@
(
struct context y@p = { ..., .context_field = I, ... };
|
struct context y@p = { ..., .to = I, ... };
)

@script:python@
p << stating_now.p;
@@
stated.add(place(p[0]))

@completed_by_line@
identifier virtual.context, virtual.to;
identifier y, f;
initializer I;
position p : script:python() { is_inside(p[0]) and place(p[0]) not in stated };
position v : script:python() { is_first(v[0]) and starts_line(v[0]) };
@@
struct context y@p = {
+ .to = TASK_UNINTERRUPTIBLE,
  .f@v = I, ... };

@typed@
identifier virtual.context, virtual.context_field;
struct context *x;
struct context y;
position a : script:python() { is_inside(a[0]) };
@@
(
x@a->context_field
|
y@a.context_field
)

@script:python@
a << typed.a;
@@
known.add(place(a[0]))

// What sets it, before what reads it: a rule for readers would match here, too.
@setting@
identifier virtual.context, virtual.context_field;
struct context *x;
struct context y;
expression E;
position p : script:python() { is_inside(p[0]) };
position v;
@@
(
x@p->context_field = E@v
|
y@p.context_field = E@v
)

@script:python setting_state@
v << setting.v;
new;
@@
state = as_state(v[0])
if state is None:
    cocci.include_match(False)
else:
    coccinelle.new = state

@set@
identifier virtual.context, virtual.context_field, virtual.to;
identifier setting_state.new;
struct context *x;
struct context y;
expression E;
position setting.p;
@@
(
x@p->
- context_field
+ to
  =
- E
+ new
|
y@p.
- context_field
+ to
  =
- E
+ new
)

@initialising@
identifier virtual.context, virtual.context_field;
identifier y;
expression E;
position p : script:python() { is_inside(p[0]) };
position v;
@@
struct context y@p = { ..., .context_field = E@v, ... };

@script:python initialising_state@
v << initialising.v;
new;
@@
state = as_state(v[0])
if state is None:
    cocci.include_match(False)
else:
    coccinelle.new = state

@initialised@
identifier virtual.context, virtual.context_field, virtual.to;
identifier initialising_state.new;
identifier y;
expression E;
position initialising.p;
@@
struct context y@p = { ...,
- .context_field
+ .to
  =
- E
+ new
, ... };

// By position, or all 0.
@whole@
identifier virtual.context;
identifier y;
initializer I;
position p : script:python() { task.index >= 0 and is_inside(p[0]) };
position i;
@@
struct context y@p = I@i;

@script:python@
p << whole.p;
i << whole.i;
@@
wholes[place(p[0])] = i[0]

@by_position@
identifier virtual.context;
identifier y;
initializer list[n] before;
expression E;
position p : script:python() { place(p[0]) in wholes };
position v;
@@
struct context y@p = { before, E@v, ... };

@script:python positioned@
p << by_position.p;
n << by_position.n;
v << by_position.v;
new;
@@
whole = wholes[place(p[0])]
state = state_by_position(whole, n, v[0])
if state is None or in_lines(whole, state) is not None:
    cocci.include_match(False)
else:
    coccinelle.new = state

@placed@
identifier virtual.context;
identifier positioned.new;
identifier y;
initializer list before;
expression E;
position by_position.p, by_position.v;
@@
struct context y@p = { before,
- E@v
+ new
  , ... };

@by_position_still@
identifier virtual.context;
identifier y;
initializer list[n] before;
expression E;
position p : script:python() { place(p[0]) in wholes };
position v;
@@
struct context y@p = { before, E@v, ... };

@script:python positioned_in_lines@
p << by_position_still.p;
n << by_position_still.n;
v << by_position_still.v;
new;
@@
whole = wholes[place(p[0])]
state = state_by_position(whole, n, v[0])
if state is None:
    cocci.include_match(False)
else:
    coccinelle.new = in_lines(whole, state)

@placed_in_lines@
identifier virtual.context;
identifier positioned_in_lines.new;
identifier y;
initializer I;
position by_position_still.p;
@@
struct context y@p =
- I;
+ new;

@cleared@
identifier virtual.context;
identifier y;
initializer I;
position p : script:python() { task.index >= 0 and is_inside(p[0]) };
position i : script:python() { is_zero(i[0]) };
@@
struct context y@p = I@i;

@script:python cleared_state@
i << cleared.i;
new;
@@
coccinelle.new = "{ ." + task.member + " = TASK_UNINTERRUPTIBLE }"

@completed_whole@
identifier virtual.context;
identifier cleared_state.new;
identifier y;
initializer I;
position cleared.p;
@@
struct context y@p =
- I;
+ new;

// A call stays as it is written, but for lines that it needs no more.
@choosing@
identifier virtual.context, virtual.context_field;
struct context *x;
struct context y;
identifier f;
expression object;
expression list before, after;
position p : script:python() { is_inside(p[0]) and chooses(p[0]) };
position c, e;
@@
(
f@c(before, ((x->context_field) ? TASK_INTERRUPTIBLE@p : TASK_UNINTERRUPTIBLE), after)@e
|
f@c(before, ((y.context_field) ? TASK_INTERRUPTIBLE@p : TASK_UNINTERRUPTIBLE), after)@e
|
object->f@c(before, ((x->context_field) ? TASK_INTERRUPTIBLE@p : TASK_UNINTERRUPTIBLE), after)@e
|
object->f@c(before, ((y.context_field) ? TASK_INTERRUPTIBLE@p : TASK_UNINTERRUPTIBLE), after)@e
)

@script:python joined@
c << choosing.c;
e << choosing.e;
text;
@@
text = shorter(c[0], e[0], lambda argument: re.sub(r"\w+$", task.member,
                                                   re.search(read, argument)[0]))
if text is None:
    cocci.include_match(False)
else:
    coccinelle.text = text

// The new name has the arguments in it.
@choosing_by_state@
identifier joined.text;
identifier f;
expression object;
position choosing.c;
@@
(
- f@c(...)
+ text
|
- object->f@c(...)
+ object->text
)

@ternary_to_state@
identifier virtual.context, virtual.context_field, virtual.to;
struct context *x;
struct context y;
position p : script:python() { is_inside(p[0]) and chooses(p[0]) };
@@
(
- ((x->context_field) ? TASK_INTERRUPTIBLE@p : TASK_UNINTERRUPTIBLE)
+ x->to
|
- ((y.context_field) ? TASK_INTERRUPTIBLE@p : TASK_UNINTERRUPTIBLE)
+ y.to
)

@pending_to_state@
symbol current;
identifier virtual.context, virtual.context_field, virtual.to;
struct context *x;
struct context y;
expression E;
position p : script:python() { is_inside(p[0]) and is_next_to_flag(p[0]) };
@@
(
- ((x->context_field) && signal_pending@p(current))
+ signal_pending_state(x->to, current)
|
- ((y.context_field) && signal_pending@p(current))
+ signal_pending_state(y.to, current)
|
- (signal_pending@p(current) && (x->context_field))
+ signal_pending_state(x->to, current)
|
- (signal_pending@p(current) && (y.context_field))
+ signal_pending_state(y.to, current)
|
  E &&
- (x->context_field) && signal_pending@p(current)
+ signal_pending_state(x->to, current)
|
  E &&
- (y.context_field) && signal_pending@p(current)
+ signal_pending_state(y.to, current)
)

// The branch with primitives that have no form that takes a state.
@branch@
identifier virtual.context, virtual.context_field;
struct context *x;
struct context y;
position t : script:python() { is_inside(t[0]) };
position c, s, e;
statement S1, S2;
@@
(
if@t (x@c->context_field) S1@s else S2@e
|
if@t (y@c.context_field) S1@s else S2@e
|
if@t (x@c->context_field) S1@s
|
if@t (y@c.context_field) S1@s
)

@script:python copied@
t << branch.t;
c << branch.c;
s << branch.s;
e << branch.e = [];
chosen;
@@
branch = Branch(t[0], s[0], e[0] if e else None)
if branch.may_change:
    field = re.match(read, around(c[0])[1])[0]
    coccinelle.chosen = branch.with_copy(re.sub(r"\w+$", task.member, field))
else:
    cocci.include_match(False)

@branch_by_state@
identifier virtual.context, virtual.context_field;
identifier copied.chosen;
struct context *x;
struct context y;
position branch.c;
@@
(
- x@c->context_field
+ chosen
|
- y@c.context_field
+ chosen
)

// Tests of what is neither an argument nor a value.
@argument@
identifier virtual.context, virtual.context_field;
identifier f : script:python() { not warns(f) and f not in ("likely", "unlikely") };
struct context *x;
struct context y;
position a : script:python() { is_inside(a[0]) };
@@
(
f(..., <+... x@a->context_field ...+>, ...)
|
f(..., <+... y@a.context_field ...+>, ...)
)

@script:python@
a << argument.a;
@@
passed.add(place(a[0]))

@value@
identifier virtual.context, virtual.context_field;
struct context *x;
struct context y;
expression E;
position a : script:python() { is_inside(a[0]) };
@@
(
E = <+... x@a->context_field ...+>
|
E = <+... y@a.context_field ...+>
)

@script:python@
a << value.a;
@@
passed.add(place(a[0]))

@test@
identifier virtual.context, virtual.context_field;
identifier f : script:python() { warns(f) };
struct context *x;
struct context y;
position a : script:python() { is_inside(a[0]) };
@@
(
f(<+... x@a->context_field ...+>)
|
f(<+... y@a.context_field ...+>)
)

@script:python@
a << test.a;
@@
tests.add(place(a[0]))

@guard@
identifier virtual.context, virtual.context_field;
struct context *x;
struct context y;
position a : script:python() { is_inside(a[0]) };
position t, s;
statement S, S1;
@@
(
if@t (<+... x@a->context_field ...+>) S1 else S@s
|
if@t (<+... y@a.context_field ...+>) S1 else S@s
|
if@t (<+... x@a->context_field ...+>) S@s
|
if@t (<+... y@a.context_field ...+>) S@s
)

@script:python@
a << guard.a;
t << guard.t;
s << guard.s;
@@
tests.add(place(a[0]))
if re.search(r"interruptible|signal_pending|\btrue\b", written(t[0], s[0]), re.I):
    sleepy.add(place(a[0]))

@tested@
identifier virtual.context, virtual.context_field, virtual.to;
struct context *x;
struct context y;
position a : script:python() { may_be_tested(a[0]) };
@@
(
- !x@a->context_field
+ x->to == TASK_UNINTERRUPTIBLE
|
- !y@a.context_field
+ y.to == TASK_UNINTERRUPTIBLE
|
- x@a->context_field
+ x->to != TASK_UNINTERRUPTIBLE
|
- y@a.context_field
+ y.to != TASK_UNINTERRUPTIBLE
)
