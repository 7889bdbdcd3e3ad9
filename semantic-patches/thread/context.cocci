// SPDX-License-Identifier: GPL-2.0-only
/// Keep the state to sleep in in a context instead of a flag that decides between
/// TASK_INTERRUPTIBLE and TASK_UNINTERRUPTIBLE.
//# FIELD of struct CONTEXT was the flag; its definition has the state TO instead. In
//# FUNCTION (or, where none is given, in the whole file) what sets and what reads the
//# field is converted. A value that is FLAG becomes VALUE.
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
//          -D primitives=NAME,...
// Requires: 1.1.1

@initialize:python@
@@
import re

given = set()   # primitives whose killable counterpart may be used
passed = set()  # places of fields in arguments or values
sleepy = set()  # places of fields in tests that guard something that sleeps
tests = set()   # places of fields in tests
known = set()   # places of fields that are read

class Task:
    """What the options ask for."""
    function = ""
    flag = ""
    value = ""
    member = ""

task = Task()
read = ""       # regular expression of what reads the field

def place(position):
    return (int(position.line), int(position.column))

def is_inside(position):
    return task.function in ("", position.current_element)

def text(first, last):
    """What is written from the first position to the last."""
    with open(first.file, encoding="latin-1") as source:
        lines = source.readlines()[int(first.line) - 1:int(last.line_end)]
    lines[-1] = lines[-1][:int(last.column_end)]
    lines[0] = lines[0][int(first.column):]
    return "".join(lines)

def around(position):
    """What is written before a position, and what from there on."""
    with open(position.file, encoding="latin-1") as source:
        lines = source.readlines()
    line, column = int(position.line) - 1, int(position.column)
    return ("".join(lines[max(0, line - 3):line]) + lines[line][:column],
            lines[line][column:] + "".join(lines[line + 1:line + 4]))

def has_directive(code):
    return re.search(r"^\s*#", code, re.M) is not None

def has_more(code):
    """Whether there is something that a new print of the code would lose."""
    return "/*" in code or "//" in code or has_directive(code)

def is_next_to_flag(position):
    """Whether nothing but && is between signal_pending(current), which is there, and the field."""
    before, after = around(position)
    return (re.search(read + r"\)?\s*&&\s*$", before) is not None or
            re.match(r"signal_pending\(current\)\s*&&\s*\(?" + read, after) is not None)

def chooses(position):
    """Whether a ternary, whose second operand is there, has nothing between its operands."""
    before, after = around(position)
    return (re.search(read + r"\)?\s*\?\s*$", before) is not None and
            re.match(r"\w+\s*:\s*\w+", after) is not None)

def as_state(position):
    """The state for the value that is written there; None where it would lose a comment."""
    value = text(position, position)
    if has_more(value):
        return None
    value = re.sub(r"\s+", " ", value)
    if value == task.flag:
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

def is_test(position):
    """Whether the field there is all of an operand of a logical operator, or of a condition."""
    before, after = around(position)
    field = re.match(read, after)
    return (field is not None and
            re.search(r"(&&|\|\||[(!])\s*$", before) is not None and
            re.match(r"\s*(\)|&&|\|\|)", after[field.end():]) is not None)

def may_be_tested(position):
    return (place(position) in tests - passed - sleepy) and is_test(position)

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

def closing(code, opening):
    """Where the parenthesis is closed that is open there."""
    parts = top_level(code[opening + 1:] + ")", ")")
    return opening + 1 + len(parts[0])

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

def code_before(position):
    """What is written before a position, without comments; directives end statements, too."""
    with open(position.file, encoding="latin-1") as source:
        lines = source.readlines()[:int(position.line)]
    before = "".join(lines[:-1]) + lines[-1][:int(position.column)]
    before = re.sub(r"/\*.*?\*/|//[^\n]*", "", before, flags=re.S)
    return re.sub(r"\n[ \t]*#[^\n]*(?=\n)", ";", before).rstrip()

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

def killable(code, before):
    """The code, which stands behind other text in its line, with killable primitives. None where
    one has no such form, or there is none."""
    start = len(before)
    code = before + code
    at = start
    while True:
        found = re.compile(r"\b(\w+_interruptible\w*)(\()").search(code, at)
        if not found:
            break
        if found[1] not in given:
            return None
        inside = code[found.end():closing(code, found.start(2))]
        first = code.rfind("\n", 0, found.start()) + 1
        end = found.end() + len(inside)
        last = (code + "\n").index("\n", end)
        head = code[first:found.start()]
        inside = re.sub(r"(?<=\w)\*(?=\w)", " * ", inside)
        arguments = top_level(inside, ",")
        if not is_aligned(inside, width(code[first:found.end()])):
            arguments = [" " * (index > 0) + flat(argument)
                         for index, argument in enumerate(arguments)]
        lines = called(head, found[1].replace("interruptible", "killable"), arguments,
                       code[end + 1:last], len("killable") - len("interruptible"),
                       80 if all(width(line) <= 80 for line in code[first:last].split("\n")) else 100)
        at = first + len(lines[0])
        code = code[:first] + "\n".join(lines) + code[last:]
    if at == start:
        return None
    code = re.sub(r"\bTASK_INTERRUPTIBLE\b", "TASK_KILLABLE", code[start:])
    code = re.sub(r"\bsignal_pending\b", "fatal_signal_pending", code)
    return None if re.search(r"\btrue\b|interruptible", code, re.I) else code

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
field_name << virtual.context_field;
to << virtual.to;
@@
task.member = to
for places in (known, passed, sleepy, tests):
    places.clear()
read = r"[\w.>\[\]-]+?(?:->|\.)" + field_name + r"\b"

@script:python@
names << virtual.primitives;
@@
given.update(names.split(","))

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

// The name is the text of a condition, a copy of the branch, and the condition of the branch
// itself: so every line stays as it is written, and no "else if" is laid out by spatch.
@script:python copied@
t << branch.t;
c << branch.c;
s << branch.s;
e << branch.e = [];
chosen;
@@
before, _ = around(t[0])
line = before.split("\n")[-1]
indent = line[:len(line) - len(line.lstrip())]
copy = killable(text(s[0], s[0]), around(s[0])[0].split("\n")[-1])
outside = code_before(t[0])
alone = not e and outside[-1:] in (";", "{", "}", ":")
chained = e or re.search(r"\belse$", outside) and not re.match(r"(if|for|while|do)\b", copy or "")
if (copy is None or has_more(text(s[0], s[0])) or
        has_directive(text(t[0], e[0] if e else s[0])) or
        not (alone or chained)):
    cocci.include_match(False)
else:
    state = re.sub(r"\w+$", task.member, re.match(read, around(c[0])[1])[0])
    closed = copy.startswith("{")
    head = state + " == TASK_KILLABLE)" + (" " if closed else "\n" + indent + "\t") + copy
    tail = "\n" + indent if alone or not closed else " "
    tail += "" if alone else "else "
    coccinelle.chosen = head + tail + "if (" + state + " == TASK_INTERRUPTIBLE"

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
identifier f !~ "WARN|BUG_ON|^(un)?likely$";
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
identifier f =~ "WARN|BUG_ON";
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
if re.search(r"interruptible|signal_pending|\btrue\b", text(t[0], s[0]), re.I):
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
