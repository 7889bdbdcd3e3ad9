// SPDX-License-Identifier: GPL-2.0-only
/// Sleep in the state that the caller asks for instead of always in
/// TASK_INTERRUPTIBLE.
//# FUNCTION has the parameter STATE, which is TASK_INTERRUPTIBLE or TASK_KILLABLE.
//# -D wait_event_state and -D wait_for_completion_state use these forms, which the
//# tree must have. -D primitives lets the state decide between each NAME and its
//# killable counterpart: give those whose counterpart the tree has.
//#
//# Wakers, comparisons with TASK_INTERRUPTIBLE, and calls with a directive or a comment
//# up to the end of a line among their arguments, are left alone.
//
// Confidence: Moderate
// Options: --no-includes -D fn=FUNCTION,... -D state=STATE
//          -D wait_event_state
//          -D wait_for_completion_state
//          -D primitives=NAME,...
// Requires: 1.1.1

// Run it in semantic-patches/, where spatch finds what is included.
#include "include/text.cocci"
#include "include/layout.cocci"
#include "include/primitives.cocci"

virtual wait_event_state
virtual wait_for_completion_state

@initialize:python@
@@
import re

stateful = {}   # primitive -> its form with a state
settled = set() # places of calls that the state decides about already
wanted = ""     # name of the state

def wakes(name):
    return re.search("wake_up|__wake|wakeup", name) is not None

class Sleep(WrittenCall):
    """A call of a primitive."""
    def __init__(self, primitive, end):
        super().__init__(primitive, end)
        self.start = primitive
        self.killable = self.callee.replace("interruptible", "killable")
        self.arguments = top_level(self.inside, ",")
        if not is_aligned(self.inside, self.column):
            self.arguments = [" " * (index > 0) + flat(argument)
                              for index, argument in enumerate(self.arguments)]
        self.has_more = "//" in self.inside or has_directive(self.inside)

    def may_change(self):
        return self.callee in given and not self.has_more

    def without_comments(self):
        """The arguments for a second call: comments stay in the first."""
        def bare(argument):
            code = argument.lstrip()
            blanks = argument[:len(argument) - len(code)]
            return blanks + re.sub(r"[ \t]*/\*.*?\*/", "", code, flags=re.S).lstrip(" \t")
        return [bare(argument) for argument in self.arguments]

    def is_statement(self, start):
        """Whether a statement that starts there is one of a block, not the body of an if."""
        text = "".join(lines_of(self.start)[:int(self.start.line) - 1]) + self.before
        return ends_statement(statements(text[:len(text) - len(start)]))

    def with_state(self, name):
        """The call of a primitive that takes a state."""
        after = self.arguments[1:]
        own_line = (after and all(argument.startswith("\n") for argument in after) or
                    "\n" in self.arguments[-1].strip())
        last = ("\n" + indented(self.column) if own_line else " ") + wanted
        lines = called(self.before, name, self.arguments + [last], self.after,
                       len(name) - len(self.callee), self.limit)
        return cut(lines, self.before, self.after)

    def as_statement(self, start):
        """Two statements instead of the one that starts with that text before the call."""
        indent = self.before[:len(self.before) - len(self.before.lstrip())]
        inner = indent + "\t" + start
        shift = 8 + len(self.killable) - len(self.callee)
        first = called(inner, self.killable, self.without_comments(), ";", shift, self.limit)
        if start.startswith("return"):
            second = called(indent + start, self.callee, self.arguments, ";", 0, self.limit)
            lines = first + [""] + second
        else:
            second = called(inner, self.callee, self.arguments, ";", 8, self.limit)
            lines = first + [indent + "else"] + second
        return "if (" + wanted + " == TASK_KILLABLE)\n" + "\n".join(lines)[:-1]

    def as_choice(self):
        """A choice instead of the call."""
        before = self.before.rstrip()
        alone = (re.search(r"[(,]$|(?<![=!<>])=$|\breturn$", before) is not None and
                 re.match(r"\s*[),;]", self.after) is not None)
        head = self.before + ("" if alone else "(")
        tail = ("" if alone else ")") + self.after
        def call(name, arguments):
            return name + "(" + ", ".join(flat(argument) for argument in arguments) + ")"
        killable = call(self.killable, self.without_comments())
        interruptible = call(self.callee, self.arguments)
        test = head + wanted + " == TASK_KILLABLE ?"
        column = width(head)
        layouts = [
            [test + " " + killable + " : " + interruptible + tail],
            [test + " " + killable + " :", indented(width(test) + 1) + interruptible + tail],
            [test, indented(column) + killable + " : " + interruptible + tail],
            [test, indented(column) + killable + " :", indented(column) + interruptible + tail],
        ]
        for limit in (80, 100):
            for lines in layouts:
                if all(width(line) <= limit for line in lines):
                    return cut(lines, self.before, self.after)
        return cut(layouts[-1], self.before, self.after)

def cut(lines, before, after):
    text = "\n".join(lines)
    return text[len(before):len(text) - len(after)]

@script:python target@
fn << virtual.fn;
new << virtual.state;
inside;
state;
@@
settled.clear()
coccinelle.inside = fn
coccinelle.state = wanted = new

@script:python depends on wait_event_state@
@@
stateful["wait_event_interruptible"] = "wait_event_state"

@script:python depends on wait_for_completion_state@
@@
stateful["wait_for_completion_interruptible"] = "wait_for_completion_state"

// Primitives that have a form with a state.
@event@
identifier primitive = { wait_event_interruptible, wait_for_completion_interruptible };
position p : script:python(target.inside) { p[0].current_element in inside.split(",") };
position e;
@@
primitive@p(...)@e

// To leave out a match would leave out the target for all rules below: one that stays has no name.
@script:python stated@
p << event.p;
e << event.e;
callee;
text;
@@
sleep = Sleep(p[0], e[0])
stays = sleep.callee not in stateful or sleep.has_more
coccinelle.callee = nameless if stays else sleep.callee
coccinelle.text = nameless if stays else sleep.with_state(stateful[sleep.callee])

@in_state@
identifier stated.callee, stated.text;
position event.p;
@@
- callee@p(...)
+ text

// What the state decides about already.
@decided@
identifier target.state;
identifier primitive =~ "_interruptible";
position d;
expression E;
@@
state == TASK_KILLABLE ? E : primitive@d(...)

@decided_by_if@
identifier target.state;
identifier primitive =~ "_interruptible";
position d;
expression E;
statement S;
@@
(
if (state == TASK_KILLABLE) S else { <+... primitive@d(...) ...+> }
|
if (state == TASK_KILLABLE)
	return E;
return primitive@d(...);
)

@script:python@
d << decided.d;
@@
settled.add(place(d[0]))

@script:python@
d << decided_by_if.d;
@@
settled.add(place(d[0]))

@slept@
identifier primitive =~ "_interruptible";
position p : script:python(target.inside) { p[0].current_element in inside.split(",") and place(p[0]) not in settled };
position s, e;
expression r;
@@
(
r@s = primitive@p(...)@e;
|
return@s primitive@p(...)@e;
|
primitive@p@s(...)@e;
)

@script:python parted@
p << slept.p;
s << slept.s;
e << slept.e;
callee;
text;
@@
sleep = Sleep(p[0], e[0])
start = sleep.before[int(s[0].column):] if s[0].line == p[0].line else None
new = None
if sleep.may_change() and start is not None and sleep.is_statement(start):
    new = sleep.as_statement(start)
coccinelle.callee = sleep.callee if new else nameless
coccinelle.text = new or nameless

@parted_by_state@
identifier parted.callee, parted.text;
position slept.p;
expression r;
@@
(
- r = callee@p(...);
+ text;
|
- return callee@p(...);
+ text;
|
- callee@p(...);
+ text;
)

@script:python@
@@
settled.clear()

@decided_now@
identifier target.state;
identifier primitive =~ "_interruptible";
position d;
expression E;
@@
state == TASK_KILLABLE ? E : primitive@d(...)

@decided_now_by_if@
identifier target.state;
identifier primitive =~ "_interruptible";
position d;
expression E;
statement S;
@@
(
if (state == TASK_KILLABLE) S else { <+... primitive@d(...) ...+> }
|
if (state == TASK_KILLABLE)
	return E;
return primitive@d(...);
)

@script:python@
d << decided_now.d;
@@
settled.add(place(d[0]))

@script:python@
d << decided_now_by_if.d;
@@
settled.add(place(d[0]))

@operand@
identifier primitive =~ "_interruptible";
position p : script:python(target.inside) { p[0].current_element in inside.split(",") and place(p[0]) not in settled };
position e;
@@
primitive@p(...)@e

@script:python chosen@
p << operand.p;
e << operand.e;
callee;
text;
@@
sleep = Sleep(p[0], e[0])
changes = sleep.may_change()
coccinelle.callee = sleep.callee if changes else nameless
coccinelle.text = sleep.as_choice() if changes else nameless

@chosen_by_state@
identifier chosen.callee, chosen.text;
position operand.p;
@@
- callee@p(...)
+ text

// States by hand. What wakes others is meant for sleepers of that state.
@sleeps@
identifier target.state;
identifier f : script:python() { not wakes(f) };
expression list before, after;
position p : script:python(target.inside) { p[0].current_element in inside.split(",") };
@@
  f(before,
- TASK_INTERRUPTIBLE@p
+ state
  , after)

@assigned@
identifier target.state;
expression r;
position p : script:python(target.inside) { p[0].current_element in inside.split(",") };
@@
  r =
- TASK_INTERRUPTIBLE@p
+ state

@initialised@
identifier target.state;
type T;
identifier r;
position p : script:python(target.inside) { p[0].current_element in inside.split(",") };
@@
  T r =
- TASK_INTERRUPTIBLE@p
+ state
  ;

@pending@
symbol current;
identifier target.state;
position p : script:python(target.inside) { p[0].current_element in inside.split(",") };
@@
- signal_pending@p(current)
+ signal_pending_state(state, current)
