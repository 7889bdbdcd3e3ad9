// SPDX-License-Identifier: GPL-2.0-only
/// Says what a function does when a sleep that it calls reports a signal.
//# Prints JSON, one object per line, for each way out of FUNCTION behind a call of
//# SLEEP: {"fact": "on_signal", "function", "sleep", "line" of the call} and one of
//#   "returns": NAME           a constant (or a number, as text)
//#   "passes_error": true      the error itself
//#   "translator": NAME        what NAME(error) returns: see translate.cocci
//#   "ignored": true           nobody looks; "loops": true when it sleeps again
//#   "guarded": NAME           returned when a fatal signal is pending; with "error":
//#                             NAME only for that error
//#   "unknown": true           something else
//# and "file", and "mmap_lock_dropped": whether that may be so there. Nothing is printed for a
//# call whose result is used in a way that is not understood.
//
// Confidence: Moderate
// Options: --no-includes -D fn=FUNCTION -D sleep=SLEEP
// Requires: 1.1.1

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
looked = set()   # jumps behind a look at the fatal signal
loops = set()    # calls that are reached again without a look at the signal
facts = set()
holders = set()

def begin():
    """Forgets the last file."""
    for kept in (calls, variables, tests, dropped, drops, carried, unassigned, values, before, asked_again,
                 exits, guards, looked, loops, facts, holders):
        kept.clear()

def place(position):
    return (int(position.line), int(position.column))

class Test:
    def __init__(self, condition, body):
        self.condition = condition
        self.first = int(body.line)
        self.last = int(body.line_end)
        self.calls = set()     # whose error it finds
        self.variable = None   # that holds the error
        self.guard = False     # it looks at signals
        self.fatal = False     # at the fatal one only
        self.error = None      # for this error only

    def holds(self, where):
        return self.first <= where[0] <= self.last

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
        depth += (token == "(") - (token == ")")
        if token == operator and depth == 0:
            found.append([])
        else:
            found[-1].append(token)
    return found

def subject(tokens):
    """Whose failure a condition tests: the name of a variable or of a call, or None."""
    while True:
        if not tokens:
            return None
        if tokens[-2:] in (["!=", "0"], ["<", "0"], ["<=", "0"]) and is_one(tokens[:-2]):
            tokens = tokens[:-2]
        elif tokens[0] == "unlikely" and is_one(tokens):
            tokens = tokens[1:]
        elif tokens[0] == "(" and is_one(tokens):
            tokens = tokens[1:-1]
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
    if len(tokens) == 4 and tokens[1:3] == ["==", "-"]:
        return tokens[0] if tokens[3] in ("EINTR", "ERESTARTSYS") else None
    if len(tokens) > 2 and tokens[1] == "=":
        tokens = tokens[2:]
    if is_one(tokens) and tokens[0].isidentifier():
        return tokens[0]
    return None

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
    if tokens[0] == "fatal_signal_pending" and "?" in tokens:
        return [{"guarded": tokens[tokens.index("?") + 1], "returns": tokens[-1]}]
    if test.variable and "?" in tokens:
        condition, branches = parts(tokens, "?")
        if subject([token.replace("!=", "==") for token in condition]) == test.variable:
            chosen = parts(branches, ":")["!=" in condition]
            return [{"returns": " ".join(chosen)}] if len(chosen) == 1 else [{"unknown": True}]
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

@script:python target@
fn << virtual.fn;
inside;
@@
begin()
coccinelle.inside = fn

@asleep@
identifier virtual.sleep;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
sleep@p(...)

@script:python@
p << asleep.p;
@@
source = p[0].file
calls[place(p[0])] = True

@alone@
identifier virtual.sleep;
position p : script:python() { place(p[0]) in calls };
@@
\(sleep@p(...);\|(void)sleep@p(...);\)

@script:python@
p << alone.p;
@@
calls[place(p[0])] = False

// mmap_lock is dropped before the sleep, or behind it, and not taken again.
@dropped_before exists@
expression E;
identifier virtual.sleep;
position p : script:python() { place(p[0]) in calls };
@@
(
mmap_read_unlock(...)
|
up_read(&E->mmap_lock)
)
... when any
    when != mmap_read_lock(...)
sleep@p(...)

@never_taken exists@
expression E1;
identifier virtual.sleep;
position dropped_before.p, r;
@@
sleep@p(...)
... when any
    when != mmap_read_lock(...)
return@r E1;

@script:python@
p << dropped_before.p;
r << never_taken.r;
@@
dropped.add((place(p[0]), place(r[0])))

@dropped_behind exists@
expression E, E1;
identifier virtual.sleep;
position u : script:python(target.inside) { u[0].current_element == inside };
position r;
@@
(
mmap_read_unlock@u(...)
|
up_read@u(&E->mmap_lock)
)
... when any
    when != mmap_read_lock(...)
return@r E1;

@script:python@
u << dropped_behind.u;
r << dropped_behind.r;
@@
drops.add((place(u[0]), place(r[0])))

@branch@
position t : script:python(target.inside) { t[0].current_element == inside };
position c, s;
expression C;
statement S, S1;
@@
(
if@t (C@c) S@s else S1
|
if@t (C@c) S@s
)

@script:python@
t << branch.t;
c << branch.c;
s << branch.s;
C << branch.C;
callee << virtual.sleep;
@@
tokens = C.split()
name = subject(tokens)
number = place(t[0])
if name in ("fatal_signal_pending", "signal_pending", callee):
	test = tests[number] = Test(place(c[0]), s[0])
	if name in ("fatal_signal_pending", "signal_pending"):
		test.guard = True
		test.fatal = name == "fatal_signal_pending"
		test.error = restriction(tokens)
	if name == callee:
		last = (int(c[0].line_end), int(c[0].column_end))
		test.calls = {call for call in calls if place(c[0]) <= call < last}
		for before_it, sign in zip(tokens, tokens[1:]):
			if sign == "=" and before_it.isidentifier():
				test.variable = before_it
elif name and name in tokens and "(" not in tokens[tokens.index(name) + 1:][:1]:
	variables[place(c[0])] = (name, number, s[0])

@held@
identifier virtual.sleep, err;
position asleep.p;
@@
err = sleep@p(...)

@script:python@
err << held.err;
@@
holders.add(err)

@by_variable exists@
identifier virtual.sleep, held.err;
position asleep.p;
position c : script:python() { variables.get(place(c[0]), ("",))[0] in holders };
expression C, E;
@@
err = sleep@p(...)
... when any
    when != err = E
C@c

@script:python@
p << asleep.p;
c << by_variable.c;
err << held.err;
@@
name, number, body = variables[place(c[0])]
if name == err:
	test = tests.setdefault(number, Test(place(c[0]), body))
	test.variable = name
	test.calls.add(place(p[0]))

// Where a test leads to without a look at the fatal signal. Where it leads to the next test of the
// variable, that one tells.
@leaves exists@
symbol current;
identifier virtual.sleep;
position t : script:python() { place(t[0]) in tests };
position n : script:python() { tests_variable(place(n[0])) };
position r;
expression C, E, N;
statement S;
@@
(
if@t (C) {
  ... when any
      when != sleep(...)
      when != fatal_signal_pending(current)
      when != N@n
  return@r E;
} else S
|
if@t (C) {
  ... when any
      when != sleep(...)
      when != fatal_signal_pending(current)
      when != N@n
  return@r E;
}
)

@script:python@
t << leaves.t;
r << leaves.r;
E << leaves.E;
@@
exits.add((place(t[0]), place(r[0]), E, None))

// Unless the variable holds something else by then.
@changes exists@
symbol current;
identifier virtual.sleep;
position a : script:python() { changed_by_test(place(a[0])) };
position r;
identifier v;
expression V, E;
@@
v@a = V
... when any
    when != sleep(...)
    when != fatal_signal_pending(current)
return@r E;

@script:python@
a << changes.a;
r << changes.r;
v << changes.v;
V << changes.V;
E << changes.E;
callee << virtual.sleep;
@@
for number, test in tests.items():
	if test.variable == v and test.holds(place(a[0])):
		if V.split()[0] == callee:
			asked_again.update((call, min(other for other in calls if other > place(a[0])))
			             for call in test.calls)
		else:
			exits.add((number, place(r[0]), E, None))

// The variable still holds what it held at the test.
@carries exists@
position t : script:python() { place(t[0]) in tests };
position r;
identifier v, T;
expression C, E;
statement S;
@@
(
if@t (C) {
  ... when any
      when != v = E
  return@r \(v\|T(v)\);
} else S
|
if@t (C) {
  ... when any
      when != v = E
  return@r \(v\|T(v)\);
}
)

@script:python@
t << carries.t;
r << carries.r;
v << carries.v;
@@
link = (place(t[0]), place(r[0]))
if v == tests[link[0]].variable:
	carried.add(link)
else:
	unassigned.add(link)

@value exists@
identifier v, F;
type T;
position q : script:python(target.inside) { q[0].current_element == inside };
position r;
expression V, E;
@@
(
v@q = V;
|
T v@q = V;
)
... when != v = E
return@r \(v\|F(v)\);

@script:python@
q << value.q;
r << value.r;
V << value.V;
F << value.F = "";
@@
values.setdefault(place(r[0]), []).append((place(q[0]), V, F))

@tested@
position t : script:python() { place(t[0]) in tests };
position c;
expression C;
statement S, S1;
@@
(
if@t (C@c) S else S1
|
if@t (C@c) S
)

@value_before exists@
identifier virtual.sleep;
identifier carries.v;
type T;
position asleep.p;
expression V, E;
@@
(
v = V;
|
T v = V;
)
... when != v = E
sleep@p(...)

@script:python@
p << asleep.p;
v << carries.v;
V << value_before.V;
@@
for test in tests.values():
	if place(p[0]) in test.calls:
		before.setdefault(test.condition, []).append((v, V))

@value_between exists@
identifier virtual.sleep;
identifier carries.v;
position asleep.p, tested.c;
expression V, E, tested.C;
@@
sleep@p(...)
... when any
v = V
... when != v = E
C@c

@script:python@
c << tested.c;
v << carries.v;
V << value_between.V;
@@
before.setdefault(place(c[0]), []).append((v, V))

@guard_behind exists@
identifier virtual.sleep;
position p : script:python() { place(p[0]) in calls };
position tested.c;
expression tested.C;
@@
sleep@p(...)
... when any
    when != sleep(...)
C@c

@script:python@
p << guard_behind.p;
c << tested.c;
@@
for number, test in tests.items():
	if test.guard and test.condition == place(c[0]) and place(p[0]) not in test.calls:
		guards.add((place(p[0]), number))

// Nobody looks at the result, and the sleep comes again.
@repeated exists@
symbol current;
identifier virtual.sleep;
position alone.p, again;
@@
sleep@p(...)
... when != fatal_signal_pending(current)
    when != signal_pending(current)
sleep@p@again(...)

@script:python@
again << repeated.again;
@@
loops.add(place(again[0]))

// A jump that is not reached when a fatal signal is pending.
@looked_before@
symbol current;
identifier l;
expression E;
position g;
@@
if (fatal_signal_pending(current))
	return E;
(
goto@g l;
|
continue@g;
)

@script:python@
g << looked_before.g;
@@
looked.add(place(g[0]))

// The error leads back to the sleep.
@jumping exists@
symbol current;
identifier virtual.sleep, l;
position asleep.p, g;
position n : script:python() { tests_variable(place(n[0])) };
expression N;
@@
(
goto@g l;
|
continue@g;
)
... when != fatal_signal_pending(current)
    when != N@n
sleep@p(...)

@script:python@
p << asleep.p;
g << jumping.g;
@@
for test in tests.values():
	if place(p[0]) in test.calls and test.holds(place(g[0])) and place(g[0]) not in looked:
		loops.add(place(p[0]))

// The result is returned without a test.
@straight exists@
symbol current;
identifier virtual.sleep, err, T;
position asleep.p, r;
expression E;
@@
err = sleep@p(...)
... when != err = E
    when != fatal_signal_pending(current)
return@r \(err\|T(err)\);

@script:python@
p << asleep.p;
r << straight.r;
T << straight.T = "";
@@
if not any(place(p[0]) in test.calls for test in tests.values()):
	tell(place(p[0]), place(r[0]), **({"translator": T} if T else {"passes_error": True}))

@at_once@
identifier virtual.sleep, T;
position asleep.p, r;
@@
return@r \(sleep@p(...)\|T(sleep@p(...))\);

@picked@
identifier virtual.sleep;
position p : script:python() { place(p[0]) in calls };
position r;
expression E, E1;
@@
return@r sleep@p(...) ? E : E1;

@script:python@
p << picked.p;
r << picked.r;
E << picked.E;
@@
tell(place(p[0]), place(r[0]), **({"returns": E} if constant(E) else {"unknown": True}))

@script:python@
p << asleep.p;
r << at_once.r;
T << at_once.T = "";
@@
tell(place(p[0]), place(r[0]), **({"translator": T} if T else {"passes_error": True}))

@script:python@
fn << virtual.fn;
callee << virtual.sleep;
@@
conclude()
for _, line in sorted(facts):
	print(json.dumps({**json.loads(line), "file": source, "function": fn, "sleep": callee},
	                 sort_keys=True))
