// SPDX-License-Identifier: GPL-2.0-only
/// Leave a loop when a fatal signal is pending that repeats a call because of its error:
/// the killable sleep in there would fail at once, again and again.
//# FUNCTION calls SLEEP, a killable primitive or a helper that passes its error on, in a
//# loop whose condition tests what SLEEP has returned: do { err = SLEEP(); } while (err ==
//# -EINTR), while ((err = SLEEP()) < 0). Behind the loop the error is what it was, so that
//# whoever looks at it there has to end the fault. Nothing else is looked at: that all
//# ways out of the loop do so is for the caller of this semantic patch to check.
//
// Confidence: Moderate
// Options: --no-includes -D fn=FUNCTION -D sleep=SLEEP
// Requires: 1.1.1

// Run it in semantic-patches/, where spatch finds what is included.
#include "include/text.cocci"
#include "include/conditions.cocci"

@initialize:python@
@@
holders = set()     # variables that are given what SLEEP returns
conditions = set()  # extents of what repeats because of it

def extent(position):
    return place(position) + (int(position.line_end), int(position.column_end))

def repeats(position):
    """Whether what is there is all of a loop's condition."""
    before = code_before(position)
    lines = lines_of(position)
    behind = lines[int(position.line_end) - 1][int(position.column_end):].lstrip()
    return (before.endswith("(") and before[:-1].rstrip().endswith("while") and
            behind.startswith(")"))

def unwrapped(tokens):
    while is_one(tokens) and tokens[0] in ("(", "likely", "unlikely"):
        tokens = tokens[1:-1] if tokens[0] == "(" else tokens[1:]
    return tokens

def asked(tokens):
    """The variable, or the call, that a condition holds for only when it is an error; None where
    it asks for more."""
    tokens = unwrapped(tokens)
    if any(len(parts(tokens, operator)) > 1 for operator in ("||", "&&", "?")):
        return None
    if len(tokens) > 3 and tokens[-3:-1] == ["==", "-"]:
        tokens = tokens[:-3]
    elif tokens[-2:] in failures:
        tokens = tokens[:-2]
    tokens = unwrapped(tokens)
    if len(tokens) > 2 and tokens[1] == "=":
        return tokens[0]
    return tokens[0] if is_one(tokens) else None

@script:python target@
fn << virtual.fn;
inside;
@@
holders.clear()
conditions.clear()
coccinelle.inside = fn

@held@
identifier virtual.sleep, err;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
err = sleep@p(...)

@script:python@
err << held.err;
@@
holders.add(err)

// SmPL has no do ... while (C), so that what is written around the condition tells.
@loop@
expression C;
position c : script:python(target.inside) { c[0].current_element == inside and repeats(c[0]) };
@@
C@c

@script:python@
c << loop.c;
C << loop.C;
sleep << virtual.sleep;
@@
if asked(C.split()) in holders | {sleep}:
	conditions.add(extent(c[0]))

@change@
symbol current;
expression C;
position c : script:python() { extent(c[0]) in conditions };
@@
  C@c
+ && !fatal_signal_pending(current)
