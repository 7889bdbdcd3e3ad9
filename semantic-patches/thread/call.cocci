// SPDX-License-Identifier: GPL-2.0-only
/// Call the form that takes a task state and pass the state on.
//# In FUNCTION, calls of CALLEE become calls of RENAMED:
//# -D index=N -D flag=FLAG: where argument N, counted from 0, is FLAG or true, it
//# becomes VALUE. All other calls (with false, say) are left alone. FLAG may be an
//# expression, and !!(FLAG) is the same.
//# -D index=N -D context_field=FIELD -D to=MEMBER: argument N is that field of a
//# context, x->FIELD, or x && x->FIELD where there may be no context. The context's
//# MEMBER, or TASK_UNINTERRUPTIBLE where there is none, goes there. With
//# -D context=STRUCT x must be known as a struct STRUCT.
//# -D index=N -D bit=BIT [-D flag=FLAG]: argument N is a flag word; BIT, or FLAG, is
//# taken out of it, and VALUE becomes a new last argument.
//# -D append: VALUE becomes a new last argument.
//#
//# -D field_call: CALLEE is the field of an object and keeps its name. In argument N
//# FLAG becomes VALUE, true and false become states, and anything else decides between
//# the two.
//#
//# -D rows=ROW,...: many calls in many functions, each ROW instead of the options:
//# FUNCTION:CALLEE:RENAMED:VALUE:N:FLAG:BIT. Where N is empty, VALUE is appended. Calls
//# inside of others that change are left alone.
//
// Confidence: High
// Options: --no-includes -D fn=FUNCTION,... -D callee=CALLEE -D renamed=RENAMED -D value=VALUE
//          -D index=N -D flag=FLAG -D bit=BIT
//          -D context_field=FIELD -D to=MEMBER -D context=STRUCT
//          -D append -D field_call
//          -D rows=ROW,...
// Requires: 1.1.1

// Run it in semantic-patches/, where spatch finds what is included.
#include "include/text.cocci"
#include "include/layout.cocci"

virtual append
virtual field_call

@initialize:python@
@@
import re

class Task:
    """What is asked for in a function, about calls of one callee."""
    def __init__(self, renamed="", value="", index="", flag="", bit=""):
        self.renamed, self.value, self.bit = renamed, value, bit
        self.index = int(index) if index else -1
        self.flag = bare(flag)
        self.append = not index
        self.context = self.context_field = self.to = ""

tasks = {}      # function and callee -> Task
through_field = False
calls = []      # those that change
known = set()   # places of arguments that are a field of the right struct

GAP = r"(?:\s|/\*.*?\*/|//[^\n]*\n)*"

def core(argument):
    """Where an argument starts and ends, without blanks and comments around it."""
    start = re.match(GAP, argument, re.S).end()
    end = start + len(re.sub(GAP + r"\Z", "", argument[start:], flags=re.S))
    return start, end

def bare(code):
    return re.sub(r"\s+", "", code)

def is_flag(task, argument):
    return task.flag and bare(argument) in (task.flag, "(%s)" % task.flag, "!!(%s)" % task.flag,
                                            "!!" + task.flag)

def from_context(task, argument, place_of):
    """The state in the context whose flag the argument is; None where it is something else."""
    parts = argument.split("&&")
    found = re.fullmatch(r"\s*([\w.>\[\]-]+?)(->|\.)" + task.context_field, parts[-1])
    if not found or len(parts) > 2:
        return None
    where = place_of(len(argument) - len(parts[-1]) + found.start(1))
    if task.context and where not in known:
        return None
    member = found[1] + found[2] + task.to
    if len(parts) == 1:
        return member
    if parts[0].strip() != found[1]:
        return None
    return found[1] + " ? " + member + " : TASK_UNINTERRUPTIBLE"

def without_bit(task, argument):
    """The flag word without what the state says; None where that is not in it."""
    operands = [operand.strip() for operand in top_level(argument, "|")]
    kept = [operand for operand in operands if operand != task.bit and not is_flag(task, operand)]
    if len(kept) == len(operands) or "" in operands:
        return None
    return " | ".join(kept) or "0"

def passed(task, argument, place_of):
    """What stands for argument N in the new call; None where the call is to stay."""
    if task.context_field:
        return from_context(task, argument, place_of)
    if task.bit:
        return without_bit(task, argument)
    return task.value if is_flag(task, argument) or argument == "true" else None

def passed_to_field(task, argument):
    """What stands for an argument that was a flag; None where it is a state already."""
    if "TASK_" in argument or argument == task.value:
        return None
    if task.flag and is_flag(task, argument):
        return task.value
    if argument in ("true", "1"):
        return "TASK_INTERRUPTIBLE"
    if argument in ("false", "0"):
        return "TASK_UNINTERRUPTIBLE"
    if not re.fullmatch(r"!?[\w.>\[\]-]+|\w+\([^()]*\)", argument):
        argument = "(" + argument + ")"
    return argument + " ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE"

class Call(WrittenCall):
    """A call, and what it becomes."""
    def __init__(self, callee, end):
        super().__init__(callee, end)
        self.start, self.end = place(callee), place(end)
        self.task = task = tasks[callee.current_element, self.callee]
        self.arguments = top_level(self.inside, ",") if self.inside.strip() else []
        self.ok = True
        if task.index >= 0:
            self.replace(task.index)
        if self.ok and (task.append or task.bit):
            self.arguments.append((" " if self.arguments else "") + task.value)

    def replace(self, index):
        if index >= len(self.arguments):
            self.ok = False
            return
        argument = self.arguments[index]
        start, end = core(argument)
        before = ",".join(self.arguments[:index] + [argument[:start]])
        def place_of(offset):
            code = self.callee + "(" + before + argument[start:start + offset]
            row = code.count("\n")
            column = len(code) - code.rfind("\n") - 1 if row else self.start[1] + len(code)
            return (self.start[0] + row, column)
        new = (passed_to_field(self.task, argument[start:end]) if through_field else
               passed(self.task, argument[start:end], place_of))
        if new is None:
            self.ok = False
        else:
            self.arguments[index] = argument[:start] + new + argument[end:]

    def name(self):
        return self.callee if through_field else self.task.renamed

    def written(self, callee, growth):
        """The new call. Its lines stay as they are where they can. What stands before it in its
        line has grown."""
        on_one_line = None if growth else self.joined(callee, self.arguments)
        if on_one_line:
            return on_one_line
        inside = ",".join(self.arguments)
        shift = len(callee) - len(self.callee) + growth
        head = self.before + " " * growth + callee + "("
        lines, depth, moved, crooked = [], 0, shift, False
        for line in inside.split("\n"):
            code = line.lstrip()
            if lines and code:
                indent = width(line[:len(line) - len(code)])
                if depth == 0:
                    below = indent < self.column or lines[-1].rstrip().endswith(",")
                    moved = self.column + shift - indent if below else shift
                crooked = crooked or indent + moved < self.column + shift
                line = indented(max(0, indent + moved)) + code
            lines.append(line)
            depth += len(re.findall(r"[(\[{]", code)) - len(re.findall(r"[)\]}]", code))
        lines[0] = head + lines[0]
        lines[-1] += ")" + self.after
        too_long = any(width(line) > self.limit for line in lines)
        if (crooked or too_long) and not has_more(inside):
            arguments = [flat(argument) for argument in self.arguments]
            lines = filled(head, arguments, ")" + self.after) or lines
        text = "\n".join(lines)
        return text[len(self.before) + growth:len(text) - len(self.after)]

def changes(position):
    """Whether a call changes that starts there, and is in no other that does."""
    changing = [call for call in calls if call.ok]
    return any(call.start == place(position) and
               not any(other.start < call.start and call.end < other.end for other in changing)
               for call in changing)

def new_text(position):
    """The call that starts there, written anew. Calls before it in its line change, too."""
    call = next(call for call in calls if call.start == place(position))
    growth = 0
    for other in sorted(calls, key=lambda other: other.start):
        if other.ok and other.end[0] == call.start[0] and other.end < call.start:
            text = other.written(other.name(), 0)
            growth += len(text) - len(other.callee + "(" + other.inside + ")")
    return call.written(call.name(), growth)

@script:python depends on field_call@
@@
through_field = True

@script:python target@
fn << virtual.fn = "";
callee << virtual.callee = "";
renamed << virtual.renamed = "";
value << virtual.value = "";
index << virtual.index = "";
flag << virtual.flag = "";
bit << virtual.bit = "";
context << virtual.context = "";
context_field << virtual.context_field = "";
to << virtual.to = "";
table << virtual.rows = "";
inside;
@@
calls.clear()
known.clear()
tasks.clear()
for function in fn.split(","):
	task = tasks[function, callee] = Task(renamed, value, index, flag, bit)
	task.context, task.context_field, task.to = context, context_field, to
for row in table.split(",") if table else []:
	function, called_one, *asked = row.split(":")
	tasks[function, called_one] = Task(*asked)
coccinelle.inside = ",".join(function for function, _ in tasks)

// The field of a context is known by the type of its object.
@typed@
identifier virtual.context, virtual.context_field;
struct context *x;
struct context y;
position a : script:python(target.inside) { a[0].current_element in inside.split(",") };
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

@found depends on !field_call@
identifier callee;
position p : script:python(target.inside) { p[0].current_element in inside.split(",") };
position e;
@@
callee@p(...)@e

@found_in_field depends on field_call@
identifier virtual.callee;
expression object;
position p : script:python(target.inside) { p[0].current_element in inside.split(",") };
position e;
@@
(
object->callee@p(...)@e
|
object.callee@p(...)@e
)

@script:python@
p << found.p;
e << found.e;
callee << found.callee;
@@
if (p[0].current_element, callee) in tasks:
	calls.append(Call(p[0], e[0]))

@script:python@
p << found_in_field.p;
e << found_in_field.e;
@@
calls.append(Call(p[0], e[0]))

@changing depends on !field_call@
identifier callee;
position p : script:python() { changes(p[0]) };
@@
callee@p(...)

@script:python changed@
p << changing.p;
text;
@@
coccinelle.text = new_text(p[0])

@change@
identifier changing.callee;
identifier changed.text;
position changing.p;
@@
- callee@p(...)
+ text

@changing_in_field depends on field_call@
identifier virtual.callee;
expression object;
position p : script:python() { changes(p[0]) };
@@
(
object->callee@p(...)
|
object.callee@p(...)
)

@script:python changed_in_field@
p << changing_in_field.p;
text;
@@
coccinelle.text = new_text(p[0])

// The new name has the arguments in it.
@change_in_field@
identifier virtual.callee;
identifier changed_in_field.text;
expression object;
position changing_in_field.p;
@@
(
- object->callee@p(...)
+ object->text
|
- object.callee@p(...)
+ object.text
)
