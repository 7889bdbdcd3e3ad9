// SPDX-License-Identifier: GPL-2.0-only
// What the rules of facts/on-signal.cocci have found, and the facts that follow from it.
// Needs text.cocci and conditions.cocci.

@initialize:python@
@@
import json

# What is known of the file at hand; places are (line, column).
source = None    # its path
calls = {}       # call of the sleep -> whether its result is looked at
variables = {}   # condition that tests a variable -> (its name, its test, what runs then)
tests = {}       # test that finds an error -> Test
dropped = set()  # (call, return) without mmap_lock since before the call
drops = set()    # (place where mmap_lock is dropped, return without it)
carried = set()  # (test, return) with the error in its variable all the way
unassigned = set()  # (test, return) with the returned variable not assigned on the way
values = {}      # return of a variable -> [(place of the assignment, value, translator or "")]
before = {}      # condition -> [(variable, value that it may hold there)]
asked_again = set()  # (call, the call that is made where its error is found)
exits = set()    # (test, return, expression, None); (test, return, value assigned, translator or "")
guards = set()   # (call, test of a fatal signal that comes later)
looks = {}       # condition that looks at the fatal signal -> what has to hold
leaving = set()  # those whose body returns
looked = set()   # jumps behind a look at the fatal signal
loops = set()    # calls that are reached again without a look at the signal
facts = set()
holders = set()

def begin():
    """Forgets the last file."""
    for kept in (calls, variables, tests, dropped, drops, carried, unassigned, values, before, asked_again,
                 exits, guards, looks, leaving, looked, loops, facts, holders):
        kept.clear()

class Test:
    def __init__(self, condition, body):
        self.condition = condition
        self.first = place(body)
        self.last = (int(body.line_end), int(body.column_end))
        self.calls = set()     # whose error it finds
        self.variable = None   # that holds the error
        self.guard = False     # it looks at signals
        self.fatal = False     # at the fatal one only
        self.error = None      # for this error only

    def holds(self, where):
        return self.first <= where <= self.last

def constant(text):
    return (text.isidentifier() and text.isupper() or text.isdigit() or text in ("false", "true") or
            text.startswith("-E") and text[1:].isupper())

def joined(tokens):
    """The text of an expression, a negative error without a blank."""
    return "".join(tokens) if tokens[:1] == ["-"] and len(tokens) == 2 else " ".join(tokens)

def restriction(tokens):
    """The error that a look at the fatal signal is limited to."""
    for part in parts(tokens, "&&"):
        if len(part) == 4 and part[1:3] == ["==", "-"]:
            return part[3]
    return None

def tell(call, where, **fact):
    behind = any(test.holds(drop) for test in tests.values() if call in test.calls
                 for drop, end in drops if end == where)
    fact.update(fact="on_signal", line=call[0],
                mmap_lock_dropped=(call, where) in dropped or behind)
    facts.add((call, json.dumps(fact)))

def outcomes(number, where, tokens, assigned=False):
    """What a return behind a test gives, or a value assigned there and then returned."""
    test = tests[number]
    if len(tokens) > 2 and tokens[0] == "(" and is_one(tokens):
        tokens = tokens[1:-1]
    text = joined(tokens)
    if constant(text):
        return [{"returns": text}]
    chosen = choice(tokens)
    if chosen:
        condition, true, false = chosen
        if condition == "fatal_signal_pending ( current )".split() and len(true) == len(false) == 1:
            return [{"guarded": true[0], "returns": false[0]}]
        if test.variable and subject(
                [token.replace("!=", "==") for token in condition]) == test.variable:
            value = false if "!=" in condition else true
            return [{"returns": value[0]}] if len(value) == 1 else [{"unknown": True}]
    holds = assigned or (number, where) in carried
    if test.variable and text == test.variable and holds:
        return [{"passes_error": True}]
    if test.variable and tokens[1:] == ["(", test.variable, ")"] and holds:
        return [{"translator": tokens[0]}]
    if assigned:
        return [{"unknown": True}]
    found = [(value, through) for at, value, through in values.get(where, []) if test.holds(at)]
    if (number, where) in unassigned:
        found += [(value, "") for name, value in before.get(test.condition, []) if name == text]
    result = []
    for value, through in found:
        result += translated(outcomes(number, where, value.split(), assigned=True), through)
    return result or [{"unknown": True}]

def translated(outcomes, through):
    """The same, handed to a translator where there is one."""
    if not through:
        return outcomes
    return [{"translator": through} if "passes_error" in fact else {"unknown": True}
            for fact in outcomes]

def tests_variable(where):
    """Whether a test there is one of the variable that holds the error."""
    name, number, _ = variables.get(where, (None, None, None))
    return number in tests and tests[number].variable == name

def looks_at_any_error(where):
    """Whether a condition there holds for every error when a fatal signal is pending."""
    return where in looks and all(part == "fatal_signal_pending(current)" or part in holders
                                  for part in looks[where])

def changed_by_test(where):
    return any(test.variable and test.holds(where) for test in tests.values())

def conclude():
    # A variable that is assigned behind the test, before the end of a loop.
    for where, assigned in values.items():
        for at, value, through in assigned:
            around = [number for number, test in tests.items() if test.holds(at)]
            if around:
                exits.add((max(around), where, value, through))
    for number, where, expression, through in exits:
        test = tests[number]
        found = outcomes(number, where, expression.split(), assigned=through is not None)
        found = translated(found, through)
        for call in test.calls:
            for fact in found:
                tell(call, where, **fact)
        if test.guard:
            for call, guard in guards:
                if guard == number:
                    for fact in found:
                        name = fact.get("guarded", fact.get("returns"))
                        limit = {"error": test.error} if test.error else {}
                        known = test.fatal and name
                        tell(call, where, **({"guarded": name, **limit} if known else fact))
    for call, later in sorted(asked_again, reverse=True):
        if call >= later:
            loops.add(call)
        for other, fact in list(facts):
            if other == later:
                facts.add((call, json.dumps({**json.loads(fact), "line": call[0]})))
    for call, looked_at in calls.items():
        if call in loops:
            tell(call, None, ignored=True, loops=True)
        elif not looked_at and not any(call == other for other, _ in facts):
            tell(call, None, ignored=True, loops=False)
