// SPDX-License-Identifier: GPL-2.0-only
// What is written at a position. Files are read as Latin-1: spatch's columns count bytes, and not
// all of the kernel is UTF-8.

@initialize:python@
@@
import re

def place(position):
    return (int(position.line), int(position.column))

def lines_of(position):
    with open(position.file, encoding="latin-1") as source:
        return source.readlines()

def written(first, last):
    """What is written from the first position to the last."""
    lines = lines_of(first)[int(first.line) - 1:int(last.line_end)]
    lines[-1] = lines[-1][:int(last.column_end)]
    lines[0] = lines[0][int(first.column):]
    return "".join(lines)

def around(position):
    """What is written before a position, and what from there on."""
    lines = lines_of(position)
    line, column = int(position.line) - 1, int(position.column)
    return ("".join(lines[max(0, line - 3):line]) + lines[line][:column],
            lines[line][column:] + "".join(lines[line + 1:line + 4]))

def statements(code):
    """The code without comments, and with directives as ends of statements."""
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", code, flags=re.S)
    return re.sub(r"\n[ \t]*#[^\n]*(?=\n)", ";", code).rstrip()

def code_before(position):
    """What is written before a position, without comments."""
    lines = lines_of(position)[:int(position.line)]
    return statements("".join(lines[:-1]) + lines[-1][:int(position.column)])

def ends_statement(code):
    """Whether a statement may follow that is one of a block, not the body of an if."""
    return code[-1:] in (";", "{", "}", ":")

def has_directive(code):
    return re.search(r"^\s*#", code, re.M) is not None

def has_more(code):
    """Whether there is something that a new print of the code would lose."""
    return "/*" in code or "//" in code or has_directive(code)
