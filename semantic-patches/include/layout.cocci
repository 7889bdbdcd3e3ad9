// SPDX-License-Identifier: GPL-2.0-only
// Calls, taken apart and laid out as text: so that lines that fit stay as they are written.
// Needs text.cocci.

@initialize:python@
@@
import re

nameless = "_"  # the name of no function

def width(line):
    return len(line.expandtabs(8))

def indented(columns):
    tabs, blanks = divmod(columns, 8)
    return "\t" * tabs + " " * blanks

def limit_of(code):
    """The columns that its new lines may take: more than 80 only where it does so already."""
    return 80 if all(width(line) <= 80 for line in code.split("\n")) else 100

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

class WrittenCall:
    """A call as it is written: callee at one position, closing parenthesis at another."""
    def __init__(self, callee, end):
        lines = lines_of(callee)
        first, last = int(callee.line) - 1, int(end.line) - 1
        self.before = lines[first][:int(callee.column)]
        self.after = lines[last][int(end.column) + 1:].rstrip("\n")
        code = lines[first:last + 1]
        code[-1] = code[-1][:int(end.column)]
        code[0] = code[0][int(callee.column):]
        self.callee, self.inside = "".join(code).split("(", 1)
        self.column = width(self.before + self.callee + "(")
        self.limit = limit_of(self.before + self.callee + "(" + self.inside + ")" + self.after)

    def joined(self, callee, arguments):
        """The call with another name and arguments on one line, where it has several because it did
        not fit, and now does. None otherwise."""
        def written(name, parts):
            return name + "(" + ", ".join(flat(part) for part in parts) + ")"
        def fits(text):
            return width(self.before + text + self.after) <= 80
        was, new = written(self.callee, top_level(self.inside, ",")), written(callee, arguments)
        broken = "\n" in self.inside and not has_more(self.inside)
        return new if broken and fits(new) and not fits(was) else None
