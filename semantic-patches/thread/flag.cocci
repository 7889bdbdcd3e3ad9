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
// Options: --no-includes -D fn=FUNCTION -D state=STATE -D flag=FLAG
//          -D word=WORD -D bit=BIT
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
clean = set()   # places of what may be printed anew: nothing in it would be lost
pattern = ""    # regular expression of what is written for it
wanted = ""     # name of the state

def place(position):
    return (int(position.line), int(position.column))

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
    """Whether nothing but && is between signal_pending(current), which is there, and the flag."""
    before, after = around(position)
    return (re.search(pattern + r"\s*&&\s*$", before) is not None or
            re.match(r"signal_pending\(current\)\s*&&\s*" + pattern, after) is not None)

def chooses(position):
    """Whether a ternary, whose second operand is there, has nothing between its operands."""
    before, after = around(position)
    return (re.search(pattern + r"\s*\?\s*$", before) is not None and
            re.match(r"\w+\s*:\s*\w+", after) is not None)

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
names << virtual.primitives;
@@
given.update(names.split(","))

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

// A chosen between two calls, or two values, that differ in the state only.
@pair@
expression target.asked;
position t : script:python(target.inside) { t[0].current_element == inside };
position e;
statement S1, S2;
@@
if@t (asked) S1 else S2@e

@script:python@
t << pair.t;
e << pair.e;
@@
if not has_more(text(t[0], e[0])):
    clean.add(place(t[0]))

@pair_to_state@
expression target.asked;
identifier target.state;
identifier f;
expression list before, after;
expression r;
position t : script:python(target.inside) { t[0].current_element == inside and place(t[0]) in clean };
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
position t : script:python(target.inside) { t[0].current_element == inside };
position e;
statement S1, S2;
@@
if@t (asked) S1 else S2@e

@script:python@
t << wait_pair.t;
e << wait_pair.e;
@@
if not has_more(text(t[0], e[0])):
    clean.add(place(t[0]))

@wait_pair_to_state depends on wait_event_state@
expression target.asked;
identifier target.state;
expression r, queue, condition, E;
position t : script:python(target.inside) { t[0].current_element == inside and place(t[0]) in clean };
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
position t : script:python(target.inside) { t[0].current_element == inside };
position e;
statement S1, S2;
@@
if@t (asked) S1 else S2@e

@script:python@
t << completion_pair.t;
e << completion_pair.e;
@@
if not has_more(text(t[0], e[0])):
    clean.add(place(t[0]))

@completion_pair_to_state depends on wait_for_completion_state@
expression target.asked;
identifier target.state;
expression r, done;
position t : script:python(target.inside) { t[0].current_element == inside and place(t[0]) in clean };
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
position p : script:python(target.inside) { p[0].current_element == inside and chooses(p[0]) };
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
position p : script:python(target.inside) { p[0].current_element == inside and chooses(p[0]) };
position c, e;
@@
f@c(before, ((asked) ? TASK_INTERRUPTIBLE@p : TASK_UNINTERRUPTIBLE), after)@e

@script:python@
c << argument.c;
e << argument.e;
@@
if not has_more(text(c[0], e[0])):
    clean.add(place(c[0]))

@argument_to_state@
expression target.asked;
identifier target.state;
identifier f;
expression list before, after;
position c : script:python(target.inside) { c[0].current_element == inside and place(c[0]) in clean };
@@
- f@c(before, ((asked) ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE), after)
+ f(before, state, after)

@ternary_to_state@
expression target.asked;
identifier target.state;
position p : script:python(target.inside) { p[0].current_element == inside and chooses(p[0]) };
@@
- ((asked) ? TASK_INTERRUPTIBLE@p : TASK_UNINTERRUPTIBLE)
+ state

@pending_to_state@
symbol current;
expression target.asked;
identifier target.state;
expression E;
position p : script:python(target.inside) { p[0].current_element == inside and is_next_to_flag(p[0]) };
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
@branch@
expression target.asked;
position t : script:python(target.inside) { t[0].current_element == inside };
position c, s, e;
statement S1, S2;
@@
(
if@t (asked@c) S1@s else S2@e
|
if@t (asked@c) S1@s
)

// The name is the text of a condition, a copy of the branch, and the condition of the branch
// itself: so every line stays as it is written, and no "else if" is laid out by spatch.
@script:python copied@
t << branch.t;
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
    closed = copy.startswith("{")
    head = wanted + " == TASK_KILLABLE)" + (" " if closed else "\n" + indent + "\t") + copy
    tail = "\n" + indent if alone or not closed else " "
    tail += "" if alone else "else "
    coccinelle.chosen = head + tail + "if (" + wanted + " == TASK_INTERRUPTIBLE"

@branch_by_state@
expression target.asked;
identifier copied.chosen;
position branch.c;
@@
- asked@c
+ chosen
