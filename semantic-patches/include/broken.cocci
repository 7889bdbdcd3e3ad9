// SPDX-License-Identifier: GPL-2.0-only
// Whether a call is broken into lines, and can be printed anew.

@initialize:python@
@@
def is_broken(end, name):
    """Whether the call of name that ends there takes several lines, without a comment to lose."""
    with open(end.file, encoding="latin-1") as source:
        lines = source.readlines()[:int(end.line)]
    first = max(at for at, line in enumerate(lines) if name in line)
    lines = lines[first:]
    return len(lines) > 1 and not any("/*" in line or "//" in line for line in lines)

def fits(argument):
    """Whether an argument can be printed on one line."""
    first, last = int(argument.line), int(argument.line_end)
    with open(argument.file, encoding="latin-1") as source:
        lines = source.readlines()[first - 1:last]
    return first == last or len(" ".join(line.strip() for line in lines)) <= 60
