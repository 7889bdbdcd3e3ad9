// SPDX-License-Identifier: GPL-2.0-only
/// End the page fault when a fatal signal has ended a killable sleep:
/// VM_FAULT_NOPAGE would have the access retried at once, for ever.
//# FUNCTION returns vm_fault_t, each SLEEP is what it calls that fails on a fatal
//# signal: a killable primitive or a helper that passes its error on. RESULT is
//# what ends the fault (VM_FAULT_SIGBUS, as mmap_lock is held).
//#
//# -D only_signal says that SLEEP fails for no other reason. Where that is not
//# given, or an error of another origin may come the same way, the result depends
//# on fatal_signal_pending(current).
//#
//# -D translator=NAME -D errno=EINTR: NAME(-EINTR) is VM_FAULT_NOPAGE, so that
//# "return NAME(err)" needs a look at the signal, too. With -D any_error instead of
//# errno, whatever the error is.
//#
//# A bool that is given SLEEP(...) == 0 or !SLEEP(...) finds the error where "!NAME"
//# tests it. -D says_success: SLEEP returns a bool, which is false when it has failed.
//#
//# What a switch over the error returns is left alone: the case of a signal has to be
//# another one than that of other errors, and SmPL cannot take a label out.
//#
//# VM_FAULT_RETRY and all other results are left alone, and so is VM_FAULT_NOPAGE
//# where mmap_lock has been dropped. Of a choice between VM_FAULT_NOPAGE and
//# VM_FAULT_RETRY, which may say that it has been, only the former is changed.
//
// Confidence: Moderate
// Options: --no-includes -D fn=FUNCTION,... -D sleep=SLEEP,... -D result=RESULT
//          -D only_signal -D translator=NAME -D errno=ERROR -D any_error
// Requires: 1.1.1

// Run it in semantic-patches/, where spatch finds what is included.
#include "include/text.cocci"
#include "include/conditions.cocci"

virtual only_signal
virtual any_error
virtual says_success

@initialize:python@
@@
# Places are (line, column).
variables = {}   # condition that tests a variable -> its name
turned = {}      # condition like "!NAME" -> the name
successes = {}   # assignment -> the variable that says now that the sleep did not fail
bodies = {}      # condition -> (its test, what runs when it is true)
tests = {}       # test that finds an error of the sleep -> Branch
sleeps = set()   # names
slept = set()    # calls of them
errors = set()   # variables that are given what the sleep returns
own = set()      # assignments from the sleep
labels = set()   # places of labels
plain = set()    # what becomes the result
guarded = set()  # what becomes the result when a fatal signal is pending
signalled = set() # translations that are to look at the signal
whatever = False  # signalled, and at whatever error
holders = set()  # variables with the result
dropped = set()  # what is reached without mmap_lock
picked = set()   # returns of VM_FAULT_NOPAGE where the call itself fails
halves = set()   # choices of which VM_FAULT_NOPAGE becomes the result
settled = set()  # what looks at the signal already
told = set()     # what a switch over the error gives
assumed = False  # every error is a fatal signal
inverted = False  # what the sleep returns says that it has not failed
ending = ""      # the result that ends the fault

class Branch:
    """What runs when a test has found an error."""
    def __init__(self, body, sure):
        self.first = place(body)
        self.last = (int(body.line_end), int(body.column_end))
        self.sure = sure  # nothing but a fatal signal leads here

    def holds(self, position):
        return self.first <= place(position) <= self.last

    def is_closed(self):
        return not any(self.first <= label <= self.last for label in labels)

def becomes_long(position):
    """Whether the line there, which gives VM_FAULT_NOPAGE, has no room for a choice of two."""
    line = lines_of(position)[int(position.line) - 1].rstrip()
    choice = "fatal_signal_pending(current) ? " + ending + " : VM_FAULT_NOPAGE"
    return len(line.replace("VM_FAULT_NOPAGE", choice, 1).expandtabs(8)) > 100

def gives_no_page(*results):
    """Whether one of the results of a choice is VM_FAULT_NOPAGE, or a choice that may give it."""
    return any(values == ["VM_FAULT_NOPAGE"] or "?" in values and "VM_FAULT_NOPAGE" in values
               for values in (result.split() for result in results))

def settle(branch, position):
    if place(position) in settled or place(position) in told:
        return
    if branch.sure and branch.holds(position) and branch.is_closed():
        plain.add(place(position))
    else:
        guarded.add(place(position))

@script:python target@
fn << virtual.fn;
names << virtual.sleep;
result << virtual.result;
inside;
@@
ending = result
sleeps.update(names.split(","))
for known in (slept, variables, turned, successes, bodies, tests, errors, own, labels, plain,
              guarded, signalled, holders, dropped, picked, halves, settled, told):
	known.clear()
coccinelle.inside = fn

@script:python depends on any_error@
@@
whatever = True

@script:python depends on only_signal@
@@
assumed = True

@script:python depends on says_success@
@@
inverted = True

@asleep@
identifier f;
position p : script:python(target.inside) { p[0].current_element in inside.split(",") };
@@
f@p(...)

@script:python@
p << asleep.p;
f << asleep.f;
@@
if f in sleeps:
	slept.add(place(p[0]))

@branch@
position t : script:python(target.inside) { t[0].current_element in inside.split(",") };
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
@@
tokens = C.split()
name = subject(tokens)
if name == "fatal_signal_pending":
	tests[place(t[0])] = Branch(s[0], True)
elif (denied(tokens) if inverted else name) in sleeps:
	tests[place(t[0])] = Branch(s[0], assumed)
elif name and name in tokens and "(" not in tokens[tokens.index(name) + 1:][:1]:
	variables[place(c[0])] = name
	bodies[place(c[0])] = (place(t[0]), s[0])
elif denied(tokens):
	turned[place(c[0])] = denied(tokens)
	bodies[place(c[0])] = (place(t[0]), s[0])

@held@
identifier f, err;
position p : script:python() { place(p[0]) in slept and not inverted };
position a;
@@
err@a = f@p(...)

@script:python@
err << held.err;
@@
errors.add(err)

@by_variable exists@
identifier held.err, held.f;
position held.p, held.a;
position c : script:python() { variables.get(place(c[0])) in errors };
expression C, E;
@@
err@a = f@p(...)
... when != err = E
C@c

@script:python@
a << held.a;
c << by_variable.c;
err << held.err;
@@
if variables.get(place(c[0])) == err:
	own.add(place(a[0]))
	test, body = bodies[place(c[0])]
	tests.setdefault(test, Branch(body, assumed))

// A bool says that it did not fail.
@held_success@
identifier f, ok;
position p : script:python() { place(p[0]) in slept and not inverted };
position q : script:python() { place(q[0]) in slept and inverted };
position a;
@@
(
ok@a = f@p(...) == 0
|
ok@a = !f@p(...)
|
ok@a = f@q(...)
)

@script:python@
a << held_success.a;
ok << held_success.ok;
@@
successes[place(a[0])] = ok

@by_success exists@
identifier ok;
position a : script:python() { place(a[0]) in successes };
position c : script:python() { turned.get(place(c[0])) in successes.values() };
expression C, E, E1;
@@
ok@a = E1
... when != ok = E
C@c

@script:python@
c << by_success.c;
ok << by_success.ok;
@@
if turned.get(place(c[0])) == ok:
	test, body = bodies[place(c[0])]
	tests.setdefault(test, Branch(body, False))

// The variable may hold something else when it is tested.
@mixed exists@
identifier held.err;
type T;
position by_variable.c, q;
expression C, E, E1, E2, f;
assignment operator aop;
@@
(
err@q aop E;
|
T err@q = E;
|
E2 = f(..., &err@q, ...);
|
f(..., &err@q, ...);
)
... when != err = E1
C@c

@script:python@
c << by_variable.c;
q << mixed.q;
err << held.err;
E << mixed.E = "&";
@@
if variables.get(place(c[0])) == err and place(q[0]) not in own and E != "0":
	test, body = bodies[place(c[0])]
	if test in tests:
		tests[test].sure = False

@label@
identifier l;
position q : script:python(target.inside) { q[0].current_element in inside.split(",") };
@@
l@q:

@script:python@
q << label.q;
@@
labels.add(place(q[0]))

@without_lock exists@
expression E, E1, E2, E3;
identifier ret;
position q : script:python(target.inside) { q[0].current_element in inside.split(",") };
@@
(
mmap_read_unlock(...);
|
up_read(&E->mmap_lock);
|
up_read(&E->mmap_sem);
)
... when != mmap_read_lock(...)
    when != down_read(&E->mmap_lock)
    when != down_read(&E->mmap_sem)
(
return@q \(VM_FAULT_NOPAGE\|ret\|E1 ? E2 : E3\);
|
ret@q = VM_FAULT_NOPAGE;
)

@script:python@
q << without_lock.q;
@@
dropped.add(place(q[0]))

// It looks at the signal already.
@looked_and_gave@
symbol current;
identifier virtual.result;
identifier ret;
position r;
@@
(
if (fatal_signal_pending(current))
	return result;
return@r VM_FAULT_NOPAGE;
|
ret@r = VM_FAULT_NOPAGE;
if (fatal_signal_pending(current))
	ret = result;
)

@script:python@
r << looked_and_gave.r;
@@
settled.add(place(r[0]))

// A switch tells the errors apart.
@listed exists@
identifier held.err;
position q;
expression E;
@@
switch (err) {
case E:
  ...
  \(return@q VM_FAULT_NOPAGE;\|err@q = VM_FAULT_NOPAGE;\)
}

@script:python@
q << listed.q;
@@
told.add(place(q[0]))

// VM_FAULT_NOPAGE is returned after the error.
@returned exists@
position t : script:python() { place(t[0]) in tests };
position r : script:python() { place(r[0]) not in dropped };
expression C;
statement S;
@@
(
if@t (C) {
  ... when any
  return@r VM_FAULT_NOPAGE;
} else S
|
if@t (C) {
  ... when any
  return@r VM_FAULT_NOPAGE;
}
)

@script:python@
t << returned.t;
r << returned.r;
@@
settle(tests[place(t[0])], r[0])

// VM_FAULT_NOPAGE is one of several results after the error.
@chosen exists@
symbol current;
position t : script:python() { place(t[0]) in tests };
position r : script:python() { place(r[0]) not in dropped };
expression C, E1, E2, E3;
statement S;
@@
(
if@t (C) {
  ... when any
  return@r E1 ? E2 : E3;
} else S
|
if@t (C) {
  ... when any
  return@r E1 ? E2 : E3;
}
)

@looked_and_chosen@
symbol current;
position r;
expression E, E1, E2, E3;
@@
if (fatal_signal_pending(current))
	return E;
return@r E1 ? E2 : E3;

@script:python@
r << looked_and_chosen.r;
@@
settled.add(place(r[0]))

@script:python@
t << chosen.t;
r << chosen.r;
E1 << chosen.E1;
E2 << chosen.E2;
E3 << chosen.E3;
@@
looks = E1.startswith("fatal_signal_pending")
branch = tests[place(t[0])]
if place(r[0]) in settled or looks or not gives_no_page(E2, E3):
	pass
elif "VM_FAULT_RETRY" not in E2.split() + E3.split() or errors & set(E1.split()):
	settle(branch, r[0])  # which error it is says nothing of mmap_lock
elif "VM_FAULT_RETRY" in (E2, E3) and branch.sure and branch.holds(r[0]) and branch.is_closed():
	halves.add(place(r[0]))

// VM_FAULT_NOPAGE is assigned after the error, and returned later.
@assigned exists@
identifier ret;
position q : script:python(target.inside) { q[0].current_element in inside.split(",") and place(q[0]) not in dropped };
expression E;
@@
ret@q = VM_FAULT_NOPAGE;
... when != ret = E
return ret;

@script:python@
q << assigned.q;
@@
for found in tests.values():
	if found.holds(q[0]):
		settle(found, q[0])

// VM_FAULT_NOPAGE stands in the variable already when the sleep fails.
@leaves exists@
identifier ret, l;
type T;
position q;
position g : script:python() { any(found.holds(g[0]) for found in tests.values()) };
expression E, E1;
@@
(
ret@q = VM_FAULT_NOPAGE;
|
T ret@q = VM_FAULT_NOPAGE;
)
... when != ret = E
goto@g l;
... when != ret = E1
return ret;

// Something else may stand in it.
@otherwise exists@
identifier leaves.ret, l;
type T;
position leaves.g;
expression E, E1;
@@
(
ret = E;
|
T ret = E;
)
... when != ret = E1
goto@g l;

@script:python@
g << leaves.g;
E << otherwise.E;
@@
if E != "VM_FAULT_NOPAGE":
	settled.add(place(g[0]))

@looked_before@
symbol current;
identifier ret, l;
expression E;
position g;
@@
if (fatal_signal_pending(current))
	ret = E;
goto@g l;

@script:python@
g << looked_before.g;
@@
settled.add(place(g[0]))

@script:python@
q << leaves.q;
g << leaves.g;
ret << leaves.ret;
@@
changed = place(q[0]) in plain | guarded
if place(g[0]) not in settled and not changed and place(g[0]) not in dropped:
	holders.add(ret)
	for found in tests.values():
		if found.holds(g[0]) and found.is_closed():
			settle(found, g[0])

@leaves_at_once exists@
identifier ret;
type T;
position g : script:python() { any(found.holds(g[0]) for found in tests.values()) };
expression E;
@@
(
ret = VM_FAULT_NOPAGE;
|
T ret = VM_FAULT_NOPAGE;
)
... when != ret = E
return@g ret;

@otherwise_at_once exists@
identifier leaves_at_once.ret;
type T;
position leaves_at_once.g;
expression E, E1;
@@
(
ret = E;
|
T ret = E;
)
... when != ret = E1
return@g ret;

@script:python@
g << leaves_at_once.g;
E << otherwise_at_once.E;
@@
if E != "VM_FAULT_NOPAGE":
	settled.add(place(g[0]))

@script:python@
g << leaves_at_once.g;
@@
if place(g[0]) not in settled and place(g[0]) not in dropped:
	for found in tests.values():
		if found.sure and found.holds(g[0]) and found.is_closed():
			plain.add(place(g[0]))

// The call chooses the result.
@picked@
identifier f;
position p : script:python() { place(p[0]) in slept };
position r : script:python() { place(r[0]) not in dropped };
expression E;
@@
return@r f@p(...) ? VM_FAULT_NOPAGE : E;

@script:python depends on only_signal@
r << picked.r;
@@
picked.add(place(r[0]))

// One variable holds the result in the whole function, or none is touched.
@script:python parameters@
translator << virtual.translator = "no_translator";
errno << virtual.errno = "EINTR";
maker;
reason;
holder;
@@
coccinelle.maker = translator
coccinelle.reason = errno
coccinelle.holder = holders.pop() if len(holders) == 1 else "no_holder"

// The error is translated where it was found, and nothing else can be there.
@translated_at_once exists@
identifier parameters.maker, err, ret;
position t : script:python() { place(t[0]) in tests };
position r;
expression C;
statement S;
@@
(
if@t (C) {
  ... when any
  \(return@r maker(err);\|ret@r = maker(err);\)
} else S
|
if@t (C) {
  ... when any
  \(return@r maker(err);\|ret@r = maker(err);\)
}
)

@script:python@
t << translated_at_once.t;
r << translated_at_once.r;
@@
found = tests[place(t[0])]
if found.sure and found.holds(r[0]) and found.is_closed():
	plain.add(place(r[0]))

// The error reaches a function that makes a result of it.
@translated exists@
identifier f, parameters.maker, err;
position p : script:python() { place(p[0]) in slept };
position r;
expression E;
@@
err = f@p(...)
... when != err = E
return@r maker(err);

@script:python@
r << translated.r;
@@
signalled.add(place(r[0]))

@looked_at_signal@
symbol current;
identifier parameters.maker, parameters.reason, err;
position r;
expression E;
@@
\(if (err == -reason && fatal_signal_pending(current))
	return E;\|if (err && fatal_signal_pending(current))
	return E;\)
return@r maker(err);

@script:python@
r << looked_at_signal.r;
@@
signalled.discard(place(r[0]))

// A single rule, as the places are those of the file that was read.
@change@
symbol current;
identifier virtual.result, parameters.maker, parameters.reason, parameters.holder;
identifier ret, err, l;
expression E1, E2, E3;
position p : script:python() { place(p[0]) in plain };
position b : script:python() { place(b[0]) in guarded - plain };
position g : script:python() { place(g[0]) in guarded - plain and not becomes_long(g[0]) };
position h : script:python() { place(h[0]) in guarded - plain and becomes_long(h[0]) };
position s : script:python() { place(s[0]) in signalled - plain and not whatever };
position a : script:python() { place(a[0]) in signalled - plain and whatever };
position c : script:python() { place(c[0]) in picked };
position k : script:python() { place(k[0]) in halves };
@@
(
- return@p VM_FAULT_NOPAGE;
+ return result;
|
- return@g VM_FAULT_NOPAGE;
+ return fatal_signal_pending(current) ? result : VM_FAULT_NOPAGE;
|
+ if (fatal_signal_pending(current))
+ 	return result;
  return@h VM_FAULT_NOPAGE;
|
- ret@p = VM_FAULT_NOPAGE;
+ ret = result;
|
- ret@g = VM_FAULT_NOPAGE;
+ ret = fatal_signal_pending(current) ? result : VM_FAULT_NOPAGE;
|
  ret@h = VM_FAULT_NOPAGE;
+ if (fatal_signal_pending(current))
+ 	ret = result;
|
- return@p maker(err);
+ return result;
|
- ret@p = maker(err);
+ ret = result;
|
  return@c E1 ?
- VM_FAULT_NOPAGE
+ result
  : E3;
|
  return@k E1 ?
- VM_FAULT_NOPAGE
+ result
  : E3;
|
  return@k E1 ? E2 :
- VM_FAULT_NOPAGE
+ result
  ;
|
- return@p ret;
+ return result;
|
- return@p E1 ? E2 : E3;
+ return result;
|
+ if (fatal_signal_pending(current))
+ 	return result;
  return@b E1 ? E2 : E3;
|
+ if (err == -reason && fatal_signal_pending(current))
+ 	return result;
  return@s maker(err);
|
+ if (err && fatal_signal_pending(current))
+ 	return result;
  return@a maker(err);
|
+ holder = result;
  goto@p l;
|
+ if (fatal_signal_pending(current))
+ 	holder = result;
  goto@b l;
)
