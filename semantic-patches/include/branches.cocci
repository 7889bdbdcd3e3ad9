// SPDX-License-Identifier: GPL-2.0-only
// What a flag decides that stands for a state: a value, a look at signals, a branch.
// Needs text.cocci, layout.cocci and primitives.cocci.

@initialize:python@
@@
import re

pattern = ""    # regular expression of what is written for the flag

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

def shorter(callee, end, state_of):
    """The call that is there, with the state for what is written to choose one, on one line: where
    it has several, and only now fits. None otherwise."""
    choice = r"\s*\(?" + pattern + r"\s*\?\s*TASK_INTERRUPTIBLE\s*:\s*TASK_UNINTERRUPTIBLE\)?\s*"
    call = WrittenCall(callee, end)
    arguments = [state_of(argument) if re.fullmatch(choice, argument) else argument
                 for argument in top_level(call.inside, ",")]
    return call.joined(call.callee, arguments)

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
                       limit_of(code[first:last]))
        at = first + len(lines[0])
        code = code[:first] + "\n".join(lines) + code[last:]
    if at == start:
        return None
    code = re.sub(r"\bTASK_INTERRUPTIBLE\b", "TASK_KILLABLE", code[start:])
    code = re.sub(r"\bsignal_pending\b", "fatal_signal_pending", code)
    return None if re.search(r"\btrue\b|interruptible", code, re.I) else code

class Branch:
    """A branch for the flag, with primitives that have no form that takes a state. It starts at
    one position, its statement at another; an else is one more."""
    def __init__(self, start, statement, otherwise):
        line = around(start)[0].split("\n")[-1]
        self.indent = line[:len(line) - len(line.lstrip())]
        code = written(statement, statement)
        self.copy = killable(code, around(statement)[0].split("\n")[-1])
        outside = code_before(start)
        self.alone = not otherwise and ends_statement(outside)
        chained = (otherwise or re.search(r"\belse$", outside) and
                   not re.match(r"(if|for|while|do)\b", self.copy or ""))
        self.may_change = (self.copy is not None and not has_more(code) and
                           not has_directive(written(start, otherwise or statement)) and
                           bool(self.alone or chained))

    def with_copy(self, state):
        """The text of a condition, a copy of the branch, and the condition of the branch itself:
        so every line stays as it is written, and no "else if" is laid out by spatch."""
        closed = self.copy.startswith("{")
        head = state + " == TASK_KILLABLE)" + (" " if closed else "\n" + self.indent + "\t")
        tail = "\n" + self.indent if self.alone or not closed else " "
        tail += "" if self.alone else "else "
        return head + self.copy + tail + "if (" + state + " == TASK_INTERRUPTIBLE"
