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

// Run it in semantic-patches/, where spatch finds what is included.
#include "include/text.cocci"
#include "include/conditions.cocci"
#include "include/outcomes.cocci"

@initialize:python@
@@
failures.append(["<=", "0"])  # 0: a wait with a timeout has run out

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

// mmap_lock (mmap_sem up to 5.7) is dropped before the sleep, or behind it, and not taken again.
@dropped_before exists@
expression E;
identifier virtual.sleep;
position p : script:python() { place(p[0]) in calls };
@@
(
mmap_read_unlock(...)
|
up_read(&E->mmap_lock)
|
up_read(&E->mmap_sem)
)
... when any
    when != mmap_read_lock(...)
    when != down_read(&E->mmap_lock)
    when != down_read(&E->mmap_sem)
sleep@p(...)

@never_taken exists@
expression E, E1;
identifier virtual.sleep;
position dropped_before.p, r;
@@
sleep@p(...)
... when any
    when != mmap_read_lock(...)
    when != down_read(&E->mmap_lock)
    when != down_read(&E->mmap_sem)
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
|
up_read@u(&E->mmap_sem)
)
... when any
    when != mmap_read_lock(...)
    when != down_read(&E->mmap_lock)
    when != down_read(&E->mmap_sem)
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
	if name == "fatal_signal_pending":
		looks[place(c[0])] = ["".join(part) for part in parts(tokens, "&&")]
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

// A look at the fatal signal that leaves: no test behind it is reached with one.
@leaving@
position c : script:python() { looks_at_any_error(place(c[0])) };
expression C, E;
@@
(
if (C@c)
	return E;
|
if (C@c) {
	...
	return E;
}
)

@script:python@
c << leaving.c;
@@
leaving.add(place(c[0]))

@by_variable exists@
identifier virtual.sleep, held.err;
position asleep.p;
position c : script:python() { variables.get(place(c[0]), ("",))[0] in holders };
position n : script:python() { place(n[0]) in leaving };
expression C, E, N;
@@
err = sleep@p(...)
... when any
    when != err = E
    when != N@n
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

@reaching exists@
identifier carries.v;
position a, tested.c;
expression V, E, tested.C;
@@
v@a = V
... when != v = E
C@c

@value_between exists@
identifier virtual.sleep;
identifier carries.v;
position asleep.p, reaching.a, behind;
expression reaching.V;
@@
sleep@p(...)
... when any
v@a@behind = V

@script:python@
c << tested.c;
v << carries.v;
V << reaching.V;
behind << value_between.behind;
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
