// SPDX-License-Identifier: GPL-2.0-only
// Conditions of C, as lists of tokens: spatch prints expressions with a blank between tokens.

@initialize:python@
@@
failures = [["!=", "0"], ["<", "0"]]  # what says behind a value that it is an error

def is_one(tokens):
    """A name, a call or a parenthesis, and nothing after it."""
    depth = 0
    for index, token in enumerate(tokens):
        depth += (token == "(") - (token == ")")
        if depth == 0 and index + 1 < len(tokens) and not (index == 0 and tokens[1] == "("):
            return False
    return True

def parts(tokens, operator):
    """The operands of an operator that is not inside parentheses."""
    found, depth = [[]], 0
    for token in tokens:
        depth += (token in "([{") - (token in ")]}")
        if token == operator and depth == 0:
            found.append([])
        else:
            found[-1].append(token)
    return found

def choice(tokens):
    """The condition and the two values of C ? A : B, or None: neither of them is a choice itself."""
    operands = parts(tokens, "?")
    values = parts(operands[-1], ":")
    return (operands[0], *values) if len(operands) == len(values) == 2 else None

def bare(tokens):
    """What stands in unlikely() and parentheses."""
    while tokens and tokens[0] in ("unlikely", "(") and is_one(tokens):
        tokens = tokens[1:] if tokens[0] == "unlikely" else tokens[1:-1]
    return tokens

def subject(tokens):
    """Whose failure a condition tests: the name of a variable or of a call, or None."""
    while True:
        tokens = bare(tokens)
        if not tokens:
            return None
        if tokens[-2:] in failures and is_one(tokens[:-2]):
            tokens = tokens[:-2]
        elif tokens[:2] in (["0", "!="], ["0", ">"]) and is_one(tokens[2:]):
            tokens = tokens[2:]
        else:
            break
    either = parts(tokens, "||")
    if len(either) > 1:
        names = {subject(part) for part in either}
        return names.pop() if len(names) == 1 else None
    both = parts(tokens, "&&")
    if len(both) > 1:
        names = [subject(part) for part in both]
        if "fatal_signal_pending" in names:
            return "fatal_signal_pending"
        return next((name for name in names if name), None)
    if len(tokens) == 4 and tokens[0] == "-" and tokens[2] == "==":
        tokens = [tokens[3], "==", "-", tokens[1]]
    if len(tokens) == 4 and tokens[1:3] == ["==", "-"]:
        return tokens[0] if tokens[3] in ("EINTR", "ERESTARTSYS") else None
    if len(tokens) > 2 and tokens[1] == "=":
        tokens = tokens[2:]
    if is_one(tokens) and tokens[0].isidentifier():
        return tokens[0]
    return None

def denied(tokens):
    """The name of the variable or of the call whose "false" a condition tests, or None."""
    tokens = bare(tokens)
    if tokens[-2:] in (["==", "0"], ["==", "false"]) and is_one(tokens[:-2]):
        return subject(tokens[:-2])
    return subject(tokens[1:]) if tokens[:1] == ["!"] and is_one(tokens[1:]) else None
