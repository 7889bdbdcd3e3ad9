// SPDX-License-Identifier: GPL-2.0-only
/// Says what a function that turns an error into a fault result makes of one error.
//# Prints one JSON object for FUNCTION(-ERROR): {"fact": "translate", "file", "function",
//# "error", "returns": NAME}. The function returns from each case of a switch over
//# its parameter, or from a chain of tests of it; the last may be C ? A : B. Nothing is printed where that
//# cannot be told.
//
// Confidence: Moderate
// Options: --no-includes -D fn=FUNCTION -D errno=ERROR
// Requires: 1.1.1

// Run it in semantic-patches/, where spatch finds what is included.
#include "include/text.cocci"

@initialize:python@
@@
import json

# What is known of the file at hand; places are (line, column).
source = None     # its path
answers = {}      # "listed" or "default" -> what the switch returns for the error
switches = set()  # returns from cases of other errors
ifs = {}          # test -> (condition, lines when it is true, lines when it is false)
returns = {}      # place -> expression
obstacles = set() # loops, labels, assignments to the parameter

def begin():
    """Forgets the last file."""
    for kept in (answers, switches, ifs, returns, obstacles):
        kept.clear()

def lines(body):
    return range(int(body.line), int(body.line_end) + 1)

def holds(tokens, parameter, error):
    """True or False where the condition decides that parameter is -error, else None."""
    if tokens[:2] in (["unlikely", "("], ["likely", "("]):
        tokens = tokens[2:-1]
    for operator, decided in (("||", True), ("&&", False)):
        if operator in tokens:
            at = tokens.index(operator)
            sides = [holds(tokens[:at], parameter, error), holds(tokens[at + 1:], parameter, error)]
            if decided in sides:
                return decided
            return None if None in sides else not decided
    if tokens[0] == "(" and tokens[-1] == ")" and tokens.count("(") == 1:
        tokens = tokens[1:-1]
    if tokens == [parameter] or tokens == [parameter, "<", "0"] or tokens == [parameter, "!=", "0"]:
        return True
    if tokens == ["!", parameter] or tokens in ([parameter, "==", "0"], [parameter, ">=", "0"], [parameter, ">", "0"]):
        return False
    if len(tokens) == 4 and tokens[0] == parameter and tokens[1:3] == ["==", "-"]:
        return tokens[3] == error
    if len(tokens) == 4 and tokens[0] == parameter and tokens[1:3] == ["!=", "-"]:
        return tokens[3] != error
    return None

def chosen(parameter, error):
    """The first return that is reached when the conditions are decided for -error."""
    for where in sorted(returns):
        reached = True
        for condition, body, otherwise in ifs.values():
            truth = holds(condition.split(), parameter, error)
            inside = where[0] in body and where[0] not in otherwise
            if not inside and where[0] not in otherwise:
                continue
            if truth is None:
                return None
            reached = reached and truth == inside
        if reached:
            return value(returns[where], parameter, error)
    return None

def value(expression, parameter, error):
    """What C ? A : B is when C is decided for -error; other expressions as they are."""
    tokens = expression.split()
    if tokens.count("?") != 1 or tokens.count(":") != 1:
        return expression
    question, colon = tokens.index("?"), tokens.index(":")
    truth = holds(tokens[:question], parameter, error)
    if truth is None:
        return None
    return " ".join(tokens[question + 1:colon] if truth else tokens[colon + 1:])

@script:python target@
fn << virtual.fn;
inside;
@@
begin()
coccinelle.inside = fn

@translator@
identifier virtual.fn;
identifier number;
position p;
@@
fn@p(..., int number, ...) { ... }

@script:python@
p << translator.p;
@@
source = p[0].file

@listed exists@
identifier virtual.errno, translator.number;
position r : script:python(target.inside) { r[0].current_element == inside };
expression E;
@@
switch (number) {
case -errno:
  ...
  return@r E;
}

@script:python@
E << listed.E;
@@
answers.setdefault("listed", set()).add(E)

@by_default exists@
identifier translator.number;
position r : script:python(target.inside) { r[0].current_element == inside };
expression E;
@@
switch (number) {
default:
  ...
  return@r E;
}

@script:python@
E << by_default.E;
@@
answers.setdefault("default", set()).add(E)

// Where a switch decides, a chain of tests must not be read.
@other_case exists@
identifier translator.number;
position r : script:python(target.inside) { r[0].current_element == inside };
expression E, E1;
@@
switch (number) {
case E:
  ...
  return@r E1;
}

@script:python@
r << other_case.r;
@@
switches.add(place(r[0]))

@branch@
position t : script:python(target.inside) { t[0].current_element == inside };
position s, e;
expression C;
statement S, S1;
@@
(
if@t (C) S@s else S1@e
|
if@t (C) S@s
)

@script:python@
t << branch.t;
s << branch.s;
e << branch.e = [];
C << branch.C;
@@
ifs[place(t[0])] = (C, lines(s[0]), lines(e[0]) if e else range(0))

@returned@
position r : script:python(target.inside) { r[0].current_element == inside };
expression E;
@@
return@r E;

@script:python@
r << returned.r;
E << returned.E;
@@
returns[place(r[0])] = E

// The order of the lines is not the order of the steps.
@obstacle@
position o : script:python(target.inside) { o[0].current_element == inside };
identifier l, translator.number;
expression E;
statement S;
@@
(
l@o:
|
while@o (...) S
|
for@o (...;...;...) S
|
number@o = E;
)

@script:python@
o << obstacle.o;
@@
obstacles.add(place(o[0]))

@script:python@
fn << virtual.fn;
errno << virtual.errno;
number << translator.number;
@@
answer = None
if switches or answers:
	found = answers.get("listed") or answers.get("default") or set()
	if len(found) == 1 and not ifs:
		answer = found.pop()
elif not obstacles:
	answer = chosen(number, errno)
if answer and answer.isidentifier() and answer.isupper():
	print(json.dumps({"fact": "translate", "file": source, "function": fn, "error": errno,
	                  "returns": answer}, sort_keys=True))
