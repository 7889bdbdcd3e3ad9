// SPDX-License-Identifier: GPL-2.0-only
/// Sleep in the state that the caller asks for instead of always in
/// TASK_INTERRUPTIBLE.
//# FUNCTION has the parameter STATE, which is TASK_INTERRUPTIBLE or TASK_KILLABLE.
//# -D wait_event_state and -D wait_for_completion_state use these forms, which the
//# tree must have. -D primitives lets the state decide between each NAME and its
//# killable counterpart: give those whose counterpart the tree has.
//#
//# Wakers, comparisons with TASK_INTERRUPTIBLE, and calls with a comment among their
//# arguments, are left alone.
//
// Confidence: Moderate
// Options: --no-includes -D fn=FUNCTION -D state=STATE
//          -D wait_event_state
//          -D wait_for_completion_state
//          -D primitives=NAME,...
// Requires: 1.1.1

virtual wait_event_state
virtual wait_for_completion_state

@initialize:python@
@@
import re

given = set()   # primitives whose killable counterpart may be used
stateful = {}   # primitive -> its form with a state
settled = set() # places of calls that the state decides about already
wanted = ""     # name of the state

def place(position):
    return (int(position.line), int(position.column))

def lines_of(position):
    with open(position.file, encoding="latin-1") as source:
        return source.readlines()

def width(line):
    return len(line.expandtabs(8))

def indented(columns):
    tabs, blanks = divmod(columns, 8)
    return "\t" * tabs + " " * blanks

def top_level(code, separator):
    """The parts of an expression between separators that are in no parentheses or string."""
    parts, depth, start, at = [], 0, 0, 0
    while at < len(code):
        opaque = re.compile(r'"(\\.|[^"\\])*"|\x27(\\.|[^\x27\\])*\x27|/\*.*?\*/|//[^\n]*', re.S)
        opaque = opaque.match(code, at)
        if opaque:
            at = opaque.end()
            continue
        if depth == 0 and code.startswith(separator, at):
            parts.append(code[start:at])
            at += len(separator)
            start = at
        else:
            depth += (code[at] in "([{") - (code[at] in ")]}")
            at += 1
    return parts + [code[start:]]

def flat(code):
    code = re.sub(r"\s+", " ", code.strip())
    return re.sub(r"(?<=[(\[]) | (?=[)\]])", "", code)

def divided(argument, column, limit):
    """The lines of an argument that is too long for one, broken behind operators."""
    lines, indent, outer = [], column, 0
    inner = argument.startswith("(")
    while indent + len(argument) > limit:
        depth, at = outer, None
        for found in re.finditer(r"[(\[{]|[)\]}]|(?<= )(\?|&&|\|\||[=!<>]=|[<>])(?= )", argument):
            depth += (found[0] in "([{") - (found[0] in ")]}")
            if found[1] and depth <= inner and indent + found.end() <= limit:
                at, outer_now = found.end(), depth
        if at is None:
            break
        lines.append(indented(indent) + argument[:at])
        argument = argument[at + 1:]
        outer = outer_now
        indent = column + outer
    return lines + [indented(indent) + argument]

def filled(head, arguments, tail):
    """The lines of a call below its open parenthesis, as short as can be."""
    column = width(head)
    for limit, dividing in ((80, False), (100, False), (80, True), (100, True)):
        lines = [head]
        for index, argument in enumerate(arguments):
            piece = argument + ("," if index + 1 < len(arguments) else tail)
            joined = lines[-1] + (" " if index else "") + piece
            if index and width(joined) > limit:
                joined = indented(column) + piece
                lines.append(joined)
            lines[-1] = joined
            if dividing and width(joined) > limit:
                first, *others = divided(piece, column, limit)
                lines[-1:] = [joined[:len(joined) - len(piece)] + first.lstrip()] + others
        if all(width(line) <= limit for line in lines):
            return lines
    return None

def is_aligned(inside, column):
    """Whether the lines of arguments start below the open parenthesis, or further in."""
    depth, before = 0, ""
    for line in inside.split("\n"):
        code = line.strip()
        indent = width(line[:len(line) - len(line.lstrip())])
        if before and (indent < column or depth == 0 and before[-1] == "," and indent > column):
            return False
        depth += len(re.findall(r"[(\[{]", code)) - len(re.findall(r"[)\]}]", code))
        before = code
    return True

def called(head, name, arguments, tail, shift, limit):
    """The lines of a call, whose own lines are kept where they are within the limit. Their
    alignment moves by so many columns."""
    lines = []
    for line in ",".join(arguments).split("\n"):
        code = line.lstrip()
        if lines and code:
            line = indented(max(0, width(line[:len(line) - len(code)]) + shift)) + code
        lines.append(line)
    lines[0] = head + name + "(" + lines[0]
    lines[-1] += ")" + tail
    if all(width(line) <= limit for line in lines):
        return lines
    return filled(head + name + "(", [flat(argument) for argument in arguments], ")" + tail) or lines

class Sleep:
    """A call as it is written: primitive at one position, closing parenthesis at another."""
    def __init__(self, primitive, end):
        lines = lines_of(primitive)
        first, last = int(primitive.line) - 1, int(end.line) - 1
        self.earlier = "".join(lines[:first])
        self.before = lines[first][:int(primitive.column)]
        self.after = lines[last][int(end.column) + 1:].rstrip("\n")
        code = lines[first:last + 1]
        code[-1] = code[-1][:int(end.column)]
        code[0] = code[0][int(primitive.column):]
        self.primitive, self.inside = "".join(code).split("(", 1)
        self.killable = self.primitive.replace("interruptible", "killable")
        self.arguments = top_level(self.inside, ",")
        old = self.before + self.primitive + "(" + self.inside + ")" + self.after
        self.limit = 80 if all(width(line) <= 80 for line in old.split("\n")) else 100
        self.column = width(self.before + self.primitive + "(")
        if not is_aligned(self.inside, self.column):
            self.arguments = [" " * (index > 0) + flat(argument)
                              for index, argument in enumerate(self.arguments)]
        self.has_more = re.search(r"/\*|//|^\s*#", self.inside, re.M) is not None

    def may_change(self):
        return self.primitive in given and not self.has_more

    def is_statement(self, start):
        """Whether a statement that starts there is one of a block, not the body of an if."""
        text = self.earlier + self.before
        text = text[:len(text) - len(start)] if start else text
        text = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.S)
        text = re.sub(r"\n[ \t]*#[^\n]*(?=\n)", ";", text).rstrip()
        return text[-1:] in (";", "{", "}", ":")

    def with_state(self, name):
        """The call of a primitive that takes a state."""
        after = self.arguments[1:]
        own_line = (after and all(argument.startswith("\n") for argument in after) or
                    "\n" in self.arguments[-1].strip())
        last = ("\n" + indented(self.column) if own_line else " ") + wanted
        lines = called(self.before, name, self.arguments + [last], self.after,
                       len(name) - len(self.primitive), self.limit)
        return cut(lines, self.before, self.after)

    def as_statement(self, start):
        """Two statements instead of the one that starts with that text before the call."""
        indent = self.before[:len(self.before) - len(self.before.lstrip())]
        inner = indent + "\t" + start
        shift = 8 + len(self.killable) - len(self.primitive)
        first = called(inner, self.killable, self.arguments, ";", shift, self.limit)
        if start.startswith("return"):
            second = called(indent + start, self.primitive, self.arguments, ";", 0, self.limit)
            lines = first + [""] + second
        else:
            second = called(inner, self.primitive, self.arguments, ";", 8, self.limit)
            lines = first + [indent + "else"] + second
        return "if (" + wanted + " == TASK_KILLABLE)\n" + "\n".join(lines)[:-1]

    def as_choice(self):
        """A choice instead of the call."""
        before = self.before.rstrip()
        alone = (re.search(r"[(,]$|(?<![=!<>])=$|\breturn$", before) is not None and
                 re.match(r"\s*[),;]", self.after) is not None)
        head = self.before + ("" if alone else "(")
        tail = ("" if alone else ")") + self.after
        arguments = ", ".join(flat(argument) for argument in self.arguments)
        killable = self.killable + "(" + arguments + ")"
        interruptible = self.primitive + "(" + arguments + ")"
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

@script:python@
names << virtual.primitives;
@@
given.update(names.split(","))

// Primitives that have a form with a state.
@event@
position p : script:python(target.inside) { p[0].current_element == inside };
position e;
@@
(
wait_event_interruptible@p(...)@e
|
wait_for_completion_interruptible@p(...)@e
)

@script:python stated@
p << event.p;
e << event.e;
text;
@@
sleep = Sleep(p[0], e[0])
if sleep.primitive in stateful and not sleep.has_more:
    coccinelle.text = sleep.with_state(stateful[sleep.primitive])
else:
    cocci.include_match(False)

@in_state@
identifier stated.text;
position event.p;
@@
(
- wait_event_interruptible@p(...)
+ text
|
- wait_for_completion_interruptible@p(...)
+ text
)

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
position p : script:python(target.inside) { p[0].current_element == inside and place(p[0]) not in settled };
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
text;
@@
sleep = Sleep(p[0], e[0])
start = sleep.before[int(s[0].column):] if s[0].line == p[0].line else None
new = None
if sleep.may_change() and start is not None and sleep.is_statement(start):
    new = sleep.as_statement(start)
if new is None:
    cocci.include_match(False)
else:
    coccinelle.text = new

@parted_by_state@
identifier primitive =~ "_interruptible";
identifier parted.text;
position slept.p;
expression r;
@@
(
- r = primitive@p(...);
+ text;
|
- return primitive@p(...);
+ text;
|
- primitive@p(...);
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
position p : script:python(target.inside) { p[0].current_element == inside and place(p[0]) not in settled };
position e;
@@
primitive@p(...)@e

@script:python chosen@
p << operand.p;
e << operand.e;
text;
@@
sleep = Sleep(p[0], e[0])
if sleep.may_change():
    coccinelle.text = sleep.as_choice()
else:
    cocci.include_match(False)

@chosen_by_state@
identifier primitive =~ "_interruptible";
identifier chosen.text;
position operand.p;
@@
- primitive@p(...)
+ text

// States by hand. What wakes others is meant for sleepers of that state.
@sleeps@
identifier target.state;
identifier f !~ "wake_up|__wake|wakeup";
expression list before, after;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
  f(before,
- TASK_INTERRUPTIBLE@p
+ state
  , after)

@assigned@
identifier target.state;
expression r;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
  r =
- TASK_INTERRUPTIBLE@p
+ state

@initialised@
identifier target.state;
type T;
identifier r;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
  T r =
- TASK_INTERRUPTIBLE@p
+ state
  ;

@pending@
symbol current;
identifier target.state;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- signal_pending@p(current)
+ signal_pending_state(state, current)
